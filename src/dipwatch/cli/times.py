"""Lengths of time as typed on the command line."""

from __future__ import annotations

from datetime import timedelta

from dipwatch.errors import UsageError
from dipwatch.settings import parse_duration


def duration(option: str, text: str) -> timedelta:
    """Return the length of time that an option was given, e.g. 90d. Raises UsageError for none or for nothing."""
    try:
        length = parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: {error}") from error
    if not isinstance(length, timedelta) or not length:
        raise UsageError(f"{option} {text}: must be longer than nothing")
    return length
