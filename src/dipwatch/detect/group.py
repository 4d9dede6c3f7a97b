"""Which known development a claim belongs to, if any."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from dipwatch.detect.known import Development, Known
from dipwatch.detect.policy import Policy
from dipwatch.detect.slots import Candidate, Rarities, candidate_of, compare, conflict
from dipwatch.lexicon import Lexicon
from dipwatch.linear import Features, Linear
from dipwatch.model import Compared, Reading

_SHOWN = 3
"""Compared developments that are kept for `dipwatch explain`."""
_LEAST_RARE = 0.05
_PRIOR_LOG = 20
_PRIOR_PARTY = 10
_PRIOR_STATE = 3
"""What an empty log is taken to have seen: of 20 developments, each party in 10, any other state in 3."""

PAIR_WEIGHTS = Linear(
    bias=-4.6,
    weights={
        "actors": 3.2,
        "persons": 0.8,
        "same_kind": 0.9,
        "both_talks": 0.4,
        "same_issue": 0.5,
        "other_issue": -0.7,
        "same_speaker": 0.6,
        "other_speaker": -1.2,
        "same_venue": 1.0,
        "other_venue": -1.6,
        "same_day": 0.8,
        "other_day": -1.0,
        "same_ordinal": 0.8,
        "other_ordinal": -2.5,
        "other_polarity": -0.8,
        "undone": 0.2,
        "quantities": 1.0,
        "days": -0.35,
        "title": 1.6,
        "words": 4.0,
    },
)
"""Weights of the slots where a subject brings none of its own."""


@dataclass(frozen=True, slots=True)
class Match:
    """The development a claim fits best, with how well, and the others it was held against."""

    development: Development | None
    score: float
    compared: tuple[Compared, ...]


def find_match(reading: Reading, known: Known, now: datetime, policy: Policy, weights: Linear) -> Match:
    """Compare the leading claim of a reading with every development that is still open.

    An item that already belongs to a development (an edited headline) stays with it.
    """
    mine = known.find(known.items.get(reading.item.id, ""))
    if mine is not None:
        return Match(mine, 1.0, (Compared(mine.id, 1.0, ("item",)),))
    candidate, rarities = candidate_of(reading), rarities_of(known)
    scored = []
    for development in known.open():
        if now - development.last_at > policy.window:
            continue
        score, features = _fit(candidate, development, known.lexicon, rarities, weights)
        scored.append((score, development, features))
    scored.sort(key=lambda entry: (-entry[0], entry[1].id))
    compared = tuple(_compared(development, score, features) for score, development, features in scored[:_SHOWN])
    if scored and scored[0][0] >= policy.same_threshold:
        return Match(scored[0][1], scored[0][0], compared)
    return Match(None, scored[0][0] if scored else 0.0, compared)


def _fit(
    candidate: Candidate, development: Development, lexicon: Lexicon, rarities: Rarities, weights: Linear
) -> tuple[float, Features]:
    """Return how well a claim fits a development, with the features of its likest report.

    Half the likest report, half the mean of all that are kept (single and average linkage): the first alone lets a
    development swallow its neighbours one by one, the second alone lets long ones fall apart.
    """
    if any(conflict(candidate, trace, lexicon) for trace in development.traces):
        return 0.0, {}
    pairs = []
    for trace in development.traces:
        features = compare(candidate, trace, lexicon, rarities)
        pairs.append((weights.probability(features), features))
    if not pairs:
        return 0.0, {}
    best = max(pairs, key=lambda pair: pair[0])
    mean = sum(probability for probability, _ in pairs) / len(pairs)
    return round((best[0] + mean) / 2, 3), best[1]


def rarities_of(known: Known) -> Rarities:
    """Return how telling shared actors and words are, by how many open developments have them."""
    developments = list(known.open())
    total = len(developments) + _PRIOR_LOG
    actors = Counter(actor for development in developments for actor in _actors(development))
    words = Counter(word for development in developments for word in _all_words(development))
    lexicon = known.lexicon
    return Rarities(
        actor=cache(lambda actor: _rarity(actors[actor] + _prior(actor, lexicon), total)),
        word=cache(lambda word: _rarity(words[word], total)),
    )


def _rarity(count: float, total: int) -> float:
    """Return the inverse document frequency, scaled to 1 for what no development has."""
    return round(max(_LEAST_RARE, math.log((total + 1) / (count + 0.5)) / math.log(2 * (total + 1))), 3)


def _prior(actor: str, lexicon: Lexicon) -> int:
    if actor in lexicon.subject.parties:
        return _PRIOR_PARTY
    entry = lexicon.actors.get(actor)
    return _PRIOR_STATE if entry is not None and entry.type == "state" else 0


def _actors(development: Development) -> Iterable[str]:
    return dict.fromkeys(actor for trace in development.traces for actor in trace.claim.actors)


def _all_words(development: Development) -> Iterable[str]:
    return dict.fromkeys(word for trace in development.traces for word in sorted(trace.words))


def _compared(development: Development, score: float, features: Features) -> Compared:
    agreed = tuple(
        name
        for name, value in features.items()
        if value and not name.startswith(("other", "days", "log_days", "cross", "undone"))
    )
    differed = tuple(name for name, value in features.items() if value and name.startswith(("other", "undone")))
    return Compared(development.id, score, agreed, differed)
