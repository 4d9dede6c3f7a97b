"""What is due at the receivers, and what became of each attempt.

A row is written in the transaction of its change. Rows of one group that are due together become one message, whose key
is fixed before the first attempt and kept through every later one. A message is marked sent only after the receiver has
taken it: a crash in between may repeat one message and never loses one, as Alertmanager promises too. A development's
changes reach a receiver in the order of the log. A row that can't be read any more is given up by itself, with the
reason, so that it holds up nothing behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    RowMapping,
    Select,
    and_,
    exists,
    func,
    insert,
    select,
    true,
    update,
)

from dipwatch.store import receivers
from dipwatch.store.outgoing import OutgoingMessage, OutgoingRow, read_back, read_bodies
from dipwatch.store.schema import change_table, delivery_table, outbox_table, receiver_table
from dipwatch.store.sql import hold

_OPEN = ("waiting", "sending")
_LISTED = tuple(column for column in outbox_table.c if column.name != "body")
WITHHELD = "withheld"
"""The state of a row that is never sent, by decision; its body says why."""
FALLBACK_FOR, FALLBACK_WHY = "fallback_for", "fallback_why"
"""Keys of a row's body: whose message it is, and why that receiver does not have it."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A message to be, or a part of one.

    ``change`` is the position of its change among those written with it, or None where no change stands behind it.
    ``purpose`` is that of the message (see ``alerts.Purpose``), ``state`` is ``waiting`` or ``WITHHELD``.
    """

    change: int | None
    receiver: str
    group_key: str
    purpose: str
    next_attempt_at: datetime
    body: Mapping[str, Any] = field(default_factory=dict)
    state: str = "waiting"


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """A row of the outbox as it stands, for lists."""

    id: int
    subject: str | None
    change_seq: int | None
    receiver: str
    group_key: str
    purpose: str
    body: Mapping[str, Any]
    created_at: datetime
    next_attempt_at: datetime
    state: str
    attempts: int
    message_key: str | None
    claimed_by: str | None
    claimed_until: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt and its ``outcome``.

    ``sent``, ``failed`` or ``refused``; ``unknown``: handed over, but no answer came; ``interrupted``: the process that
    sent it ended or hung; ``unreadable``: nothing was attempted, because a row could not be read back.
    """

    message_key: str
    receiver: str
    attempt: int
    at: datetime
    outcome: str
    detail: str
    seconds: float


def enqueue(
    connection: Connection,
    entries: Sequence[OutboxEntry],
    now: datetime,
    subject: str | None = None,
    seqs: Sequence[int] = (),
) -> None:
    """Put messages into the outbox; ``seqs`` are the numbers of the changes that ``OutboxEntry.change`` counts."""
    rows = [
        {
            "subject": subject,
            "change_seq": None if entry.change is None else seqs[entry.change],
            "receiver": entry.receiver,
            "group_key": entry.group_key,
            "purpose": entry.purpose,
            "body": dict(entry.body),
            "created_at": now,
            "next_attempt_at": entry.next_attempt_at,
            "state": entry.state,
        }
        for entry in entries
    ]
    if rows:
        hold(connection, "outbox")  # nothing may join a group between the decision on it and its claim
        connection.execute(insert(outbox_table), rows)


def claim_group(
    connection: Connection, now: datetime, holder: str, until: datetime, receiver: str | None = None
) -> OutgoingMessage | None:
    """Take the message that is due first, whose receiver (or the given one) has none in flight; None where none is due.

    It holds every waiting row of its group once one of them is due. A message that was tried before keeps its rows and
    its key. A row waits while an earlier change of its development is on its way to the same receiver in another
    message, and while its receiver asked to be left alone. The message belongs to ``holder`` until ``until``; after
    that it may be sent again. Rows that can't be read are given up on the way.
    """
    hold(connection, "outbox")
    expired_claims(connection, now)
    while (first := connection.execute(_first_due(now, receiver)).one_or_none()) is not None:
        ids = connection.execute(_message_rows(first)).scalars().all()
        rows, unreadable = read_back(connection, ids)
        _give_up_unreadable(connection, first, unreadable, now)
        if rows:
            return _claimed(connection, first, rows, holder, until)
    return None


def record_sent(
    connection: Connection, message: OutgoingMessage, now: datetime, seconds: float, detail: str = ""
) -> None:
    """Record that the receiver has taken a message, also when its claim has run out meanwhile."""
    _record_delivery(connection, message, now, outcome="sent", detail=detail, seconds=seconds)
    receivers.note_success(connection, message.receiver, now)
    values = {"state": "sent", "claimed_by": None, "claimed_until": None}
    connection.execute(
        update(outbox_table).where(outbox_table.c.id.in_([row.id for row in message.rows])).values(values)
    )


