"""Networks of one's own that feeds may lie in: as typed, and written into dipwatch.toml."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path

import click

from dipwatch.errors import UsageError

KEY = "polling.allow_networks"
_LINE = re.compile(r"^#?[ \t]*allow_networks[ \t]*=[ \t]*\[[^\[\]\n]*\][ \t]*$", re.MULTILINE)
_SECTION = re.compile(r"^\[polling\][ \t]*$", re.MULTILINE)


def networks(text: str) -> tuple[str, ...]:
    """Read networks separated by commas; ``-`` or nothing: none. Raises click.BadParameter."""
    told = text.replace(" ", "")
    if told in {"", "-"}:
        return ()
    found = tuple(dict.fromkeys(told.split(",")))
    for each in found:
        try:
            ip_network(each)
        except ValueError as error:
            raise click.BadParameter(f"{each!r} is no network; write e.g. 10.1.0.0/16 ({error})") from error
    return found


def with_networks(file: Path, text: str, opened: Sequence[str]) -> str:
    """Return the text of a configuration with networks opened beside those that were.

    ``file`` is named in messages. Raises UsageError where the list stands there in a way that can't be changed safely.
    """
    known = _known(text)
    wanted = list(dict.fromkeys([*known, *opened]))
    if wanted == known:
        return text
    line = f"allow_networks = {json.dumps(wanted)}"
    if _LINE.search(text):
        changed = _LINE.sub(lambda _: line, text, count=1)
    elif _SECTION.search(text):
        changed = _SECTION.sub(lambda section: f"{section[0]}\n{line}", text, count=1)
    else:
        changed = f"{text.rstrip()}\n\n[polling]\n{line}\n"
    if _known(changed) != wanted:
        raise UsageError(f"{file}: write it yourself, below [polling]: {line}")
    return changed


def _known(text: str) -> list[str]:
    """Return the networks that a configuration opens; none where it can't be read."""
    try:
        return list(tomllib.loads(text).get("polling", {}).get("allow_networks", ()))
    except (tomllib.TOMLDecodeError, AttributeError, TypeError):
        return []
