"""What happened to feeds: written once, with the poll that showed it, and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from dipwatch.store.schema import feed_event_table


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """Something that happened to a feed: ``moved``, ``gone``, ``broken``, ``silent``, ``recovered``, ``hole``."""

    event: str
    detail: str = ""


def add_feed_events(
    connection: Connection, feed: str, events: Sequence[FeedEvent], *, began: datetime, now: datetime
) -> None:
    """Write what a poll that ``began`` at a time showed.

    What was written since then comes from another host, which polled the feed at the same time and knew the same: such
    an event is not told twice.
    """
    if not events:
        return
    since = select(feed_event_table.c.event).where(feed_event_table.c.feed_id == feed, feed_event_table.c.at >= began)
    told = set(connection.execute(since).scalars())
    rows = [
        {"feed_id": feed, "at": now, "event": event.event, "detail": event.detail}
        for event in events
        if event.event not in told
    ]
    if rows:
        connection.execute(insert(feed_event_table), rows)


def feed_events(connection: Connection, feed: str, limit: int = 50) -> list[tuple[datetime, FeedEvent]]:
    """Return what happened to a feed, the latest first."""
    query = (
        select(feed_event_table)
        .where(feed_event_table.c.feed_id == feed)
        .order_by(feed_event_table.c.id.desc())
        .limit(limit)
    )
    return [(row.at, FeedEvent(row.event, row.detail)) for row in connection.execute(query)]
