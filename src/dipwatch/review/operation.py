"""How the work goes: feeds, detection, delivery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from dipwatch.store import outbox, troubles
from dipwatch.store.feed_yield import FeedYield
from dipwatch.store.feeds import FeedState
from dipwatch.store.gauges import OPEN, Gauges, read_gauges
from dipwatch.store.leases import Lease, detection_lease
from dipwatch.store.outbox import Delivery, OutboxRecord
from dipwatch.store.schema import change_table, delivery_table, tick_table

if TYPE_CHECKING:  # only for annotations: parsers and what else polling needs would double the start of a command
    from dipwatch.feeds.feed import Feed

RECENT = timedelta(hours=24)
YIELD_OF = timedelta(days=30)
"""The time whose items are counted for what a feed is worth."""


class FeedHealth(StrEnum):
    """How a feed fares.

    ``silent`` answers without anything new; ``new`` was not polled yet; ``gone`` was taken down; ``off`` is not to be
    polled.
    """

    FINE = "fine"
    FAILING = "failing"
    SILENT = "silent"
    NEW = "new"
    GONE = "gone"
    OFF = "off"


_UNWELL = frozenset({FeedHealth.FAILING, FeedHealth.SILENT, FeedHealth.GONE})


@dataclass(frozen=True, slots=True)
class FeedView:
    """A feed as configured, with what the polls of it showed.

    ``outcome``, ``detail`` and ``http_status`` are those of the last one, ``rhythm_seconds`` is the time between two
    entries. ``items`` counts those of the last 30 days that it was the first to bring, ``developments`` those among
    them that tell of one, ``share`` is the one by the other.
    """

    id: str
    health: str
    source: str
    source_kind: str
    language: str | None
    country: str | None
    subjects: tuple[str, ...]
    url: str
    last_polled_at: datetime | None
    last_success_at: datetime | None
    last_new_item_at: datetime | None
    next_poll_at: datetime | None
    failures: int
    failing_since: datetime | None
    outcome: str | None
    detail: str | None
    http_status: int | None
    rhythm_seconds: float | None
    silent_since: datetime | None
    hole_at: datetime | None
    items: int
    developments: int
    share: float | None


@dataclass(frozen=True, slots=True)
class MessageView:
    """What is to be sent to a receiver.

    ``detail`` tells of the latest attempt, or what it waits for; ``sent_at`` is when it was taken.
    """

    id: int
    receiver: str
    purpose: str
    state: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    development: str | None
    title: str
    detail: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class SubjectStatus:
    """How detection of a subject stands: what waits for it, its last tick, who leads it until when."""

    subject: str
    pending: int
    oldest_pending_at: datetime | None
    commands_pending: int
    tick: int | None
    ticked_at: datetime | None
    leader: str | None
    leads_until: datetime | None
    news_of_a_day: int


@dataclass(frozen=True, slots=True)
class HostStatus:
    """A process at work on the database: its machine, its number there, what it detects, until when that is certain."""

    host: str
    process: str
    leads: tuple[str, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class TroubleView:
    """Something out of order that the operator hears of; ``told_at`` is when he was told."""

    sort: str
    about: str
    detail: str
    began_at: datetime
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class FeedCounts:
    """How many feeds fare how; see ``FeedHealth``."""

    fine: int = 0
    failing: int = 0
    silent: int = 0
    new: int = 0
    gone: int = 0
    off: int = 0


@dataclass(frozen=True, slots=True)
class StatusView:
    """How everything stands at a time.

    ``newest_published_at`` is the newest date among the items seen last, ``overdue_since`` since when the longest due
    message should have been sent.
    """

    at: datetime
    database: str
    feeds: FeedCounts
    failing: tuple[FeedView, ...]
    last_polled_at: datetime | None
    newest_seen_at: datetime | None
    newest_published_at: datetime | None
    hosts: tuple[HostStatus, ...]
    subjects: tuple[SubjectStatus, ...]
    waiting: int
    oldest_waiting_at: datetime | None
    overdue_since: datetime | None
    dead: int
    withheld: int
    last_sent_at: datetime | None
    troubles: tuple[TroubleView, ...]


def feed_views(
    configured: Iterable[Feed], states: Iterable[FeedState], yields: Mapping[str, FeedYield] | None = None
) -> list[FeedView]:
    """Return the configured feeds in their order, then those the database knows from before, which are off.

    ``yields`` are what the feeds were worth in the time of ``YIELD_OF``.
    """
    known = {state.id: state for state in states}
    worth = yields or {}
    views = [_configured(feed, known.pop(feed.id, None), worth.get(feed.id, FeedYield())) for feed in configured]
    return views + [_view(state, FeedHealth.OFF, worth.get(state.id, FeedYield())) for state in known.values()]


def outbox_record(connection: Connection, number: int) -> OutboxRecord | None:
    """Return a row of the outbox, None where there is none of that number."""
    return outbox.find_record(connection, number)


def messages(connection: Connection, records: Sequence[OutboxRecord]) -> list[MessageView]:
    """Return rows of the outbox with what they are about and what the latest attempt came to."""
    seqs = [record.change_seq for record in records if record.change_seq is not None]
    changes = select(change_table.c.seq, change_table.c.development_id, change_table.c.title).where(
        change_table.c.seq.in_(seqs)
    )
    about = {row.seq: (row.development_id, row.title) for row in connection.execute(changes)}
    attempts = latest_attempts(connection, [record.message_key for record in records])
    return [
        _message(record, about.get(record.change_seq or 0), attempts.get(record.message_key or ""))
        for record in records
    ]


def latest_attempts(connection: Connection, keys: Iterable[str | None]) -> dict[str, Delivery]:
    """Return the latest attempt at each of these messages that was tried; None stands for a message never tried."""
    wanted = sorted({key for key in keys if key is not None})
    query = select(delivery_table).where(delivery_table.c.message_key.in_(wanted)).order_by(delivery_table.c.id)
    return {
        row.message_key: Delivery(
            row.message_key, row.receiver, row.attempt, row.at, row.outcome, row.detail, row.seconds
        )
        for row in connection.execute(query)
    }


def status(
    connection: Connection, *, database: str, feeds: Sequence[FeedView], subjects: Sequence[str], now: datetime
) -> StatusView:
    """Return how everything stands. ``feeds`` are the views of all of them, ``database`` its name for people."""
    gauges = read_gauges(connection, subjects, now)
    sent = select(func.max(delivery_table.c.at, type_=delivery_table.c.at.type)).where(
        delivery_table.c.outcome == "sent"
    )
    return StatusView(
        at=now,
        database=database,
        feeds=FeedCounts(**Counter(str(feed.health) for feed in feeds)),
        failing=tuple(feed for feed in feeds if feed.health in _UNWELL),
        last_polled_at=gauges.last_polled_at,
        newest_seen_at=gauges.newest_seen_at,
        newest_published_at=gauges.newest_published_at,
        hosts=_hosts(gauges),
        subjects=tuple(_subject(connection, subject, gauges, now) for subject in subjects),
        waiting=sum(gauges.outbox[state] for state in OPEN),
        oldest_waiting_at=gauges.oldest_message,
        overdue_since=gauges.oldest_due,
        dead=gauges.outbox["dead"],
        withheld=gauges.outbox["withheld"],
        last_sent_at=connection.execute(sent).scalar_one(),
        troubles=tuple(
            TroubleView(each.sort, each.about, each.detail, each.began_at, each.told_at)
            for each in troubles.read_troubles(connection)
            if each.ended_at is None
        ),
    )


def _hosts(gauges: Gauges) -> tuple[HostStatus, ...]:
    """Return the processes that hold leases: each shows by one that it lives, and leads by others."""
    holders: dict[str, list[Lease]] = {}
    for lease in gauges.leases:
        holders.setdefault(lease.holder, []).append(lease)
    subjects = {detection_lease(subject): subject for subject in gauges.queues}
    return tuple(
        HostStatus(
            host=holder.split(":")[0],
            process=":".join(holder.split(":")[1:]),
            leads=tuple(subjects[lease.name] for lease in held if lease.name in subjects),
            until=max(lease.expires_at for lease in held),
        )
        for holder, held in sorted(holders.items())
    )


def _message(record: OutboxRecord, about: tuple[str, str] | None, last: Delivery | None) -> MessageView:
    """Return the view of a row; ``about`` are the development and title of the change behind it, if there is one."""
    development, title = about or (None, str(record.body.get("subject", "")))
    return MessageView(
        id=record.id,
        receiver=record.receiver,
        purpose=record.purpose,
        state=record.state,
        attempts=record.attempts,
        created_at=record.created_at,
        next_attempt_at=record.next_attempt_at,
        development=development,
        title=title,
        detail=last.detail if last else str(record.body.get("why", "")),
        sent_at=last.at if last and record.state == "sent" else None,
    )


def _configured(feed: Feed, state: FeedState | None, worth: FeedYield) -> FeedView:
    if state is not None:
        return _view(state, _health(state) if feed.enabled else FeedHealth.OFF, worth)
    return FeedView(
        id=feed.id,
        health=FeedHealth.NEW if feed.enabled else FeedHealth.OFF,
        source=feed.source,
        source_kind=feed.source_kind,
        language=feed.language,
        country=feed.country,
        subjects=feed.subjects,
        url=feed.url,
        last_polled_at=None,
        last_success_at=None,
        last_new_item_at=None,
        next_poll_at=None,
        failures=0,
        failing_since=None,
        outcome=None,
        detail=None,
        http_status=None,
        rhythm_seconds=None,
        silent_since=None,
        hole_at=None,
        items=worth.items,
        developments=worth.led,
        share=worth.share,
    )


def _health(state: FeedState) -> FeedHealth:
    if state.gone_at is not None:
        return FeedHealth.GONE
    if state.last_polled_at is None:
        return FeedHealth.NEW
    if state.error_streak:
        return FeedHealth.FAILING
    return FeedHealth.FINE if state.silent_at is None else FeedHealth.SILENT


def _view(state: FeedState, health: FeedHealth, worth: FeedYield) -> FeedView:
    return FeedView(
        id=state.id,
        health=health,
        source=state.source,
        source_kind=state.source_kind,
        language=state.language,
        country=state.country,
        subjects=state.subjects,
        url=state.url,
        last_polled_at=state.last_polled_at,
        last_success_at=state.last_success_at,
        last_new_item_at=state.last_new_item_at,
        next_poll_at=None if health in {FeedHealth.OFF, FeedHealth.GONE} else state.next_poll_at,
        failures=state.error_streak,
        failing_since=state.failing_since,
        outcome=state.last_outcome,
        detail=state.last_detail,
        http_status=state.last_status,
        rhythm_seconds=state.rhythm_seconds,
        silent_since=_silent_since(state),
        hole_at=state.hole_at,
        items=worth.items,
        developments=worth.led,
        share=worth.share,
    )


def _silent_since(state: FeedState) -> datetime | None:
    """Return when a silent feed last had something new; None for one that isn't silent."""
    newest = [state.hints[name] for name in ("newest", "heard") if name in state.hints]
    return datetime.fromtimestamp(max(newest), UTC) if state.silent_at and newest else None


def _subject(connection: Connection, subject: str, gauges: Gauges, now: datetime) -> SubjectStatus:
    queue = gauges.queues[subject]
    last = (
        select(tick_table.c.number).where(tick_table.c.subject == subject).order_by(tick_table.c.number.desc()).limit(1)
    )
    leads = next((lease for lease in gauges.leases if lease.name == detection_lease(subject)), None)
    news = (
        select(func.count())
        .select_from(change_table)
        .where(change_table.c.subject == subject, change_table.c.at >= now - RECENT)
    )
    return SubjectStatus(
        subject=subject,
        pending=queue.readings,
        oldest_pending_at=queue.oldest,
        commands_pending=queue.commands,
        tick=connection.execute(last).scalar_one_or_none(),
        ticked_at=queue.ticked_at,
        leader=leads.holder if leads else None,
        leads_until=leads.expires_at if leads else None,
        news_of_a_day=connection.execute(news.where(change_table.c.type.in_(("new", "update")))).scalar_one(),
    )
