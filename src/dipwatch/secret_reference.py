"""Secrets by reference (``env:NAME``, ``file:PATH``, ``credential:NAME``), looked up when they are used.

Nothing that holds a configuration holds a secret, unless its owner wrote it there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from dipwatch.errors import ConfigError, Problem

REFERENCE = re.compile(r"^(env|file|credential):(.+)$")
"""A secret by reference: where it is looked up when it is used."""


def anchored(value: str, base: Path) -> str:
    """Return a reference to a file whose path is relative with the path from ``base``; anything else as it is."""
    reference = REFERENCE.match(value)
    return f"file:{base / reference[2]}" if reference and reference[1] == "file" else value


def resolve_secret(value: str, *, environ: Mapping[str, str] = os.environ) -> str:
    """Return what a reference stands for, or the value itself where it is none.

    A path is one from the current folder; a loaded configuration has whole ones (``anchored``).
    Raises ConfigError, naming the reference but never a secret, when it leads nowhere.
    """
    reference = REFERENCE.match(value)
    if reference is None:
        return value
    sort, name = reference[1], reference[2]
    if sort == "env":
        if name not in environ:
            raise ConfigError(
                [Problem(value, "this environment variable is not set", f"set {name} or change the reference")]
            )
        return environ[name].strip()
    path = Path(name) if sort == "file" else Path(environ.get("CREDENTIALS_DIRECTORY", "/run/credentials")) / name
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            [Problem(value, f"can't read {path} ({type(error).__name__})", "create it or change the reference")]
        ) from error
