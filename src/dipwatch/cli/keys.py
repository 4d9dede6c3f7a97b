"""The configuration's keys as its commented file shows them, for the references that are written from it.

A key's description is the comment above it in config/dipwatch.toml, so that it is written once; its default is the
configuration's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from dipwatch.config import Config
from dipwatch.outline import ENVIRONMENT_PREFIX, FILE_NAME
from dipwatch.shipped import shipped

_SECTION = re.compile(r"#?\[+([a-z_.]+)\]+$")
_KEY = re.compile(r"#([a-z_]+) = (.+)$")
_TABLES = ("alerts.receivers", "alerts.times", "alerts.route", "alerts.route.routes")
"""What can't be set by the environment: lists of tables, and the tree of routes."""
_EXAMPLES = ("config", "examples")
"""Where whole examples lie, a file each, whose first line says what it shows."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the example file: its table, its name, the value shown there, what is said of it."""

    table: str
    name: str
    value: str
    about: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it; empty where none does."""
        if self.table in _TABLES:
            return ""
        path = (*self.table.split("."), self.name) if self.table else (self.name,)
        return ENVIRONMENT_PREFIX + "__".join(path).upper()


def examples() -> list[Path]:
    """Return the files of whole examples, in their order."""
    return sorted(shipped(*_EXAMPLES).glob("*.toml"))


def example_keys() -> list[Key]:
    """Return the keys of the example file in its order."""
    keys: list[Key] = []
    table, comment = "", list[str]()
    for line in shipped("config", FILE_NAME).read_text(encoding="utf-8").splitlines():
        if section := _SECTION.fullmatch(line):
            table = section[1]
        elif key := _KEY.fullmatch(line):
            keys.append(Key(table, key[1], key[2], " ".join(comment)))
        elif line.startswith("# "):
            comment.append(line.removeprefix("# "))
            continue
        comment = []
    return keys


def default_of(key: Key) -> str:
    """Return the default as TOML writes it; empty where there is none and the file shows an example."""
    if key.table in _TABLES:
        return ""
    section: object = Config()
    for name in filter(None, key.table.split(".")):
        section = getattr(section, name)
    return "" if getattr(section, key.name) is None else key.value
