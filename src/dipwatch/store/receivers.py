"""How receivers fare: since when one fails, and until when it asked to be left alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from dipwatch.store.schema import receiver_table
from dipwatch.store.sql import insert_unless_there


@dataclass(frozen=True, slots=True)
class ReceiverState:
    """What is known of a receiver that was tried at least once. ``failures`` counts attempts since it last worked."""

    name: str
    last_sent_at: datetime | None
    failing_since: datetime | None
    failures: int
    last_detail: str
    paused_until: datetime | None


def note_success(connection: Connection, name: str, now: datetime) -> None:
    """Note that a receiver has taken a message."""
    _know(connection, name)
    values = {"last_sent_at": now, "failing_since": None, "failures": 0, "paused_until": None}
    connection.execute(update(receiver_table).where(receiver_table.c.name == name).values(values))


def note_failure(
    connection: Connection, name: str, now: datetime, detail: str, pause_until: datetime | None = None
) -> None:
    """Note that a receiver did not take a message, and until when it asked for a pause, if it did."""
    _know(connection, name)
    values = {
        "failing_since": func.coalesce(receiver_table.c.failing_since, now, type_=receiver_table.c.failing_since.type),
        "failures": receiver_table.c.failures + 1,
        "last_detail": detail,
        "paused_until": pause_until,
    }
    connection.execute(update(receiver_table).where(receiver_table.c.name == name).values(values))


def failing_since(connection: Connection, name: str) -> datetime | None:
    """Return since when a receiver has taken nothing; None where it took the last message or was never tried."""
    return connection.execute(
        select(receiver_table.c.failing_since).where(receiver_table.c.name == name)
    ).scalar_one_or_none()


def resume(connection: Connection, names: Iterable[str]) -> None:
    """End the pauses that receivers asked for: a user wants to try now."""
    connection.execute(update(receiver_table).where(receiver_table.c.name.in_(list(names))).values(paused_until=None))


def receiver_states(connection: Connection) -> list[ReceiverState]:
    """Return the state of every receiver that was ever tried, by name."""
    rows = connection.execute(select(receiver_table).order_by(receiver_table.c.name)).mappings()
    return [ReceiverState(**row) for row in rows]


def _know(connection: Connection, name: str) -> None:
    insert_unless_there(connection, receiver_table, [{"name": name, "failures": 0, "last_detail": ""}])
