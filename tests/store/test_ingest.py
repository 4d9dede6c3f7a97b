from __future__ import annotations

import threading
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, func, select
from tests.store.build import MINUTE, NOW, add_feeds, bring, make_entry, make_feed

from dipwatch.errors import StoreError
from dipwatch.feeds.memory import FeedMemory
from dipwatch.store.feed_events import FeedEvent
from dipwatch.store.feeds import FeedState, feed_states, sync_feeds
from dipwatch.store.ingest import MOST_REVISIONS, Entry, FeedUpdate, Ingested, ingest
from dipwatch.store.schema import feed_event_table, item_table, reading_table, revision_table, sighting_table
from dipwatch.store.store import Store

_numbers = count(1)


def _count(store: Store, table: Table) -> int:
    with store.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _state(store: Store, feed: str = "one") -> FeedState:
    with store.connect() as connection:
        return feed_states(connection, [feed])[0]


def _readings(store: Store) -> list[tuple[str, str, int, bool]]:
    columns = (reading_table.c.subject, reading_table.c.item_id, reading_table.c.revision, reading_table.c.history)
    with store.connect() as connection:
        return [(s, i, n, h) for s, i, n, h in connection.execute(select(*columns).order_by(*columns))]


def _titles(store: Store) -> list[tuple[str, int]]:
    with store.connect() as connection:
        rows = connection.execute(select(item_table.c.title, item_table.c.revision).order_by(item_table.c.title))
        return [(row.title, row.revision) for row in rows]


def test_a_new_entry_becomes_an_item_that_waits_for_detection(store: Store) -> None:
    add_feeds(store)
    done = bring(store, make_entry("a", published=NOW - MINUTE))
    (item,) = done.new_items
    assert done == Ingested((item,), revisions=0, sightings=1, first_contact=True)
    assert len(item) == 17
    assert item.startswith("i")
    assert _readings(store) == [("ukraine", item, 0, True)]
    with store.connect() as connection:
        row = connection.execute(select(item_table)).one()
    assert (row.source, row.source_kind, row.language) == ("Example Post", "independent", "en")
    assert (row.published_at, row.first_seen_at, row.history) == (NOW - MINUTE, NOW, True)


def test_only_what_the_first_contact_brings_is_history(store: Store) -> None:
    add_feeds(store)
    bring(store, make_entry("a"))
    later = bring(store, make_entry("a", "Another headline"), make_entry("b"), now=NOW + MINUTE)
    assert not later.first_contact
    flags = {(item in later.new_items, revision): history for _, item, revision, history in _readings(store)}
    assert flags == {(False, 0): True, (False, 1): False, (True, 0): False}
    assert _state(store).first_contact_at == NOW


def test_a_poll_that_read_no_document_is_no_first_contact(store: Store) -> None:
    add_feeds(store)
    with store.begin() as connection:
        failed = FeedUpdate("one", NOW, events=(FeedEvent("broken"),), contacted=False)
        assert ingest(connection, failed) == Ingested()
    assert _state(store).first_contact_at is None
    assert bring(store, make_entry("a"), now=NOW + MINUTE).first_contact


def test_an_empty_first_document_is_the_first_contact(store: Store) -> None:
    add_feeds(store)
    assert bring(store).first_contact
    assert not bring(store, make_entry("a")).first_contact
    assert [history for *_, history in _readings(store)] == [False]


def test_an_edited_headline_is_a_revision_of_the_same_item(store: Store) -> None:
    add_feeds(store)
    (item,) = bring(store, make_entry("a", "Talks to begin")).new_items
    done = bring(store, make_entry("a", "Talks begin"), now=NOW + MINUTE)
    assert done == Ingested((), revisions=1, sightings=0)
    assert _titles(store) == [("Talks begin", 1)]
    assert [(reading[1], reading[2]) for reading in _readings(store)] == [(item, 0), (item, 1)]


def test_an_edit_that_flips_back_is_ignored(store: Store) -> None:
    add_feeds(store)
    wordings = [make_entry("a", "One"), make_entry("a", "Two")]
    for entry in wordings * 4:
        bring(store, entry)
    assert _titles(store) == [("Two", 1)]
    assert _count(store, revision_table) == 2


