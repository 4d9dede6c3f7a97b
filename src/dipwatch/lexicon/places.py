"""Tells the place from the power: «in Moscow» is a city, «Moscow says» a government.

A name that stands for both is judged by the words beside it: prepositions of place, verbs of travel, the noun that
follows. In the position of a subject, and wherever nothing speaks for the place, it is the actor. The words stand in
``words.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from dipwatch.lexicon.phrases import CALENDAR, WordList, word_list

_REACH = 4
"""How many words back a verb of travel or an attack still governs a preposition."""


class Governing(NamedTuple):
    """Words before a name.

    ``locative`` prepositions and ``visits`` make a place of any name, ``with_article`` prepositions only before an
    article («at the Kremlin»), ``with_travel`` and ``with_attack`` ones only beside a word of that sort; ``verbs`` and
    the nouns ``heads`` («мэр Киева») only of a city's.
    """

    locative: WordList
    visits: WordList
    with_article: WordList
    with_travel: WordList
    with_attack: WordList
    verbs: WordList
    travel: WordList
    attack: WordList
    heads: WordList


def _governing(script: str) -> Governing:
    return Governing(*(word_list("place", script, name) for name in Governing._fields))


_LATIN = _governing("latin")
_CYRILLIC = _governing("cyrillic")
_ARTICLES = word_list("place", "articles")
_FOLLOWED_BY = word_list("place", "followed_by")
_TOPICS = word_list("place", "topics")
_TOUGH = word_list("place", "tough")
_BASED = word_list("place", "based")
_SPEAKING = word_list("place", "speaking")
_PLURAL = re.compile(r"\w*(?:ли|ют|ут|ят|ат|уть|ють|ять|ать|вы|ві|ні|ены)")
_WITH = re.compile(r"\w*(?:[оеєё]ю|[оеєё][йм])")
"""The instrumental: «з Москвою» is with Moscow, «з Москви» from it."""
_DATELINE = re.compile(r"\s*\(|\s+[-–—]\s")


class Beside(NamedTuple):
    """What stands beside a name: folded words before (nearest last) and after it, and the signs in between."""

    name: str
    before: Sequence[str]
    after: Sequence[str]
    gap_after: str
    first: bool
    joined: bool
    """A conjunction or hyphen ties it to another name."""
    ukrainian: bool

    @property
    def governing(self) -> Governing:
        """The words that may govern a name of its script."""
        return _LATIN if self.name.isascii() else _CYRILLIC

    def governors(self) -> tuple[str, Sequence[str]]:
        """Return the nearest word before, articles left out, and the few before that."""
        before = [word for word in self.before if word not in _ARTICLES]
        return (before[-1], before[-1 - _REACH : -1]) if before else ("", ())


def governed_as_place(beside: Beside) -> bool:
    """Tell whether a preposition of place or of travel governs the name: also true of «talks in Turkey»."""
    words = beside.governing
    nearest, earlier = beside.governors()
    if nearest in words.visits or (nearest in words.with_article and beside.before[-1] != nearest):
        return True
    if nearest in words.with_travel and any(word in words.travel for word in (*earlier, *beside.after)):
        return True
    return nearest in words.locative and not _is_idiom(beside, nearest)


def names_topic(beside: Beside) -> bool:
    """Tell whether a state's name only says what the next noun is about: «in Ukraine talks» is not where they are."""
    return beside.gap_after == " " and bool(beside.after) and beside.after[0] in _TOPICS


def stands_for_place(beside: Beside) -> bool:
    """Tell whether a name that is both a place and an actor's metonym means the place."""
    return governed_as_place(beside) or _led_as_place(beside) or _followed_as_place(beside)


def _led_as_place(beside: Beside) -> bool:
    words = beside.governing
    nearest, earlier = beside.governors()
    if nearest in words.verbs or nearest in words.heads:
        return True
    if nearest == "of":
        return bool(earlier) and earlier[-1] in words.heads
    return nearest in words.with_attack and any(word in words.attack for word in earlier)


def _followed_as_place(beside: Beside) -> bool:
    following = beside.after[0] if beside.after else ""
    if beside.gap_after == "-":
        return following in _BASED
    if beside.first and _DATELINE.match(beside.gap_after):
        return True
    later = beside.after[1] if len(beside.after) > 1 else ""
    if following in CALENDAR:  # «the Paris winter summit»
        following, later = later, ""
    return beside.gap_after == " " and following in _FOLLOWED_BY and later not in _TOUGH and not beside.joined


def _is_idiom(beside: Beside, preposition: str) -> bool:
    """Tell what is no place: «В Москве заявили», «заявили в Москве» (it said), «з Москвою» (with), «у Москвы» (has)."""
    if beside.name.isascii():
        return False
    if preposition in {"з", "зі", "із"} and _WITH.fullmatch(beside.name):
        return True
    if preposition == "у" and not beside.ukrainian:
        return True
    preceding = beside.before[-2] if len(beside.before) > 1 else ""
    said = (beside.after[0] if beside.after else "", preceding)
    return preposition in {"в", "во", "у"} and any(word in _SPEAKING and _PLURAL.fullmatch(word) for word in said)
