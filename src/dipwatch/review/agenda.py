"""What was announced and not yet held, and what was agreed or promised and came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, select

from dipwatch.model import ChangeType, Kind, Status
from dipwatch.review.brief import Brief, Entry, evidence
from dipwatch.review.filters import HistoryFilter
from dipwatch.review.listed import DevelopmentView, NameBook, Ref
from dipwatch.review.queries import history
from dipwatch.store.schema import change_table

LATE = timedelta(days=30)
"""How long after its day, or after its announcement where no day is known, a meeting is still listed."""
_ANNOUNCED = (Kind.MEETING.value, Kind.CONTACT.value)
_PROMISED = (Kind.AGREEMENT.value, Kind.COMMITMENT.value)


@dataclass(frozen=True, slots=True)
class UpcomingView:
    """A meeting that was announced and not yet held.

    ``state`` is ``ahead``, ``today``, ``overdue`` (its day has passed and nobody has told that it was held),
    ``undated`` or ``postponed`` (and no new day is known). ``days`` until it, negative where it is overdue.
    """

    id: str
    subject: str
    state: str
    first_day: date | None
    last_day: date | None
    days: int | None
    kind: str
    title: str
    english: str | None
    actors: tuple[Ref, ...]
    venue: Ref | None
    issue: Ref | None
    sources: int
    announced_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ReportedView:
    """A later word on something agreed or promised: in the same development (``own``) or in another one."""

    at: datetime
    development: str
    status: str
    title: str
    own: bool


@dataclass(frozen=True, slots=True)
class CommitmentView:
    """An agreement or a pledge, of the log (``development``) or of the baseline (``entry``).

    ``reports`` tell of its implementation: updates of the same development, and later agreements and pledges of the
    same maker on the same issue. ``last_word_at`` is the latest of all, ``silent_days`` how long ago that was.
    """

    subject: str
    origin: str
    kind: str
    status: str
    since: datetime
    maker: Ref | None
    actors: tuple[Ref, ...]
    issue: Ref | None
    amount: str
    text: str
    source: str
    development: str | None
    entry: str | None
    reports: tuple[ReportedView, ...]
    last_word_at: datetime
    silent_days: int


def upcoming(
    connection: Connection, asked: HistoryFilter, names: NameBook, today: date, *, late: timedelta = LATE
) -> list[UpcomingView]:
    """Return the meetings that are announced and not yet held, the next one first and those without a day last.

    ``asked`` may restrict actors, venues, subjects; ``today`` is the user's own. What is overdue, or without a day,
    for longer than ``late`` is left out.
    """
    wanted = replace(asked, kinds=_ANNOUNCED, statuses=(Status.PLANNED.value, Status.POSTPONED.value), limit=None)
    views = [view for view in history(connection, wanted, names) if view.verdict != "false"]
    days = _days(connection, views)
    found = [_upcoming(view, days.get(view.id), today) for view in views]
    kept = [view for view in found if _is_current(view, today, late)]
    return sorted(kept, key=lambda view: (view.first_day or date.max, view.announced_at, view.id))


def _days(connection: Connection, views: Sequence[DevelopmentView]) -> dict[str, tuple[date, date]]:
    """Return the days that were told last; of what is postponed only one told with that, the day before is void."""
    when = change_table.c.body["claim", "when"]
    first, last = when["first"].as_string(), when["last"].as_string()
    query = select(change_table.c.development_id, change_table.c.status, first.label("first"), last.label("last"))
    query = query.where(change_table.c.development_id.in_([view.id for view in views]), first.is_not(None))
    status = {view.id: view.status for view in views}
    return {
        row.development_id: (date.fromisoformat(row.first), date.fromisoformat(row.last))
        for row in connection.execute(query.order_by(change_table.c.seq))
        if status[row.development_id] in {Status.PLANNED, row.status}
    }


def _upcoming(view: DevelopmentView, told: tuple[date, date] | None, today: date) -> UpcomingView:
    first, last = told or (None, None)
    return UpcomingView(
        id=view.id,
        subject=view.subject,
        state=_state(view, first, last, today),
        first_day=first,
        last_day=last,
        days=(first - today).days if first and first >= today else (last - today).days if last else None,
        kind=view.kind,
        title=view.title,
        english=view.english,
        actors=view.actors,
        venue=view.venue,
        issue=view.issue,
        sources=view.sources,
        announced_at=view.opened_at,
        changed_at=view.changed_at,
    )


def _state(view: DevelopmentView, first: date | None, last: date | None, today: date) -> str:
    if view.status == Status.POSTPONED and (last is None or last < today):
        return "postponed"
    if first is None or last is None:
        return "undated"
    if first <= today <= last:
        return "today"
    return "ahead" if first > today else "overdue"


def _is_current(view: UpcomingView, today: date, late: timedelta) -> bool:
    day = view.last_day if view.state in {"ahead", "today", "overdue"} else view.changed_at.date()
    return day is None or day >= today - late


def commitments(
    connection: Connection, asked: HistoryFilter, names: NameBook, briefs: Mapping[str, Brief], now: datetime
) -> list[CommitmentView]:
    """Return agreements and pledges, those that are silent for longest first; the baseline's are among them.

    ``asked`` may restrict actors, issues, subjects and, for those of the log, the time of their news.
    """
    views = [view for view in history(connection, _promises(asked), names) if view.verdict != "false"]
    updates = _updates(connection, [view.id for view in views])
    everything = sorted(views, key=lambda view: view.opened_at)
    found = [_of_log(view, updates.get(view.id, ()), everything, names, now) for view in views]
    for subject in asked.subjects:
        brief = briefs.get(subject, Brief())
        told = [entry for entry in brief.entries("commitments") if _is_asked(entry, asked)]
        found += [_of_baseline(subject, entry, everything, names, brief=brief, now=now) for entry in told]
    return sorted(found, key=lambda view: (-view.silent_days, view.since, view.text))


def _promises(asked: HistoryFilter) -> HistoryFilter:
    statuses = (Status.HAPPENED.value, Status.PLANNED.value)
    return replace(asked, kinds=_PROMISED, statuses=asked.statuses or statuses, limit=None)


def _updates(connection: Connection, ids: Sequence[str]) -> dict[str, list[ReportedView]]:
    """Return what was new about each development after its first report."""
    query = select(change_table.c.development_id, change_table.c.at, change_table.c.status, change_table.c.title)
    query = query.where(
        change_table.c.development_id.in_(ids), change_table.c.type == ChangeType.UPDATE.value
    ).order_by(change_table.c.seq)
    found: defaultdict[str, list[ReportedView]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.development_id].append(ReportedView(row.at, row.development_id, row.status, row.title, own=True))
    return found


def _of_log(
    view: DevelopmentView,
    updates: Sequence[ReportedView],
    everything: Sequence[DevelopmentView],
    names: NameBook,
    now: datetime,
) -> CommitmentView:
    maker = _maker(view, names)
    others = [each for each in everything if each.opened_at > view.opened_at and each.id != view.id]
    reports = [*updates, *_related(others, view.subject, maker.id if maker else "", view.issue, names)]
    last = max([view.opened_at, *(report.at for report in reports)])
    return CommitmentView(
        subject=view.subject,
        origin="log",
        kind=view.kind,
        status=view.status,
        since=view.opened_at,
        maker=maker,
        actors=view.actors,
        issue=view.issue,
        amount="",
        text=view.title,
        source="",
        development=view.id,
        entry=None,
        reports=tuple(sorted(reports, key=lambda report: report.at)),
        last_word_at=last,
        silent_days=(now - last).days,
    )


def _of_baseline(
    subject: str, entry: Entry, everything: Sequence[DevelopmentView], names: NameBook, *, brief: Brief, now: datetime
) -> CommitmentView:
    since = datetime.combine(date.fromisoformat(entry["known_from"]), time(), UTC)
    issue = names.optional(subject, entry.get("issue"))
    later = [view for view in everything if view.opened_at > since]
    reports = tuple(_related(later, subject, entry["actor"], issue, names))
    last = max([since, *(report.at for report in reports)])
    first = evidence(entry)[0]
    toward = tuple(names.ref(subject, actor) for actor in entry.get("toward", ()))
    return CommitmentView(
        subject=subject,
        origin="baseline",
        kind=Kind.COMMITMENT.value,
        status=Status.HAPPENED.value,
        since=since,
        maker=names.ref(subject, entry["actor"]),
        actors=(names.ref(subject, entry["actor"]), *toward),
        issue=issue,
        amount=entry.get("amount", ""),
        text=first.quote,
        source=brief.document(first.seed),
        development=None,
        entry=entry["id"],
        reports=reports,
        last_word_at=last,
        silent_days=max((now - last).days, 0),
    )


def _maker(view: DevelopmentView, names: NameBook) -> Ref | None:
    if not view.actors:
        return None
    return names.ref(view.subject, names.principal(view.subject, view.actors[0].id))


def _related(
    later: Sequence[DevelopmentView], subject: str, maker: str, issue: Ref | None, names: NameBook
) -> Iterator[ReportedView]:
    """Yield later agreements and pledges of the same maker on the same issue; without an issue there are none."""
    for view in later:
        made_by = _maker(view, names)
        if issue and view.issue == issue and view.subject == subject and made_by and made_by.id == maker:
            yield ReportedView(view.opened_at, view.id, view.status, view.title, own=False)


def _is_asked(entry: Mapping[str, Any], asked: HistoryFilter) -> bool:
    involved = {entry["actor"], *entry.get("toward", ())}
    meets = all(involved & set(group) for group in asked.actors)
    return meets and (not asked.issues or entry.get("issue") in asked.issues)
