"""The global options as given, before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dipwatch.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class Options:
    """Where the configuration is, the dotted keys that the command line sets on top of it, and the time it works by."""

    file: Path | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    clock: Clock = field(default_factory=SystemClock)
