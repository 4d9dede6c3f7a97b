"""How people write times: lengths (``90s``, ``15m``, ``1h30m``, ``2d``) and days of the week."""

from __future__ import annotations

import re
from datetime import timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_NO_DURATION = "is not a duration; write for example 30s, 15m, 1h30m or 2d"


def parse_duration(value: object) -> object:
    """Turn ``90s``, ``15m``, ``1h30m``, ``2d`` into a timedelta.

    A number alone is refused: whoever writes 15 may mean minutes, and pydantic would take seconds.
    """
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError(_NO_DURATION)  # noqa: TRY004 (pydantic passes a TypeError on as a defect)
    text = value.strip()
    parts = list(_DURATION.finditer(text))
    if not parts or "".join(part[0] for part in parts) != text:
        raise ValueError(_NO_DURATION)
    return timedelta(seconds=sum(float(part[1]) * _UNITS[part[2]] for part in parts))


def format_duration(value: timedelta) -> str:
    """Write a timedelta as it would be written in the file."""
    seconds = value.total_seconds()
    for unit in ("w", "d", "h", "m", "s"):
        if seconds >= _UNITS[unit] and seconds % _UNITS[unit] == 0:
            return f"{int(seconds // _UNITS[unit])}{unit}"
    return f"{seconds:g}s"
