"""Questions to the change log, answered with a few statements for each page of results."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute

from dipwatch.alerts.english import FOREIGN
from dipwatch.model import Change, ChangeType, Reason, Role
from dipwatch.review.views import DevelopmentView, NameBook
from dipwatch.store.codec import decode
from dipwatch.store.engine import is_sqlite
from dipwatch.store.schema import ChangeActorRow, ChangeRow, DevelopmentRow, ItemRow, OutboxRow

_NEWS = ChangeRow.type.in_((ChangeType.NEW.value, ChangeType.UPDATE.value))
"""Changes that tell something new, as against further reports and corrections."""

_PAGE = 1000
"""Developments whose actors and reasons are looked up together."""


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which developments are asked for; what is left empty does not restrict.

    ``since`` and ``until`` (exclusive) bound a piece of news about it: neither a further report nor a correction.
    Each group of ``actors`` must take part with one of its members, so that two groups ask for a pair. ``venues``,
    ``kinds``, ``issues``, ``statuses`` and ``severities`` are compared with the development as it stands, ``reasons``,
    ``sources`` and ``text`` (all of its words, in headline or evidence) with any change of it. Developments that only
    ever stayed below the alert threshold are left out unless ``below_threshold`` is set. ``limit`` None gives all.
    """

    subjects: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    actors: tuple[tuple[str, ...], ...] = ()
    venues: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    text: str = ""
    below_threshold: bool = False
    limit: int | None = None


def history(connection: Connection, asked: HistoryFilter, names: NameBook) -> list[DevelopmentView]:
    """Return the developments asked for, the latest change first."""
    query = select(DevelopmentRow.__table__).where(*_conditions(connection, asked))
    query = query.order_by(DevelopmentRow.last_change_at.desc(), DevelopmentRow.id).limit(asked.limit)
    return read_views(connection, query, names)


def count(connection: Connection, asked: HistoryFilter) -> int:
    """Return how many developments are asked for, the limit aside."""
    query = select(func.count()).select_from(DevelopmentRow).where(*_conditions(connection, asked))
    return connection.execute(query).scalar_one()


def logged_subjects(connection: Connection) -> tuple[str, ...]:
    """Return the subjects that have developments, those that are no longer configured included."""
    query = select(DevelopmentRow.subject).distinct().order_by(DevelopmentRow.subject)
    return tuple(connection.execute(query).scalars())


def read_views(connection: Connection, query: Select[Any], names: NameBook) -> list[DevelopmentView]:
    """Return the views of the rows of a query on developments, in its order."""
    rows = connection.execute(query).all()
    views: list[DevelopmentView] = []
    for start in range(0, len(rows), _PAGE):
        page = rows[start : start + _PAGE]
        ids = [row.id for row in page]
        actors, reasons, told = _actors(connection, ids), _reasons(connection, ids), _told(connection, ids)
        english = _english(connection, ids, names)
        views += [
            _view(
                row,
                names,
                actors=actors.get(row.id, ()),
                reasons=reasons.get(row.id, ()),
                told=told.get(row.id),
                english=english.get(row.id),
            )
            for row in page
        ]
    return views


