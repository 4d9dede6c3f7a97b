"""Finds the names of actors, venues and issues in a text.

The longest name wins, from left to right. What a name stands for may depend on its surroundings: a metonym or a place
(``places``), an office or its holder on the day, a name that needs support from the same text, a surname that another
given name claims (``senses``). What stays ambiguous is left open, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dipwatch.lexicon.lexicon import Lexicon
from dipwatch.lexicon.pattern import PatternIndex
from dipwatch.lexicon.patterns import IssuePhrases
from dipwatch.lexicon.phrases import NOT_VARIANTS
from dipwatch.lexicon.reading import Hit, Words
from dipwatch.lexicon.senses import Decided, Judge
from dipwatch.lexicon.sieve import Sieve
from dipwatch.lexicon.skeleton import DISTINCT, SHORTEST, skeletons
from dipwatch.lexicon.trie import NameTrie, Node, skeleton_trie
from dipwatch.model import Mention, MentionSort, Span

_SHORTEST_FIRST = 3
"""Letters of the first of several words of a name that is looked up by skeleton."""


@dataclass(frozen=True, slots=True)
class OpenName:
    """A name that was seen but left open, with the ids of all that it may stand for."""

    span: Span
    text: str
    refs: tuple[str, ...]


class Names:
    """The names of a lexicon, ready to be found; forms are made when a text first has the word they begin with."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._names = NameTrie(lexicon)
        self._skeletons = skeleton_trie(lexicon)
        self._judge = Judge(lexicon)
        self._issues = IssuePhrases(lexicon)
        self._lexicon = lexicon

    def sieve(self, gate: PatternIndex[str]) -> Sieve:
        """Return the quick test that goes before a search; ``gate`` are the phrases that open the gate beside names."""
        return Sieve(self._lexicon, self._names, self._skeletons, gate)

    def find(
        self, text: str, *, field: str, on: date, language: str | None = None, context: str = ""
    ) -> tuple[Mention, ...]:
        """Return the mentions of a text in its order; they don't overlap.

        ``field`` names the text in the spans, ``on`` is the day on which offices are looked up, ``language`` helps with
        Cyrillic prepositions, ``context`` is the rest of the item: it counts when an ambiguous name needs support.
        A mention's ``via`` is exact, adjective, metonym, office, skeleton, or ``place`` for a state named as the place
        where something happens.
        """
        words = Words(text)
        decided = self._decided(words, language, context)
        mentions = [self._mention(words, field, decided, place, on) for place, one in enumerate(decided) if one.sense]
        phrases = self._issues.find(words, mentions, field)
        return _merged(mentions, phrases) if phrases else tuple(mentions)

    def open_names(
        self, text: str, *, field: str, language: str | None = None, context: str = ""
    ) -> tuple[OpenName, ...]:
        """Return the names that ``find`` leaves out because it can't tell what they stand for."""
        words = Words(text)
        return tuple(
            OpenName(
                Span(field, words.starts[hit.first], words.ends[hit.last - 1]),
                words.slice(hit.first, hit.last),
                tuple(dict.fromkeys(sense.ref for sense in hit.senses)),
            )
            for hit in (one.hit for one in self._decided(words, language, context) if one.sense is None)
        )

    def _decided(self, words: Words, language: str | None, context: str) -> list[Decided]:
        hits = list(self._hits(words))
        return self._judge.decide(words, hits, language=language, context=context) if hits else []

    def _meaning(self, words: Words, decided: list[Decided], place: int, on: date) -> tuple[MentionSort, str, str]:
        one = decided[place]
        sense = one.sense
        assert sense is not None  # noqa: S101  # the caller leaves open names out
        if sense.via == "office":
            following = decided[place + 1] if place + 1 < len(decided) else None
            return sense.sort, self._judge.holder(words, one, following, on), sense.via
        via = "place" if one.place and sense.sort is MentionSort.ACTOR else sense.via
        return sense.sort, sense.ref, via

    def _mention(self, words: Words, field: str, decided: list[Decided], place: int, on: date) -> Mention:
        hit = decided[place].hit
        start, end = words.starts[hit.first], words.ends[hit.last - 1]
        return Mention(Span(field, start, end), words.text[start:end], *self._meaning(words, decided, place, on))

    def _hits(self, words: Words) -> Iterator[Hit]:
        openings = self._names.openings
        free_from = 0
        for index, word in enumerate(words.words):
            if index < free_from:
                continue
            hit = self._longest(words, index, self._names.get(word)) if word in openings else None
            if hit is None and len(word) >= _SHORTEST_FIRST and word.isascii() and words.capital(index):
                hit = self._longest_similar(words, index)
            if hit is not None:
                free_from = hit.last
                yield hit

    @staticmethod
    def _longest(words: Words, first: int, node: Node | None) -> Hit | None:
        best = None
        index = first
        while node is not None:
            if node.senses:
                senses = tuple(sense for sense in node.senses if words.allows(sense, first, index + 1))
                best = Hit(first, index + 1, senses) if senses else best
            if not node.next or index + 1 >= len(words) or not words.one_name(index):
                break
            index += 1
            node = node.next.get(words.words[index])
        return best

    def _longest_similar(self, words: Words, first: int) -> Hit | None:
        """Follow the skeletons of the words from the first one on."""
        best = None
        nodes = [self._skeletons]
        for index in range(first, len(words)):
            nodes = [node.next[key] for node in nodes for key in skeletons(words.words[index]) if key in node.next]
            senses = tuple(sense for node in nodes for sense in node.senses)
            if senses and (index > first or _tells_name(words, index)):
                best = Hit(first, index + 1, senses)
            if not nodes or not words.one_name(index):
                break
        return best


def _tells_name(words: Words, index: int) -> bool:
    """Tell whether a single word may be looked up by its skeleton: `Route` in title case is not `Rutte`."""
    word = words.words[index]
    if len(word) < SHORTEST or word in NOT_VARIANTS:
        return False
    return len(skeletons(word)[0]) >= DISTINCT or words.proper(index)


def _merged(names: list[Mention], phrases: list[Mention]) -> tuple[Mention, ...]:
    """Add the phrases that overlap no name, and no longer phrase before them."""
    kept = list(names)
    for phrase in sorted(phrases, key=lambda mention: (mention.span.start, -mention.span.end)):
        if not any(m.span.start < phrase.span.end and phrase.span.start < m.span.end for m in kept):
            kept.append(phrase)
    return tuple(sorted(kept, key=lambda mention: mention.span))
