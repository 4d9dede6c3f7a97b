"""The global options as given, before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Options:
    """Where the configuration is, and the dotted keys that the command line sets on top of it."""

    file: Path | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
