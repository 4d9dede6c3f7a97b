"""Where every actor stands on every issue, step by step: from the baseline on, moved by what the log has accepted.

A step of the log counts unless its claim stayed below the alert threshold or a user has marked its development false.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from dipwatch.model import Change, Reason
from dipwatch.review.brief import Brief, BriefPosition
from dipwatch.review.views import NameBook, Ref
from dipwatch.store.codec import decode
from dipwatch.store.schema import ChangeRow, DevelopmentRow, ItemRow, PositionRow

BASELINE, LOG = "baseline", "log"
_NOT_ACCEPTED = {Reason.BELOW_THRESHOLD, Reason.MARKED_FALSE}


@dataclass(frozen=True, slots=True)
class StepView:
    """A step in a position, and what it rests on.

    ``direction`` is ``baseline`` for what a seed asserts, else new, softer or harder; ``stance`` is None where only the
    direction is known. ``source`` is the publisher, or the seed. ``thin`` marks what one document alone, graded low,
    tells. A step of the log has a ``development``, one of the baseline an ``entry``.
    """

    at: datetime
    direction: str
    stance: Ref | None
    was: Ref | None
    origin: str
    quote: str
    conditions: str
    source: str
    source_kind: str | None
    link: str
    development: str | None
    entry: str | None
    verdict: str | None
    thin: bool


@dataclass(frozen=True, slots=True)
class PositionView:
    """Where an actor stands on an issue: the latest of its ``steps``, which are in the order of time."""

    subject: str
    actor: Ref
    issue: Ref
    stance: Ref | None
    direction: str
    since: datetime
    was: Ref | None
    origin: str
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Whose positions on what, as of when; what is left empty does not restrict. ``actors`` are principals.

    ``latest`` bounds the steps of the log that are read of each position, the last ones; None reads all.
    """

    subjects: tuple[str, ...]
    actors: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    at: datetime | None = None
    latest: int | None = None


def positions(
    connection: Connection, asked: LedgerFilter, names: NameBook, briefs: Mapping[str, Brief]
) -> list[PositionView]:
    """Return the positions asked for; whoever has moved most comes first, and with him the issue told of most."""
    found: defaultdict[tuple[str, str, str], list[StepView]] = defaultdict(list)
    for subject in asked.subjects:
        for told in briefs.get(subject, Brief()).positions():
            if _is_asked(asked, told.actor, told.issue):
                found[subject, told.actor, told.issue].append(_of_baseline(subject, told, names))
    for row in _rows(connection, asked):
        if (step := _of_log(row, names)) is not None:
            found[row.subject, row.actor, row.issue].append(step)
    views = [
        view for (subject, *place), steps in found.items() if (view := _position(subject, place, steps, asked, names))
    ]
    return _ordered(views)


def _position(
    subject: str, place: Sequence[str], steps: Iterable[StepView], asked: LedgerFilter, names: NameBook
) -> PositionView | None:
    known = sorted((step for step in steps if asked.at is None or step.at < asked.at), key=lambda step: step.at)
    if not known:
        return None
    last = known[-1]
    return PositionView(
        subject=subject,
        actor=names.ref(subject, place[0]),
        issue=names.ref(subject, place[1]),
        stance=last.stance,
        direction=last.direction,
        since=last.at,
        was=last.was,
        origin=last.origin,
        steps=tuple(known),
    )


def _is_asked(asked: LedgerFilter, actor: str, issue: str) -> bool:
    return (not asked.actors or actor in asked.actors) and (not asked.issues or issue in asked.issues)


def _of_baseline(subject: str, told: BriefPosition, names: NameBook) -> StepView:
    first = told.evidence[0]
    return StepView(
        at=datetime.combine(told.known_from, time(), UTC),
        direction=BASELINE,
        stance=names.stance(subject, told.issue, told.stance),
        was=None,
        origin=BASELINE,
        quote=first.quote,
        conditions="; ".join(told.conditions),
        source=f"seed {first.seed}",
        source_kind=None,
        link="",
        development=None,
        entry=told.entry,
        verdict=None,
        thin=told.thin,
    )


