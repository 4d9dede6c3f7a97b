"""A clock that was set back: what was planned by the later time would lie still until that time comes round again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, bindparam, select, true, update

from dipwatch.store import troubles
from dipwatch.store.schema import feed_table, outbox_table, receiver_table
from dipwatch.store.sql import hold

TOLERANCE = timedelta(seconds=30)
"""By so much clocks are corrected all the time, and what lies still for so long harms nobody."""
_OPEN = outbox_table.c.state.in_(("waiting", "sending"))


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
        (feed_table.c.next_poll_at, true()),
        (feed_table.c.claimed_until, true()),
        (outbox_table.c.next_attempt_at, _OPEN),
        (outbox_table.c.claimed_until, _OPEN),
        (receiver_table.c.paused_until, true()),
    ):
        _plan_earlier(connection, column, which, now, by)
    return by


def _plan_earlier(
    connection: Connection, column: Column[Any], which: ColumnElement[bool], now: datetime, by: timedelta
) -> None:
    """Move a column of times, where they lie ahead; what becomes due by that is due now."""
    (key,) = column.table.primary_key
    ahead = connection.execute(select(key, column).where(which, column > now)).all()
    if ahead:
        moved = update(column.table).where(key == bindparam("row")).values({column: bindparam("time")})
        connection.execute(moved, [{"row": row, "time": max(now, time - by)} for row, time in ahead])
