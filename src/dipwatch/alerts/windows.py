"""When it is quiet, when a digest is due: clock times of a zone as instants, right across changes of the clock.

A clock time that comes twice begins a stretch at its first and ends it at its second; one that is skipped counts with
the offset from before the gap, as calendars do (RFC 5545, section 3.3.5).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dipwatch.settings import ClockSpan, Schedule, Times

_WHOLE_DAY = (ClockSpan(0, 24 * 60),)
_HORIZON = 400
"""Days that are looked ahead: every weekday and day of the month comes within a year."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, ``end`` exclusive, and the name of the times that it is of."""

    start: datetime
    end: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Opening:
    """When something may be sent; ``because`` names the times that it had to wait for, in their order."""

    at: datetime
    because: tuple[str, ...] = ()


def opening(mute: Sequence[Times], active: Sequence[Times], zone: ZoneInfo, now: datetime) -> Opening:
    """Return the first instant from ``now`` on that lies in no muted time and, where any are given, in an active one.

    ``zone`` is that of times without one of their own. Where there is no such instant within a year, it is the end of
    that year; ``opens_at_all`` finds such settings out.
    """
    at, because = now, list[str]()
    horizon = now + timedelta(days=_HORIZON)
    while at < horizon:
        step = _muted_until(mute, zone, at) or _active_from(active, zone, at)
        if step is None:
            break
        at = step.end
        because.append(step.name)
    return Opening(min(at, horizon), tuple(dict.fromkeys(because)))


def opens_at_all(mute: Sequence[Times], active: Sequence[Times], zone: ZoneInfo) -> bool:
    """Tell whether there is any time to send at."""
    start = datetime(2024, 1, 1, tzinfo=UTC)  # any year: nothing but weekday, day and clock time counts
    return opening(mute, active, zone, start).at < start + timedelta(days=_HORIZON)


def holds(times: Times, zone: ZoneInfo, now: datetime) -> Window | None:
    """Return the window of these times that ``now`` lies in, the one that ends last; None where it lies in none."""
    local = times.zone or zone
    today = now.astimezone(local).date()
    around = (window for days in (-1, 0) for window in _windows(times, local, today + timedelta(days=days)))
    return max((window for window in around if window.start <= now < window.end), key=_ends, default=None)


def next_time(schedule: Schedule, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the first instant after ``after`` at which something scheduled is due. Raises ValueError for ``off``."""
    if schedule.every == "off":
        raise ValueError("a schedule that is off is never due")
    local = schedule.zone or zone
    if schedule.every == "hour":
        # whole hours of the clock; all offsets in use are multiples of a quarter of an hour
        wall = after.astimezone(local)
        return (
            after
            + timedelta(hours=1)
            - timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)
        )
    today = after.astimezone(local).date()
    days = (today + timedelta(days=number) for number in range(-1, 9))
    fitting = (day for day in days if schedule.every == "day" or day.weekday() == schedule.weekday)
    return next(at for day in fitting if (at := instant(day, schedule.minute, local)) > after)


def last_time(schedule: Schedule, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the last instant up to ``now`` at which something scheduled daily was due."""
    local = schedule.zone or zone
    today = now.astimezone(local).date()
    days = (today - timedelta(days=number) for number in range(-1, 3))
    return next(at for day in days if (at := instant(day, schedule.minute, local)) <= now)


def instant(day: date, minute: int, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """Return a clock time of a day, in minutes from midnight, in UTC; ``last``: the second where it comes twice."""
    wall = datetime.combine(day + timedelta(days=minute // (24 * 60)), time(), zone)
    wall = wall.replace(hour=minute // 60 % 24, minute=minute % 60)
    again = wall.replace(fold=1)
    comes_twice = (again.utcoffset() or timedelta()) < (wall.utcoffset() or timedelta())
    return (again if last and comes_twice else wall).astimezone(UTC)


def _muted_until(mute: Sequence[Times], zone: ZoneInfo, at: datetime) -> Window | None:
    """Return the muted window that ``at`` lies in, the one that ends last."""
    return max((window for times in mute if (window := holds(times, zone, at))), key=_ends, default=None)


def _active_from(active: Sequence[Times], zone: ZoneInfo, at: datetime) -> Window | None:
    """Return the stretch from ``at`` to the next active window; None where ``at`` lies in one, or none are given."""
    if not active or any(holds(times, zone, at) for times in active):
        return None
    starts = [start for times in active if (start := _next_start(times, times.zone or zone, at))]
    names = " or ".join(times.name for times in active)
    return Window(at, min(starts, default=at + timedelta(days=_HORIZON)), names)


def _next_start(times: Times, zone: ZoneInfo, at: datetime) -> datetime | None:
    today = at.astimezone(zone).date()
    for number in range(-1, _HORIZON):
        starts = [w.start for w in _windows(times, zone, today + timedelta(days=number)) if w.start > at]
        if starts:
            return min(starts)
    return None


def _windows(times: Times, zone: ZoneInfo, day: date) -> Iterator[Window]:
    """Yield the windows that begin on a day."""
    if not _fits(times, day):
        return
    for span in times.times or _WHOLE_DAY:
        start, end = instant(day, span.start, zone), instant(day, span.end, zone, last=True)
        if start < end:  # a skipped hour may swallow one
            yield Window(start, end, times.name)


def _fits(times: Times, day: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    on_weekday = not times.weekdays or any(day.weekday() in span for span in times.weekdays)
    return on_weekday and (not times.days or any(span.holds(day.day, length) for span in times.days))


def _ends(window: Window) -> datetime:
    return window.end
