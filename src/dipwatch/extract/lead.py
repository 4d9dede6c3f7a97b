"""What an item is about, by its sentences and cues alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.extract.words import WORDS, any_of
from dipwatch.lexicon import CueHit, fold
from dipwatch.model import EventType, Kind, MentionSort, Status

_DECISIVE = 3
_FIRST_WORTH_MORE = 1.5
"""How much more an act at the beginning of its sentence counts for the kind than a later one."""

_STANCES = frozenset({EventType.REQUEST, EventType.REJECT, EventType.CONCEDE})
"""What is demanded, rejected or conceded is only talked about: «X rejects the swap of ...»."""

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
    """Return the kind that the decisive act cues of a sentence agree on, None where there is none or they don't.

    An act is not decisive where a demand or a rejection stands before it; an ultimatum is a demand itself.
    """
    told = list(acts(sentence))
    decisive = [hit for hit in told if hit.cue.kind and hit.cue.weight >= _DECISIVE]
    kinds = {hit.cue.kind for hit in decisive}
    if len(kinds) != 1:
        return None
    kind = kinds.pop()
    first = min(hit.span.start for hit in decisive)
    talked_about = any(_takes_stance(hit) and hit.span.start < first for hit in told)
    return None if talked_about and kind is not Kind.ULTIMATUM else kind


def _takes_stance(hit: CueHit) -> bool:
    """Tell whether a cue states a position on what follows; a denial does not, it says that it is not so."""
    return hit.cue.kind is Kind.POSITION and hit.cue.event in _STANCES and not _denies(hit)


def _denies(hit: CueHit) -> bool:
    return hit.cue.kind is Kind.POSITION and hit.cue.status is Status.DENIED


def kind_by_cues(sentences: Sequence[ParsedSentence]) -> Kind | None:
    """Return the kind that the act cues of the sentences tell; ties go to the one told first."""
    votes: dict[Kind, float] = {}
    for sentence in sentences:
        for place, hit in enumerate(_voting(sentence)):
            if hit.cue.kind:
                worth = hit.cue.weight * (_FIRST_WORTH_MORE if place == 0 else 1)
                votes[hit.cue.kind] = votes.get(hit.cue.kind, 0) + worth
    return max(votes, key=lambda kind: votes[kind], default=None)


def _voting(sentence: ParsedSentence) -> list[CueHit]:
    """Return the act cues that tell the kind: where an act is denied, its cues alone, «denies» says nothing of it."""
    told = [hit for hit in acts(sentence) if hit.cue.kind]
    named = [hit for hit in told if not _denies(hit)]
    return named if any(hit.cue.kind is not Kind.POSITION for hit in named) else told
