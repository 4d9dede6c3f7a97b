"""Messages as they leave the outbox: rows with the changes and items behind them, as far as they can be read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from dipwatch.errors import StoreError
from dipwatch.model import Change, Item
from dipwatch.store.codec import decode
from dipwatch.store.items import read_items
from dipwatch.store.schema import change_table, outbox_table

_UNREADABLE = (StoreError, ValueError, TypeError, LookupError, AttributeError)
"""What reading a row back raises when it is damaged or was written by a program that knew more."""
_LONGEST_REASON = 300
_PAGE = 1000
"""Rows that are asked for at a time: databases bound the number of values."""


@dataclass(frozen=True, slots=True)
class OutgoingRow:
    """A row of a message with the change behind it and the item behind that, where there are any."""

    id: int
    subject: str | None
    seq: int | None
    change: Change | None
    item: Item | None
    body: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What a receiver is to be told now; ``attempt`` counts from 1. Rows stand in the order of the log."""

    key: str
    receiver: str
    group_key: str
    purpose: str
    attempt: int
    holder: str
    rows: tuple[OutgoingRow, ...]

    @property
    def created_at(self) -> datetime:
        """Since when its oldest row waits."""
        return min(row.created_at for row in self.rows)


def read_back(connection: Connection, ids: Sequence[int]) -> tuple[tuple[OutgoingRow, ...], dict[int, str]]:
    """Return rows in the given order, and why those that can't be read can't."""
    try:
        return _outgoing(connection, ids), {}
    except _UNREADABLE:
        pass  # which row it is shows when each is read by itself
    rows: list[OutgoingRow] = []
    unreadable: dict[int, str] = {}
    for number in ids:
        try:
            rows += _outgoing(connection, [number])
        except _UNREADABLE as error:
            unreadable[number] = _said(error)
    return tuple(rows), unreadable


def read_bodies(connection: Connection, ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """Return the bodies of rows; one that can't be read is left out, for its row is given up when it is claimed."""
    found: dict[int, Any] = {}
    for start in range(0, len(ids), _PAGE):
        found |= _read_page(connection, ids[start : start + _PAGE])
    return {number: body for number, body in found.items() if isinstance(body, Mapping)}


def _read_page(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    query = select(outbox_table.c.id, outbox_table.c.body)
    try:
        return {row.id: row.body for row in connection.execute(query.where(outbox_table.c.id.in_(ids)))}
    except ValueError:
        pass  # which one it is shows when each is read by itself
    found: dict[int, Any] = {}
    for number in ids:
        with suppress(ValueError):
            found[number] = connection.execute(query.where(outbox_table.c.id == number)).one().body
    return found


def _outgoing(connection: Connection, ids: Sequence[int]) -> tuple[OutgoingRow, ...]:
    columns = select(
        outbox_table.c.id,
        outbox_table.c.subject,
        outbox_table.c.change_seq,
        outbox_table.c.body,
        outbox_table.c.created_at,
    )
    rows = {row.id: row for row in connection.execute(columns.where(outbox_table.c.id.in_(ids)))}
    seqs = [row.change_seq for row in rows.values() if row.change_seq is not None]
    found = connection.execute(select(change_table.c.seq, change_table.c.body).where(change_table.c.seq.in_(seqs)))
    changes = {row.seq: decode(Change, row.body) for row in found}
    items = read_items(connection, [(c.item, c.revision) for c in changes.values() if c.item is not None])
    outgoing = []
    for row in (rows[number] for number in ids):
        if not isinstance(row.body, Mapping):
            raise StoreError("its body is no object")
        change = changes.get(row.change_seq)
        item = items.get((change.item, change.revision)) if change and change.item else None
        outgoing.append(OutgoingRow(row.id, row.subject, row.change_seq, change, item, row.body, row.created_at))
    return tuple(outgoing)


def _said(error: Exception) -> str:
    """Say what is wrong with a row; only our own errors are known to hold nothing of what stands in it."""
    told = str(error) if isinstance(error, StoreError) else type(error).__name__
    return f"it can't be read back: {told}"[:_LONGEST_REASON]
