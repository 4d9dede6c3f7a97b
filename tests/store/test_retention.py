"""What goes after a time, and what stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from tests.store.build import (
    MINUTE,
    NOW,
    SUBJECT,
    VERSIONS,
    add_feeds,
    bring,
    lead,
    make_entry,
    make_feed,
    make_outbox,
    tick_on,
)
from tests.store.whole import Content, content, fill, set_window

from dipwatch.feeds.entries import Entry as ParsedEntry
from dipwatch.feeds.window import marks_of
from dipwatch.model import Tick
from dipwatch.store import retention
from dipwatch.store.ingest import Entry
from dipwatch.store.log import read_changes, read_ticks
from dipwatch.store.retention import Bounds, Pruned, prune
from dipwatch.store.schema import delivery_table, feed_event_table, feed_table, item_table, outbox_table, revision_table
from dipwatch.store.store import Store
from dipwatch.store.ticks import TickInput, next_tick, write_tick

LATER = NOW + timedelta(days=400)
ALL = Bounds(texts=LATER, noise=LATER, deliveries=LATER, feed_events=LATER)


def _content(store: Store) -> Content:
    with store.connect() as connection:
        return content(connection)


def _changed(before: Content, after: Content) -> set[str]:
    return {name for name in before if before[name] != after[name]}


@pytest.fixture
def used(store: Store) -> Store:
    """Two items through detection, one with two wordings, and one that waits."""
    add_feeds(store)
    bring(store, make_entry("a", "One"), make_entry("b", "Other"))
    bring(store, make_entry("a", "Two"), now=NOW + MINUTE)
    lease = lead(store)
    with store.begin() as connection:
        tick_on(connection, lease, outbox=[make_outbox(0)])
    bring(store, make_entry("c", "Waits"), now=NOW)
    return store


def test_texts_are_emptied_and_nothing_else(used: Store) -> None:
    before = _content(used)
    bounds = Bounds(texts=NOW + MINUTE)
    assert prune(used, bounds, dry_run=True) == Pruned(texts=2)
    assert _content(used) == before
    assert prune(used, bounds) == Pruned(texts=2)
    with used.connect() as connection:
        rows = connection.execute(select(item_table.c.title, item_table.c.summary).order_by(item_table.c.title)).all()
        assert [tuple(row) for row in rows] == [("Other", ""), ("Two", ""), ("Waits", "More on: Waits")]
        texts = connection.execute(select(revision_table.c.summary).order_by(revision_table.c.title)).scalars().all()
        assert texts == ["", "", "", "More on: Waits"]
    assert _changed(before, _content(used)) == {"items", "revisions"}
    assert prune(used, bounds) == Pruned()


def test_what_is_young_or_waits_for_detection_stays(used: Store) -> None:
    assert prune(used, Bounds(texts=NOW, noise=NOW)) == Pruned()
    prune(used, ALL)
    with used.connect() as connection:
        assert [item.summary for item in next_tick(connection, SUBJECT, 9).items] == ["More on: Waits"]


def test_a_pruned_item_is_not_taken_for_an_edited_one(used: Store) -> None:
    prune(used, Bounds(texts=NOW + MINUTE))
    done = bring(used, make_entry("a", "One"), make_entry("a", "Two"), now=NOW + 2 * MINUTE)
    assert (done.new_items, done.revisions) == ((), 0)


def test_what_was_concluded_is_read_back_whole(used: Store) -> None:
    def concluded() -> tuple[object, object]:
        with used.connect() as connection:
            claims = [[done.claims for done in tick.inputs] for tick in read_ticks(connection, SUBJECT)]
            return list(read_changes(connection)), claims

    before = concluded()
    prune(used, ALL)
    assert concluded() == before


def _noise(store: Store, *entries: Entry, feed: str = "one") -> list[str]:
    """Bring items in which nothing is read; returns their ids."""
    items = list(bring(store, *entries, feed=feed).new_items)
    lease = lead(store)
    with store.begin() as connection:
        batch = next_tick(connection, SUBJECT, 100)
        inputs = [TickInput(item, (), "no claim") for item in batch.items]
        write_tick(connection, lease, Tick(SUBJECT, batch.number, NOW), VERSIONS, inputs, [])
    return items


def _items(store: Store) -> set[str]:
    with store.connect() as connection:
        return set(connection.execute(select(item_table.c.id)).scalars())


def test_items_without_news_go_whole(used: Store) -> None:
    _noise(used, make_entry("n1"), make_entry("n2"))
    set_window(used, "one", ["00000000"])
    before = _content(used)
    assert prune(used, Bounds(noise=NOW)) == Pruned()
    assert prune(used, Bounds(noise=LATER), dry_run=True) == Pruned(noise=3), "what waited was read with them"
    assert prune(used, Bounds(noise=LATER)) == Pruned(noise=3)
    assert _changed(before, _content(used)) == {"items", "revisions", "readings", "sightings"}


@pytest.mark.parametrize(
    ("window", "enabled", "goes"),
    [
        (lambda entry: list(marks_of([as_parsed(entry)])), True, False),
        (lambda entry: [entry.content_hash[:8]], True, False),
        (lambda _entry: ["00000000"], True, True),
        (lambda _entry: None, True, False),
        (lambda entry: list(marks_of([as_parsed(entry)])), False, True),
    ],
    ids=["shown", "shown by its text", "not shown", "nobody knows", "of a feed that is off"],
)
def test_what_a_feed_still_shows_stays(
    store: Store, window: Callable[[Entry], list[str]], *, enabled: bool, goes: bool
) -> None:
    add_feeds(store)
    entry = make_entry("n")
    (item,) = _noise(store, entry)
    set_window(store, "one", window(entry))
    with store.begin() as connection:
        connection.execute(update(feed_table).values(enabled=enabled))
    prune(store, Bounds(noise=LATER))
    assert (item not in _items(store)) is goes


def test_what_a_second_feed_still_shows_stays(store: Store) -> None:
    add_feeds(store, make_feed(), make_feed("two"))
    entry = make_entry("n")
    (item,) = _noise(store, entry)
    bring(store, replace(entry, guid="other"), feed="two")
    set_window(store, "one", ["00000000"])
    set_window(store, "two", list(marks_of([as_parsed(entry)])))
    prune(store, Bounds(noise=LATER))
    assert _items(store) == {item}


def as_parsed(entry: Entry) -> ParsedEntry:
    """The feeds' own entry with the same link and text."""
    return ParsedEntry(
        guid=entry.guid,
        guid_hash=entry.guid,
        link=entry.link,
        link_key=entry.link_key,
        title=entry.title,
        summary=entry.summary,
        content_hash=entry.content_hash,
        published_at=None,
        language=None,
        date_note=None,
    )


