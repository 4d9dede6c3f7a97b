"""How feeds are polled."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from dipwatch.settings.types import Duration, Section
from dipwatch.times import format_duration


class Polling(Section):
    """How feeds are polled."""

    interval: Duration = timedelta(minutes=15)
    fastest: Duration = timedelta(minutes=2)
    slowest: Duration = timedelta(hours=6)
    host_spacing: Duration = timedelta(seconds=2)
    concurrency: Annotated[int, Field(ge=1, le=256)] = 16
    deadline: Duration = timedelta(seconds=30)
    connect_timeout: Duration = timedelta(seconds=10)
    read_timeout: Duration = timedelta(seconds=15)
    max_bytes: Annotated[int, Field(ge=1024)] = 5_000_000
    max_items: Annotated[int, Field(ge=1)] = 500
    look_back: Duration = timedelta(hours=48)
    broken_after: Duration = timedelta(hours=6)
    silent_after: Duration = timedelta(days=3)
    contact: str = ""
    user_agent: str = ""
    allow_networks: tuple[str, ...] = ()

    @field_validator("allow_networks")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ip_network(network)
        return value

    @model_validator(mode="after")
    def _bounds(self) -> Polling:
        if not self.fastest <= self.interval <= self.slowest:
            bounds = (f"{name} ({format_duration(getattr(self, name))})" for name in ("fastest", "interval", "slowest"))
            raise ValueError(f"{', '.join(bounds)} must not decrease in this order")
        return self
