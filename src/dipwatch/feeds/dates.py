"""Dates of entries: which can be believed, and what becomes of the others.

Real feeds date items in the future, most often because they label local time as GMT: all of a feed's items are then the
same whole number of hours ahead. One item alone in the future is an announcement or a slip.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=15)
"""How far ahead a publisher's clock may be."""
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Before the web had news there were no feeds: an earlier date is an empty field or a broken clock."""
LARGEST_SHIFT = 14
"""Hours; no time zone is further ahead of UTC."""
_PATTERN = 3
"""So many entries ahead of now make a pattern."""
_PATTERN_WITHIN = timedelta(hours=2)
_SHIFT_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """By how many whole hours a feed's dates run ahead, and when that was last borne out."""

    hours: int = 0
    seen_at: datetime | None = None


def recognise_shift(dates: Iterable[datetime], now: datetime, known: Shift) -> Shift:
    """Return by how much a feed's dates run ahead, given those of one poll at ``now`` and what was ``known``.

    The smallest shift of whole hours that leaves none of the pattern in the future is taken; a later poll, with a
    fresher entry, may show that it is larger. One that was not borne out for a day is forgotten: clocks get mended.
    """
    leads = sorted((date - now for date in dates), reverse=True)
    ahead = [lead for lead in leads if TOLERANCE < lead <= timedelta(hours=LARGEST_SHIFT) + TOLERANCE]
    kept = known if known.seen_at is not None and now - known.seen_at < _SHIFT_KEPT else Shift()
    hours = max(_pattern(ahead), kept.hours)
    borne_out = any(_whole_hours(lead) == hours for lead in ahead)
    return Shift(hours, now) if borne_out else kept


def _pattern(ahead: list[timedelta]) -> int:
    """Return the hours that several entries agree on; ``ahead`` falls. A lone one far ahead of the rest is left out."""
    for first, last in zip(ahead, ahead[_PATTERN - 1 :], strict=False):
        if first - last <= _PATTERN_WITHIN:
            return _whole_hours(first)
    return 0


def _whole_hours(lead: timedelta) -> int:
    return math.ceil((lead - TOLERANCE) / timedelta(hours=1))


def corrected(date: datetime | None, date_text: str, now: datetime, shift: Shift) -> tuple[datetime | None, str | None]:
    """Return the date to believe, and the reason where it is not the one the feed gave.

    ``date`` is None where ``date_text`` could not be read. Impossible dates become None, future ones ``now``.
    """
    if date is None:
        return None, f"unreadable date {date_text!r}" if date_text else "no date"
    if date < EARLIEST:
        return None, f"impossible date {date.date().isoformat()}"
    moved = date - timedelta(hours=shift.hours)
    if moved > now + TOLERANCE:
        return now, f"dated in the future, {date:%Y-%m-%d %H:%M} UTC; taken as published when fetched"
    if shift.hours:
        return moved, f"local time labelled as GMT: {shift.hours} h taken off"
    return date, None
