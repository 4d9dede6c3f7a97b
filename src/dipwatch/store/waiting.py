"""Rows of the outbox that wait for one receiver, seen before one of them is claimed, and what is decided on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, exists, func, or_, select, update

from dipwatch.store.outbox import WITHHELD
from dipwatch.store.outgoing import read_bodies
from dipwatch.store.schema import change_table, delivery_table, development_table, outbox_table

_TOLD = ("waiting", "sending", "sent")
_ARRIVED = ("sent", "unknown", "interrupted")
"""Outcomes after which a receiver may have the message."""
ROUTE, WHY, QUIET = "route", "why", "quiet"
"""Keys of a row's body: its route's place in the tree, why it waits or is withheld, whether for quiet times only."""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A row that waits; those with a ``message_key`` are parts of a message that was tried and stays as it is.

    ``ended`` says how a user closed its development, ``newest`` is the last change of it that the receiver is told of:
    both are given for reminders alone.
    """

    id: int
    subject: str
    seq: int | None
    development: str
    severity: str
    group_key: str
    purpose: str
    due: datetime
    message_key: str | None
    route: str
    why: str
    quiet: bool = False
    """A tried message: it was put off for quiet times, not for its receiver's sake."""
    ended: str = ""
    newest: int | None = None
    withheld: str = ""
    """Why it is not to be sent at all."""


def read_waiting(connection: Connection, receiver: str, now: datetime) -> list[WaitingRow]:
    """Return the rows due at a receiver, with those that wait in their groups or tell of the same developments."""
    found = connection.execute(_waiting_rows(), {"receiver": receiver, "now": now}).all()
    bodies = read_bodies(connection, [row.id for row in found])
    return [_waiting(row, bodies.get(row.id, {})) for row in found]


@cache
def _waiting_rows() -> Any:  # noqa: ANN401 (a select of some columns has no nameable type)
    """Return the query for ``receiver`` and ``now``; made once, since making it takes longer than running it."""
    row = outbox_table.c
    return (
        select(
            row.id,
            row.subject,
            row.change_seq,
            row.group_key,
            row.purpose,
            row.next_attempt_at,
            row.message_key,
            change_table.c.development_id,
            change_table.c.severity,
            case((row.purpose == "reminder", development_table.c.verdict)).label("verdict"),
            case((row.purpose == "reminder", development_table.c.redirect_to)).label("redirect_to"),
            case((row.purpose == "reminder", _newest())).label("newest"),
        )
        .outerjoin_from(outbox_table, change_table, change_table.c.seq == row.change_seq)
        .outerjoin(development_table, development_table.c.id == change_table.c.development_id)
        .where(row.state == "waiting", row.receiver == bindparam("receiver"))
        .where(or_(row.next_attempt_at <= bindparam("now"), *_with_due()))
        .order_by(row.id)
    )


def has_gathered(connection: Connection, receiver: str, now: datetime) -> bool:
    """Tell whether a row is due that waits with others, or reminds: also one left by other settings than today's."""
    gathered = or_(
        outbox_table.c.group_key.startswith("digest:"),
        outbox_table.c.group_key.startswith("by:"),
        outbox_table.c.purpose == "reminder",
    )
    due = and_(
        outbox_table.c.state == "waiting", outbox_table.c.receiver == receiver, outbox_table.c.next_attempt_at <= now
    )
    return connection.execute(select(outbox_table.c.id).where(due, gathered).limit(1)).one_or_none() is not None


def arrivals(connection: Connection, receiver: str, since: datetime) -> list[datetime]:
    """Return when messages reached a receiver after ``since``, or may have, the latest first."""
    query = (
        select(delivery_table.c.at)
        .where(
            delivery_table.c.receiver == receiver, delivery_table.c.at > since, delivery_table.c.outcome.in_(_ARRIVED)
        )
        .order_by(delivery_table.c.at.desc())
    )
    return list(connection.execute(query).scalars())


def put_off(connection: Connection, before: Sequence[WaitingRow], after: Iterable[WaitingRow]) -> None:
    """Write down what was decided on rows: other groups, purposes and due times, or that they are withheld.

    One whose body can't be read stays as it is.
    """
    known = {row.id: row for row in before}
    changed = [row for row in after if row != known[row.id]]
    bodies = read_bodies(connection, [row.id for row in changed])
    meant = update(outbox_table).where(outbox_table.c.id == bindparam("number"))
    if values := [_values(row, bodies[row.id]) for row in changed if row.id in bodies]:
        connection.execute(meant, values)


def _values(row: WaitingRow, body: Mapping[str, Any]) -> dict[str, Any]:
    told = {**body, WHY: row.withheld or row.why, QUIET: row.quiet}
    return {
        "number": row.id,
        "group_key": row.group_key,
        "purpose": row.purpose,
        "next_attempt_at": row.due,
        "state": WITHHELD if row.withheld else "waiting",
        "body": {name: value for name, value in told.items() if value or name not in {WHY, QUIET}},
    }


def _with_due() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return whether a row shares its group, or its development, with one that is due."""
    due, change = outbox_table.alias(), change_table.alias()
    is_due = and_(
        due.c.state == "waiting", due.c.receiver == bindparam("receiver"), due.c.next_attempt_at <= bindparam("now")
    )
    grouped = exists().where(
        is_due, due.c.group_key == outbox_table.c.group_key, due.c.purpose == outbox_table.c.purpose
    )
    developments = select(change.c.development_id).join(due, due.c.change_seq == change.c.seq).where(is_due)
    return grouped, change_table.c.development_id.in_(developments)


def _newest() -> ColumnElement[Any]:
    told, change = outbox_table.alias(), change_table.alias()
    return (
        select(func.max(told.c.change_seq))
        .join(change, change.c.seq == told.c.change_seq)
        .where(told.c.receiver == outbox_table.c.receiver, told.c.state.in_(_TOLD), told.c.purpose != "reminder")
        .where(change.c.development_id == change_table.c.development_id)
        .correlate(outbox_table, change_table)
        .scalar_subquery()
    )


def _waiting(found: Any, body: Mapping[str, Any]) -> WaitingRow:  # noqa: ANN401 (a row of some columns has no nameable type)
    return WaitingRow(
        id=found.id,
        subject=found.subject or "",
        seq=found.change_seq,
        development=found.development_id or "",
        severity=found.severity or "",
        group_key=found.group_key,
        purpose=found.purpose,
        due=found.next_attempt_at,
        message_key=found.message_key,
        route=body.get(ROUTE, ""),
        why=body.get(WHY, ""),
        quiet=body.get(QUIET, False),
        ended=found.verdict or ("duplicate" if found.redirect_to else ""),
        newest=found.newest,
    )
