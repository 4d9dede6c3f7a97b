from __future__ import annotations

import threading
from contextlib import closing
from datetime import datetime

from tests.store.build import MINUTE, NOW, add_feeds, bring, make_entry, make_feed

from dipwatch.feeds.feed import Feed
from dipwatch.store import feeds
from dipwatch.store.feed_events import FeedEvent, feed_events
from dipwatch.store.feeds import FeedState, claim_due, feed_states, sync_feeds
from dipwatch.store.ingest import FeedUpdate, ingest
from dipwatch.store.store import Store


def _state(store: Store, feed: str = "one") -> FeedState:
    with store.connect() as connection:
        return feed_states(connection, [feed])[0]


def _claim(store: Store, now: datetime = NOW, limit: int = 10, holder: str = "h") -> list[str]:
    with store.begin() as connection:
        return [state.id for state in claim_due(connection, now, limit, holder, now + MINUTE)]


def _sync(store: Store, *configured: Feed, now: datetime = NOW) -> feeds.Synced:
    with store.begin() as connection:
        return sync_feeds(connection, configured, now)


def test_new_feeds_are_due_at_once_a_little_apart(store: Store) -> None:
    names = [f"feed-{number}" for number in range(5)]
    assert _sync(store, *(make_feed(name) for name in names)).added == tuple(names)
    due = [_state(store, name).next_poll_at for name in names]
    assert due[0] == NOW
    assert due == sorted(set(due))
    assert due[-1] - NOW < MINUTE / 60


def test_a_second_sync_changes_nothing(store: Store) -> None:
    _sync(store, make_feed())
    before = _state(store)
    assert _sync(store, make_feed(), now=NOW + MINUTE) == feeds.Synced((), (), ())
    assert _state(store) == before


def test_a_feed_that_is_configured_no_longer_is_disabled_and_can_return(store: Store) -> None:
    _sync(store, make_feed("one"), make_feed("two"))
    assert _sync(store, make_feed("two")).disabled == ("one",)
    assert not _state(store, "one").enabled
    assert _claim(store, NOW + MINUTE) == ["two"]
    assert _sync(store, make_feed("one"), make_feed("two")).changed == ("one",)
    assert _claim(store, NOW + MINUTE) == ["one"]


def test_a_feed_switched_off_in_its_file_is_not_polled(store: Store) -> None:
    _sync(store, make_feed(enabled=False))
    assert _claim(store) == []


def test_what_describes_a_feed_follows_the_configuration(store: Store) -> None:
    _sync(store, make_feed())
    _sync(store, make_feed(source="Other Post", subjects=("ukraine", "gaza"), language=None))
    state = _state(store)
    assert (state.source, state.subjects, state.language) == ("Other Post", ("ukraine", "gaza"), None)


def test_a_changed_address_starts_anew(store: Store) -> None:
    add_feeds(store)
    memory = {"etag": "x", "url": "https://moved.example/feed", "next_poll_at": NOW + 60 * MINUTE, "error_streak": 3}
    with store.begin() as connection:
        ingest(connection, FeedUpdate("one", NOW, (make_entry("a"),), memory))
    _sync(store, make_feed(url="https://new.example/feed"), now=NOW + MINUTE)
    state = _state(store)
    assert state.url == state.configured_url == "https://new.example/feed"
    assert (state.etag, state.error_streak, state.first_contact_at) == (None, 0, None)
    assert state.next_poll_at == NOW + MINUTE


def test_a_redirect_survives_a_sync_with_the_same_address(store: Store) -> None:
    add_feeds(store)
    with store.begin() as connection:
        ingest(connection, FeedUpdate("one", NOW, memory={"url": "https://moved.example/feed"}))
    _sync(store, make_feed())
    assert _state(store).url == "https://moved.example/feed"


def test_the_longest_due_feeds_are_claimed_first_and_once(store: Store) -> None:
    _sync(store, *(make_feed(f"feed-{number}") for number in range(4)))
    later = NOW + MINUTE
    assert _claim(store, later, limit=3, holder="h1") == ["feed-0", "feed-1", "feed-2"]
    assert _claim(store, later, holder="h2") == ["feed-3"]
    assert _claim(store, later, holder="h3") == []
    assert _state(store, "feed-3").claimed_by == "h2"


def test_a_feed_is_not_claimed_before_it_is_due(store: Store) -> None:
    _sync(store, make_feed())
    assert _claim(store, NOW - MINUTE) == []


def test_a_claim_that_ran_out_is_free_again(store: Store) -> None:
    _sync(store, make_feed())
    assert _claim(store) == ["one"]
    assert _claim(store, NOW + MINUTE / 2) == []
    assert _claim(store, NOW + MINUTE) == ["one"]


def test_a_claim_ends_with_release_by_its_holder_only(store: Store) -> None:
    _sync(store, make_feed())
    _claim(store, holder="h1")
    with store.begin() as connection:
        feeds.release(connection, "one", "h2")
    assert _claim(store) == []
    with store.begin() as connection:
        feeds.release(connection, "one", "h1")
    assert _claim(store) == ["one"]


def test_a_claim_ends_with_the_ingest(store: Store) -> None:
    _sync(store, make_feed())
    _claim(store)
    bring(store, make_entry("a"))
    assert _claim(store) == ["one"]


def test_the_claims_of_a_dead_predecessor_can_be_given_back(store: Store) -> None:
    _sync(store, make_feed())
    _claim(store)
    with store.begin() as connection:
        feeds.release_all(connection)
    assert _claim(store) == ["one"]


def test_a_feed_that_is_gone_is_not_claimed(store: Store) -> None:
    _sync(store, make_feed())
    with store.begin() as connection:
        ingest(connection, FeedUpdate("one", NOW, memory={"gone_at": NOW}, contacted=False))
    assert _claim(store) == []


def test_events_are_kept_the_latest_first(store: Store) -> None:
    add_feeds(store)
    events = (FeedEvent("moved", "to there"), FeedEvent("hole"))
    with store.begin() as connection:
        ingest(connection, FeedUpdate("one", NOW, events=events))
    with store.connect() as connection:
        assert feed_events(connection, "one") == [(NOW, events[1]), (NOW, events[0])]
        assert feed_events(connection, "one", limit=1) == [(NOW, events[1])]


def test_two_claimants_never_get_the_same_feed(store: Store) -> None:
    names = [f"feed-{number:02}" for number in range(40)]
    _sync(store, *(make_feed(name) for name in names))
    later = NOW + MINUTE
    got: list[str] = []

    def claim(holder: str) -> None:
        while mine := _claim(store, later, limit=3, holder=holder):
            got.extend(mine)

    threads = [threading.Thread(target=claim, args=(f"h{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == names


def test_a_claimant_does_not_wait_for_another_one(postgres_url: str) -> None:
    with closing(Store.open(postgres_url)) as store:
        _sync(store, make_feed("one"), make_feed("two"))
        with store.begin() as slow:
            assert [s.id for s in claim_due(slow, NOW + MINUTE, 1, "h1", NOW + MINUTE)] == ["one"]
            assert _claim(store, NOW + MINUTE, holder="h2") == ["two"]
