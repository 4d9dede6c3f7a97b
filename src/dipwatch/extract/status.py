"""How far an act is: planned, happened, denied, cancelled, postponed or only reported."""

from __future__ import annotations

from collections.abc import Iterable

from dipwatch.extract.clauses import main_end
from dipwatch.extract.parsed import ParsedSentence
from dipwatch.model import Status

_ORDER = (Status.CANCELLED, Status.POSTPONED, Status.DENIED, Status.REPORTED, Status.PLANNED)
"""What undoes an act outweighs its announcement."""
UNDOING = (Status.CANCELLED, Status.POSTPONED, Status.DENIED)


def find_undoing(sentence: ParsedSentence) -> Status | None:
    """Return the status by which a sentence's main clause undoes an act, None where it doesn't."""
    end = main_end(sentence)
    told = {hit.cue.status for hit in sentence.cues if hit.cue.weight > 1 and hit.span.start < end}
    return next((status for status in UNDOING if status in told), None)


def status_beside_backdrop(sentence: ParsedSentence) -> Status | None:
    """Return what the main clause tells where only the backdrop speaks of something undone; None anywhere else."""
    end = main_end(sentence)
    hits = [hit for hit in sentence.cues if hit.cue.weight > 1 and hit.cue.status]
    main = {hit.cue.status for hit in hits if hit.span.start < end}
    behind = {hit.cue.status for hit in hits if hit.span.start >= end}
    if behind.isdisjoint(UNDOING) or not main.isdisjoint(UNDOING):
        return None
    return next((status for status in _ORDER if status in main), Status.HAPPENED)


def find_status(sentences: Iterable[ParsedSentence], default: Status = Status.HAPPENED) -> Status:
    """Return the status that the cues of the sentences tell, ``default`` where they tell none.

    A cue's own status counts with its weight; what undoes an act needs a cue of normal weight.
    """
    hits = [hit.cue for sentence in sentences for hit in sentence.cues if hit.cue.weight > 1]
    told = {cue.status for cue in hits if cue.status}
    if any(cue.sort == "unnamed-source" for cue in hits):
        told.add(Status.REPORTED)
    return next((status for status in _ORDER if status in told), default)
