"""Times of day, weekdays, days of the month, schedules, rates, time zones: how they are written, what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, PlainSerializer

from dipwatch.times import WEEKDAYS, format_duration, parse_duration

DAY = 24 * 60
"""Minutes of a day by the clock."""
_MOST_DAYS = 31
T = TypeVar("T")

_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
_DAYS = re.compile(r"(-?\d{1,2})(?:-(-?\d{1,2}))?")
_SCHEDULE = re.compile(r"off|hourly|daily (?P<daily>\S+)|weekly (?P<weekday>[a-z]+) (?P<weekly>\S+)")
_RATE = re.compile(r"([1-9]\d*) per (\S+)")


@dataclass(frozen=True, slots=True)
class ClockSpan:
    """A stretch of the day in minutes from midnight, ``end`` exclusive; one that ends past ``DAY`` goes on tomorrow."""

    start: int
    end: int

    def __str__(self) -> str:
        """Return it as written: ``22:00-07:00``."""
        return f"{clock_text(self.start)}-{clock_text(self.end if self.end <= DAY else self.end - DAY)}"


@dataclass(frozen=True, slots=True)
class WeekdaySpan:
    """Weekdays from one to another, both inclusive, 0 is Monday; ``friday-monday`` passes the end of the week."""

    first: int
    last: int

    def __contains__(self, weekday: int) -> bool:
        """Tell whether a weekday is among them."""
        return (weekday - self.first) % 7 <= (self.last - self.first) % 7

    def __str__(self) -> str:
        """Return it as written."""
        return WEEKDAYS[self.first] if self.first == self.last else f"{WEEKDAYS[self.first]}-{WEEKDAYS[self.last]}"


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Days of the month from one to another, both inclusive; below 0 they count from its end, -1 is the last."""

    first: int
    last: int

    def holds(self, day: int, length: int) -> bool:
        """Tell whether a day (from 1) of a month of so many days is among them."""
        first, last = (end if end > 0 else length + 1 + end for end in (self.first, self.last))
        return first <= day <= last

    def __str__(self) -> str:
        """Return it as written."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a digest is due: every hour, every day, every week or never; ``zone`` None takes that of ``[alerts]``."""

    every: Literal["hour", "day", "week", "off"]
    minute: int = 0
    """Minutes from midnight."""
    weekday: int = 0
    zone: ZoneInfo | None = None

    def __str__(self) -> str:
        """Return it as written: ``weekly monday 08:00 Europe/Kyiv``."""
        at = clock_text(self.minute)
        told = {
            "off": "off",
            "hour": "hourly",
            "day": f"daily {at}",
            "week": f"weekly {WEEKDAYS[self.weekday]} {at}",
        }[self.every]
        return f"{told} {self.zone.key}" if self.zone else told


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many messages within any stretch of this length."""

    messages: int
    per: timedelta

    def __str__(self) -> str:
        """Return it as written: ``10 per 1h``."""
        return f"{self.messages} per {format_duration(self.per)}"


def clock_text(minute: int) -> str:
    """Return minutes from midnight as a time of day."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _clock(text: str) -> int:
    found = _CLOCK.fullmatch(text)
    minute = int(found[1]) * 60 + int(found[2]) if found else DAY + 1
    if minute > DAY:
        raise ValueError("is not a time of day; write for example 08:00")
    return minute


def _clock_span(text: str) -> ClockSpan:
    start, dash, end = text.partition("-")
    try:
        first, last = _clock(start), _clock(end)
    except ValueError:
        dash = ""
    if not dash or first in {last, DAY}:
        raise ValueError("is not a stretch of the day; write for example 09:00-17:30, or 22:00-07:00 into the next day")
    return ClockSpan(first, last if last > first else last + DAY)


def _weekday(name: str) -> int:
    if name not in WEEKDAYS:
        raise ValueError("is not a weekday; write for example saturday or monday-friday")
    return WEEKDAYS.index(name)


def _weekday_span(text: str) -> WeekdaySpan:
    first, _, last = text.partition("-")
    return WeekdaySpan(_weekday(first), _weekday(last or first))


def _day_span(text: str) -> DaySpan:
    found = _DAYS.fullmatch(text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not (1 <= abs(first) <= _MOST_DAYS and 1 <= abs(last) <= _MOST_DAYS) or (first > last and first * last > 0):
        raise ValueError("is no day of the month; write for example 1, 10-15, or -1 for the last")
    return DaySpan(first, last)


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:  # what a bad name, a path, a folder raise
        raise ValueError("is not a known time zone; write its IANA name, e.g. Europe/Kyiv") from error


def _schedule(text: str) -> Schedule:
    told, _, last = text.rpartition(" ")
    zone = _zone(last) if told and last[:1].isupper() else None
    found = _SCHEDULE.fullmatch(told if zone else text)
    if not found:
        raise ValueError(
            'is no schedule; write "hourly", "daily 08:00" or "weekly monday 08:00", with a zone if needed'
        )
    if found["daily"]:
        return Schedule("day", _clock(found["daily"]), zone=zone)
    if found["weekly"]:
        return Schedule("week", _clock(found["weekly"]), _weekday(found["weekday"]), zone)
    return Schedule("off" if found[0] == "off" else "hour", zone=zone)


def _rate(text: str) -> Rate:
    found = _RATE.fullmatch(text)
    try:
        per = parse_duration(found[2]) if found else None
    except ValueError:
        per = None
    if not found or not isinstance(per, timedelta) or not per:
        raise ValueError('is no rate; write for example "10 per 1h"')
    return Rate(int(found[1]), per)


def _written(sort: type[T], parse: Callable[[str], T]) -> Callable[[object], T]:
    """Return a validator that takes what is written, and what was read before."""

    def read(value: object) -> T:
        if isinstance(value, sort):
            return value
        if not isinstance(value, str):
            raise ValueError('must be a text in quotes, e.g. "x"')  # noqa: TRY004 (pydantic passes a TypeError on as a defect)
        return parse(value)

    return read


def _as_text(value: Any) -> str:  # noqa: ANN401 (any of the above)
    return str(value)


_TEXT = PlainSerializer(_as_text, return_type=str)


def _minute(value: object) -> int:
    if isinstance(value, str):
        return _clock(value)
    if isinstance(value, int) and 0 <= value < DAY:
        return value
    raise ValueError("is not a time of day; write for example 08:00")


Minute = Annotated[int, BeforeValidator(_minute), PlainSerializer(clock_text, return_type=str)]
TimeOfDay = Annotated[ClockSpan, BeforeValidator(_written(ClockSpan, _clock_span)), _TEXT]
Weekdays = Annotated[WeekdaySpan, BeforeValidator(_written(WeekdaySpan, _weekday_span)), _TEXT]
DaysOfMonth = Annotated[DaySpan, BeforeValidator(_written(DaySpan, _day_span)), _TEXT]
Zone = Annotated[ZoneInfo, BeforeValidator(_written(ZoneInfo, _zone)), _TEXT]
When = Annotated[Schedule, BeforeValidator(_written(Schedule, _schedule)), _TEXT]
Limit = Annotated[Rate, BeforeValidator(_written(Rate, _rate)), _TEXT]
