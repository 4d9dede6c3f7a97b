"""Lengths of time and days to come, as typed on the command line."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from dipwatch.errors import UsageError
from dipwatch.times import WEEKDAYS, parse_duration


def duration(option: str, text: str) -> timedelta:
    """Return the length of time that an option was given, e.g. 90d. Raises UsageError for none or for nothing."""
    try:
        length = parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: {error}") from error
    if not isinstance(length, timedelta) or not length:
        raise UsageError(f"{option} {text}: must be longer than nothing")
    return length


def coming(text: str, after: datetime, zone: tzinfo) -> str:
    """Return the date of the next weekday that is meant, ``after``'s own day included; anything else as it is.

    ``after`` is aware; days are those of ``zone``.
    """
    day = text.strip().lower()
    if day not in WEEKDAYS:
        return text
    today = after.astimezone(zone).date()
    return (today + timedelta(days=(WEEKDAYS.index(day) - today.weekday()) % 7)).isoformat()
