"""What an item is about, by its sentences and cues alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.extract.words import WORDS, any_of
from dipwatch.lexicon import CueHit, fold
from dipwatch.model import Kind, MentionSort

_DECISIVE = 3
_FIRST_WORTH_MORE = 1.5
"""How much more an act at the beginning of its sentence counts for the kind than a later one."""

_TOPICS = re.compile(any_of(WORDS.topics))
_TOPIC_REACH = 24
"""Characters after «talks on» in which an act's words begin that is only talked about."""


def leading_sentence(parsed: Parsed) -> ParsedSentence | None:
    """Return the sentence an item is about: the title's first with an actor, else the summary's first such.

    Where none names an actor, a title does that tells an act at a place or more than a hint of one: «Istanbul talks
    postponed», «Truce put off».
    """
    for field in ("title", "summary"):
        for sentence in parsed.of_field(field):
            if any(sentence.of_sort(MentionSort.ACTOR)):
                return sentence
    titles = parsed.of_field("title")
    return next((s for s in titles if _tells_alone(s)), None)


def _tells_alone(sentence: ParsedSentence) -> bool:
    placed = any(sentence.of_sort(MentionSort.VENUE))
    return any(placed or hit.cue.weight > 1 for hit in acts(sentence))


def acts(sentence: ParsedSentence) -> Iterator[CueHit]:
    """Yield the act cues of a sentence, but for what is only talked about: «talks on a prisoner exchange»."""
    talks = talks_on(sentence)
    for hit in sentence.hits("act"):
        if not any(end <= hit.span.start <= end + _TOPIC_REACH for _, end in talks):
            yield hit


def talks_on(sentence: ParsedSentence) -> list[tuple[int, int]]:
    """Return where words such as «talks on» stand, as offsets in the field."""
    text, offset = fold(sentence.sentence.text), sentence.sentence.start
    return [(match.start() + offset, match.end() + offset) for match in _TOPICS.finditer(text)]


def decisive_kind(sentence: ParsedSentence) -> Kind | None:
    """Return the kind that the decisive act cues of a sentence agree on, None where there is none or they don't."""
    kinds = {hit.cue.kind for hit in acts(sentence) if hit.cue.kind and hit.cue.weight >= _DECISIVE}
    return kinds.pop() if len(kinds) == 1 else None


def kind_by_cues(sentences: Sequence[ParsedSentence]) -> Kind | None:
    """Return the kind that the act cues of the sentences tell; ties go to the one told first."""
    votes: dict[Kind, float] = {}
    for sentence in sentences:
        for place, hit in enumerate(acts(sentence)):
            if hit.cue.kind:
                worth = hit.cue.weight * (_FIRST_WORTH_MORE if place == 0 else 1)
                votes[hit.cue.kind] = votes.get(hit.cue.kind, 0) + worth
    return max(votes, key=lambda kind: votes[kind], default=None)
