"""A clock that was set back: what was planned by the later time would lie still until that time comes round again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, inspect, select, true, update
from sqlalchemy.orm import InstrumentedAttribute

from dipwatch.store import troubles
from dipwatch.store.schema import FeedRow, OutboxRow, ReceiverRow
from dipwatch.store.sql import hold

TOLERANCE = timedelta(seconds=30)
"""By so much clocks are corrected all the time, and what lies still for so long harms nobody."""
_OPEN = OutboxRow.state.in_(("waiting", "sending"))


def follow(connection: Connection, host: str, now: datetime) -> timedelta:
    """Note what a host's clock shows; where that is less than it showed before, plan everything as much earlier.

    Polls, attempts to deliver, pauses and claims are meant. Nothing that is recorded changes. Returns by how much the
    clock was set back, zero where it was not.
    """
    name = f"clock:{host}"
    noted = troubles.watermark(connection, name)
    troubles.set_watermark(connection, name, now.isoformat())
    by = datetime.fromisoformat(noted) - now if noted else timedelta()
    if by < TOLERANCE:
        return timedelta()
    hold(connection, "outbox")
    for column, which in (
        (FeedRow.next_poll_at, true()),
        (FeedRow.claimed_until, true()),
        (OutboxRow.next_attempt_at, _OPEN),
        (OutboxRow.claimed_until, _OPEN),
        (ReceiverRow.paused_until, true()),
    ):
        _plan_earlier(connection, column, which, now, by)
    return by


def _plan_earlier(
    connection: Connection, column: InstrumentedAttribute[Any], which: ColumnElement[bool], now: datetime, by: timedelta
) -> None:
    """Move a column of times, where they lie ahead; what becomes due by that is due now."""
    (key,) = inspect(column.class_).primary_key
    ahead = connection.execute(select(key, column).where(which, column > now)).all()
    if ahead:
        moved = update(column.class_).where(key == bindparam("row")).values({column: bindparam("time")})
        connection.execute(moved, [{"row": row, "time": max(now, time - by)} for row, time in ahead])
