from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.store.build import MINUTE, NOW, add_feeds, bring, log_changes, make_change, make_entry, make_feed

from dipwatch.model import ChangeType
from dipwatch.store import feeds
from dipwatch.store.feed_events import FeedEvent, feed_events
from dipwatch.store.feed_yield import FeedYield, feed_yields
from dipwatch.store.feeds import feed_states
from dipwatch.store.ingest import FeedUpdate, ingest
from dipwatch.store.store import Store

BROKEN = FeedEvent("broken", "has failed")


def told(store: Store, *events: FeedEvent, began: int, ended: int, feed: str = "one") -> list[str]:
    """Store a poll that began and ended so many minutes from now; returns all events of the feed."""
    memory = {"last_polled_at": NOW + began * MINUTE}
    with store.begin() as connection:
        update = FeedUpdate(feed, NOW + ended * MINUTE, memory=memory, events=events, contacted=False)
        ingest(connection, update)
        return [event.event for _, event in reversed(feed_events(connection, feed))]


def test_an_event_is_told_once_where_two_hosts_polled_at_the_same_time(store: Store) -> None:
    add_feeds(store)
    assert told(store, BROKEN, began=0, ended=2) == ["broken"]
    assert told(store, BROKEN, FeedEvent("hole"), began=1, ended=3) == ["broken", "hole"]
    assert told(store, FeedEvent("recovered"), began=10, ended=11) == ["broken", "hole", "recovered"]
    assert told(store, BROKEN, began=20, ended=21) == ["broken", "hole", "recovered", "broken"]


def test_what_was_told_of_a_feed_outlasts_a_restart(store: Store) -> None:
    add_feeds(store)
    marks = {"broken_at": NOW, "silent_at": NOW, "hole_at": NOW, "failing_since": NOW, "window": ("a", "b")}
    with store.begin() as connection:
        ingest(connection, FeedUpdate("one", NOW, memory=marks))
    with store.connect() as connection:
        (state,) = feed_states(connection, ["one"])
    assert {name: getattr(state, name) for name in marks} == marks


def test_a_feed_at_another_address_starts_without_what_was_told(store: Store) -> None:
    add_feeds(store)
    with store.begin() as connection:
        ingest(connection, FeedUpdate("one", NOW, memory={"broken_at": NOW, "silent_at": NOW, "window": ["a"]}))
        feeds.sync_feeds(connection, [make_feed("one", url="https://elsewhere.example/")], NOW)
        (state,) = feed_states(connection, ["one"])
    assert (state.broken_at, state.silent_at, state.window) == (None, None, None)


def test_a_feed_that_has_ended_can_be_polled_again(store: Store) -> None:
    add_feeds(store)
    with store.begin() as connection:
        assert not feeds.revive(connection, "one", NOW)
        ingest(connection, FeedUpdate("one", NOW, memory={"gone_at": NOW, "next_poll_at": NOW + 9 * MINUTE}))
        assert feeds.claim_due(connection, NOW + 99 * MINUTE, 9, "h", NOW) == []
        assert feeds.revive(connection, "one", NOW)
        assert [state.id for state in feeds.claim_due(connection, NOW, 9, "h", NOW)] == ["one"]


def test_the_yield_of_a_feed_counts_items_once_and_leaves_corrections_out(store: Store) -> None:
    add_feeds(store)
    first, second, _ = bring(store, make_entry("a"), make_entry("b"), make_entry("c")).new_items
    change = make_change()
    log_changes(
        store,
        [
            replace(change, item=first),
            replace(change, item=first, type=ChangeType.SUPPORT),
            replace(change, item=second, type=ChangeType.CORRECTION),
        ],
    )
    with store.connect() as connection:
        assert feed_yields(connection, NOW - MINUTE) == {"one": FeedYield(items=3, led=1)}
        assert feed_yields(connection, NOW + timedelta(days=1)) == {}
    assert (FeedYield(3, 1).share, FeedYield().share) == (0.333, None)


def test_a_host_that_asks_to_wait_keeps_all_its_feeds_waiting(store: Store) -> None:
    other = make_feed("two", url="https://one.example/other")
    add_feeds(store, make_feed("one"), other, make_feed("three"))
    later = NOW + 60 * MINUTE
    with store.begin() as connection:
        held = FeedUpdate("one", NOW, memory={"next_poll_at": later + MINUTE}, hold=("one.example", later))
        ingest(connection, held)
        due = {state.id: state.next_poll_at for state in feed_states(connection)}
    assert (due["one"], due["two"]) == (later + MINUTE, later)
    assert due["three"] < NOW + MINUTE
