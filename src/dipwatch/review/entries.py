"""The log of news, entry by entry, in the order of time: what a timeline shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from dipwatch.alerts.english import FOREIGN
from dipwatch.model import Change
from dipwatch.review.detail import shift_view
from dipwatch.review.filters import NEWS, told_enough
from dipwatch.review.listed import NameBook, Ref
from dipwatch.review.views import ShiftView
from dipwatch.store.codec import decode
from dipwatch.store.schema import change_actor_table, change_table, development_table, item_table


@dataclass(frozen=True, slots=True)
class EntryView:
    """A piece of news: a new development or something new about one (``type``), as it was told then."""

    seq: int
    at: datetime
    type: str
    development: str
    subject: str
    kind: str
    status: str
    severity: str
    title: str
    english: str | None
    actors: tuple[Ref, ...]
    venue: Ref | None
    issue: Ref | None
    reasons: tuple[str, ...]
    shift: ShiftView | None
    source: str
    link: str
    alert: bool
    verdict: str | None


@dataclass(frozen=True, slots=True)
class TimelineFilter:
    """Which entries are asked for: with one of each group of ``actors``, on one of ``issues``, in a period.

    ``after_seq`` leaves out those up to a number of the log; ``limit`` keeps the latest.
    """

    subjects: tuple[str, ...] = ()
    actors: tuple[tuple[str, ...], ...] = ()
    issues: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    after_seq: int = 0
    below_threshold: bool = False
    limit: int | None = None


def timeline_entries(connection: Connection, asked: TimelineFilter, names: NameBook) -> list[EntryView]:
    """Return the news asked for in the order of time; those of developments marked false bear their verdict."""
    query = (
        select(
            change_table.c.seq,
            change_table.c.subject,
            change_table.c.body,
            development_table.c.id,
            development_table.c.redirect_to,
            development_table.c.verdict,
            item_table.c.source,
            item_table.c.link,
        )
        .join(development_table, development_table.c.id == change_table.c.development_id)
        .outerjoin(item_table, item_table.c.id == change_table.c.item_id)
        .where(NEWS, *_conditions(asked))
        .order_by(change_table.c.at.desc(), change_table.c.seq.desc())
        .limit(asked.limit)
    )
    return [_view(row, names) for row in reversed(connection.execute(query).all())]


def _conditions(asked: TimelineFilter) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        change_table.c.seq.in_(select(change_actor_table.c.change_seq).where(change_actor_table.c.actor.in_(group)))
        for group in asked.actors
    ]
    if asked.subjects:
        found.append(change_table.c.subject.in_(asked.subjects))
    if asked.issues:
        found.append(change_table.c.issue.in_(asked.issues))
    if asked.since:
        found.append(change_table.c.at >= asked.since)
    if asked.until:
        found.append(change_table.c.at < asked.until)
    if asked.after_seq:
        found.append(change_table.c.seq > asked.after_seq)
    if not asked.below_threshold:
        found.append(told_enough())
    return found


def _view(row: Any, names: NameBook) -> EntryView:  # noqa: ANN401 (a row of the query above)
    change, subject = decode(Change, row.body), row.subject
    claim = change.claim
    foreign = change.language in FOREIGN
    return EntryView(
        seq=row.seq,
        at=change.at,
        type=change.type,
        development=row.redirect_to or row.id,
        subject=subject,
        kind=change.kind,
        status=change.status,
        severity=change.severity,
        title=change.title,
        english=names.english(subject, claim) if claim and foreign else None,
        actors=tuple(names.ref(subject, actor) for actor in dict.fromkeys(claim.actors if claim else ())),
        venue=names.optional(subject, claim.venue if claim else None),
        issue=names.optional(subject, claim.issue if claim else None),
        reasons=change.reasons,
        shift=shift_view(subject, change.shift, names),
        source=row.source or change.source,
        link=row.link or "",
        alert=change.alert,
        verdict=row.verdict,
    )
