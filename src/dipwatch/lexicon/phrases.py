"""The words of the languages that stand beside names, read from ``words.toml`` of this package."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any

_TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


class WordList:
    """A list of words, some with any ending; ``word in list`` asks for a folded word."""

    def __init__(self, text: str) -> None:
        entries = text.split()
        self._whole = frozenset(entry for entry in entries if not entry.endswith("*"))
        stems = "|".join(re.escape(entry[:-1]) for entry in entries if entry.endswith("*"))
        self._stems = re.compile(stems) if stems else None

    def __contains__(self, word: str) -> bool:
        return word in self._whole or (self._stems is not None and self._stems.match(word) is not None)


def word_list(*keys: str) -> WordList:
    """Return a list by its key in ``words.toml``."""
    value: Any = _TABLE
    for name in keys:
        value = value[name]
    return WordList(value)


ABBREVIATIONS = word_list("abbreviations")
BEFORE_FIGURE = word_list("before_figure")
CALENDAR = word_list("calendar")
CONJUNCTIONS = word_list("conjunctions")
FORMER = word_list("former")
NOT_VARIANTS = word_list("not_variants")
NUMBERS = word_list("numbers")
PREFIXES = word_list("prefixes")
SMALL = word_list("small")
SUFFIXES = word_list("suffixes")
TITLES = word_list("titles")
