"""Where every actor stands on every issue, step by step: from the baseline on, moved by what the log has accepted.

A step of the log counts unless its claim stayed below the alert threshold or a user has marked its development false.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from dipwatch.model import Change, Reason
from dipwatch.review.brief import Brief, BriefPosition
from dipwatch.review.listed import NameBook, Ref
from dipwatch.store.codec import decode
from dipwatch.store.schema import change_table, development_table, item_table, position_table

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

    def day(self, zone: tzinfo | None) -> date:
        """Return its day in a zone; the baseline knows days, which are the same in every zone."""
        return self.at.date() if self.origin == BASELINE else self.at.astimezone(zone).date()


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

    def day(self, zone: tzinfo | None) -> date:
        """Return the day since which it stands so; see ``StepView.day``."""
        return self.steps[-1].day(zone)


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
        brief = briefs.get(subject, Brief())
        for told in brief.positions():
            if _is_asked(asked, told.actor, told.issue):
                found[subject, told.actor, told.issue].append(_of_baseline(subject, told, names, brief))
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


def _of_baseline(subject: str, told: BriefPosition, names: NameBook, brief: Brief) -> StepView:
    first = told.evidence[0]
    return StepView(
        at=datetime.combine(told.known_from, time(), UTC),
        direction=BASELINE,
        stance=names.stance(subject, told.issue, told.stance),
        was=None,
        origin=BASELINE,
        quote=first.quote,
        conditions="; ".join(told.conditions),
        source=brief.document(first.seed),
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
            position_table,
            change_table.c.body,
            change_table.c.development_id,
            development_table.c.verdict,
            development_table.c.redirect_to,
            item_table.c.source,
            item_table.c.source_kind,
            item_table.c.link,
        )
        .join(change_table, change_table.c.seq == position_table.c.change_seq)
        .join(development_table, development_table.c.id == change_table.c.development_id)
        .outerjoin(item_table, item_table.c.id == change_table.c.item_id)
        .where(position_table.c.subject.in_(asked.subjects))
        .where(development_table.c.verdict.is_(None) | (development_table.c.verdict != "false"))
        .order_by(position_table.c.seq)
    )
    if asked.actors:
        query = query.where(position_table.c.actor.in_(asked.actors))
    if asked.issues:
        query = query.where(position_table.c.issue.in_(asked.issues))
    if asked.latest is not None:
        query = query.where(position_table.c.seq.in_(_latest(asked)))
    yield from connection.execute(query)


def _latest(asked: LedgerFilter) -> Select[Any]:
    """Return a statement that selects the last steps of each position that may count: see ``_of_log``."""
    kept_back = change_table.c.body["kept_back"].as_string()  # a list, as its JSON
    refused = or_(*(kept_back.contains(f'"{reason.value}"') for reason in sorted(_NOT_ACCEPTED)))
    place = func.row_number().over(
        partition_by=(position_table.c.subject, position_table.c.actor, position_table.c.issue),
        order_by=position_table.c.seq.desc(),
    )
    ranked = (
        select(position_table.c.seq, place.label("place"))
        .join(change_table, change_table.c.seq == position_table.c.change_seq)
        .join(development_table, development_table.c.id == change_table.c.development_id)
        .where(position_table.c.subject.in_(asked.subjects))
        .where(development_table.c.verdict.is_(None) | (development_table.c.verdict != "false"))
        .where(change_table.c.alert | ~refused)
    )
    if asked.at is not None:
        ranked = ranked.where(position_table.c.at < asked.at)
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
