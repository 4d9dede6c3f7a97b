"""Which known development a claim belongs to, if any."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from itertools import chain

from dipwatch.detect.known import Development, Known
from dipwatch.detect.policy import Policy
from dipwatch.detect.slots import Candidate, Rarities, candidate_of, compare, conflict
from dipwatch.lexicon import Lexicon
from dipwatch.linear import Features, Linear
from dipwatch.model import Compared, Reading

_SHOWN = 3
"""Compared developments that are kept for `dipwatch explain`."""
_NEUTRAL = ("days", "log_days", "cross")
_DIFFERENCES = ("other", "undone")
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
    """The development a claim fits best, with how well, and the others it was held against.

    ``told`` says that one that was told already is so much alike that a message of its own would likely repeat it.
    """

    development: Development | None
    score: float
    compared: tuple[Compared, ...]
    told: bool = False


def find_match(reading: Reading, known: Known, now: datetime, policy: Policy, weights: Linear) -> Match:
    """Compare the leading claim of a reading with every development that is still open.

    An item that already belongs to a development (an edited headline) stays with it.
    """
    mine = known.find(known.items.get(reading.item.id, ""))
    if mine is not None:
        return Match(mine, 1.0, (Compared(mine.id, 1.0, ("item",)),))
    candidate, rarities = candidate_of(reading), rarities_of(known)
    best: dict[str, _Fit] = {}
    for development in known.developments.values():
        leads_to = known.find(development.id)
        if leads_to is None or known.is_over(development, now):
            continue
        score, features = _fit(candidate, development, known.lexicon, rarities, weights)
        if leads_to.id not in best or score > best[leads_to.id].score:
            best[leads_to.id] = _Fit(score, leads_to, features)
    fits = sorted(best.values(), key=lambda fit: (-fit.score, fit.development.id))
    compared = tuple(_compared(fit) for fit in fits[:_SHOWN])
    if fits and fits[0].score >= policy.same_threshold:
        return Match(fits[0].development, fits[0].score, compared)
    told = any(fit.score >= policy.told_threshold and fit.development.alerted_at is not None for fit in fits)
    return Match(None, fits[0].score if fits else 0.0, compared, told)


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a claim fits a development, with the features of its likest report."""

    score: float
    development: Development
    features: Features


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
    developments = list(known.developments.values())
    total = len(developments) + _PRIOR_LOG
    actors = Counter(chain.from_iterable(map(_actors, developments)))
    words = Counter(chain.from_iterable(map(_all_words, developments)))
    lexicon = known.lexicon
    word = cache(lambda word: _rarity(words[word], total))
    square = cache(lambda each: word(each) ** 2)
    return Rarities(
        actor=cache(lambda actor: _rarity(actors[actor] + _prior(actor, lexicon), total)),
        word=word,
        weight=cache(lambda some: sum(map(square, _in_order(some)))),
    )


@lru_cache(maxsize=8192)  # the same reports are compared again and again
def _in_order(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(words))


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
    return _union(tuple(trace.words for trace in development.traces))  # only counted: their order is no matter


@lru_cache(maxsize=4096)  # few developments change between two claims
def _union(sets: tuple[frozenset[str], ...]) -> frozenset[str]:
    return frozenset[str]().union(*sets)


def _compared(fit: _Fit) -> Compared:
    told = [name for name, value in fit.features.items() if value and not name.startswith(_NEUTRAL)]
    differed = tuple(name for name in told if name.startswith(_DIFFERENCES))
    return Compared(fit.development.id, fit.score, tuple(name for name in told if name not in differed), differed)
