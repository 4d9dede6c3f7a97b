"""Periods as people write them: ``2025-12-28``, ``yesterday``, ``last week``, ``3d``.

A word or date names a stretch of time, a duration a moment that long before now. What is asked "since" a period begins
with its start, "until" ends with its end, so that ``--since yesterday --until yesterday`` is the whole of that day.
Days are those of the user's time zone; results are aware UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from dipwatch.errors import UsageError
from dipwatch.times import WEEKDAYS

_UNITS = {
    "min": timedelta(minutes=1),
    "minute": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "hour": timedelta(hours=1),
    "d": timedelta(days=1),
    "day": timedelta(days=1),
    "w": timedelta(weeks=1),
    "week": timedelta(weeks=1),
}
_AGO = re.compile(r"(\d{1,6}) ?([a-z]+?)s?(?: ago)?")
_RELATIVE = re.compile(r"(this|last) (week|month|year)")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"\d{4}")
_HELP = "write a date (2025-12-28), a time (2025-12-28T14:00), today, yesterday, monday, last week, 2025-12, 3d or 48h"


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` until before ``end``, both aware UTC; a moment where they are equal."""

    start: datetime
    end: datetime


def parse_period(text: str, now: datetime, zone: tzinfo | None = None) -> Period:
    """Return the period that a text names.

    ``now`` is aware, ``zone`` the zone that days are counted in (None: the machine's). Weeks begin on Monday; a weekday
    is the last one before today. Raises UsageError, which says what can be written.
    """
    words = " ".join(text.lower().split())
    try:
        return _moment(words, now, zone) or _stretch(words, now, zone)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{text!r} is not a time that dipwatch understands; {_HELP}") from error


def _moment(words: str, now: datetime, zone: tzinfo | None) -> Period | None:
    """Return a duration's moment or a date with a time; None for anything else."""
    if words == "now":
        return _point(now)
    if (ago := _AGO.fullmatch(words)) and ago[2] in _UNITS:
        return _point(now - int(ago[1]) * _UNITS[ago[2]])
    if len(words) > len("2025-12-28") and words[:4].isdigit():
        moment = datetime.fromisoformat(words.upper())
        return _point(_utc(moment, zone) if moment.tzinfo is None else moment)
    return None


def _stretch(words: str, now: datetime, zone: tzinfo | None) -> Period:
    first, last = _days(words, now.astimezone(zone).date())
    return Period(_midnight(first, zone), _midnight(last + timedelta(days=1), zone))


def _days(words: str, today: date) -> tuple[date, date]:
    """Return the first and the last day of a stretch. Raises ValueError where it is none."""
    if words in {"today", "yesterday"}:
        day = today - timedelta(days=words == "yesterday")
        return day, day
    if words in WEEKDAYS:
        day = today - timedelta(days=(today.weekday() - WEEKDAYS.index(words) - 1) % 7 + 1)
        return day, day
    if relative := _RELATIVE.fullmatch(words):
        return _around(today, relative[2], last=relative[1] == "last")
    if month := _MONTH.fullmatch(words):
        return _month(date(int(month[1]), int(month[2]), 1))
    if _YEAR.fullmatch(words):
        return date(int(words), 1, 1), date(int(words), 12, 31)
    day = date.fromisoformat(words)
    return day, day


def _around(today: date, unit: str, *, last: bool) -> tuple[date, date]:
    """Return the week, month or year that a day lies in, or the one before."""
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * last)
        return monday, monday + timedelta(days=6)
    if unit == "month":
        first = today.replace(day=1)
        return _month((first - timedelta(days=1)).replace(day=1) if last else first)
    year = today.year - last
    return date(year, 1, 1), date(year, 12, 31)


def _month(first: date) -> tuple[date, date]:
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - timedelta(days=1)


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    return _utc(datetime(day.year, day.month, day.day), zone)  # noqa: DTZ001 (its zone comes next)


def _utc(local: datetime, zone: tzinfo | None) -> datetime:
    """Return a naive local time as aware UTC; without a zone the machine's own rules apply, summer time included."""
    return (local if zone is None else local.replace(tzinfo=zone)).astimezone(UTC)


def _point(moment: datetime) -> Period:
    moment = moment.astimezone(UTC)
    return Period(moment, moment)
