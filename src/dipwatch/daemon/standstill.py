"""What stands still though it has work: the mark of a daemon that lives and does nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.orm import InstrumentedAttribute

from dipwatch.store.schema import FeedRow, OutboxRow, ReadingRow, ReceiverRow, TickRow

POLLS, TICKS, DELIVERIES = "polls", "ticks", "deliveries"


def standing_still(connection: Connection, now: datetime, patience: timedelta) -> tuple[str, ...]:
    """Return what has had work for longer than ``patience`` and has got nothing done in that time."""
    long_ago = now - patience
    feeds = FeedRow.enabled & FeedRow.gone_at.is_(None) & (FeedRow.next_poll_at < long_ago)
    pending = ReadingRow.tick_id.is_(None) & (ReadingRow.queued_at < long_ago)
    waiting = OutboxRow.state.in_(("waiting", "sending")) & (OutboxRow.created_at < long_ago)
    tried = waiting & ((OutboxRow.attempts > 0) | (OutboxRow.next_attempt_at < long_ago))
    found = {
        POLLS: _any(connection, feeds) and _last(connection, FeedRow.last_polled_at, long_ago),
        TICKS: _any(connection, pending) and _last(connection, TickRow.at, long_ago),
        DELIVERIES: _any(connection, tried) and _last(connection, ReceiverRow.last_sent_at, long_ago),
    }
    return tuple(name for name, still in found.items() if still)


def _any(connection: Connection, which: ColumnElement[bool]) -> bool:
    return connection.execute(select(1).where(which).limit(1)).one_or_none() is not None


def _last(
    connection: Connection,
    column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    long_ago: datetime,
) -> bool:
    """Tell whether the newest of these times lies before ``long_ago``, or there is none."""
    newest = connection.execute(select(func.max(column, type_=column.type))).scalar_one()
    return newest is None or newest < long_ago
