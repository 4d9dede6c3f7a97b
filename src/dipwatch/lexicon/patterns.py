"""Finds cues, stances and issue phrases in a sentence, by the patterns of the lexicon."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dipwatch.lexicon.entries import Cue
from dipwatch.lexicon.lexicon import Lexicon
from dipwatch.lexicon.pattern import Found, PatternIndex, Row
from dipwatch.lexicon.phrases import TITLES
from dipwatch.lexicon.quantities import dates_in, numbers_in
from dipwatch.lexicon.reading import Words
from dipwatch.lexicon.tokens import Sentence
from dipwatch.model import Mention, MentionSort, Span

_DETERMINERS = frozenset({"the", "a", "an", "its", "his", "her", "their"})
_LONGEST_INTRODUCTION = 3
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s|\n")
_TITLE = "title"


@dataclass(frozen=True, slots=True)
class CueHit:
    """A cue and where it stands."""

    id: str
    span: Span
    cue: Cue


@dataclass(frozen=True, slots=True)
class IssueHit:
    """An issue and where its words stand."""

    issue: str
    span: Span


@dataclass(frozen=True, slots=True)
class StanceHit:
    """A stance on an issue and where its words stand."""

    issue: str
    stance: str
    span: Span


Placed = tuple[int, int, Mention]
"""A mention with its first word and its last one (exclusive)."""


class MentionSlots:
    """What fits the slots of patterns in one sentence; each sort is worked out when a pattern first asks for it.

    A slot also takes what introduces a name («the», «President») and mentions that follow each other («Russian
    President Vladimir Putin»).
    """

    def __init__(self, words: Sequence[str], placed: Sequence[Placed], types: Mapping[str, str]) -> None:
        self._words = words
        self._placed = placed
        self._types = types
        self._known: dict[str, Mapping[int, tuple[int, ...]]] = {}

    def of(self, sort: str) -> Mapping[int, tuple[int, ...]]:
        """Return where what fits a slot begins, with its possible exclusive ends."""
        if sort not in self._known:
            self._known[sort] = self._find(sort)
        return self._known[sort]

    def _find(self, sort: str) -> Mapping[int, tuple[int, ...]]:
        if sort == "number":
            return numbers_in(self._words)
        if sort == "date":
            return dates_in(self._words)
        fitting = [(first, last) for first, last, mention in self._placed if sort in _sorts(mention, self._types)]
        return _with_introductions(self._words, _chained(fitting))


def _sorts(mention: Mention, types: Mapping[str, str]) -> tuple[str, ...]:
    """Return the slots that a mention fits."""
    if mention.sort is MentionSort.UNKNOWN_PERSON:
        return ("actor", "person")
    if mention.sort is MentionSort.VENUE:
        return ("venue",)
    if mention.sort is MentionSort.ISSUE:
        return ()
    return ("actor", types.get(mention.ref, ""), "venue" if mention.via == "place" else "")


def _types(lexicon: Lexicon) -> dict[str, str]:
    return {actor.id: actor.type for actor in lexicon.actors.values()}


def _chained(spans: Sequence[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    """Return where mentions begin and where they may end: mentions without a word between them may be taken as one."""
    ends: dict[int, tuple[int, ...]] = {}
    for first, last in sorted(spans, reverse=True):
        ends[first] = (*ends.get(last, ()), last)
    return ends


def _with_introductions(words: Sequence[str], ends: dict[int, tuple[int, ...]]) -> Mapping[int, tuple[int, ...]]:
    extended = dict(ends)
    for first, lasts in ends.items():
        start = first
        while start > 0 and first - start < _LONGEST_INTRODUCTION and _introduces(words[start - 1]):
            start -= 1
            extended.setdefault(start, lasts)
    return extended


def _introduces(word: str) -> bool:
    return word in _DETERMINERS or word in TITLES


class Patterns:
    """All patterns of a lexicon, compiled once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._types = _types(lexicon)
        self._cues = PatternIndex([(text, cue.id) for cue in lexicon.cues.values() for _, text in cue.each()])
        self._issues = _issue_index(lexicon)
        self._stances = PatternIndex(
            [
                (text, (issue.id, stance.id))
                for issue in lexicon.issues.values()
                for stance in issue.stance
                for _, text in stance.each()
            ]
        )
        self.gate = PatternIndex([(text, text) for _, text in lexicon.subject.gate.each()])

    def find(self, sentence: Sentence, mentions: Sequence[Mention]) -> tuple[CueHit, ...]:
        """Return the cues of a sentence; ``mentions`` are those of its field, for slots such as ``{actor}``."""
        cues = self._lexicon.cues
        row = self._row(sentence, mentions)
        return tuple(CueHit(hit.payload, _span(sentence, hit), cues[hit.payload]) for hit in self._cues.find(row))

    def issues(self, sentence: Sentence, mentions: Sequence[Mention]) -> tuple[IssueHit, ...]:
        """Return the issues a sentence speaks of, also where their words are a name («Donbas»)."""
        row = self._row(sentence, mentions)
        return tuple(IssueHit(hit.payload, _span(sentence, hit)) for hit in self._issues.find(row))

    def stances(self, sentence: Sentence, mentions: Sequence[Mention]) -> tuple[StanceHit, ...]:
        """Return the stances on issues that a sentence's words tell of."""
        row = self._row(sentence, mentions)
        return tuple(StanceHit(*hit.payload, _span(sentence, hit)) for hit in self._stances.find(row))

    def opens_gate(self, sentence: Sentence, mentions: Sequence[Mention]) -> bool:
        """Tell whether a sentence opens the subject's gate, by an actor it mentions or by its words."""
        if any(m.sort is MentionSort.ACTOR and self._lexicon.in_gate(m.ref) for m in _within(sentence, mentions)):
            return True
        return next(self.gate.find(self._row(sentence, mentions)), None) is not None

    def _row(self, sentence: Sentence, mentions: Sequence[Mention]) -> Row:
        starts = {token.start: index for index, token in enumerate(sentence.tokens)}
        ends = {token.end: index + 1 for index, token in enumerate(sentence.tokens)}
        placed = [
            (starts[m.span.start], ends[m.span.end], m)
            for m in _within(sentence, mentions)
            if m.span.start in starts and m.span.end in ends
        ]
        title = sentence.field == _TITLE
        words = [token.word for token in sentence.tokens]
        return Row(words, MentionSlots(words, placed, self._types), title and sentence.first, title and sentence.last)


