"""What an item is about, by its sentences and cues alone."""

from __future__ import annotations

from collections.abc import Sequence

from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.model import Kind, MentionSort

_DECISIVE = 3
_FIRST_WORTH_MORE = 1.5
"""How much more an act at the beginning of its sentence counts for the kind than a later one."""


def leading_sentence(parsed: Parsed) -> ParsedSentence | None:
    """Return the sentence an item is about: the title's first with an actor, else the summary's first such."""
    for field in ("title", "summary"):
        for sentence in parsed.of_field(field):
            if any(sentence.of_sort(MentionSort.ACTOR)):
                return sentence
    return None


def decisive_kind(sentence: ParsedSentence) -> Kind | None:
    """Return the kind that the decisive act cues of a sentence agree on, None where there is none or they don't."""
    kinds = {hit.cue.kind for hit in sentence.hits("act") if hit.cue.kind and hit.cue.weight >= _DECISIVE}
    return kinds.pop() if len(kinds) == 1 else None


def kind_by_cues(sentences: Sequence[ParsedSentence]) -> Kind | None:
    """Return the kind that the act cues of the sentences tell; ties go to the one told first."""
    votes: dict[Kind, float] = {}
    for sentence in sentences:
        for place, hit in enumerate(sentence.hits("act")):
            if hit.cue.kind:
                worth = hit.cue.weight * (_FIRST_WORTH_MORE if place == 0 else 1)
                votes[hit.cue.kind] = votes.get(hit.cue.kind, 0) + worth
    return max(votes, key=lambda kind: votes[kind], default=None)
