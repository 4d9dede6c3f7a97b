"""How things stand at a moment, in numbers: queues, ages, leases. For metrics and for ``dipwatch status``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from dipwatch.store import leases
from dipwatch.store.columns import UtcDateTime
from dipwatch.store.leases import Lease
from dipwatch.store.schema import (
    command_table,
    feed_table,
    item_table,
    outbox_table,
    reading_table,
    tick_table,
    trouble_table,
)

OPEN = ("waiting", "sending")
STATES = (*OPEN, "sent", "dead", "dropped", "withheld")
_TIME = UtcDateTime()
_LATEST = 500
"""Items."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for detection of a subject: readings since ``oldest``, users' commands; its last tick."""

    readings: int = 0
    oldest: datetime | None = None
    commands: int = 0
    ticked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gauges:
    """How everything stands; times are the database's where they are about leases, else those of who wrote them.

    ``outbox`` counts rows by state, ``oldest_message`` is when the oldest that is on its way was written,
    ``oldest_due`` since when the longest due one has been due.
    """

    queues: dict[str, Queue]
    outbox: dict[str, int]
    oldest_message: datetime | None
    oldest_due: datetime | None
    leases: tuple[Lease, ...]
    last_polled_at: datetime | None
    newest_seen_at: datetime | None
    newest_published_at: datetime | None
    """Of what was published until now: a feed may date its entries into the future."""
    troubles: dict[str, int] = field(default_factory=dict)


def read_gauges(connection: Connection, subjects: Sequence[str], now: datetime) -> Gauges:
    """Return how everything stands."""
    states = connection.execute(
        select(outbox_table.c.state, func.count().label("number")).group_by(outbox_table.c.state)
    )
    outbox = dict.fromkeys(STATES, 0) | {row.state: int(row.number) for row in states}
    waiting = outbox_table.c.state.in_(OPEN)
    due = waiting & (outbox_table.c.next_attempt_at <= now)
    troubles = (
        select(trouble_table.c.sort, func.count().label("number"))
        .where(trouble_table.c.ended_at.is_(None))
        .group_by(trouble_table.c.sort)
    )
    seen = select(item_table.c.first_seen_at).order_by(item_table.c.first_seen_at.desc()).limit(1)
    return Gauges(
        queues={subject: _queue(connection, subject) for subject in subjects},
        outbox=outbox,
        oldest_message=_time(connection, select(func.min(outbox_table.c.created_at, type_=_TIME)).where(waiting)),
        oldest_due=_time(connection, select(func.min(outbox_table.c.next_attempt_at, type_=_TIME)).where(due)),
        leases=tuple(leases.held(connection, now)),
        last_polled_at=_time(connection, select(func.max(feed_table.c.last_polled_at, type_=_TIME))),
        newest_seen_at=connection.execute(seen).scalar_one_or_none(),
        newest_published_at=_newest_published(connection, now),
        troubles={row.sort: int(row.number) for row in connection.execute(troubles)},
    )


def _queue(connection: Connection, subject: str) -> Queue:
    pending = select(func.count(), func.min(reading_table.c.queued_at, type_=_TIME))
    readings = connection.execute(
        pending.where(reading_table.c.subject == subject, reading_table.c.tick_id.is_(None))
    ).one()
    commands = select(func.count()).where(command_table.c.subject == subject, command_table.c.tick_id.is_(None))
    last = select(tick_table.c.at).where(tick_table.c.subject == subject).order_by(tick_table.c.number.desc()).limit(1)
    return Queue(
        readings=readings[0],
        oldest=readings[1],
        commands=connection.execute(commands).scalar_one(),
        ticked_at=connection.execute(last).scalar_one_or_none(),
    )


def _newest_published(connection: Connection, now: datetime) -> datetime | None:
    """Look at what was seen last only: what a feed brings late is no news of how far behind we are."""
    latest = select(item_table.c.published_at).order_by(item_table.c.first_seen_at.desc()).limit(_LATEST).subquery()
    return _time(connection, select(func.max(latest.c.published_at, type_=_TIME)).where(latest.c.published_at <= now))


def _time(connection: Connection, query: Select[Any]) -> datetime | None:
    found: datetime | None = connection.execute(query).scalar_one()
    return found