def test_an_items_wordings_are_bounded(store: Store) -> None:
    add_feeds(store)
    for number in range(MOST_REVISIONS + 5):
        bring(store, make_entry("a", f"{number} minutes since the talks began"))
    assert _count(store, revision_table) == MOST_REVISIONS
    assert [revision for _, revision in _titles(store)] == [MOST_REVISIONS - 1]


def test_an_article_in_two_feeds_of_one_publisher_is_one_item(store: Store) -> None:
    add_feeds(store, make_feed("one"), make_feed("two"))
    bring(store, make_entry("a", link="https://example/x"))
    done = bring(store, make_entry("b", "Headline of a", link="https://example/x"), feed="two")
    assert done == Ingested((), revisions=0, sightings=1, first_contact=True)
    assert len(_readings(store)) == 1


def test_an_article_at_one_link_of_two_publishers_is_two_items(store: Store) -> None:
    add_feeds(store, make_feed("one"), make_feed("two", source="Other Post"))
    bring(store, make_entry("a", link="https://example/x"))
    assert len(bring(store, make_entry("a", link="https://example/x"), feed="two").new_items) == 1


def test_the_same_guid_in_another_feed_is_another_item(store: Store) -> None:
    add_feeds(store, make_feed("one"), make_feed("two"))
    bring(store, make_entry("1", link=""))
    assert len(bring(store, make_entry("1", link=""), feed="two").new_items) == 1


def test_another_subject_gets_an_item_that_is_known_already(store: Store) -> None:
    add_feeds(store, make_feed("one"), make_feed("two", subjects=("ukraine", "gaza")))
    (item,) = bring(store, make_entry("a", link="https://example/x")).new_items
    bring(store, make_entry("b", "Headline of a", link="https://example/x"), feed="two")
    assert _readings(store) == [("gaza", item, 0, True), ("ukraine", item, 0, True)]


@pytest.mark.parametrize(
    ("first", "second", "items"),
    [
        (make_entry("", "A", link="https://example/x"), make_entry("", "B", link="https://example/x"), 1),
        (make_entry("", "A", link=""), make_entry("", "A", link=""), 1),
        (make_entry("", "A", link=""), make_entry("", "B", link=""), 2),
        (make_entry("a", "A", link="https://example/x"), make_entry("a", "A", link="https://example/y"), 1),
        (make_entry("a", "A", link="https://example/x"), make_entry("b", "B", link="https://example/x"), 1),
        (make_entry("a", "A", link="https://example/x"), make_entry("b", "A", link="https://example/y"), 2),
    ],
)
def test_identity_is_the_guid_else_the_link_else_the_text(
    store: Store, first: Entry, second: Entry, items: int
) -> None:
    add_feeds(store)
    bring(store, first)
    bring(store, second, now=NOW + MINUTE)
    assert _count(store, item_table) == items


def test_different_texts_side_by_side_at_one_link_are_different_items(store: Store) -> None:
    add_feeds(store)
    front_page = "https://example/news"
    first, second = (make_entry(guid, link=front_page) for guid in ("a", "b"))
    assert len(bring(store, first, second).new_items) == 2
    assert bring(store, first, second, now=NOW + MINUTE) == Ingested()
    assert len(bring(store, first, second, make_entry("c", link=front_page)).new_items) == 1


def test_one_text_side_by_side_at_one_link_is_one_item(store: Store) -> None:
    add_feeds(store)
    twice = [make_entry(guid, "Talks begin", link="https://example/x") for guid in ("a", "b")]
    assert bring(store, *twice).sightings == 2
    assert _count(store, item_table) == 1


def test_of_one_identity_twice_in_a_fetch_the_first_counts(store: Store) -> None:
    add_feeds(store)
    bring(store, make_entry("a", "First"), make_entry("a", "Second"))
    assert _titles(store) == [("First", 0)]


def test_what_a_database_can_not_hold_is_left_out(store: Store) -> None:
    add_feeds(store)
    bring(store, make_entry("a\0", "Talks\0 be\ud800gin"))
    assert _titles(store) == [("Talks begin", 0)]


