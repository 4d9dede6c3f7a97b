"""How a claim and an earlier report compare, slot by slot.

Slots decide, similarity only ranks: the same two people in the same city may be another round, and "rejected" reads
much like "open to" (design notes: similarity alone tells near-misses apart no better than chance).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz

from dipwatch.detect.known import Trace
from dipwatch.lexicon import Lexicon
from dipwatch.model import Claim, Kind, MentionSort, Reading, Status, When

_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 6
"""Letters of a word that are compared: endings of three languages fall away."""
_UNDOING = frozenset({Status.DENIED, Status.CANCELLED, Status.POSTPONED})
_TALKING = frozenset({Kind.MEETING, Kind.CONTACT})

_DAYS_APART = 2
"""Two acts that both happened, on days further apart than this, are two."""
_CALL_HOURS = 24
"""A call and a meeting further apart than this are two acts."""
_SUMMARY_READ = 400
"""Characters of a summary whose words are compared: what an item is about stands at its beginning."""
_SAME_NEWS_DAY = 0.75

Rarity = Callable[[str], float]
"""How telling it is to share an actor or a word, 0 (everywhere) to 1 (rare)."""


@dataclass(frozen=True, slots=True)
class Rarities:
    """How telling shared actors and shared words are, by how many open developments have them."""

    actor: Rarity
    word: Rarity


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim on its way into the log: what is compared with the traces of known developments."""

    claim: Claim
    title: str
    when: datetime
    language: str
    words: frozenset[str]
    concepts: frozenset[str]


def candidate_of(reading: Reading) -> Candidate:
    """Return what is compared of a reading; it must have a claim."""
    item = reading.item
    return Candidate(
        reading.claims[0],
        item.title,
        item.when,
        reading.language,
        stems(f"{item.title} {item.summary[:_SUMMARY_READ]}"),
        frozenset(m.ref for m in reading.mentions if m.sort in {MentionSort.VENUE, MentionSort.ISSUE}),
    )


def compare(candidate: Candidate, trace: Trace, lexicon: Lexicon, rarities: Rarities) -> dict[str, float]:
    """Return the features of a pair, each 0 to 1 (``days`` and ``log_days``: 0 and more); absent means 0."""
    claim, earlier = candidate.claim, trace.claim
    days = abs((candidate.when - trace.at).total_seconds()) / 86400
    features = {
        "actors": _actors(claim, earlier, rarities.actor),
        "principals": _share(
            {lexicon.principal(a) for a in claim.actors}, {lexicon.principal(a) for a in earlier.actors}
        ),
        "same_first": float(claim.actors[:1] == earlier.actors[:1]),
        "persons": _persons(claim, earlier, lexicon),
        "same_kind": float(claim.kind is earlier.kind),
        "both_talks": float({claim.kind, earlier.kind} <= _TALKING),
        "same_issue": float(claim.issue is not None and claim.issue == earlier.issue),
        "other_issue": float(None not in (claim.issue, earlier.issue) and claim.issue != earlier.issue),
        "same_speaker": float(bool(_speaker(claim)) and _speaker(claim) == _speaker(earlier)),
        "other_speaker": float(
            bool(_speaker(claim)) and bool(_speaker(earlier)) and _speaker(claim) != _speaker(earlier)
        ),
        "days": round(days, 2),
        "log_days": round(math.log1p(days), 3),
        "same_news_day": float(days < _SAME_NEWS_DAY),
        "concepts": _share(candidate.concepts, trace.concepts),
        "cross": float(candidate.language != trace.language),
        "title": round(fuzz.token_set_ratio(candidate.title, trace.title) / 100, 3),
        "words": _words(candidate, trace, rarities.word),
        "quantities": float(bool(set(claim.quantities) & set(earlier.quantities))),
    }
    return features | _venues(claim, earlier, lexicon) | _times(claim, earlier) | _polarity(claim, earlier)


def conflict(candidate: Candidate, trace: Trace, lexicon: Lexicon) -> str:
    """Return the slot by which two reports cannot be of one act, empty where there is none.

    No likeness outweighs it: another round, another sum, another day, another city, other people, another stance.
    """
    claim, earlier = candidate.claim, trace.claim
    hours = abs((candidate.when - trace.at).total_seconds()) / 3600
    checks = {
        "ordinal": bool(claim.ordinal and earlier.ordinal and claim.ordinal != earlier.ordinal),
        "quantity": claim.kind is earlier.kind and _other_sums(claim, earlier),
        "day": _both_happened(claim, earlier) and _days_apart(claim.when, earlier.when) > _DAYS_APART,
        "persons": _both_talks(claim, earlier) and _other_people(claim, earlier, lexicon),
        "venue": _both_talks(claim, earlier)
        and _both_happened(claim, earlier)
        and _other_city(claim, earlier, lexicon),
        "call": _both_talks(claim, earlier) and claim.kind is not earlier.kind and hours > _CALL_HOURS,
        "stance": _other_stance(claim, earlier),
    }
    return next((slot for slot, differs in checks.items() if differs), "")


