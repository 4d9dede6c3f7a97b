"""An English line built from a claim's slots, to stand beside evidence in Russian or Ukrainian.

It is no translation: it says what was read in the text, so that a reader who lacks the language can judge the alert,
and one who has it can see what was misread. Names come from the lexicon; a person that the lexicon doesn't know is
given as written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dipwatch.alerts import words
from dipwatch.alerts.names import Names
from dipwatch.model import Change, Claim, EventType, Kind, Part, Quantity

FOREIGN = ("ru", "uk")
"""Languages of evidence that get an English line."""
_MONEY_CODE = 3
"""Letters of a currency's code (ISO 4217)."""


def english_of(change: Change, names: Names) -> str:
    """Return the English line of a change whose report is in Russian or Ukrainian, else an empty text."""
    return english_line(change.claim, names) if change.claim and change.language in FOREIGN else ""


def english_line(claim: Claim, names: Names) -> str:
    """Return act, actors, place, time and numbers of a claim in one English line.

    ``Meeting planned: Steve Witkoff, Vladimir Putin, Moscow, 3 Dec 2025`` or, where a position on an issue is stated,
    ``Position: Ukraine (Volodymyr Zelensky) on territory: rejects any cession of land``. What a reader must beware of
    stands in brackets at the end.
    """
    told = (
        _position(claim, names)
        if _states_position(claim)
        else ", ".join(_facts(claim, _telling(claim.parts, names), names))
    )
    beware = "; ".join(_beware(claim))
    line = f"{words.act(claim.kind, claim.status)}: {told}" if told else words.act(claim.kind, claim.status)
    return f"{line} ({beware})" if beware else line


def _states_position(claim: Claim) -> bool:
    return bool(claim.issue and claim.parts) and (claim.states_position or claim.kind is Kind.POSITION)


def _position(claim: Claim, names: Names) -> str:
    telling = _telling(claim.parts, names)
    whose = names.principal(claim.parts[0].actor)
    speaker = next(part for part in telling if names.principal(part.actor) == whose)
    stance = _stance(claim, claim.issue or "", names)
    told = f"{_speaker(speaker, names)} on {names.name(claim.issue or '')}{stance}"
    rest = ", ".join(_facts(claim, [part for part in telling if part is not speaker], names))
    return f"{told}; {rest}" if rest else told


def _stance(claim: Claim, issue: str, names: Names) -> str:
    """Return what to add for a stance: none where the words tell the one that is rejected, which is another's."""
    if claim.event is EventType.REJECT and not claim.states_position:
        return ": rejection"
    return f": {names.stance(issue, claim.stance)}" if claim.stance else ""


def _telling(parts: tuple[Part, ...], names: Names) -> list[Part]:
    """Leave out those in whose name another part acts: who reads of a minister needs not be told of the state."""
    acted_for = {names.principal(part.actor) for part in parts if names.principal(part.actor) != part.actor}
    return [part for part in parts if part.actor not in acted_for]


def _speaker(part: Part, names: Names) -> str:
    """Return in whose name an actor speaks, with the actor in brackets where it isn't that one itself."""
    principal = names.principal(part.actor)
    return _name(part, names) if principal == part.actor else f"{names.name(principal)} ({_name(part, names)})"


def _facts(claim: Claim, parts: Sequence[Part], names: Names) -> Iterator[str]:
    yield from dict.fromkeys(_name(part, names) for part in parts)
    if claim.venue:
        yield names.name(claim.venue)
    if when := words.days(claim.when):
        yield when
    if claim.ordinal:
        yield f"round {claim.ordinal}"
    yield from map(_quantity, claim.quantities)
    if claim.issue and not _states_position(claim):
        yield f"on {names.name(claim.issue)}{_stance(claim, claim.issue, names)}"


def _name(part: Part, names: Names) -> str:
    return part.named or names.name(part.actor)


def _quantity(quantity: Quantity) -> str:
    """Return a sum of money as ``EUR 90,000,000,000``, anything else as ``157 prisoners``."""
    number = f"{quantity.value:,.2f}".removesuffix(".00")
    is_money = len(quantity.unit) == _MONEY_CODE and quantity.unit.isupper()
    return f"{quantity.unit} {number}" if is_money else f"{number} {words.humanised(quantity.unit)}"


def _beware(claim: Claim) -> Iterator[str]:
    """Yield the warnings; a negation that a stance already tells of needs no word of its own."""
    marks = {
        "unnamed_source": claim.unnamed_source,
        "hedged": claim.hedged,
        "negated": claim.negated and claim.stance is None,
        "conditional": bool(claim.conditions),
    }
    return (words.word("mark", mark) for mark, holds in marks.items() if holds)