def test_a_feeds_memory_is_written_and_first_contact_is_the_stores_own(store: Store) -> None:
    add_feeds(store)
    memory = FeedMemory(url="https://moved.example/feed", etag='"x"', error_streak=2, hints={"ttl": 900.0})
    for minute in range(2):
        now = NOW + minute * MINUTE
        columns = memory.columns() | {"next_poll_at": now + MINUTE}
        with store.begin() as connection:
            ingest(connection, FeedUpdate("one", now, (make_entry("a"),), columns))
    state = _state(store)
    assert (state.url, state.etag, state.error_streak, state.hints) == (memory.url, '"x"', 2, {"ttl": 900.0})
    assert (state.first_contact_at, state.last_new_item_at, state.next_poll_at) == (NOW, NOW, NOW + 2 * MINUTE)


def test_a_feed_that_is_not_known_is_named(store: Store) -> None:
    with pytest.raises(StoreError, match="feed nowhere is not in the database"):
        bring(store, feed="nowhere")


def test_an_ingest_that_fails_leaves_nothing_behind(store: Store) -> None:
    add_feeds(store)
    with pytest.raises(RuntimeError, match="crash"), store.begin() as connection:  # noqa: PT012 (a crash half way)
        ingest(connection, FeedUpdate("one", NOW, (make_entry("a"),), events=(FeedEvent("recovered"),)))
        raise RuntimeError("crash")
    tables = (item_table, revision_table, sighting_table, reading_table, feed_event_table)
    assert [_count(store, table) for table in tables] == [0] * 5
    assert _state(store).first_contact_at is None


def test_feeds_of_one_publisher_polled_at_once_store_an_article_once(store: Store) -> None:
    names = [f"feed-{number}" for number in range(4)]
    add_feeds(store, *(make_feed(name) for name in names))
    entries = [make_entry(f"{number}", link=f"https://example/{number}") for number in range(10)]

    def poll(name: str) -> None:
        bring(store, *(replace(entry, guid=f"{name} {entry.guid}") for entry in entries), feed=name)

    threads = [threading.Thread(target=poll, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (_count(store, item_table), _count(store, sighting_table)) == (10, 40)


ENTRIES = st.builds(
    lambda guid, title, link: make_entry(guid, title, link=link),
    st.sampled_from(["", "a", "b", "c"]),
    st.sampled_from(["One", "Two", "Three"]),
    st.sampled_from(["", "https://example/x", "https://example/y"]),
)
FETCHES = st.lists(st.tuples(st.integers(0, 1), st.lists(ENTRIES, max_size=5)), max_size=6)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fetches=FETCHES)
def test_any_sequence_of_fetches_stores_each_identity_once(
    store: Store, fetches: list[tuple[int, list[Entry]]]
) -> None:
    source = f"Post {next(_numbers)}"  # a publisher of its own for every example
    names = [f"{source} {number}" for number in range(2)]
    with store.begin() as connection:
        sync_feeds(connection, [make_feed(name, source=source) for name in names], NOW)
    for number, (which, entries) in enumerate(fetches):
        bring(store, *entries, feed=names[which], now=NOW + number * MINUTE)
        assert bring(store, *entries, feed=names[which], now=NOW + number * MINUTE) == Ingested()
    _check_invariants(store, source)


def _check_invariants(store: Store, source: str) -> None:
    with store.connect() as connection:
        items = {row.id: row for row in connection.execute(select(item_table).where(item_table.c.source == source))}
        mine = revision_table.c.item_id.in_(list(items))
        revisions = connection.execute(select(revision_table).where(mine).order_by(revision_table.c.number)).all()
        readings = connection.execute(select(reading_table.c.item_id, reading_table.c.revision)).all()
        sightings = connection.execute(
            select(sighting_table.c.item_id).where(sighting_table.c.item_id.in_(list(items)))
        )
        sighted = set(sightings.scalars())
    assert sighted == set(items)
    for item, row in items.items():
        own = [revision for revision in revisions if revision.item_id == item]
        assert [revision.number for revision in own] == list(range(row.revision + 1))
        assert len({revision.content_hash for revision in own}) == len(own)
        assert (own[-1].title, own[-1].summary) == (row.title, row.summary)
        assert sorted(revision for known, revision in readings if known == item) == list(range(row.revision + 1))