def _both_talks(claim: Claim, earlier: Claim) -> bool:
    return {claim.kind, earlier.kind} <= _TALKING


def _both_happened(claim: Claim, earlier: Claim) -> bool:
    return claim.status is earlier.status is Status.HAPPENED


def _other_sums(claim: Claim, earlier: Claim) -> bool:
    mine, theirs = ({q.unit: q.value for q in each.quantities} for each in (claim, earlier))
    shared = mine.keys() & theirs.keys()
    return bool(shared) and not set(claim.quantities) & set(earlier.quantities)


def _days_apart(one: When | None, other: When | None) -> int:
    """Return the days between two times, 0 where they overlap or one is unknown."""
    if one is None or other is None or _overlap(one, other):
        return 0
    return min(abs((one.first - other.last).days), abs((other.first - one.last).days))


def _other_people(claim: Claim, earlier: Claim, lexicon: Lexicon) -> bool:
    mine, theirs = _people(claim, lexicon), _people(earlier, lexicon)
    return min(len(mine), len(theirs)) > 1 and not mine & theirs


def _other_city(claim: Claim, earlier: Claim, lexicon: Lexicon) -> bool:
    return bool(claim.venue and earlier.venue) and lexicon.city(claim.venue or "") != lexicon.city(earlier.venue or "")


def _other_stance(claim: Claim, earlier: Claim) -> bool:
    same = claim.kind is earlier.kind is Kind.POSITION and claim.issue == earlier.issue
    both_told = claim.stance is not None and earlier.stance is not None
    return same and both_told and claim.actors[:1] == earlier.actors[:1] and claim.stance != earlier.stance


def _actors(claim: Claim, earlier: Claim, rarity: Rarity) -> float:
    shared = sorted(set(claim.actors) & set(earlier.actors))
    union = sorted(set(claim.actors) | set(earlier.actors))
    whole = sum(rarity(actor) for actor in union)
    return round(sum(rarity(actor) for actor in shared) / whole, 3) if whole else 0.0


def _persons(claim: Claim, earlier: Claim, lexicon: Lexicon) -> float:
    return _share(_people(claim, lexicon), _people(earlier, lexicon))


def _people(claim: Claim, lexicon: Lexicon) -> set[str]:
    return {actor for actor in claim.actors if actor in lexicon.actors and lexicon.actors[actor].type == "person"}


def _share(mine: AbstractSet[str], theirs: AbstractSet[str]) -> float:
    return round(len(mine & theirs) / len(mine | theirs), 3) if mine | theirs else 0.0


def _speaker(claim: Claim) -> str:
    return claim.parts[0].actor if claim.kind is Kind.POSITION and claim.parts else ""


def _words(candidate: Candidate, trace: Trace, rarity: Rarity) -> float:
    """Return how alike the words are (cosine, rare ones count more); 0 across languages, where slots must do."""
    if candidate.language != trace.language:
        return 0.0
    mine, theirs = candidate.words, trace.words
    shared = sum(rarity(word) ** 2 for word in sorted(mine & theirs))
    lengths = [math.sqrt(sum(rarity(word) ** 2 for word in sorted(words))) for words in (mine, theirs)]
    return round(shared / (lengths[0] * lengths[1]), 3) if all(lengths) else 0.0


def stems(text: str) -> frozenset[str]:
    """Return the words of a text as they are compared."""
    return frozenset(word[:_STEM].lower() for word in _WORD.findall(text))


def _venues(claim: Claim, earlier: Claim, lexicon: Lexicon) -> dict[str, float]:
    if not claim.venue or not earlier.venue:
        return {}
    same = lexicon.city(claim.venue) == lexicon.city(earlier.venue)
    return {"same_venue" if same else "other_venue": 1.0}


def _times(claim: Claim, earlier: Claim) -> dict[str, float]:
    features = {}
    if claim.when and earlier.when:
        features["same_day" if _overlap(claim.when, earlier.when) else "other_day"] = 1.0
    if claim.ordinal and earlier.ordinal:
        features["same_ordinal" if claim.ordinal == earlier.ordinal else "other_ordinal"] = 1.0
    return features


def _overlap(one: When, other: When) -> bool:
    return one.first <= other.last and other.first <= one.last


def _polarity(claim: Claim, earlier: Claim) -> dict[str, float]:
    """Tell a rejection from an acceptance; an undone meeting is still the same meeting."""
    features = {}
    if claim.negated != earlier.negated:
        features["other_polarity"] = 1.0
    if (claim.status in _UNDOING) != (earlier.status in _UNDOING):
        features["undone"] = 1.0
    return features
