"""How each receiver stands: what it took, what waits for it, what was lost on the way. Read only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from dipwatch.store.receivers import receiver_states
from dipwatch.store.schema import delivery_table, outbox_table


@dataclass(frozen=True, slots=True)
class Standing:
    """A receiver. ``waiting`` and ``dead`` count rows of the outbox, the others attempts.

    ``unknown``: handed over, and no answer came; ``interrupted``: the process that sent it ended or hung. Each of these
    may have led to a message that came twice.
    """

    receiver: str
    sent: int
    failed: int
    unknown: int
    interrupted: int
    waiting: int
    dead: int
    last_sent_at: datetime | None
    failing_since: datetime | None
    paused_until: datetime | None
    detail: str


def standings(connection: Connection, configured: Iterable[str]) -> list[Standing]:
    """Return the configured receivers in their order, then those that the database knows from before."""
    states = {state.name: state for state in receiver_states(connection)}
    attempts = _counted(connection, delivery_table.c.receiver, delivery_table.c.outcome)
    rows = _counted(connection, outbox_table.c.receiver, outbox_table.c.state)
    found = []
    for name in dict.fromkeys([*configured, *states, *sorted(rows)]):
        state = states.get(name)
        tried, put = attempts.get(name, Counter()), rows.get(name, Counter())
        found.append(
            Standing(
                receiver=name,
                sent=tried["sent"],
                failed=tried["failed"] + tried["refused"],
                unknown=tried["unknown"],
                interrupted=tried["interrupted"],
                waiting=put["waiting"] + put["sending"],
                dead=put["dead"],
                last_sent_at=state.last_sent_at if state else None,
                failing_since=state.failing_since if state else None,
                paused_until=state.paused_until if state else None,
                detail=state.last_detail if state and state.failing_since else "",
            )
        )
    return found


def _counted(connection: Connection, name: object, value: object) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for receiver, what, number in connection.execute(select(name, value, func.count()).group_by(name, value)):  # type: ignore[call-overload] # columns of two tables
        counts.setdefault(receiver, Counter())[what] = number
    return counts
