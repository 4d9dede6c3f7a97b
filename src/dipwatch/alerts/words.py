"""The words of messages, read once from ``words.toml`` beside this module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from dipwatch.model import Kind, Status, When
from dipwatch.toml_file import read_toml

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@cache
def _tables() -> dict[str, Any]:
    return read_toml(Path(__file__).with_name("words.toml")).data


def word(table: str, key: str) -> str:
    """Return what ``key`` is called to a reader; a key without a word of its own is shown with blanks for joins."""
    known: dict[str, str] = _tables()[table]
    return known.get(key, humanised(key))


def keys(table: str) -> tuple[str, ...]:
    """Return the keys of a table in their order in the file."""
    return tuple(_tables()[table])


def humanised(key: str) -> str:
    """Turn an id such as ``demands-recognition`` or ``state_media`` into words."""
    return key.replace("-", " ").replace("_", " ")


def act(kind: Kind, status: Status) -> str:
    """Return kind and status together: ``Meeting planned``; what simply happened needs no word for it."""
    told = word("kind", kind)
    return told if status is Status.HAPPENED else f"{told} {word('status', status)}"


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of things in words: ``1 source``, ``3 sources``."""

    number: int
    one: str
    many: str = ""

    def __str__(self) -> str:
        """Return number and noun."""
        return f"{self.number} {self.one if self.number == 1 else self.many or self.one + 's'}"


def confidence_word(confidence: float) -> str:
    """Return high, medium or low for a confidence of 0 to 1."""
    bounds: dict[str, float] = _tables()["confidence"]
    return next((name for name, least in bounds.items() if confidence >= least), "low")


def clock_time(moment: datetime) -> str:
    """Return a time as a reader takes it in: ``26 Dec 2025 14:05 UTC``."""
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%b %Y %H:%M} UTC"


def days(when: When | None) -> str:
    """Return the day or days of an act: ``28 Dec 2025``, ``26 to 28 Dec 2025``; empty where unknown."""
    if when is None:
        return ""
    if when.first == when.last:
        return _day(when.last)
    same_month = (when.first.year, when.first.month) == (when.last.year, when.last.month)
    return f"{when.first.day if same_month else _day(when.first)} to {_day(when.last)}"


def day(value: date | None) -> str:
    """Return a day as a reader takes it in, empty where it is unknown."""
    return _day(value) if value else ""


def _day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


def duration(span: timedelta) -> str:
    """Return a length of time in its largest whole unit: ``40 min``, ``3 h``, ``2 days``."""
    seconds = int(span.total_seconds())
    if seconds < _HOUR:
        return f"{max(seconds // _MINUTE, 0)} min"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR} h"
    return f"{seconds // _DAY} days"
