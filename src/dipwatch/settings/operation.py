"""What the daemon shows of itself: log and health."""

from __future__ import annotations

from typing import Annotated, Literal

from dipwatch.settings.types import Section, of_form


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