class IssuePhrases:
    """Issue phrases as mentions, for ``Names``: the same patterns over words that are cut already."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._types = _types(lexicon)
        self._index = _issue_index(lexicon)

    def find(self, words: Words, mentions: Sequence[Mention], field: str) -> list[Mention]:
        """Return the issue phrases of a text as mentions, in no particular order."""
        if not self._index.touches(words.words):
            return []
        return [
            Mention(Span(field, start, end), words.text[start:end], MentionSort.ISSUE, hit.payload)
            for first, last in pairwise(_sentence_bounds(words))
            for hit in self._index.find(self._row(words, mentions, first, last, title=field == _TITLE))
            for start, end in [(words.starts[first + hit.start], words.ends[first + hit.end - 1])]
        ]

    def _row(self, words: Words, mentions: Sequence[Mention], first: int, last: int, *, title: bool) -> Row:
        starts = {start: index for index, start in enumerate(words.starts[first:last])}
        ends = {end: index + 1 for index, end in enumerate(words.ends[first:last])}
        placed = [
            (starts[m.span.start], ends[m.span.end], m)
            for m in mentions
            if m.span.start in starts and m.span.end in ends
        ]
        row = words.words[first:last]
        slots = MentionSlots(row, placed, self._types)
        return Row(row, slots, title and first == 0, title and last == len(words))


def _issue_index(lexicon: Lexicon) -> PatternIndex[str]:
    return PatternIndex([(text, issue.id) for issue in lexicon.issues.values() for _, text in issue.each()])


def _sentence_bounds(words: Words) -> list[int]:
    """Return the first word of each sentence, and the end: a light cut that is enough for phrases of a few words."""
    if not _SENTENCE_END.search(words.text):
        return [0, len(words)]
    inner = [index + 1 for index in range(len(words) - 1) if _SENTENCE_END.search(words.gap(index))]
    return [0, *inner, len(words)]


def _within(sentence: Sentence, mentions: Sequence[Mention]) -> Iterator[Mention]:
    return (
        m
        for m in mentions
        if m.span.field == sentence.field and sentence.start <= m.span.start and m.span.end <= sentence.end
    )


def _span(sentence: Sentence, hit: Found[str] | Found[tuple[str, str]]) -> Span:
    return Span(sentence.field, sentence.tokens[hit.start].start, sentence.tokens[hit.end - 1].end)
