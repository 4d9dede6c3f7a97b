"""The words by which times, numbers, speakers and titles are told, read once from ``words.toml`` beside this module.

Texts are folded (``lexicon.fold``) before they are matched, so that case, accents and sorts of apostrophes don't count.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

K = TypeVar("K")


def _split(value: object) -> object:
    return tuple(" ".join(phrase.split()) for phrase in value.split(",")) if isinstance(value, str) else value


Phrases = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_split)]
Turn = Literal["last", "this", "next"]
Day = Literal["yesterday", "overnight", "today", "tomorrow", "after_tomorrow"]
Scale = Literal["thousand", "million", "billion", "trillion"]


class _Table(BaseModel):
    """A table of the file: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Times(_Table):
    """Words of the calendar; months and weekdays in their order."""

    months: Annotated[tuple[Phrases, ...], Field(min_length=12, max_length=12)]
    weekdays: Annotated[tuple[Phrases, ...], Field(min_length=7, max_length=7)]
    until: Phrases
    which: dict[Turn | Literal["by"], Phrases]
    days: dict[Day, Phrases]
    week: dict[Turn, Phrases]
    weekend: dict[Turn, Phrases]
    month: dict[Turn, Phrases]


class Quantities(_Table):
    """Words of money and of what is counted."""

    scales: dict[Scale, Phrases]
    currencies: dict[str, Phrases]
    units: dict[str, Phrases]


class Quotes(_Table):
    """Words around quotations."""

    speech: Phrases


class Venues(_Table):
    """Words that tell what takes place at a venue, what is done at a place or to one, and who speaks for a capital."""

    talks: Phrases
    acts: Phrases
    seats: Phrases
    strikes: Phrases


class Around(_Table):
    """Words right after and right before a name that give it a role, or the word."""

    after: Phrases
    before: Phrases


class Words(_Table):
    """The whole file.

    ``clauses`` begin a subordinate clause or give an act its backdrop; ``topics`` stand before what is talked about;
    ``auxiliaries`` stand between a name and its verb, ``conjunctions`` between names.
    """

    languages: dict[str, Phrases]
    clauses: Phrases
    topics: Phrases
    auxiliaries: Phrases
    conjunctions: Phrases
    roles: dict[Literal["host", "mediator"], Around]
    outlets: Around
    times: Times
    quantities: Quantities
    quotes: Quotes
    venues: Venues
    rounds: dict[str, Phrases]
    ordinals: dict[str, tuple[Phrases, ...]]
    titles: dict[str, Phrases]


WORDS = Words.model_validate(tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8")))


def any_of(phrases: Iterable[str]) -> str:
    """Return a pattern for any of the phrases as whole words, the longest first; ``*`` is any ending, ``?`` any word.

    A figure may stand right before («90bn»), a letter may not.
    """
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return rf"(?<![^\W\d_])(?:{'|'.join(map(_pattern, longest_first))})\b"


def _pattern(phrase: str) -> str:
    escaped = re.escape(phrase).replace(r"\ \?\ ", r"\s+(?:\w+\s+)?")
    return escaped.replace(r"\*", r"\w*").replace(r"\ ", r"\s+")


class Codes(Generic[K]):
    """Phrases that stand for a key each: a month's names for its number, a currency's for its code."""

    def __init__(self, phrases: Mapping[K, Phrases]) -> None:
        self.pattern = any_of(phrase for each in phrases.values() for phrase in each)
        """What finds any of them in a folded text."""
        self._keys = {key: re.compile(any_of(each)) for key, each in phrases.items()}

    def key(self, found: str) -> K:
        """Return what a text found by ``pattern`` stands for; the first key where several claim it."""
        return next(key for key, pattern in self._keys.items() if pattern.fullmatch(found))
