"""Where a sentence's main clause ends.

«X sanctions Y after summit is called off» tells of sanctions: what follows the subordinating word is the backdrop.
"""

from __future__ import annotations

from collections.abc import Iterator

from dipwatch.extract.parsed import ParsedSentence
from dipwatch.extract.words import WORDS

_LEAST = 3
"""Words that must stand before a subordinating word for the main clause to come first."""


def main_end(sentence: ParsedSentence) -> int:
    """Return the offset in the field at which a sentence's main clause ends."""
    tokens = sentence.sentence.tokens[_LEAST:]
    return next((token.start for token in tokens if token.word in WORDS.clauses), sentence.sentence.end)


def clause_of(sentence: ParsedSentence, start: int, end: int) -> tuple[int, int]:
    """Return the offsets in the field between which the clause around a stretch of a sentence lies."""
    first, last = sentence.sentence.start, sentence.sentence.end
    for place in _bounds(sentence):
        if place < start:
            first = place
        elif place > end:
            return first, place
    return first, last


def _bounds(sentence: ParsedSentence) -> Iterator[int]:
    return (token.start for token in sentence.sentence.tokens if token.word in WORDS.clauses)
