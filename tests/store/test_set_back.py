from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update
from tests.store.build import MINUTE, NOW

from dipwatch.feeds.feed import Feed
from dipwatch.model import SourceKind
from dipwatch.store import receivers, set_back
from dipwatch.store.feeds import claim_due, sync_feeds
from dipwatch.store.outbox import OutboxEntry, enqueue
from dipwatch.store.schema import feed_table, outbox_table, receiver_table
from dipwatch.store.store import Store

HOUR = timedelta(hours=1)
FEEDS = tuple(Feed(name, f"https://{name}.test/rss", name, SourceKind.WIRE, "en") for name in ("north", "south"))


def follow(store: Store, now: datetime, host: str = "here") -> timedelta:
    with store.begin() as connection:
        return set_back.follow(connection, host, now)


def plan(connection: Connection) -> None:
    """A poll and a message planned, one of each claimed, a receiver's pause: all ahead of NOW."""
    sync_feeds(connection, FEEDS, NOW)
    claim_due(connection, NOW, 1, "somebody", NOW + 5 * MINUTE)
    connection.execute(update(feed_table).where(feed_table.c.id == "south").values(next_poll_at=NOW + 10 * MINUTE))
    entries = [OutboxEntry(None, "desk", name, "alert", NOW + 3 * MINUTE) for name in ("waits", "was-sent")]
    enqueue(connection, entries, NOW)
    connection.execute(update(outbox_table).where(outbox_table.c.group_key == "was-sent").values(state="sent"))
    receivers.note_failure(connection, "desk", NOW, "busy", NOW + 2 * MINUTE)


def planned(store: Store) -> list[datetime | None]:
    with store.connect() as connection:
        queries = (
            select(feed_table.c.next_poll_at).where(feed_table.c.id == "south"),
            select(feed_table.c.claimed_until).where(feed_table.c.id == "north"),
            select(outbox_table.c.next_attempt_at).where(outbox_table.c.group_key == "waits"),
            select(receiver_table.c.paused_until),
        )
        return [connection.execute(query).scalar_one() for query in queries]


def test_what_is_planned_comes_as_much_earlier_as_the_clock_was_set_back(store: Store) -> None:
    follow(store, NOW)
    with store.begin() as connection:
        plan(connection)
    before = planned(store)
    assert follow(store, NOW - HOUR) == HOUR
    assert planned(store) == [time - HOUR for time in before if time]
    assert follow(store, NOW - HOUR) == timedelta(0), "once"


def test_what_was_due_meanwhile_is_due_at_once(store: Store) -> None:
    with store.begin() as connection:
        plan(connection)
    follow(store, NOW + HOUR)
    follow(store, NOW)
    assert planned(store) == [NOW] * 4


def test_what_was_sent_keeps_its_times(store: Store) -> None:
    follow(store, NOW)
    with store.begin() as connection:
        plan(connection)
    follow(store, NOW - HOUR)
    with store.connect() as connection:
        query = select(outbox_table.c.next_attempt_at).where(outbox_table.c.state == "sent")
        assert connection.execute(query).scalar_one() == NOW + 3 * MINUTE


def test_a_clock_that_goes_on_is_corrected_a_little_or_is_another_hosts_changes_nothing(store: Store) -> None:
    with store.begin() as connection:
        plan(connection)
    before = planned(store)
    for now in (NOW, NOW + HOUR, NOW + HOUR - set_back.TOLERANCE / 2):
        assert follow(store, now) == timedelta(0)
    assert follow(store, NOW - HOUR, host="there") == timedelta(0)
    assert planned(store) == before
