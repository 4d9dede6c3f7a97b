"""How much a development matters, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import Enum

from dipwatch.lexicon import Lexicon
from dipwatch.model import Claim, Kind, Reason, Severity, SourceKind, Status

_HEAVY = frozenset({Kind.AGREEMENT, Kind.CEASEFIRE, Kind.RUPTURE, Kind.ULTIMATUM})
_BETWEEN = frozenset({Kind.MEETING, Kind.CONTACT})
_STIRRING = frozenset({Reason.POSITION_SHIFT, Reason.STATUS_CHANGE, Reason.RESUMED_AFTER_GAP, Reason.CONTRADICTED})
_TRUST = {
    SourceKind.OFFICIAL: 0.15,
    SourceKind.WIRE: 0.1,
    SourceKind.INDEPENDENT: 0.05,
    SourceKind.ANALYSIS: 0.0,
    SourceKind.STATE_MEDIA: 0.0,
}
CONFIRMED = 0.95
"""How sure a development is, at least, that a user has confirmed."""
_TOP_RANK = 1
_HIGH_POINTS = 4
_MEDIUM_POINTS = 2


def severity(claim: Claim, reasons: Sequence[Reason], lexicon: Lexicon, on: date) -> Severity:
    """Weigh kind, the actors' rank on that day, whom a party deals with and novelty: 4 points are high, 2 medium."""
    leaders = [actor for actor in claim.actors if actor in lexicon.actors and lexicon.rank(actor, on) == _TOP_RANK]
    persons = [actor for actor in leaders if lexicon.actors[actor].type == "person"]
    points = 2 * (claim.kind in _HEAVY) + min(len(persons), 2) + len(_STIRRING.intersection(reasons))
    points += claim.kind is Kind.MEETING
    points += claim.kind in _BETWEEN and _party_meets_another(claim, lexicon)
    if points >= _HIGH_POINTS:
        return Severity.HIGH
    return Severity.MEDIUM if points >= _MEDIUM_POINTS else Severity.LOW


def _party_meets_another(claim: Claim, lexicon: Lexicon) -> bool:
    principals = {lexicon.principal(actor) for actor in claim.actors}
    return len(principals) > 1 and not principals.isdisjoint(lexicon.subject.parties)


class Accounts(Enum):
    """How what the sides say of a development goes together; each with what it adds to the confidence."""

    NONE = 0.0
    AGREE = 0.05
    CONTRADICT = -0.15


def confidence(claim: Claim, source_kind: SourceKind, sources: int, accounts: Accounts = Accounts.NONE) -> float:
    """Return 0 to 1.

    The claim's own score, what its source is worth, how many independent sources carry it, and whether the sides'
    accounts agree.
    """
    value = 0.7 * claim.score + _TRUST[source_kind] + 0.1 * min(sources - 1, 3) + accounts.value
    if claim.unnamed_source or claim.status is Status.REPORTED:
        value -= 0.15
    if claim.hedged:
        value -= 0.05
    return round(max(0.05, min(0.99, value)), 3)
