"""A text as the rest of `extract` sees it: sentences with the mentions and cues found in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dipwatch.lexicon import CueHit, IssueHit, Sentence, StanceHit
from dipwatch.model import Item, Mention, MentionSort, Quote


@dataclass(frozen=True, slots=True)
class ParsedSentence:
    """A sentence with what was recognised in it, each in the order of the text."""

    sentence: Sentence
    mentions: tuple[Mention, ...]
    cues: tuple[CueHit, ...]
    issues: tuple[IssueHit, ...]
    stances: tuple[StanceHit, ...]

    @property
    def field(self) -> str:
        """The field it stands in: title or summary."""
        return self.sentence.field

    def hits(self, sort: str) -> Iterator[CueHit]:
        """Yield the cues of a sort."""
        return (hit for hit in self.cues if hit.cue.sort == sort)

    def of_sort(self, sort: MentionSort) -> Iterator[Mention]:
        """Yield the mentions of a sort."""
        return (mention for mention in self.mentions if mention.sort is sort)


@dataclass(frozen=True, slots=True)
class Parsed:
    """An item with everything recognised in it."""

    item: Item
    language: str
    sentences: tuple[ParsedSentence, ...]
    mentions: tuple[Mention, ...]
    quotes: tuple[Quote, ...]

    def of_field(self, field: str) -> Iterator[ParsedSentence]:
        """Yield the sentences of a field."""
        return (sentence for sentence in self.sentences if sentence.field == field)
