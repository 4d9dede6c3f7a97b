"""Transaction 2: a tick. What was read, what it changed and what is to be sent are written together or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from dipwatch.errors import StoreError
from dipwatch.model import Change, Claim, Command, Item, Tick, Versions
from dipwatch.store import leases
from dipwatch.store.codec import encode
from dipwatch.store.commands import pending_commands
from dipwatch.store.developments import carry_on
from dipwatch.store.items import item_of, worded_items
from dipwatch.store.outbox import OutboxEntry, enqueue
from dipwatch.store.schema import (
    change_actor_table,
    change_table,
    claim_table,
    command_table,
    item_table,
    position_table,
    reading_table,
    revision_table,
    tick_table,
    version_table,
)
from dipwatch.store.search import index_changes
from dipwatch.store.sql import insert_unless_there


@dataclass(frozen=True, slots=True)
class PendingBatch:
    """What the next tick of a subject is to take: items in canonical order, commands in theirs."""

    subject: str
    number: int
    items: tuple[Item, ...]
    commands: tuple[Command, ...]
    more: bool
    """Whether items are left for another tick."""


@dataclass(frozen=True, slots=True)
class TickInput:
    """An item with what was read in it; ``outcome`` says what it led to, or why to nothing."""

    item: Item
    claims: tuple[Claim, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class CommandInput:
    """A command with the leader's answer and the positions of the changes that it made."""

    command: Command
    answer: str
    changes: tuple[int, ...] = ()


def next_tick(connection: Connection, subject: str, limit: int) -> PendingBatch:
    """Return the oldest ``limit`` pending items of a subject, and every pending command.

    The order within the batch does not depend on how they came in: by the time they speak from, then id and revision.
    """
    pending = (
        worded_items(reading_table.c.history)
        .join(
            reading_table,
            (reading_table.c.item_id == item_table.c.id) & (reading_table.c.revision == revision_table.c.number),
        )
        .where(reading_table.c.subject == subject, reading_table.c.tick_id.is_(None))
        .order_by(reading_table.c.queued_at, reading_table.c.item_id, reading_table.c.revision)
        .limit(limit + 1)
    )
    items = [item_of(row) for row in connection.execute(pending)]
    return PendingBatch(
        subject=subject,
        number=_next_number(connection, subject),
        items=tuple(sorted(items[:limit], key=_canonical)),
        commands=pending_commands(connection, subject),
        more=len(items) > limit,
    )


def refreshed(connection: Connection, batch: PendingBatch) -> PendingBatch:
    """Return a batch with its number and commands as this transaction sees them; its items stay.

    Only a tick takes items, so they are pending still where the number is the same.
    """
    number, commands = _next_number(connection, batch.subject), pending_commands(connection, batch.subject)
    return replace(batch, number=number, commands=commands)


def _next_number(connection: Connection, subject: str) -> int:
    last = connection.execute(select(func.max(tick_table.c.number)).where(tick_table.c.subject == subject)).scalar_one()
    return (last or 0) + 1


def write_tick(  # noqa: PLR0917 (in the order in which they come about)
    connection: Connection,
    lease: leases.Lease,
    tick: Tick,
    versions: Versions,
    inputs: Sequence[TickInput],
    changes: Sequence[Change],
    *,
    outbox: Sequence[OutboxEntry] = (),
    commands: Sequence[CommandInput] = (),
) -> list[int]:
    """Write a tick in the caller's transaction and return the numbers of its changes in the log.

    ``inputs`` stand in the order in which they were decided on. Raises LeaseLostError when another process leads the
    subject by now, StoreError when an input was taken by another tick; the caller's transaction then rolls back.
    """
    leases.check(connection, lease)
    if lease.name != leases.detection_lease(tick.subject):
        raise ValueError(f"lease {lease.name} does not lead subject {tick.subject}")
    version = _version(connection, versions, tick)
    row = {"subject": tick.subject, "number": tick.number, "at": tick.at, "version_id": version, "token": lease.token}
    tick_id = connection.execute(insert(tick_table).values(row).returning(tick_table.c.id)).scalar_one()
    _take_readings(connection, tick, tick_id, inputs)
    _take_commands(connection, tick_id, commands)
    claims = _write_claims(connection, tick, tick_id, inputs)
    carry_on(connection, tick.subject, changes)
    made_by = {position: done.command.id for done in commands for position in done.changes}
    rows = [
        _change_row(tick, position, change)
        | {
            "tick_id": tick_id,
            "version_id": version,
            "claim_id": claims.get(_claim_key(change)),
            "command_id": made_by.get(position),
        }
        for position, change in enumerate(changes)
    ]
    seqs = _write_changes(connection, tick, rows, changes)
    enqueue(connection, outbox, tick.at, tick.subject, seqs)
    return seqs


def _canonical(item: Item) -> tuple[Any, ...]:
    return (item.when, item.id, item.revision)


def _version(connection: Connection, versions: Versions, tick: Tick) -> str:
    """Return the id of what decided, and remember it."""
    parts = encode(versions)
    version = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
    insert_unless_there(connection, version_table, [{"id": version, "parts": parts, "first_used_at": tick.at}])
    return version


