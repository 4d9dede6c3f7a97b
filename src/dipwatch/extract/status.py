"""How far an act is: planned, happened, denied, cancelled, postponed or only reported."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from dipwatch.extract.clauses import main_end
from dipwatch.extract.parsed import ParsedSentence
from dipwatch.lexicon import CueHit
from dipwatch.model import Kind, Status

UNDOING = (Status.CANCELLED, Status.POSTPONED, Status.DENIED)
"""What undoes an act, in the order in which it outweighs each other."""
_DECISIVE = 3
_NEGATION_REACH = 6
"""Characters between a negation and what it negates: «has not been cancelled», «не был отменен»."""


def find_undoing(sentence: ParsedSentence) -> Status | None:
    """Return the status by which a sentence's main clause undoes an act, None where it doesn't.

    A denial that comes first denies the rest: «denies that talks were cancelled». Words for the status alone count
    before acts that imply one, and of these only decisive ones count.
    """
    hits = [h for h in _main_hits(sentence) if h.cue.status in UNDOING and not _lifts(h, sentence)]
    telling = [h for h in hits if h.cue.sort == "status"] or [h for h in hits if h.cue.weight >= _DECISIVE]
    first = min((h.span.start for h in telling), default=None)
    if any(h.span.start == first and _denies(h, sentence) for h in telling):
        return Status.DENIED
    return next((status for status in UNDOING if any(h.cue.status is status for h in telling)), None)


def _denies(hit: CueHit, sentence: ParsedSentence) -> bool:
    """Tell whether a cue denies, by itself or as what a negation right before it undoes: «talks not cancelled»."""
    if hit.cue.status is Status.DENIED:
        return hit.cue.sort == "status"
    return _negated(hit, sentence)


def _lifts(hit: CueHit, sentence: ParsedSentence) -> bool:
    """Tell whether a word is part of the phrase for sanctions lifted: «sanctions cancelled» is an act that is done."""
    return hit.cue.status is not Status.DENIED and any(
        act.cue.status is Status.HAPPENED and act.span.start <= hit.span.start and hit.span.end <= act.span.end
        for act in sentence.hits("act")
        if act.cue.kind is Kind.SANCTIONS
    )


def _negated(hit: CueHit, sentence: ParsedSentence) -> bool:
    return any(0 < hit.span.start - no.span.end <= _NEGATION_REACH for no in sentence.hits("negation"))


def is_announced(sentence: ParsedSentence) -> bool:
    """Tell whether a sentence's main clause leaves no doubt that the act is still to come: «Merz to visit»."""
    return any(
        hit.cue.sort == "status" and hit.cue.status is Status.PLANNED and hit.cue.weight >= _DECISIVE
        for hit in _main_hits(sentence)
        if not _negated(hit, sentence)
    )


def status_beside_backdrop(sentence: ParsedSentence) -> Status | None:
    """Return what the main clause tells where only the backdrop speaks of something undone; None anywhere else."""
    end = main_end(sentence)
    hits = [hit for hit in sentence.cues if hit.cue.weight > 1 and hit.cue.status]
    main = {hit.cue.status for hit in hits if hit.span.start < end}
    behind = {hit.cue.status for hit in hits if hit.span.start >= end}
    if behind.isdisjoint(UNDOING) or not main.isdisjoint(UNDOING):
        return None
    return _first_told(main)


def find_status(sentences: Sequence[ParsedSentence]) -> Status:
    """Return the status that the cues of the sentences' main clauses tell, happened where they tell none.

    A cue's own status counts with its weight; a hint tells nothing. Unnamed sources count wherever they stand.
    """
    undone = next(filter(None, map(find_undoing, sentences)), None)
    if undone:
        return undone
    told = {hit.cue.status for sentence in sentences for hit in _main_hits(sentence)}
    if any(hit.cue.weight > 1 for sentence in sentences for hit in sentence.hits("unnamed-source")):
        told.add(Status.REPORTED)
    return _first_told(told)


def _first_told(told: Container[Status | None]) -> Status:
    """Return what is told: unnamed sources outweigh an announcement."""
    return next((status for status in (Status.REPORTED, Status.PLANNED) if status in told), Status.HAPPENED)


def _main_hits(sentence: ParsedSentence) -> Iterator[CueHit]:
    end = main_end(sentence)
    return (hit for hit in sentence.cues if hit.cue.weight > 1 and hit.span.start < end)