def record_failure(
    connection: Connection,
    message: OutgoingMessage,
    now: datetime,
    seconds: float,
    *,
    outcome: str,
    detail: str,
    next_attempt_at: datetime | None,
    pause_until: datetime | None = None,
) -> None:
    """Record that an attempt failed: it is tried again at ``next_attempt_at``, or never (None: the rows are dead).

    ``pause_until`` is when the receiver may be tried again with anything, where it asked for a pause.
    """
    _record_delivery(connection, message, now, outcome=outcome, detail=detail, seconds=seconds)
    receivers.note_failure(connection, message.receiver, now, detail, pause_until)
    values: dict[str, Any] = {"state": "dead", "claimed_by": None, "claimed_until": None}
    if next_attempt_at is not None:
        values |= {"state": "waiting", "next_attempt_at": next_attempt_at}
    ours = and_(
        outbox_table.c.message_key == message.key,
        outbox_table.c.state == "sending",
        outbox_table.c.claimed_by == message.holder,
    )
    connection.execute(update(outbox_table).where(ours).values(values))


def hand_to_fallback(connection: Connection, message: OutgoingMessage, fallback: str, now: datetime, why: str) -> bool:
    """Put a message into the outbox for the receiver that stands in for its own; once, however often it is asked for.

    Returns whether it was put there now. The rows say in their bodies for whom they are and ``why``.
    """
    hold(connection, "outbox")
    group = f"fallback:{message.key}"
    query = select(outbox_table.c.id).where(outbox_table.c.receiver == fallback, outbox_table.c.group_key == group)
    if connection.execute(query.limit(1)).one_or_none() is not None:
        return False
    rows = [
        {
            "subject": row.subject,
            "change_seq": row.seq,
            "receiver": fallback,
            "group_key": group,
            "purpose": message.purpose,
            "body": {FALLBACK_FOR: message.receiver, FALLBACK_WHY: why, **row.body},
            "created_at": now,
            "next_attempt_at": now,
            "state": "waiting",
        }
        for row in message.rows
    ]
    connection.execute(insert(outbox_table), rows)
    return True


def expired_claims(connection: Connection, now: datetime) -> int:
    """Let messages wait again whose claim has run out; their attempt ends as ``interrupted``. Returns their number."""
    return _back_to_waiting(connection, now, outbox_table.c.claimed_until <= now)


def claims_of(connection: Connection, holders: Sequence[str], now: datetime) -> int:
    """Let messages wait again that processes had claimed that are gone. Returns their number."""
    return _back_to_waiting(connection, now, outbox_table.c.claimed_by.in_(holders))


def abandoned_claims(connection: Connection, now: datetime) -> int:
    """Let every claimed message wait again: for the start of the only process on a database."""
    return _back_to_waiting(connection, now, true())


def list_outbox(
    connection: Connection,
    states: Sequence[str] = (*_OPEN, "dead"),
    limit: int = 1000,
    subjects: Sequence[str] = (),
) -> list[OutboxRecord]:
    """Return rows of the outbox in these states, of these subjects (none: of all), the earliest due first."""
    query = select(*_LISTED).where(outbox_table.c.state.in_(states))
    if subjects:
        query = query.where(outbox_table.c.subject.in_(subjects))
    query = query.order_by(outbox_table.c.next_attempt_at, outbox_table.c.id).limit(limit)
    return _records(connection, connection.execute(query).mappings().all())


def find_record(connection: Connection, number: int) -> OutboxRecord | None:
    """Return a row of the outbox, None where there is none of that number."""
    found = connection.execute(select(*_LISTED).where(outbox_table.c.id == number)).mappings().all()
    return next(iter(_records(connection, found)), None)


def _records(connection: Connection, rows: Sequence[RowMapping]) -> list[OutboxRecord]:
    """Return rows with their bodies, empty where one can't be read."""
    bodies = read_bodies(connection, [row["id"] for row in rows])
    return [OutboxRecord(**row, body=bodies.get(row["id"], {})) for row in rows]


def retry(connection: Connection, ids: Sequence[int], now: datetime) -> int:
    """Make dead and waiting rows due now, with the other rows of their messages. Returns how many rows that are."""
    keys = select(outbox_table.c.message_key).where(outbox_table.c.id.in_(ids), outbox_table.c.message_key.is_not(None))
    meant = (outbox_table.c.id.in_(ids) | outbox_table.c.message_key.in_(keys)) & outbox_table.c.state.in_(
        ("dead", "waiting")
    )
    return connection.execute(update(outbox_table).where(meant).values(state="waiting", next_attempt_at=now)).rowcount


def drop(connection: Connection, ids: Sequence[int]) -> int:
    """Give rows up that are not sent yet. Returns how many there were."""
    meant = outbox_table.c.id.in_(ids) & outbox_table.c.state.in_((*_OPEN, "dead"))
    values = {"state": "dropped", "claimed_by": None, "claimed_until": None}
    return connection.execute(update(outbox_table).where(meant).values(values)).rowcount


def deliveries(connection: Connection, message_key: str) -> list[Delivery]:
    """Return the attempts at a message, in their order."""
    query = select(delivery_table).where(delivery_table.c.message_key == message_key).order_by(delivery_table.c.id)
    rows = connection.execute(query).mappings()
    return [Delivery(**{name: value for name, value in row.items() if name != "id"}) for row in rows]


