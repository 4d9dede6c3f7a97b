"""What settings are made of: durations, texts of a form, references to secrets, sections."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

REFERENCE = re.compile(r"^(env|file|credential):(.+)$")
"""A secret by reference: where it is looked up when it is used."""

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


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    Field(ge=timedelta(0)),
]


def of_form(pattern: str, form: str) -> AfterValidator:
    """Return a check that a text matches a pattern as a whole; ``form`` says in words what it must be."""
    wanted = re.compile(pattern)

    def check(value: str) -> str:
        if not wanted.fullmatch(value):
            raise ValueError(f"must be {form}")
        return value

    return AfterValidator(check)


class Section(BaseModel):
    """A table of the file: unknown keys are errors, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)
