"""What the daemon shows of itself: log, health and a sign of life."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator

from dipwatch.secret_reference import REFERENCE
from dipwatch.settings.types import Duration, Secret, Section, of_form


class Logging(Section):
    """What the log says and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "human", "json"] = "auto"


class Health(Section):
    """The health endpoint; ``off`` or ``host:port``."""

    listen: Annotated[
        str,
        of_form(r"off|[^:\s]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5}", "off or HOST:PORT, e.g. 127.0.0.1:8976"),
    ] = "127.0.0.1:8976"


class Heartbeat(Section):
    """A sign of life sent to a dead man's switch: an address that raises the alarm when it hears nothing."""

    url: Secret = ""
    interval: Annotated[Duration, Field(ge=timedelta(seconds=1))] = timedelta(minutes=5)
    method: Literal["get", "post"] = "get"

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        if not value or REFERENCE.match(value) or value.startswith(("https://", "http://")):
            return value
        raise ValueError("is neither an http(s) address nor a reference (env:NAME, file:PATH, credential:NAME)")
