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
_SAYING = frozenset({Kind.POSITION, Kind.PROPOSAL, Kind.ULTIMATUM})

_DAYS_APART = 2
"""Two acts that both happened, on days further apart than this, are two."""
_CALL_HOURS = 24
"""A call and a meeting further apart than this are two acts."""
_SUMMARY_READ = 400
"""Characters of a summary whose words are compared: what an item is about stands at its beginning."""
_SAME_NEWS_DAY = 0.75
_DAY_AFTER = 1
_SAME_TALKS = 1.5
"""Days within which reports of talks are likely of the same ones."""
_READ_OUT = 2
"""Days within which who talked tells what came of it."""

Rarity = Callable[[str], float]
"""How telling it is to share an actor or a word, 0 (everywhere) to 1 (rare)."""


@dataclass(frozen=True, slots=True)
class Rarities:
    """How telling shared actors and shared words are, by how many open developments have them."""

    actor: Rarity
    word: Rarity
    weight: Callable[[frozenset[str]], float]
    """The sum of the squares over words, in their order."""


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
    item, recorded = reading.item, reading.recorded
    if recorded is None:
        words = stems(f"{item.title} {item.summary[:_SUMMARY_READ]}")
        concepts = frozenset(m.ref for m in reading.mentions if m.sort in {MentionSort.VENUE, MentionSort.ISSUE})
    else:
        words, concepts = frozenset(recorded.words), frozenset(recorded.concepts)
    return Candidate(reading.claims[0], item.title, item.when, reading.language, words, concepts)


def compare(candidate: Candidate, trace: Trace, lexicon: Lexicon, rarities: Rarities) -> dict[str, float]:
    """Return the features of a pair, each 0 to 1 (``days`` and ``log_days``: 0 and more); absent means 0."""
    claim, earlier = candidate.claim, trace.claim
    days = _days_between(candidate, trace)
    features = {
        "actors": _actors(claim, earlier, rarities.actor),
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
        "cues": _share(set(claim.cues), set(earlier.cues)),
        "quantities": float(bool(set(claim.quantities) & set(earlier.quantities))),
    }
    sides = _Sides.of(claim, earlier, lexicon)
    features.update(_words(candidate, trace, rarities.weight))
    features.update(_principals(claim, earlier, sides, lexicon))
    features.update(_venues(claim, earlier, lexicon))
    features.update(_times(claim, earlier))
    features.update(_course(candidate, trace, sides, days))
    features.update(_polarity(claim, earlier))
    return features


@dataclass(frozen=True, slots=True)
class _Sides:
    """The principals of two claims."""

    mine: frozenset[str]
    theirs: frozenset[str]

    @classmethod
    def of(cls, claim: Claim, earlier: Claim, lexicon: Lexicon) -> _Sides:
        return cls(lexicon.principals(claim.actors), lexicon.principals(earlier.actors))

    @property
    def shared(self) -> int:
        return len(self.mine & self.theirs)


def _principals(claim: Claim, earlier: Claim, sides: _Sides, lexicon: Lexicon) -> dict[str, float]:
    """Compare whom the actors act for: that each claim has one the other lacks speaks for two acts."""
    features = {"principals": _share(sides.mine, sides.theirs)}
    if sides.mine and sides.theirs:
        features["principals_in"] = round(sides.shared / min(len(sides.mine), len(sides.theirs)), 3)
    if sides.mine - sides.theirs and sides.theirs - sides.mine:
        features["other_principals"] = 1.0
    mine, theirs = _people(claim, lexicon), _people(earlier, lexicon)
    if mine & theirs and mine - theirs and theirs - mine:
        features["other_counterpart"] = 1.0
    speakers = [_speaker(each) for each in (claim, earlier)]
    if all(speakers):
        same = lexicon.principal(speakers[0]) == lexicon.principal(speakers[1])
        features["same_speaking_side" if same else "other_speaking_side"] = 1.0
    return features


def _course(candidate: Candidate, trace: Trace, sides: _Sides, days: float) -> dict[str, float]:
    """Follow an act from its announcement over its day to what is told of it afterwards."""
    claim, earlier = candidate.claim, trace.claim
    talks_now, talks_then = claim.kind in _TALKING, earlier.kind in _TALKING
    same_sides = sides.shared > 1
    on_its_day = _is_day_of(earlier, candidate.when)
    told = {
        "announced": same_sides and talks_now and talks_then and earlier.status is Status.PLANNED,
        "announced_again": same_sides and talks_now and talks_then and claim.status is earlier.status is Status.PLANNED,
        "near_talks": talks_now and talks_then and days < _SAME_TALKS,
        "read_out": same_sides and talks_then and claim.kind in _SAYING and days < _READ_OUT,
        "talks_after_word": same_sides and talks_now and earlier.kind in _SAYING and days < _READ_OUT,
        "on_its_day": on_its_day,
        "talks_on_their_day": on_its_day and talks_then and same_sides,
    }
    return {name: 1.0 for name, holds in told.items() if holds}


def _days_between(candidate: Candidate, trace: Trace) -> float:
    """Return the days between two reports; from the day of an announced act on it counts from that day."""
    days = abs((candidate.when - trace.at).total_seconds()) / 86400
    if trace.claim.when and candidate.when > trace.at and _is_day_of(trace.claim, candidate.when):
        return min(days, max(0.0, float((candidate.when.date() - trace.claim.when.last).days)))
    return days


def _is_day_of(claim: Claim, at: datetime) -> bool:
    """Tell whether a time lies on the days of an act, or on the one after."""
    if claim.when is None:
        return False
    return claim.when.first <= at.date() and (at.date() - claim.when.last).days <= _DAY_AFTER


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


def _people(claim: Claim, lexicon: Lexicon) -> frozenset[str]:
    return lexicon.persons.intersection(claim.actors)


def _share(mine: AbstractSet[str], theirs: AbstractSet[str]) -> float:
    return round(len(mine & theirs) / len(mine | theirs), 3) if mine | theirs else 0.0


def _speaker(claim: Claim) -> str:
    return claim.parts[0].actor if claim.kind is Kind.POSITION and claim.parts else ""


def _words(candidate: Candidate, trace: Trace, weight: Callable[[frozenset[str]], float]) -> dict[str, float]:
    """Return how alike the words are, rare ones counting more: cosine, and the share of the shorter text.

    Nothing across languages, where slots must do.
    """
    if candidate.language != trace.language:
        return {}
    mine, theirs = candidate.words, trace.words
    shared, *whole = map(weight, (mine & theirs, mine, theirs))
    if not all(whole):
        return {}
    return {"words": round(shared / math.sqrt(whole[0] * whole[1]), 3), "words_in": round(shared / min(whole), 3)}


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