def _conditions(connection: Connection, asked: HistoryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [DevelopmentRow.redirect_to.is_(None)]
    conditions += [column.in_(wanted) for column, wanted in _columns(asked) if wanted]
    conditions += [_has_change(condition) for condition in _change_conditions(connection, asked)]
    if not asked.below_threshold:
        conditions.append(DevelopmentRow.alerted | ~_kept_back(Reason.BELOW_THRESHOLD))
    return conditions


def _columns(asked: HistoryFilter) -> Iterator[tuple[InstrumentedAttribute[Any], Sequence[str]]]:
    yield DevelopmentRow.subject, asked.subjects
    yield DevelopmentRow.venue, asked.venues
    yield DevelopmentRow.kind, asked.kinds
    yield DevelopmentRow.issue, asked.issues
    yield DevelopmentRow.status, asked.statuses
    yield DevelopmentRow.severity, asked.severities


def _change_conditions(connection: Connection, asked: HistoryFilter) -> Iterator[ColumnElement[bool]]:
    """Yield what some change of the development must meet, each by a change of its own."""
    for group in asked.actors:
        yield ChangeRow.seq.in_(select(ChangeActorRow.change_seq).where(ChangeActorRow.actor.in_(group)))
    if asked.since or asked.until:
        since = true() if asked.since is None else ChangeRow.at >= asked.since
        until = true() if asked.until is None else ChangeRow.at < asked.until
        yield and_(_NEWS, since, until)
    if asked.reasons:
        yield or_(*(_quotes(cast(ChangeRow.reasons, Text), reason) for reason in asked.reasons))
    if asked.sources:
        yield ChangeRow.item_id.in_(select(ItemRow.id).where(ItemRow.source.in_(asked.sources)))
    if words := asked.text.split():
        yield and_(*(_mentions(connection, word) for word in words))


def _has_change(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a change of the development, or of one that was merged into it, meets a condition."""
    own = select(ChangeRow.development_id).where(condition)
    merged = select(DevelopmentRow.redirect_to).where(
        DevelopmentRow.redirect_to.is_not(None), DevelopmentRow.id.in_(own)
    )
    return DevelopmentRow.id.in_(union(own, merged))


def _kept_back(reason: Reason) -> ColumnElement[bool]:
    """Whether a change of the development was kept back for a reason; looked up row by row, as few are asked."""
    own = ChangeRow.development_id == DevelopmentRow.id
    return exists().where(own, _quotes(ChangeRow.body["kept_back"].as_string(), reason))


def _quotes(array: ColumnElement[str], value: str) -> ColumnElement[bool]:
    """Whether a JSON array of strings, as text, holds a value."""
    return array.contains(f'"{value}"', autoescape=True)


def _mentions(connection: Connection, word: str) -> ColumnElement[bool]:
    """Whether headline or evidence of a change contains a word, without regard to case in any script.

    SQLite's own lower() knows ASCII only (https://www.sqlite.org/lang_corefunc.html#lower).
    """
    lower = func.lower
    if is_sqlite(connection):
        _sqlite_connection(connection).create_function("dipwatch_lower", 1, str.lower, deterministic=True)
        lower = func.dipwatch_lower
    evidence = func.coalesce(ChangeRow.body["claim"]["evidence"].as_string(), "")
    return lower(ChangeRow.title + " " + evidence).contains(word.lower(), autoescape=True)


def _sqlite_connection(connection: Connection) -> sqlite3.Connection:
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment] # is_sqlite said so
    return driver


def _actors(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the actors of each development: in the order of the log, and within a change by their part."""
    place = case({role.value: number for number, role in enumerate(Role)}, value=ChangeActorRow.role, else_=len(Role))
    query = (
        select(ChangeRow.development_id, ChangeActorRow.actor)
        .join(ChangeActorRow, ChangeActorRow.change_seq == ChangeRow.seq)
        .where(ChangeRow.development_id.in_(ids))
        .group_by(ChangeRow.development_id, ChangeActorRow.actor)
        .order_by(func.min(ChangeRow.seq), func.min(place), ChangeActorRow.actor)
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for development, actor in connection.execute(query):
        found[development].append(actor)
    return {development: tuple(actors) for development, actors in found.items()}


def _reasons(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the reasons of the latest news of each development."""
    latest = select(func.max(ChangeRow.seq)).where(ChangeRow.development_id.in_(ids), _NEWS)
    latest = latest.group_by(ChangeRow.development_id)
    query = select(ChangeRow.development_id, ChangeRow.reasons).where(ChangeRow.seq.in_(latest))
    return {row.development_id: tuple(row.reasons) for row in connection.execute(query)}


def _told(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return how each development was told: by an ``alert``, or in a ``digest`` only; by what a receiver has taken."""
    query = (
        select(ChangeRow.development_id, OutboxRow.purpose)
        .join(OutboxRow, OutboxRow.change_seq == ChangeRow.seq)
        .where(ChangeRow.development_id.in_(ids), OutboxRow.state == "sent", OutboxRow.purpose.in_(("alert", "digest")))
        .group_by(ChangeRow.development_id, OutboxRow.purpose)
        .order_by(OutboxRow.purpose.desc())  # the digest first, so that the alert stands in the end
    )
    return {row.development_id: row.purpose for row in connection.execute(query)}


def _english(connection: Connection, ids: Sequence[str], names: NameBook) -> dict[str, str | None]:
    """Return the English lines of the developments whose title is in Russian or Ukrainian.

    The title is that of the latest update that was sent, or else of the first report (see ``store.fold``).
    """
    entitles = or_(
        ChangeRow.type == ChangeType.NEW.value, and_(ChangeRow.type == ChangeType.UPDATE.value, ChangeRow.alert)
    )
    latest = select(func.max(ChangeRow.seq)).where(ChangeRow.development_id.in_(ids), entitles)
    latest = latest.group_by(ChangeRow.development_id)
    foreign = ChangeRow.body["language"].as_string().in_(FOREIGN)
    query = select(ChangeRow.subject, ChangeRow.body).where(ChangeRow.seq.in_(latest), foreign)
    changes = [(row.subject, decode(Change, row.body)) for row in connection.execute(query)]
    return {change.development: names.english(subject, change.claim) for subject, change in changes if change.claim}


def _view(
    row: Any,  # noqa: ANN401 (a row of the query)
    names: NameBook,
    *,
    actors: Sequence[str],
    reasons: tuple[str, ...],
    told: str | None,
    english: str | None,
) -> DevelopmentView:
    return DevelopmentView(
        id=row.id,
        subject=row.subject,
        opened_at=row.opened_at,
        changed_at=row.last_change_at,
        kind=row.kind,
        status=row.status,
        severity=row.severity,
        confidence=row.confidence,
        title=row.title,
        actors=tuple(names.ref(row.subject, actor) for actor in actors),
        venue=names.optional(row.subject, row.venue),
        issue=names.optional(row.subject, row.issue),
        reasons=reasons,
        sources=row.sources,
        reports=row.reports,
        alerted=told is not None,
        verdict=row.verdict,
        told=told,
        english=english,
    )
