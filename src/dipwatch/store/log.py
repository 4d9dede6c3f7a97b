"""Reading back: the change log, and the ticks with all that went into them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from dipwatch.model import Change, Claim, Command, Tick, Versions
from dipwatch.store.codec import decode
from dipwatch.store.commands import command_of
from dipwatch.store.developments import family
from dipwatch.store.items import item_of, worded_items
from dipwatch.store.schema import ChangeRow, ClaimRow, CommandRow, ItemRow, ReadingRow, RevisionRow, TickRow, VersionRow
from dipwatch.store.ticks import TickInput

_PAGE = 500


@dataclass(frozen=True, slots=True)
class RecordedTick:
    """A tick as it was decided: what decided, and its inputs in their order."""

    tick: Tick
    versions: Versions
    inputs: tuple[TickInput, ...]
    commands: tuple[Command, ...]
    changes: tuple[Change, ...] = ()
    """What it changed, in order."""


def read_changes(
    connection: Connection,
    subject: str | None = None,
    *,
    after: int = 0,
    development: str | None = None,
    item: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[tuple[int, Change]]:
    """Yield the change log in its order, each change with its number.

    ``after`` leaves out numbers up to it; ``since`` is inclusive, ``until`` exclusive. Raises StoreError for an entry
    that can't be read.
    """
    filters: list[ColumnElement[bool]] = []
    for column, wanted in ((ChangeRow.subject, subject), (ChangeRow.development_id, development)):
        if wanted is not None:
            filters.append(column == wanted)
    if item is not None:
        filters.append(ChangeRow.item_id == item)
    if since is not None:
        filters.append(ChangeRow.at >= since)
    if until is not None:
        filters.append(ChangeRow.at < until)
    while True:
        query = select(ChangeRow.seq, ChangeRow.body).where(ChangeRow.seq > after, *filters)
        page = connection.execute(query.order_by(ChangeRow.seq).limit(_PAGE)).all()
        yield from ((row.seq, decode(Change, row.body)) for row in page)
        if len(page) < _PAGE:
            return
        after = page[-1].seq


def recall(connection: Connection, development: str) -> tuple[Change, ...]:
    """Return the changes of a development and of those merged with it, in their order. Raises StoreError."""
    numbered = [
        entry for name in family(connection, development) for entry in read_changes(connection, development=name)
    ]
    return tuple(change for _, change in sorted(numbered, key=lambda entry: entry[0]))


def read_ticks(connection: Connection, subject: str) -> Iterator[RecordedTick]:
    """Yield the ticks of a subject in their order, for a replay.

    The texts of items that were pruned are empty; their claims are whole.
    """
    query = select(TickRow.__table__, VersionRow.parts).join(VersionRow, VersionRow.id == TickRow.version_id)
    for row in connection.execute(query.where(TickRow.subject == subject).order_by(TickRow.number)).all():
        commands = select(CommandRow.__table__).where(CommandRow.tick_id == row.id).order_by(CommandRow.id)
        yield RecordedTick(
            tick=Tick(row.subject, row.number, row.at),
            versions=decode(Versions, row.parts),
            inputs=_inputs(connection, row.id, subject),
            commands=tuple(command_of(command) for command in connection.execute(commands)),
            changes=_changes(connection, row.id),
        )


def _changes(connection: Connection, tick_id: int) -> tuple[Change, ...]:
    query = select(ChangeRow.body).where(ChangeRow.tick_id == tick_id).order_by(ChangeRow.seq)
    return tuple(decode(Change, body) for body in connection.execute(query).scalars())


def _inputs(connection: Connection, tick_id: int, subject: str) -> tuple[TickInput, ...]:
    claims: defaultdict[tuple[str, int], list[Claim]] = defaultdict(list)
    of_tick = select(ClaimRow.item_id, ClaimRow.revision, ClaimRow.body).where(ClaimRow.tick_id == tick_id)
    for row in connection.execute(of_tick.order_by(ClaimRow.item_id, ClaimRow.revision, ClaimRow.position)):
        claims[row.item_id, row.revision].append(decode(Claim, row.body))
    query = (
        worded_items(ReadingRow.history)
        .add_columns(ReadingRow.outcome)
        .join(ReadingRow, (ReadingRow.item_id == ItemRow.id) & (ReadingRow.revision == RevisionRow.number))
        .where(ReadingRow.subject == subject, ReadingRow.tick_id == tick_id)
        .order_by(ReadingRow.position)
    )
    return tuple(_input(row, tuple(claims[row.id, row.number])) for row in connection.execute(query))


def _input(row: Any, claims: tuple[Claim, ...]) -> TickInput:  # noqa: ANN401 (a row of the query above)
    return TickInput(item=item_of(row), claims=claims, outcome=row.outcome)
