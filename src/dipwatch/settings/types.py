"""What settings are made of: durations, texts of a form, references to secrets, sections."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationInfo

from dipwatch.secret_reference import anchored
from dipwatch.times import format_duration, parse_duration


def _anchored(value: str, info: ValidationInfo) -> str:
    return anchored(value, info.context) if isinstance(info.context, Path) else value


Secret = Annotated[str, AfterValidator(_anchored)]
"""A secret, or a reference to one; validated with the folder of the configuration as context."""

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
