"""The day an act is said to take place, relative to the day of publication.

Regular expressions did as well as libraries on headlines (design notes: measured before the start), and they say why they matched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from dipwatch.model import When

_MONTHS = {
    "en": [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
    "ru": ["январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр"],
    "uk": ["січ", "лют", "берез", "квіт", "трав", "черв", "лип", "серп", "верес", "жовт", "листопад", "груд"],
}
_MONTH_NUMBERS = {stem: number for stems in _MONTHS.values() for number, stem in enumerate(stems, start=1)}
_MONTH_NUMBERS |= {
    short: number
    for number, short in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_WEEKDAYS = {
    **{
        name: day
        for day, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
    },
    **{
        stem: day
        for day, stem in enumerate(["понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресен"])
    },
    **{stem: day for day, stem in enumerate(["понеділ", "вівтор", "серед", "четвер", "п'ятниц", "субот", "неділ"])},
}
_MONTH = "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True))
_WEEKDAY = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))

_DAY_MONTH = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\w*\.?(?:,?\s+(?P<year>20\d\d))?\b",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"\b(?P<month>{_MONTH})\w*\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<year>20\d\d))?\b",
    re.IGNORECASE,
)
_NEXT_WEEKDAY = re.compile(
    rf"\b(?P<which>next|this|last|в следующ\w+|в прошл\w+|наступн\w+|минул\w+)?\s*(?P<day>{_WEEKDAY})\w*\b",
    re.IGNORECASE,
)
_RELATIVE: tuple[tuple[re.Pattern[str], tuple[int, int]], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b", re.IGNORECASE), days)
    for words, days in (
        ("day after tomorrow|послезавтра|післязавтра", (2, 2)),
        ("tomorrow|завтра", (1, 1)),
        ("today|tonight|сегодня|сьогодні", (0, 0)),
        ("yesterday|last night|overnight|вчера|вчора|учора", (-1, -1)),
    )
)
_WEEKS = re.compile(
    r"\b(?P<next>next week|на следующей неделе|наступного тижня)\b|\b(?P<this>this week|на этой неделе|цього тижня)\b"
    r"|\b(?P<last>last week|на прошлой неделе|минулого тижня)\b|\b(?P<weekend>this weekend|the weekend|в выходные|на вихідних)\b",
    re.IGNORECASE,
)


def find_when(text: str, published: date, *, past: bool = False) -> When | None:
    """Return the first time named in a text, or None.

    ``published`` is the day the text speaks from; ``past`` says that the act lies behind, so that a bare weekday is the last one.
    A date that does not exist (31 June) is passed over.
    """
    found = sorted(_all(text, published, past=past), key=lambda pair: pair[0])
    return found[0][1] if found else None


def _all(text: str, published: date, *, past: bool) -> Iterator[tuple[int, When]]:
    for pattern, offsets in _RELATIVE:
        for match in pattern.finditer(text):
            yield match.start(), When(published + timedelta(days=offsets[0]), published + timedelta(days=offsets[1]))
    for match in _WEEKS.finditer(text):
        yield match.start(), _week(match.lastgroup or "", published)
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in pattern.finditer(text):
            if day := _calendar_day(match, published):
                yield match.start(), When(day, day)
    for match in _NEXT_WEEKDAY.finditer(text):
        day = _weekday(match, published, past=past)
        yield match.start(), When(day, day)


def _week(which: str, published: date) -> When:
    monday = published - timedelta(days=published.weekday())
    starts: dict[str, Callable[[], When]] = {
        "next": lambda: When(monday + timedelta(days=7), monday + timedelta(days=13)),
        "this": lambda: When(monday, monday + timedelta(days=6)),
        "last": lambda: When(monday - timedelta(days=7), monday - timedelta(days=1)),
        "weekend": lambda: When(monday + timedelta(days=5), monday + timedelta(days=6)),
    }
    return starts[which]()


def _calendar_day(match: re.Match[str], published: date) -> date | None:
    """Return the day; without a year, the one nearest to the publication."""
    month, day = _MONTH_NUMBERS[match["month"].lower()], int(match["day"])
    years = [int(match["year"])] if match["year"] else [published.year - 1, published.year, published.year + 1]
    days = []
    for year in years:
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return min(days, key=lambda each: abs(each - published), default=None)


def _weekday(match: re.Match[str], published: date, *, past: bool) -> date:
    wanted = _WEEKDAYS[match["day"].lower()]
    which = (match["which"] or "").lower()
    if which.startswith(("last", "в прошл", "минул")) or (past and not which):
        return published - timedelta(days=(published.weekday() - wanted) % 7)
    ahead = published + timedelta(days=(wanted - published.weekday()) % 7)
    if which.startswith(("next", "в следующ", "наступн")) and ahead == published:
        ahead += timedelta(days=7)
    return ahead
