"""Troubles that the operator hears of, until he was told of their end; and how far logs were read for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from dipwatch.store.schema import trouble_table, watermark_table


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something out of order. ``sort`` says what, ``about`` what with, ``key`` both: it begins once until it has ended.

    ``told_at`` is when the operator was told that it began; one that has ended is kept until its end is told.
    """

    key: str
    sort: str
    about: str
    detail: str
    began_at: datetime
    ended_at: datetime | None = None
    told_at: datetime | None = None


def note(connection: Connection, trouble: Trouble) -> None:
    """Note that something is out of order, or still is.

    One that was taken to be over and begins again before anybody was told so is the same trouble; one whose sort has
    changed is another and will be told.
    """
    query = select(trouble_table).where(trouble_table.c.key == trouble.key).with_for_update()
    known = connection.execute(query).mappings().one_or_none()
    if known is None:
        connection.execute(insert(trouble_table), [{name: getattr(trouble, name) for name in Trouble.__slots__}])
        return
    values = {"detail": trouble.detail, "ended_at": trouble.ended_at}
    if known["sort"] != trouble.sort:
        values |= {"sort": trouble.sort, "began_at": trouble.began_at, "told_at": None}
    connection.execute(update(trouble_table).where(trouble_table.c.key == trouble.key).values(values))


def end(connection: Connection, keys: Iterable[str], now: datetime) -> None:
    """Note that troubles are over; nobody hears of those that ended before they were told."""
    ended = trouble_table.c.key.in_(list(keys)) & trouble_table.c.ended_at.is_(None)
    connection.execute(delete(trouble_table).where(ended, trouble_table.c.told_at.is_(None)))
    connection.execute(update(trouble_table).where(ended).values(ended_at=now))


def forget(connection: Connection, keys: Iterable[str]) -> None:
    """Drop troubles without a word."""
    connection.execute(delete(trouble_table).where(trouble_table.c.key.in_(list(keys))))


def mark_told(connection: Connection, troubles: Sequence[Trouble], now: datetime) -> None:
    """Note that the operator was told of these: of their beginning, or of their end, which settles them."""
    forget(connection, [trouble.key for trouble in troubles if trouble.ended_at])
    begun = [trouble.key for trouble in troubles if not trouble.ended_at]
    connection.execute(update(trouble_table).where(trouble_table.c.key.in_(begun)).values(told_at=now))


def read_troubles(connection: Connection) -> list[Trouble]:
    """Return every trouble that is not settled, the oldest first."""
    rows = connection.execute(select(trouble_table).order_by(trouble_table.c.began_at, trouble_table.c.key)).mappings()
    return [Trouble(**row) for row in rows]


def watermark(connection: Connection, name: str) -> str | None:
    """Return how far something was read; None where it never was."""
    query = select(watermark_table.c.value).where(watermark_table.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def set_watermark(connection: Connection, name: str, value: str) -> None:
    """Note how far something was read."""
    changed = connection.execute(
        update(watermark_table).where(watermark_table.c.name == name).values(value=value)
    ).rowcount
    if not changed:
        connection.execute(insert(watermark_table).values(name=name, value=value))
