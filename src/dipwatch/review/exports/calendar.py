"""Announced meetings as a calendar (RFC 5545) that can be subscribed to.

A meeting keeps its UID for ever; each piece of news or correction of it raises its SEQUENCE, so that a calendar takes
the new day, or strikes out what was cancelled, instead of adding a second entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy import Connection, select

from dipwatch import __version__
from dipwatch.alerts import words
from dipwatch.alerts.safety import printable, safe_link
from dipwatch.model import ChangeType, Kind, Status
from dipwatch.review.exports.identity import stable_uuid
from dipwatch.review.filters import HistoryFilter
from dipwatch.review.formats import one_line
from dipwatch.review.listed import DevelopmentView, NameBook
from dipwatch.review.queries import history
from dipwatch.store.schema import change_table

_ANNOUNCED = {Status.PLANNED.value, Status.POSTPONED.value, Status.CANCELLED.value}
_KINDS = (Kind.MEETING.value, Kind.CONTACT.value)
_VOID = {Status.CANCELLED.value, Status.DENIED.value}
_PAGE = 500


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting that was announced for known days, whatever came of it.

    ``state`` is ``confirmed`` (held), ``tentative`` (announced, or postponed to these days) or ``cancelled``: denied,
    marked false, or postponed without a new day. ``sequence`` counts what was new of it after its first report.
    """

    development: DevelopmentView
    first_day: date
    last_day: date
    state: str
    sequence: int


@dataclass(slots=True)
class _Course:
    """What the log says of a development, read from its first change to its last."""

    announced: bool = False
    day: tuple[date, date] | None = None
    day_at: str = ""
    """The status of the change that told the day."""
    changes: int = 0


def meetings(connection: Connection, asked: HistoryFilter, names: NameBook) -> list[MeetingView]:
    """Return the meetings that were announced with a day, in the order of their days.

    The period of ``asked`` bounds the days of the meetings, in UTC, not their news.
    """
    views = history(connection, replace(asked, since=None, until=None, kinds=_KINDS, limit=None), names)
    courses = _courses(connection, [view.id for view in views])
    found = [meeting for view in views if (meeting := _meeting(view, courses.get(view.id, _Course())))]
    kept = [meeting for meeting in found if _is_between(meeting, asked)]
    return sorted(kept, key=lambda meeting: (meeting.first_day, meeting.development.id))


def calendar(found: Sequence[MeetingView], subjects: Sequence[str], address: str = "") -> bytes:
    """Return the calendar; ``address`` is that of a report page, to which its entries lead."""
    whole = Calendar()
    whole.add("prodid", f"-//dipwatch//dipwatch {__version__}//EN")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add("x-wr-calname", f"dipwatch: {', '.join(subjects)}")
    for meeting in found:
        whole.add_component(_event(meeting, address))
    written: bytes = whole.to_ical()
    return written


def _courses(connection: Connection, ids: Sequence[str]) -> dict[str, _Course]:
    when = change_table.c.body["claim", "when"]
    found: dict[str, _Course] = {}
    for start in range(0, len(ids), _PAGE):
        query = (
            select(
                change_table.c.development_id,
                change_table.c.status,
                change_table.c.type,
                when["first"].as_string().label("first"),
                when["last"].as_string().label("last"),
            )
            .where(change_table.c.development_id.in_(ids[start : start + _PAGE]))
            .order_by(change_table.c.seq)
        )
        for row in connection.execute(query):
            course = found.setdefault(row.development_id, _Course())
            course.announced |= row.status in _ANNOUNCED
            course.changes += row.type != ChangeType.SUPPORT
            if row.first is not None:
                course.day = date.fromisoformat(row.first), date.fromisoformat(row.last)
                course.day_at = row.status
    return found


def _meeting(view: DevelopmentView, course: _Course) -> MeetingView | None:
    if not course.announced or course.day is None:
        return None
    return MeetingView(
        development=view,
        first_day=course.day[0],
        last_day=course.day[1],
        state=_state(view, course),
        sequence=max(course.changes - 1, 0),
    )


def _state(view: DevelopmentView, course: _Course) -> str:
    if view.verdict == "false" or view.status in _VOID:
        return "cancelled"
    if view.status == Status.POSTPONED:
        return "tentative" if course.day_at == Status.POSTPONED else "cancelled"
    return "confirmed" if view.status == Status.HAPPENED else "tentative"


def _is_between(meeting: MeetingView, asked: HistoryFilter) -> bool:
    begins = asked.since is None or meeting.last_day >= asked.since.date()
    return begins and (asked.until is None or meeting.first_day < _day_after(asked.until))


def _day_after(until: datetime) -> date:
    return (until - timedelta(microseconds=1)).date() + timedelta(days=1)


def _event(meeting: MeetingView, address: str) -> Event:
    view = meeting.development
    event = Event()
    event.add("uid", str(stable_uuid("development", view.id)))
    event.add("dtstamp", view.changed_at)
    event.add("created", view.opened_at)
    event.add("last-modified", view.changed_at)
    event.add("sequence", meeting.sequence)
    event.add("status", meeting.state.upper())
    event.add("dtstart", meeting.first_day)
    event.add("dtend", meeting.last_day + timedelta(days=1))  # exclusive: RFC 5545, section 3.6.1
    event.add("transp", "TRANSPARENT")  # it takes nobody's time
    event.add("summary", one_line(view.title))
    event.add("description", _description(view))
    if view.venue:
        event.add("location", view.venue.name)
    event.add("categories", [words.word("kind", view.kind), words.word("status", view.status)])
    if page := safe_link(address):
        event.add("url", f"{page}#{view.id}")
    return event


def _description(view: DevelopmentView) -> str:
    act = words.act(Kind(view.kind), Status(view.status))
    told = [
        f"In English: {view.english}" if view.english else "",
        ", ".join(actor.name for actor in view.actors),
        f"{act}; {words.Counted(view.sources, 'independent source')}",
        f"dipwatch show {view.id}",
    ]
    return printable("\n".join(filter(None, told)))
