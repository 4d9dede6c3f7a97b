"""Troubles that the operator hears of, until he was told of their end; and how far logs were read for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from dipwatch.store.schema import TroubleRow, WatermarkRow


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
    query = select(TroubleRow.__table__).where(TroubleRow.key == trouble.key).with_for_update()
    known = connection.execute(query).mappings().one_or_none()
    if known is None:
        connection.execute(insert(TroubleRow), [{name: getattr(trouble, name) for name in Trouble.__slots__}])
        return
    values = {"detail": trouble.detail, "ended_at": trouble.ended_at}
    if known["sort"] != trouble.sort:
        values |= {"sort": trouble.sort, "began_at": trouble.began_at, "told_at": None}
    connection.execute(update(TroubleRow).where(TroubleRow.key == trouble.key).values(values))


def end(connection: Connection, keys: Iterable[str], now: datetime) -> None:
    """Note that troubles are over; nobody hears of those that ended before they were told."""
    ended = TroubleRow.key.in_(list(keys)) & TroubleRow.ended_at.is_(None)
    connection.execute(delete(TroubleRow).where(ended, TroubleRow.told_at.is_(None)))
    connection.execute(update(TroubleRow).where(ended).values(ended_at=now))


def forget(connection: Connection, keys: Iterable[str]) -> None:
    """Drop troubles without a word."""
    connection.execute(delete(TroubleRow).where(TroubleRow.key.in_(list(keys))))


def mark_told(connection: Connection, troubles: Sequence[Trouble], now: datetime) -> None:
    """Note that the operator was told of these: of their beginning, or of their end, which settles them."""
    forget(connection, [trouble.key for trouble in troubles if trouble.ended_at])
    begun = [trouble.key for trouble in troubles if not trouble.ended_at]
    connection.execute(update(TroubleRow).where(TroubleRow.key.in_(begun)).values(told_at=now))


def read_troubles(connection: Connection) -> list[Trouble]:
    """Return every trouble that is not settled, the oldest first."""
    rows = connection.execute(select(TroubleRow.__table__).order_by(TroubleRow.began_at, TroubleRow.key)).mappings()
    return [Trouble(**row) for row in rows]


def watermark(connection: Connection, name: str) -> str | None:
    """Return how far something was read; None where it never was."""
    query = select(WatermarkRow.value).where(WatermarkRow.name == name)
    return connection.execute(query).scalar_one_or_none()


def set_watermark(connection: Connection, name: str, value: str) -> None:
    """Note how far something was read."""
    changed = connection.execute(update(WatermarkRow).where(WatermarkRow.name == name).values(value=value)).rowcount
    if not changed:
        connection.execute(insert(WatermarkRow).values(name=name, value=value))
