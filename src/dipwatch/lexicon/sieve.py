"""A quick test that comes before reading: whether a text could open the subject's gate at all.

Most of a stream names nobody of the subject, and looking for every name in it costs ten times as much as this. The test
errs on one side only: it lets through whatever begins like a name or phrase of the gate, whatever that turns out to
stand for, so that what it holds back could not have opened the gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from dipwatch.lexicon.forms import Sense
from dipwatch.lexicon.lexicon import Lexicon
from dipwatch.lexicon.pattern import PatternIndex
from dipwatch.lexicon.skeleton import skeletons
from dipwatch.lexicon.tokens import words_of
from dipwatch.lexicon.trie import NameTrie, Node
from dipwatch.model import MentionSort

_REMEMBERED = 65536
"""Words whose beginnings are remembered."""


class _Begins(NamedTuple):
    """The names that a word may begin: by itself, or followed by one of these words or skeletons."""

    alone: bool
    words: frozenset[str]
    skeletons: frozenset[str]

    def fits(self, following: str | None) -> bool:
        """Tell whether there may be a name, by the word that follows."""
        if self.alone or following is None:
            return self.alone
        return following in self.words or not self.skeletons.isdisjoint(skeletons(following))


class Sieve:
    """Holds back texts that can't open the gate of a lexicon's subject."""

    def __init__(self, lexicon: Lexicon, names: NameTrie, similar: Node, phrases: PatternIndex[str]) -> None:
        """``names`` and ``similar`` are the tries of names and of their skeletons, ``phrases`` the gate's patterns."""
        self._actors = frozenset(filter(lexicon.in_gate, lexicon.actors))
        self._offices = _opening_offices(lexicon)
        self._names = names
        self._similar = similar
        self._phrases = phrases
        self._begins = lru_cache(maxsize=_REMEMBERED)(self._look_up)

    def lets_through(self, text: str) -> bool:
        """Tell whether a text may open the gate; where it says no, no sentence of it does."""
        words = words_of(text)
        return (any(map(self._begins, words)) and self._begins_name(words)) or self._phrases.may_match(words)

    def _begins_name(self, words: tuple[str, ...]) -> bool:
        following = (*words[1:], None)
        return any(
            begins.fits(after) for begins, after in zip(map(self._begins, words), following, strict=True) if begins
        )

    def _look_up(self, word: str) -> _Begins | None:
        exact = self._following(self._names.get(word))
        similar = frozenset[str]().union(*(self._following(self._similar.next.get(key)) for key in skeletons(word)))
        if not exact and not similar:
            return None
        return _Begins(_ENDS in exact or _ENDS in similar, exact, similar)

    def _following(self, node: Node | None) -> frozenset[str]:
        """Return the words that lead on from a name's first word to one that may open the gate, _ENDS if it's alone."""
        if node is None:
            return frozenset()
        found = {word for word, below in node.next.items() if any(map(self._opens, _senses(below)))}
        if any(map(self._opens, node.senses)):
            found.add(_ENDS)
        return frozenset(found)

    def _opens(self, sense: Sense) -> bool:
        """Tell whether a sense may come to stand for an actor that opens the gate."""
        if sense.sort is not MentionSort.ACTOR:
            return False
        return sense.ref in (self._offices if sense.via == "office" else self._actors)


def _opening_offices(lexicon: Lexicon) -> frozenset[str]:
    """Return the offices that open the gate, by whom they belong to or by somebody who held them."""
    belong = {office.id for office in lexicon.offices.values() if lexicon.in_gate(office.of)}
    return frozenset(belong | {tenure.office for tenure in lexicon.tenures if lexicon.in_gate(tenure.person)})


_ENDS = ""
"""Stands among the words that follow for a name that ends."""


def _senses(node: Node) -> Iterator[Sense]:
    yield from node.senses
    for below in node.next.values():
        yield from _senses(below)