def test_what_told_of_a_change_stays_and_the_rest_goes(store: Store) -> None:
    fill(store)
    with store.begin() as connection:
        rows = connection.execute(select(outbox_table).where(outbox_table.c.change_seq.is_not(None))).mappings().all()
        values = {name: value for name, value in rows[0].items() if name != "id"}
        for state in ("sent", "withheld", "dropped", "dead"):
            connection.execute(insert(outbox_table), [{**values, "state": state, "message_key": state}])
            alone = {"change_seq": None, "purpose": "operator", "message_key": f"{state}2"}
            connection.execute(insert(outbox_table), [{**values, **alone, "state": state}])
        connection.execute(insert(outbox_table), [{**values, "state": "waiting", "message_key": "newest"}])
        for at in (NOW, NOW, LATER):
            connection.execute(
                insert(delivery_table).values(
                    message_key="k", receiver="r", attempt=1, at=at, outcome="sent", detail="", seconds=0.1
                )
            )
    prune(store, Bounds(deliveries=LATER))
    with store.connect() as connection:
        left = connection.execute(
            select(outbox_table.c.state, outbox_table.c.change_seq).order_by(outbox_table.c.id)
        ).all()
        assert not [row for row in left if row.state in {"withheld", "dropped", "dead"}]
        assert [row.state for row in left if row.change_seq is None and row.state == "sent"] == []
        assert [row.state for row in left if row.change_seq is not None].count("sent") >= 1
        assert connection.execute(select(delivery_table.c.at)).scalars().all() == [LATER]


def test_the_newest_event_stays_so_that_none_is_numbered_like_one_that_was_read(store: Store) -> None:
    add_feeds(store)
    with store.begin() as connection:
        for number in range(5):
            connection.execute(insert(feed_event_table).values(feed_id="one", at=NOW, event=f"e{number}", detail=""))
        newest = connection.execute(select(feed_event_table.c.id).where(feed_event_table.c.event == "e4")).scalar_one()
    assert prune(store, Bounds(feed_events=LATER), dry_run=True) == Pruned(feed_events=4)
    assert prune(store, Bounds(feed_events=LATER)) == Pruned(feed_events=4)
    with store.connect() as connection:
        assert connection.execute(select(feed_event_table.c.id)).scalars().all() == [newest]


def test_batches_are_small_and_one_may_stop_between_them(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    add_feeds(store)
    _noise(store, *(make_entry(f"n{number}") for number in range(8)))
    set_window(store, "one", ["00000000"])
    assert prune(store, ALL, goes_on=lambda: False) == Pruned(noise=3)
    assert prune(store, ALL) == Pruned(noise=5)
    assert _items(store) == set()
