"""What each side says of a development in its own name, and who says the contrary."""

from __future__ import annotations

from collections.abc import Mapping

from dipwatch.lexicon import Lexicon
from dipwatch.model import Account, Claim, Reading, Role, Status

_UNDONE = frozenset({Status.DENIED, Status.CANCELLED, Status.POSTPONED})


def account_of(reading: Reading, lexicon: Lexicon) -> Account | None:
    """Return what a side says here in its own name; None where nobody speaks, or only somebody unnamed."""
    claim, item = reading.claims[0], reading.item
    speaker = _speaker(claim, lexicon)
    if not speaker or claim.unnamed_source or claim.status is Status.REPORTED:
        return None
    return Account(
        lexicon.principal(speaker), claim.status is Status.DENIED, claim.evidence, item.source, item.id, item.when
    )


def _speaker(claim: Claim, lexicon: Lexicon) -> str:
    """Return who speaks: the speaker of the quote, or the first actor where the words tell that it says something."""
    if claim.quote and claim.quote.speaker:
        return claim.quote.speaker
    if not claim.parts:
        return ""
    first = claim.parts[0]
    says = any(lexicon.cues[cue].sort == "speech" for cue in claim.cues if cue in lexicon.cues)
    return first.actor if says or first.role is Role.SPEAKER or claim.status is Status.DENIED else ""


def contradicted(account: Account | None, known: Mapping[str, Account]) -> Account | None:
    """Return the newest account of another side that says the contrary; None where this side has said so before."""
    if account is None:
        return None
    said = known.get(account.actor)
    if said is not None and said.denies == account.denies:
        return None
    against = [other for other in known.values() if other.actor != account.actor and other.denies != account.denies]
    return max(against, key=lambda other: (other.at, other.actor), default=None)


def agreed(account: Account, known: Mapping[str, Account]) -> bool:
    """Tell whether another side says the same, and none the contrary."""
    others = [other for other in known.values() if other.actor != account.actor]
    return bool(others) and all(other.denies == account.denies for other in others)


def confirms(claim: Claim, account: Account | None) -> bool:
    """Tell whether a report states in somebody's own name, without a hedge, that it is so."""
    if account is None or account.denies or claim.hedged:
        return False
    return claim.status not in _UNDONE
