"""The day an act is said to take place, relative to the day of publication.

Regular expressions did as well as libraries on headlines, and they say why they matched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from dipwatch.extract.words import WORDS, Codes, Day, Turn, any_of
from dipwatch.lexicon import fold
from dipwatch.model import When

_WORDS = WORDS.times
_WEEK = 7
_SATURDAY = 5
_OFFSETS: dict[Day, tuple[int, int]] = {
    "yesterday": (-1, -1),
    "overnight": (-1, 0),
    "today": (0, 0),
    "tomorrow": (1, 1),
    "after_tomorrow": (2, 2),
}
_SHIFTS: dict[Turn, int] = {"last": -1, "this": 0, "next": 1}

_MONTHS = Codes(dict(enumerate(_WORDS.months, start=1)))
_WEEKDAYS = Codes(dict(enumerate(_WORDS.weekdays)))
_WHICH, _DAYS = Codes(_WORDS.which), Codes(_WORDS.days)
_WEEKS, _WEEKENDS, _MONTHS_FROM_NOW = Codes(_WORDS.week), Codes(_WORDS.weekend), Codes(_WORDS.month)

_DAY = r"(?<![\d:.])(?P<day>\d{1,2})(?:st|nd|rd|th|-?го)?(?!\d)"
_UNTIL = rf"(?:(?:\s?[-–—]\s?|\s+{any_of(_WORDS.until)}\s+)(?P<until>\d{{1,2}})(?:st|nd|rd|th|-?го)?(?!\d))?"
_YEAR = r"(?:,?\s+(?P<year>20\d\d)\b)?"
_ENGLISH_MONTH = any_of(name for names in _WORDS.months for name in names if name.isascii())
_CALENDAR = (
    re.compile(rf"{_DAY}{_UNTIL}\s+(?:of\s+)?(?P<month>{_MONTHS.pattern})\.?{_YEAR}"),
    re.compile(rf"(?P<month>{_ENGLISH_MONTH})\.?\s+{_DAY}{_UNTIL}{_YEAR}"),  # «в марте 30 стран» is no date
    re.compile(rf"{_DAY}\.(?P<number>\d\d)\.(?P<year>20\d\d)(?!\d)"),
)
_WEEKDAY = re.compile(
    rf"(?:(?P<which>{_WHICH.pattern})\s+)?(?P<weekday>{_WEEKDAYS.pattern})(?:\s+(?P<week>{_WEEKS.pattern}))?"
)
_RELATIVE = re.compile(_DAYS.pattern)
_PERIOD = re.compile(
    rf"(?P<week>{_WEEKS.pattern})|(?P<weekend>{_WEEKENDS.pattern})|(?P<month>{_MONTHS_FROM_NOW.pattern})"
)


def find_when(text: str, published: date, *, past: bool = False) -> When | None:
    """Return the first time named in a text, or None.

    ``published`` is the day the text speaks from; ``past`` says that the act lies behind, so that a bare weekday is the
    last one. A date that does not exist (31 June) is passed over; one without a year is the one nearest to publication.
    """
    found = min(_all(text, published, past=past), key=lambda pair: pair[0], default=None)
    return found[1] if found else None


def _all(text: str, published: date, *, past: bool) -> Iterator[tuple[int, When]]:
    folded = fold(text)
    for pattern in _CALENDAR:
        for match in pattern.finditer(folded):
            if _names_month(text, match) and (when := _calendar(match, published)):
                yield match.start(), when
    for match in _WEEKDAY.finditer(folded):
        day = _weekday(match, published, past=past)
        yield match.start(), When(day, day)
    for match in _RELATIVE.finditer(folded):
        first, last = _OFFSETS[_DAYS.key(match[0])]
        yield match.start(), When(published + timedelta(days=first), published + timedelta(days=last))
    for match in _PERIOD.finditer(folded):
        yield match.start(), _period(match, published, past=past)


def _names_month(text: str, match: re.Match[str]) -> bool:
    """Tell «10 May» from «at least 10 may follow»: English months have a capital."""
    month = match.groupdict().get("month")
    return not (month and month.isascii()) or text[match.start("month")].isupper()


def _calendar(match: re.Match[str], published: date) -> When | None:
    named = match.groupdict()
    month = _MONTHS.key(named["month"]) if named.get("month") else int(named["number"])
    years = [int(named["year"])] if named["year"] else [published.year - 1, published.year, published.year + 1]
    days = [day for year in years if (day := _existing(year, month, int(named["day"])))]
    first = min(days, key=lambda day: abs(day - published), default=None)
    if first is None:
        return None
    last = _existing(first.year, month, int(named.get("until") or 0))
    return When(first, max(first, last or first))


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday(match: re.Match[str], published: date, *, past: bool) -> date:
    wanted = _WEEKDAYS.key(match["weekday"])
    if match["week"]:
        return _monday(published, _SHIFTS[_WEEKS.key(match["week"])]) + timedelta(days=wanted)
    which = _WHICH.key(match["which"]) if match["which"] else None
    ago, ahead = (published.weekday() - wanted) % _WEEK, (wanted - published.weekday()) % _WEEK
    if which == "last":
        return published - timedelta(days=ago or _WEEK)
    if which == "next":
        return published + timedelta(days=ahead or _WEEK)
    if which == "by":
        return published + timedelta(days=ahead)
    return published - timedelta(days=ago) if past else published + timedelta(days=ahead)


def _period(match: re.Match[str], published: date, *, past: bool) -> When:
    if match["month"]:
        return _month(published, _SHIFTS[_MONTHS_FROM_NOW.key(match["month"])])
    if match["week"]:
        monday = _monday(published, _SHIFTS[_WEEKS.key(match["week"])])
        return When(monday, monday + timedelta(days=6))
    shift = _SHIFTS[_WEEKENDS.key(match["weekend"])]
    if past and not shift and published.weekday() < _SATURDAY:
        shift = -1
    saturday = _monday(published, shift) + timedelta(days=_SATURDAY)
    return When(saturday, saturday + timedelta(days=1))


def _monday(published: date, weeks: int) -> date:
    return published + timedelta(days=weeks * _WEEK - published.weekday())


def _month(published: date, shift: int) -> When:
    year, month = divmod(published.year * 12 + published.month - 1 + shift, 12)
    following = divmod(published.year * 12 + published.month + shift, 12)
    return When(date(year, month + 1, 1), date(following[0], following[1] + 1, 1) - timedelta(days=1))
