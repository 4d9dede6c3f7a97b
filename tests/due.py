"""When the outbox has something to do next: for tests that step a clock of their own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, case, func, select

from dipwatch.store.schema import outbox_table, receiver_table


def next_due(connection: Connection) -> datetime | None:
    """Return when the next message is due, or the next claim runs out; None where nothing waits."""
    claimed = select(func.min(outbox_table.c.claimed_until)).where(outbox_table.c.state == "sending")
    paused = case(
        (receiver_table.c.paused_until > outbox_table.c.next_attempt_at, receiver_table.c.paused_until),
        else_=outbox_table.c.next_attempt_at,
    )
    waiting = (
        select(func.min(paused, type_=outbox_table.c.next_attempt_at.type))
        .outerjoin_from(outbox_table, receiver_table, receiver_table.c.name == outbox_table.c.receiver)
        .where(outbox_table.c.state == "waiting")
    )
    times = [connection.execute(query).scalar_one_or_none() for query in (waiting, claimed)]
    return min((time for time in times if time is not None), default=None)
