"""The report that is written by itself, and where readers find it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from dipwatch.settings.times import Schedule, When
from dipwatch.settings.types import Duration, Section


class Report(Section):
    """When a report is written, of how long a period, where to, to whom, and its public address."""

    every: When = Schedule("off")
    period: Annotated[Duration, Field(ge=timedelta(0))] = timedelta(0)
    """How far back it looks; zero: a day where it is daily, a week where it is weekly."""
    folder: Path = Path("reports")
    receivers: tuple[str, ...] = ()
    address: str = ""

    @field_validator("every")
    @classmethod
    def _every(cls, value: Schedule) -> Schedule:
        if value.every == "hour":
            raise ValueError('can\'t be hourly; write "daily 07:00" or "weekly monday 07:00", with a zone if needed')
        return value

    @field_validator("address")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("is no http(s) address")
        return value