def _take_readings(connection: Connection, tick: Tick, tick_id: int, inputs: Sequence[TickInput]) -> None:
    taken = [
        {"item": done.item.id, "number": done.item.revision, "position": position, "outcome": done.outcome}
        for position, done in enumerate(inputs)
    ]
    pending = (
        update(reading_table)
        .where(reading_table.c.subject == tick.subject, reading_table.c.tick_id.is_(None))
        .where(reading_table.c.item_id == bindparam("item"), reading_table.c.revision == bindparam("number"))
        .values(tick_id=tick_id, position=bindparam("position"), outcome=bindparam("outcome"))
    )
    if taken and connection.execute(pending, taken).rowcount != len(taken):
        raise StoreError(f"tick {tick.number} of {tick.subject}: an item is not pending any more; nothing was written")


def _take_commands(connection: Connection, tick_id: int, commands: Sequence[CommandInput]) -> None:
    taken = [{"command": done.command.id, "answer": done.answer} for done in commands]
    pending = (
        update(command_table)
        .where(command_table.c.id == bindparam("command"), command_table.c.tick_id.is_(None))
        .values(tick_id=tick_id, answer=bindparam("answer"))
    )
    if taken and connection.execute(pending, taken).rowcount != len(taken):
        raise StoreError("a command was applied before; nothing was written")


def _write_claims(
    connection: Connection, tick: Tick, tick_id: int, inputs: Sequence[TickInput]
) -> dict[tuple[str | None, int, Claim | None], int]:
    """Write the claims of a tick and return their ids by item, revision and claim."""
    rows, keys = [], []
    for done in inputs:
        for position, claim in enumerate(done.claims):
            place = {"subject": tick.subject, "item_id": done.item.id, "revision": done.item.revision}
            rows.append(_claim_columns(claim) | place | {"tick_id": tick_id, "position": position})
            keys.append((done.item.id, done.item.revision, claim))
    if not rows:
        return {}
    inserted = insert(claim_table).returning(claim_table.c.id, sort_by_parameter_order=True)
    ids: dict[tuple[str | None, int, Claim | None], int] = {}
    for key, claim_id in zip(keys, connection.execute(inserted, rows).scalars(), strict=True):
        ids.setdefault(key, claim_id)
    return ids


def _claim_columns(claim: Claim) -> dict[str, Any]:
    return {
        "kind": str(claim.kind),
        "event": str(claim.event),
        "status": str(claim.status),
        "venue": claim.venue,
        "issue": claim.issue,
        "stance": claim.stance,
        "first_day": claim.when.first if claim.when else None,
        "last_day": claim.when.last if claim.when else None,
        "score": claim.score,
        "body": encode(claim),
    }


def _claim_key(change: Change) -> tuple[str | None, int, Claim | None]:
    return (change.item, change.revision, change.claim)


def _change_row(tick: Tick, position: int, change: Change) -> dict[str, Any]:
    return {
        "subject": tick.subject,
        "position": position,
        "type": str(change.type),
        "development_id": change.development,
        "item_id": change.item,
        "revision": change.revision,
        "at": change.at,
        "alert": change.alert,
        "kind": str(change.kind),
        "status": str(change.status),
        "severity": str(change.severity),
        "confidence": change.confidence,
        "venue": change.claim.venue if change.claim else None,
        "issue": change.claim.issue if change.claim else None,
        "title": change.title,
        "reasons": [str(reason) for reason in change.reasons],
        "body": encode(change),
    }


def _write_changes(
    connection: Connection, tick: Tick, rows: Sequence[Mapping[str, Any]], changes: Sequence[Change]
) -> list[int]:
    if not rows:
        return []
    inserted = insert(change_table).returning(change_table.c.seq, sort_by_parameter_order=True)
    seqs = list(connection.execute(inserted, list(rows)).scalars())
    numbered = list(zip(seqs, changes, strict=True))
    actors = [row for seq, change in numbered for row in _actor_rows(seq, change)]
    if actors:
        connection.execute(insert(change_actor_table), actors)
    index_changes(connection, numbered)
    positions = [row for seq, change in numbered for row in _position_rows(tick, seq, change)]
    if positions:
        connection.execute(insert(position_table), positions)
    return seqs


def _actor_rows(seq: int, change: Change) -> list[dict[str, Any]]:
    """Return one row an actor: in its first, most important role."""
    roles: dict[str, str] = {}
    for part in change.claim.parts if change.claim else ():
        roles.setdefault(part.actor, str(part.role))
    return [{"change_seq": seq, "actor": actor, "role": role} for actor, role in roles.items()]


def _position_rows(tick: Tick, seq: int, change: Change) -> list[dict[str, Any]]:
    shift = change.shift
    if shift is None:
        return []
    moved = {"actor": shift.actor, "issue": shift.issue, "stance": shift.stance, "was": shift.was}
    place = {"subject": tick.subject, "direction": str(shift.direction), "at": change.at, "change_seq": seq}
    return [moved | place]
