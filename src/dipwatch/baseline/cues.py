"""The words by which documents are read, from ``cues.toml`` of this package."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class RoleCue:
    """Words that tell of a role: the actors stand before those of ``follows`` and after those of ``precedes``."""

    role: str
    follows: Pattern | None
    precedes: Pattern | None


@dataclass(frozen=True, slots=True)
class RuleCue:
    """A warning that documents give: all patterns must be found in one sentence."""

    rule: str
    all: tuple[Pattern, ...]


class Cues:
    """Compiled patterns by table and key (``cues.get("meeting", "noun")``), dates, roles and rules."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._groups: dict[tuple[str, str], Pattern] = {
            (group, name): _joined(value)
            for group, entries in table.items()
            if isinstance(entries, dict)
            for name, value in entries.items()
            if isinstance(value, list)
        }
        self.months: Mapping[str, int] = table["dates"]["months"]
        self.parts_of_year: Mapping[str, int] = table["dates"]["parts_of_year"]
        self.date = _date(self.months, self.parts_of_year)
        words = (self.get("enumeration", name).pattern for name in ("joining", "common"))
        self.joiner = _one(rf"(?:[\s,(/&—-]|{'|'.join(words)})*\)?[\s,]*")
        self.roles = tuple(
            RoleCue(role["id"], _optional(role.get("follows", ())), _optional(role.get("precedes", ())))
            for role in table["role"]
        )
        self.rules = tuple(RuleCue(rule["id"], tuple(map(_one, rule["all"]))) for rule in table["rule"])

    def get(self, group: str, name: str) -> Pattern:
        """Return the pattern of a key."""
        return self._groups[group, name]

    @property
    def furniture(self) -> Pattern:
        """What tells a line that belongs to the page, not to the text."""
        return self.get("text", "furniture")

    @property
    def rest_is_furniture(self) -> Pattern:
        """What tells that the text is over."""
        return self.get("text", "rest_is_furniture")

    @property
    def bound(self) -> Pattern:
        """What stands before a date that only bounds something."""
        return self.get("dates", "bound")


@cache
def load_cues() -> Cues:
    """Return the cues that dipwatch ships, read once."""
    return Cues(tomllib.loads(files(__package__).joinpath("cues.toml").read_text(encoding="utf-8")))


def _one(text: str) -> Pattern:
    return re.compile(text, re.IGNORECASE)


def _joined(texts: Sequence[str]) -> Pattern:
    return _one("|".join(f"(?:{text})" for text in texts))


def _optional(texts: Sequence[str]) -> Pattern | None:
    return _joined(texts) if texts else None


def _date(months: Mapping[str, int], parts: Mapping[str, int]) -> Pattern:
    month = "|".join(months)
    part = "|".join(parts)
    return _one(
        rf"\b(?:(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<month>{month})(?:\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d))?,?"
        rf"\s+(?P<year>20\d\d)|(?P<part>{part})[\s-]+(?:of\s+)?(?P<year2>20\d\d))\b"
    )
