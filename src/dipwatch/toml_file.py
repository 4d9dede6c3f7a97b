"""TOML files that people edit: read with the line of every key, so that an error can point at it.

``tomllib`` gives values without positions. Keys of the files dipwatch reads stand one to a line, so a light scan of the
headers and keys finds the lines; it is used for messages only, never for values.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from dipwatch.errors import ConfigError, Problem

KeyPath = tuple[str | int, ...]

_TABLE = re.compile(r"^\s*\[(?!\[)\s*([^\[\]]+?)\s*\]")
_ARRAY = re.compile(r"^\s*\[\[\s*([^\[\]]+?)\s*\]\]")
_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-\"'.]+)\s*=")


@dataclass(frozen=True)
class TomlFile:
    """A parsed file: its values, and the text they were read from."""

    path: Path
    data: dict[str, Any]
    text: str = field(default="", repr=False)

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        """The line of each key path such as ``("actor", 3, "name")``; found only when something is to be said."""
        return _key_lines(self.text)

    def where(self, *key: str | int) -> str:
        """Return ``file:line`` for a key path, or for its nearest ancestor that has a line."""
        for length in range(len(key), 0, -1):
            if (line := self.lines.get(key[:length])) is not None:
                return f"{self.path}:{line}"
        return str(self.path)


def read_toml(path: Path) -> TomlFile:
    """Read a TOML file.

    Raises ConfigError when it is missing, unreadable, not UTF-8 or not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError([Problem(str(path), "there is no such file", "create it or correct the path")]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(str(path), f"can't be read ({error})")]) from error
    return parse_toml(path, text)


def parse_toml(path: Path, text: str) -> TomlFile:
    """Read ``text`` as what the file at ``path`` holds, or is about to. Raises ConfigError when it is not TOML."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_not_toml(path, str(error))]) from error
    return TomlFile(path, data, text)


def _not_toml(path: Path, message: str) -> Problem:
    """Return the problem of a file that is no TOML, with the line that ``tomllib`` gives in its message."""
    place = _PLACE.search(message)
    where = f"{path}:{place[1]}" if place else str(path)
    return Problem(where, f"is not valid TOML: {_PLACE.sub('', message)}")


def _key_lines(text: str) -> dict[KeyPath, int]:
    lines: dict[KeyPath, int] = {}
    arrays: Counter[KeyPath] = Counter()
    here: KeyPath = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _ARRAY.match(line):
            here = _into_arrays(_split(header[1]), arrays, opens=True)
        elif header := _TABLE.match(line):
            here = _into_arrays(_split(header[1]), arrays, opens=False)
        elif key := _KEY.match(line):
            lines.setdefault((*here, *_split(key[1])), number)
            continue
        else:
            continue
        for length in range(1, len(here) + 1):  # «[[alerts.receivers]]» is where «alerts» begins, too
            lines.setdefault(here[:length], number)
    return lines


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _into_arrays(names: tuple[str, ...], arrays: Counter[KeyPath], *, opens: bool) -> KeyPath:
    """Return the key path a header opens, with the running index of every array of tables on the way."""
    path: KeyPath = ()
    for depth, name in enumerate(names):
        path = (*path, name)
        last = depth == len(names) - 1
        if last and opens:
            arrays[path] += 1
        if arrays[path]:
            path = (*path, arrays[path] - 1)
    return path
