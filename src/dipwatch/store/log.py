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
from dipwatch.store.schema import (
    change_table,
    claim_table,
    command_table,
    item_table,
    reading_table,
    revision_table,
    tick_table,
    version_table,
)
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
    for column, wanted in ((change_table.c.subject, subject), (change_table.c.development_id, development)):
        if wanted is not None:
            filters.append(column == wanted)
    if item is not None:
        filters.append(change_table.c.item_id == item)
    if since is not None:
        filters.append(change_table.c.at >= since)
    if until is not None:
        filters.append(change_table.c.at < until)
    while True:
        query = select(change_table.c.seq, change_table.c.body).where(change_table.c.seq > after, *filters)
        page = connection.execute(query.order_by(change_table.c.seq).limit(_PAGE)).all()
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
    query = select(tick_table, version_table.c.parts).join(version_table, version_table.c.id == tick_table.c.version_id)
    for row in connection.execute(query.where(tick_table.c.subject == subject).order_by(tick_table.c.number)).all():
        commands = select(command_table).where(command_table.c.tick_id == row.id).order_by(command_table.c.id)
        yield RecordedTick(
            tick=Tick(row.subject, row.number, row.at),
            versions=decode(Versions, row.parts),
            inputs=_inputs(connection, row.id, subject),
            commands=tuple(command_of(command) for command in connection.execute(commands)),
            changes=_changes(connection, row.id),
        )


def _changes(connection: Connection, tick_id: int) -> tuple[Change, ...]:
    query = select(change_table.c.body).where(change_table.c.tick_id == tick_id).order_by(change_table.c.seq)
    return tuple(decode(Change, body) for body in connection.execute(query).scalars())


def _inputs(connection: Connection, tick_id: int, subject: str) -> tuple[TickInput, ...]:
    claims: defaultdict[tuple[str, int], list[Claim]] = defaultdict(list)
    of_tick = select(claim_table.c.item_id, claim_table.c.revision, claim_table.c.body).where(
        claim_table.c.tick_id == tick_id
    )
    for row in connection.execute(
        of_tick.order_by(claim_table.c.item_id, claim_table.c.revision, claim_table.c.position)
    ):
        claims[row.item_id, row.revision].append(decode(Claim, row.body))
    query = (
        worded_items(reading_table.c.history)
        .add_columns(reading_table.c.outcome)
        .join(
            reading_table,
            (reading_table.c.item_id == item_table.c.id) & (reading_table.c.revision == revision_table.c.number),
        )
        .where(reading_table.c.subject == subject, reading_table.c.tick_id == tick_id)
        .order_by(reading_table.c.position)
    )
    return tuple(_input(row, tuple(claims[row.id, row.number])) for row in connection.execute(query))


def _input(row: Any, claims: tuple[Claim, ...]) -> TickInput:  # noqa: ANN401 (a row of the query above)
    return TickInput(item=item_of(row), claims=claims, outcome=row.outcome)
