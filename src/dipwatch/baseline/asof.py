"""The day from which a sentence of a document counts as known."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from dipwatch.baseline.cues import Cues
from dipwatch.baseline.seeds import SeedInfo

_OLD = timedelta(days=365)
"""A date that lies further back than this tells of history, not of when the sentence was written."""


def as_of(text: str, info: SeedInfo, cues: Cues) -> date:
    """Return the day from which a sentence counts as known.

    It is the latest day that the sentence itself names (of a month or season of the year its last day), but never later
    than the day the document speaks from; without one it is that day, and for an undated document the day it was added.
    Dates that only bound something (``since``, ``until``) or lie more than a year back say nothing.
    """
    latest = info.known_from
    named = [day for day in _days(text, cues) if latest - _OLD <= day]
    return min(max(named), latest) if named else latest


def _days(text: str, cues: Cues) -> Iterator[date]:
    for match in cues.date.finditer(text):
        if not cues.bound.search(text, 0, match.start()):
            yield _last_day(match, cues)


def _last_day(match: re.Match[str], cues: Cues) -> date:
    """Return the last day of what a match names: a day, a month, or a part of a year."""
    year = int(match["year"] or match["year2"])
    if match["part"]:
        return _end_of_month(year, cues.parts_of_year[match["part"].lower()])
    month = cues.months[match["month"].lower()]
    end = _end_of_month(year, month)
    day = int(match["day"] or match["day2"] or 0)
    return date(year, month, day) if 0 < day <= end.day else end


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
