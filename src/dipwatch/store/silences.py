"""Silences: what shall not be told for a while, by whose wish and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from dipwatch.store.schema import silence_table


@dataclass(frozen=True, slots=True)
class Silence:
    """A mute of what matches every one of ``matchers`` (as in a route), from ``starts_at`` until before ``ends_at``."""

    id: int
    matchers: Mapping[str, Sequence[str]]
    starts_at: datetime
    ends_at: datetime
    author: str
    comment: str
    created_at: datetime


def add_silence(
    connection: Connection,
    *,
    matchers: Mapping[str, Sequence[str]],
    starts_at: datetime,
    ends_at: datetime,
    author: str,
    comment: str,
    now: datetime,
) -> int:
    """Add a silence and return its id."""
    values = {
        "matchers": {name: list(wanted) for name, wanted in matchers.items()},
        "starts_at": starts_at,
        "ends_at": ends_at,
        "author": author,
        "comment": comment,
        "created_at": now,
    }
    return connection.execute(insert(silence_table).values(values).returning(silence_table.c.id)).scalar_one()


def list_silences(connection: Connection, at: datetime | None = None) -> list[Silence]:
    """Return the silences in force at a time, or all, by id."""
    query = select(silence_table).order_by(silence_table.c.id)
    if at is not None:
        query = query.where(silence_table.c.starts_at <= at, silence_table.c.ends_at > at)
    return [Silence(**row) for row in connection.execute(query).mappings()]


def end_silences(connection: Connection, ids: Sequence[int], now: datetime) -> int:
    """End these silences; one that has not begun never will. Returns how many were not over yet."""
    meant = silence_table.c.id.in_(ids) & (silence_table.c.ends_at > now)
    return connection.execute(update(silence_table).where(meant).values(ends_at=now)).rowcount