def _rows(connection: Connection, asked: LedgerFilter) -> Iterator[Any]:
    query = (
        select(
            PositionRow.__table__,
            ChangeRow.body,
            ChangeRow.development_id,
            DevelopmentRow.verdict,
            DevelopmentRow.redirect_to,
            ItemRow.source,
            ItemRow.source_kind,
            ItemRow.link,
        )
        .join(ChangeRow, ChangeRow.seq == PositionRow.change_seq)
        .join(DevelopmentRow, DevelopmentRow.id == ChangeRow.development_id)
        .outerjoin(ItemRow, ItemRow.id == ChangeRow.item_id)
        .where(PositionRow.subject.in_(asked.subjects))
        .where(DevelopmentRow.verdict.is_(None) | (DevelopmentRow.verdict != "false"))
        .order_by(PositionRow.seq)
    )
    if asked.actors:
        query = query.where(PositionRow.actor.in_(asked.actors))
    if asked.issues:
        query = query.where(PositionRow.issue.in_(asked.issues))
    if asked.latest is not None:
        query = query.where(PositionRow.seq.in_(_latest(asked)))
    yield from connection.execute(query)


def _latest(asked: LedgerFilter) -> Select[Any]:
    """Return a statement that selects the last steps of each position that may count: see ``_of_log``."""
    kept_back = ChangeRow.body["kept_back"].as_string()  # a list, as its JSON
    refused = or_(*(kept_back.contains(f'"{reason.value}"') for reason in sorted(_NOT_ACCEPTED)))
    place = func.row_number().over(
        partition_by=(PositionRow.subject, PositionRow.actor, PositionRow.issue), order_by=PositionRow.seq.desc()
    )
    ranked = (
        select(PositionRow.seq, place.label("place"))
        .join(ChangeRow, ChangeRow.seq == PositionRow.change_seq)
        .join(DevelopmentRow, DevelopmentRow.id == ChangeRow.development_id)
        .where(PositionRow.subject.in_(asked.subjects))
        .where(DevelopmentRow.verdict.is_(None) | (DevelopmentRow.verdict != "false"))
        .where(ChangeRow.alert | ~refused)
    )
    if asked.at is not None:
        ranked = ranked.where(PositionRow.at < asked.at)
    numbered = ranked.subquery()
    return select(numbered.c.seq).where(numbered.c.place <= asked.latest)


def _of_log(row: Any, names: NameBook) -> StepView | None:  # noqa: ANN401 (a row of the query above)
    change = decode(Change, row.body)
    if _NOT_ACCEPTED.intersection(change.kept_back) and not change.alert:
        return None
    claim = change.claim
    return StepView(
        at=row.at,
        direction=row.direction,
        stance=names.stance(row.subject, row.issue, row.stance),
        was=names.stance(row.subject, row.issue, row.was),
        origin=LOG,
        quote=claim.evidence if claim else change.title,
        conditions=claim.conditions if claim else "",
        source=row.source or change.source,
        source_kind=row.source_kind,
        link=row.link or "",
        development=row.redirect_to or row.development_id,
        entry=None,
        verdict=row.verdict,
        thin=False,
    )


def _ordered(views: list[PositionView]) -> list[PositionView]:
    moves: defaultdict[str, int] = defaultdict(int)
    told: defaultdict[str, int] = defaultdict(int)
    for view in views:
        moves[view.actor.id] += sum(step.origin == LOG for step in view.steps) * 100 + len(view.steps)
        told[view.issue.id] += 1
    return sorted(
        views,
        key=lambda v: (v.subject, -moves[v.actor.id], v.actor.name, -told[v.issue.id], v.issue.name),
    )
