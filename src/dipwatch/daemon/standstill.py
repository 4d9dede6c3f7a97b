"""What stands still though it has work: the mark of a daemon that lives and does nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, func, select

from dipwatch.store.schema import feed_table, outbox_table, reading_table, receiver_table, tick_table

POLLS, TICKS, DELIVERIES = "polls", "ticks", "deliveries"


def standing_still(connection: Connection, now: datetime, patience: timedelta) -> tuple[str, ...]:
    """Return what has had work for longer than ``patience`` and has got nothing done in that time."""
    long_ago = now - patience
    feeds = feed_table.c.enabled & feed_table.c.gone_at.is_(None) & (feed_table.c.next_poll_at < long_ago)
    pending = reading_table.c.tick_id.is_(None) & (reading_table.c.queued_at < long_ago)
    waiting = outbox_table.c.state.in_(("waiting", "sending")) & (outbox_table.c.created_at < long_ago)
    tried = waiting & ((outbox_table.c.attempts > 0) | (outbox_table.c.next_attempt_at < long_ago))
    found = {
        POLLS: _any(connection, feeds) and _last(connection, feed_table.c.last_polled_at, long_ago),
        TICKS: _any(connection, pending) and _last(connection, tick_table.c.at, long_ago),
        DELIVERIES: _any(connection, tried) and _last(connection, receiver_table.c.last_sent_at, long_ago),
    }
    return tuple(name for name, still in found.items() if still)


def _any(connection: Connection, which: ColumnElement[bool]) -> bool:
    return connection.execute(select(1).where(which).limit(1)).one_or_none() is not None


def _last(
    connection: Connection,
    column: Column[datetime] | Column[datetime | None],
    long_ago: datetime,
) -> bool:
    """Tell whether the newest of these times lies before ``long_ago``, or there is none."""
    newest = connection.execute(select(func.max(column, type_=column.type))).scalar_one()
    return newest is None or newest < long_ago