def not_paused(now: datetime) -> ColumnElement[bool]:
    """Whether the receiver of a row has not asked to be left alone at ``now``."""
    return ~exists().where(receiver_table.c.name == outbox_table.c.receiver, receiver_table.c.paused_until > now)


def _first_due(now: datetime, receiver: str | None) -> Any:  # noqa: ANN401 (a select of some columns has no nameable type)
    row = outbox_table.c
    wanted = true() if receiver is None else row.receiver == receiver
    return (
        select(row.id, row.receiver, row.group_key, row.purpose, row.message_key, row.attempts)
        .where(row.state == "waiting", row.next_attempt_at <= now, wanted)
        .where(not_paused(now), ~_in_flight(), ~_overtakes())
        .order_by(row.next_attempt_at, row.id)
        .limit(1)
    )


def _claimed(
    connection: Connection, first: Row[Any], rows: tuple[OutgoingRow, ...], holder: str, until: datetime
) -> OutgoingMessage:
    ids = [row.id for row in rows]
    key, attempt = first.message_key or _message_key(first.receiver, ids), first.attempts + 1
    values = {"state": "sending", "message_key": key, "attempts": attempt, "claimed_by": holder, "claimed_until": until}
    connection.execute(update(outbox_table).where(outbox_table.c.id.in_(ids)).values(values))
    return OutgoingMessage(key, first.receiver, first.group_key, first.purpose, attempt, holder, rows)


@cache  # as the next one: making it takes longer than running it
def _in_flight() -> ColumnElement[bool]:
    other = outbox_table.alias()
    return exists().where(other.c.state == "sending", other.c.receiver == outbox_table.c.receiver)


@cache
def _overtakes() -> ColumnElement[bool]:
    """Whether an earlier change of the same development still waits, in another message to the same receiver."""
    earlier, change, earlier_change = outbox_table.alias(), change_table.alias(), change_table.alias()
    same_message = and_(
        earlier.c.group_key == outbox_table.c.group_key,
        earlier.c.purpose == outbox_table.c.purpose,
        func.coalesce(earlier.c.message_key, "") == func.coalesce(outbox_table.c.message_key, ""),
    )
    return (
        exists()
        .where(earlier.c.receiver == outbox_table.c.receiver, earlier.c.state.in_(_OPEN), ~same_message)
        .where(change.c.seq == outbox_table.c.change_seq, earlier_change.c.seq == earlier.c.change_seq)
        .where(
            earlier_change.c.development_id == change.c.development_id, earlier.c.change_seq < outbox_table.c.change_seq
        )
    )


def _message_rows(first: Row[Any]) -> Select[int]:
    row = outbox_table.c
    same_key = row.message_key == first.message_key if first.message_key else row.message_key.is_(None)
    return (
        select(row.id)
        .where(row.state == "waiting", row.receiver == first.receiver)
        .where(row.group_key == first.group_key, row.purpose == first.purpose, same_key, ~_overtakes())
        .order_by(row.change_seq, row.id)
    )


def _message_key(receiver: str, ids: Sequence[int]) -> str:
    return hashlib.sha256(f"{receiver}\x1f{','.join(map(str, sorted(ids)))}".encode()).hexdigest()[:32]


def _give_up_unreadable(connection: Connection, first: Row[Any], unreadable: Mapping[int, str], now: datetime) -> None:
    for number, why in unreadable.items():
        key = first.message_key or _message_key(first.receiver, [number])
        values = {"state": "dead", "message_key": key}
        connection.execute(update(outbox_table).where(outbox_table.c.id == number).values(values))
        attempt = Delivery(key, first.receiver, first.attempts, now, "unreadable", why, 0.0)
        _insert_delivery(connection, attempt)


def _record_delivery(
    connection: Connection, message: OutgoingMessage, now: datetime, *, outcome: str, detail: str, seconds: float
) -> None:
    attempt = Delivery(message.key, message.receiver, message.attempt, now, outcome, detail, seconds)
    _insert_delivery(connection, attempt)


def _insert_delivery(connection: Connection, attempt: Delivery) -> None:
    connection.execute(insert(delivery_table), [{name: getattr(attempt, name) for name in Delivery.__slots__}])


def _back_to_waiting(connection: Connection, now: datetime, which: ColumnElement[bool]) -> int:
    claimed = and_(outbox_table.c.state == "sending", which)
    query = (
        select(outbox_table.c.message_key, outbox_table.c.receiver, outbox_table.c.attempts).where(claimed).distinct()
    )
    messages = connection.execute(query.order_by(outbox_table.c.message_key)).all()
    if not messages:
        return 0
    values = {"state": "waiting", "claimed_by": None, "claimed_until": None}
    connection.execute(update(outbox_table).where(claimed).values(values))
    ended = {"at": now, "outcome": "interrupted", "detail": "the process that sent it ended or hung", "seconds": 0.0}
    rows = [{"message_key": m.message_key, "receiver": m.receiver, "attempt": m.attempts} | ended for m in messages]
    connection.execute(insert(delivery_table), rows)
    return len(messages)
