"""Who tells of a development in words of its own: outlets that carry the same copy are one voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from dipwatch.lexicon import Lexicon
from dipwatch.model import MentionSort, Reading

_SAME_COPY = 90
"""token_sort_ratio from which two outlets' titles count as one agency's copy (RapidFuzz scale 0 to 100).

Not token_set_ratio, for which a short title is the same as every longer one that holds its words.
"""
_SAME_TEXT = 0.8
"""Share of common words from which two texts under different headlines count as one copy."""
_ENOUGH_WORDS = 10
"""Fewer words than these are alike by chance."""
_KEPT = 32
"""Voices that are kept for comparison; later ones are counted."""


@dataclass(frozen=True, slots=True)
class Voice:
    """The first report of a source; ``credit`` is the outlet whose report it passes on, by its id."""

    source: str
    title: str
    words: frozenset[str]
    credit: str = ""
    item: str = ""


@dataclass(slots=True)
class Voices:
    """The independent voices of a development; ``count`` goes on when no more are kept."""

    kept: list[Voice]
    count: int = 0

    def is_new(self, voice: Voice, lexicon: Lexicon, known_sources: Sequence[str]) -> bool:
        """Tell whether a report adds an independent source: its outlet is new, and what it tells is its own."""
        if voice.source in known_sources:
            return False
        return not any(same_voice(voice, other, lexicon) for other in self.kept)

    def hear(self, voice: Voice) -> None:
        """Add a voice that is new."""
        self.count += 1
        if len(self.kept) < _KEPT:
            self.kept.append(voice)


def same_voice(one: Voice, other: Voice, lexicon: Lexicon) -> bool:
    """Tell whether two reports rest on one: the same copy, the same outlet passed on, or one passing on the other."""
    origins = {_origin(one, lexicon), _origin(other, lexicon)}
    if len(origins) == 1:
        return True
    if fuzz.token_sort_ratio(one.title, other.title) >= _SAME_COPY:
        return True
    shared, whole = len(one.words & other.words), len(one.words | other.words)
    return min(len(one.words), len(other.words)) >= _ENOUGH_WORDS and shared >= _SAME_TEXT * whole


def _origin(voice: Voice, lexicon: Lexicon) -> str:
    return (lexicon.name(voice.credit) if voice.credit else voice.source).casefold()


def credit_of(reading: Reading, lexicon: Lexicon) -> str:
    """Return the id of the one outlet, other than its own, that an item names: whose report it passes on."""
    if reading.recorded is not None:
        return reading.recorded.credit
    named = dict.fromkeys(
        mention.ref
        for mention in reading.mentions
        if mention.sort is MentionSort.ACTOR and mention.ref in lexicon.actors and _is_outlet(mention.ref, lexicon)
    )
    others = [ref for ref in named if lexicon.name(ref).casefold() != reading.item.source.casefold()]
    return others[0] if len(others) == 1 else ""


def _is_outlet(ref: str, lexicon: Lexicon) -> bool:
    return lexicon.actors[ref].type == "outlet"
