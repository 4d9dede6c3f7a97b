"""What a user has called false is not told again in the same words about the same sides."""

from __future__ import annotations

from rapidfuzz import fuzz

from dipwatch.detect.known import Known, Trace
from dipwatch.detect.slots import Candidate
from dipwatch.lexicon import Lexicon
from dipwatch.model import Compared

_SAME_PATTERN = 80
"""token_set_ratio of the titles (RapidFuzz scale 0 to 100): a pattern comes back in nearly the same words."""


def like_one_called_false(candidate: Candidate, known: Known) -> Compared | None:
    """Return the development called false whose first report a candidate repeats: kind, sides, place and wording."""
    for name, condemned in reversed(known.memory.false.items()):
        if _repeats(candidate, condemned.trace, known.lexicon):
            return Compared(name, 1.0, ("kind", "principals", "title"))
    return None


def _repeats(candidate: Candidate, trace: Trace, lexicon: Lexicon) -> bool:
    claim, earlier = candidate.claim, trace.claim
    if claim.kind is not earlier.kind or candidate.language != trace.language:
        return False
    if claim.venue != earlier.venue or _sides(claim.actors, lexicon) != _sides(earlier.actors, lexicon):
        return False
    return fuzz.token_set_ratio(candidate.title, trace.title) >= _SAME_PATTERN


def _sides(actors: tuple[str, ...], lexicon: Lexicon) -> set[str]:
    return {lexicon.principal(actor) for actor in actors}
