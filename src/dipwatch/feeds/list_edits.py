"""Edits of a list of feeds that leave its comments and everything else in it as they stand.

Lines are edited, not values: whoever keeps notes in the list finds them again. Each edit is proved by reading the
result; a list that is written in a way this does not understand is left alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from typing import Any

from dipwatch.errors import UsageError

_HEADER = re.compile(r"^\s*\[\[\s*feed\s*\]\]\s*(?:#.*)?$")
_ENABLED = re.compile(r"^(\s*enabled\s*=\s*)(?:true|false)\b")
_ID = re.compile(r"^\s*id\s*=")
_NOTHING = re.compile(r"^\s*(?:#.*)?$")
Tables = list[dict[str, Any]]


def add_tables(text: str, tables: Iterable[str]) -> str:
    """Return the list with ready-made ``[[feed]]`` tables behind what is in it."""
    new = list(tables)
    before = text.rstrip("\n") + "\n\n" if text.strip() else ""
    added = [table for each in new for table in tomllib.loads(each)["feed"]]
    return _proved(text, before + "\n".join(new), lambda feeds: [*feeds, *added])


def remove_table(text: str, key: str) -> str:
    """Return the list without the table of the feed ``key``; the comments around it stay."""
    lines, start, end = _span(text, key)
    while end > start and _NOTHING.match(lines[end - 1]):
        end -= 1
    while end < len(lines) and not lines[end].strip():
        end += 1
    return _proved(
        text, _joined(lines[:start] + lines[end:]), lambda feeds: [feed for feed in feeds if feed["id"] != key]
    )


def enable_in_table(text: str, key: str, *, enabled: bool) -> str:
    """Return the list with the feed ``key``, which it holds, turned on or off."""
    lines, start, end = _span(text, key)
    word = "true" if enabled else "false"
    at = next((number for number in range(start, end) if _ENABLED.match(lines[number])), None)
    if at is not None:
        lines[at] = _ENABLED.sub(rf"\g<1>{word}", lines[at])
    else:
        behind = next((number for number in range(start, end) if _ID.match(lines[number])), start)
        lines.insert(behind + 1, f"enabled = {word}")
    return _proved(
        text,
        _joined(lines),
        lambda feeds: [feed | {"enabled": enabled} if feed["id"] == key else feed for feed in feeds],
    )


def ids_in(text: str) -> tuple[str, ...]:
    """Return the ids of the feeds that a list holds, in its order."""
    return tuple(str(feed.get("id")) for feed in _tables(text))


def _span(text: str, key: str) -> tuple[list[str], int, int]:
    """Return the lines of a list, and where the table of ``key`` begins and ends among them (end exclusive)."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if _HEADER.match(line)]
    ids = ids_in(text)
    if len(starts) != len(ids) or key not in ids:
        raise _by_hand()
    place = ids.index(key)
    return lines, starts[place], [*starts, len(lines)][place + 1]


def _proved(before: str, after: str, change: Callable[[Tables], Tables]) -> str:
    """Return ``after`` where it reads as ``before`` with the change, and as nothing else."""
    try:
        right = _tables(after) == change(_tables(before))
    except tomllib.TOMLDecodeError:
        right = False
    if not right:
        raise _by_hand()
    return after


def _tables(text: str) -> Tables:
    tables: Tables = tomllib.loads(text).get("feed", [])
    return tables


def _joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _by_hand() -> UsageError:
    return UsageError("the list of feeds is written in a way that can't be edited without harm; edit it by hand")
