"""Why a claim is new: held against the baseline and against the log, each reason with what exactly is new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dipwatch.detect.known import Development, Known, pairs
from dipwatch.detect.policy import Policy
from dipwatch.model import Claim, Direction, EventType, Reading, Reason, Shift, SourceKind, Status

_UNDONE = frozenset({Status.DENIED, Status.CANCELLED, Status.POSTPONED})
_TELLING = {
    EventType.REJECT: Direction.HARDER,
    EventType.THREATEN: Direction.HARDER,
    EventType.CONCEDE: Direction.SOFTER,
    EventType.AGREE: Direction.SOFTER,
}
_PRINCIPALS = 4
"""Actors of a claim that are looked up: those named first are those that act."""


@dataclass(frozen=True, slots=True)
class Novelty:
    """The reasons in the order in which they are told, and what is new, such as ``actor:dan-driscoll``."""

    reasons: tuple[Reason, ...] = ()
    novel: tuple[str, ...] = ()
    shift: Shift | None = None


def judge(reading: Reading, development: Development | None, known: Known, now: datetime, policy: Policy) -> Novelty:
    """Say what is new about a reading's leading claim; ``development`` is the known one it belongs to, if any."""
    claim = reading.claims[0]
    shift = find_shift(claim, known, now)
    against_record = _against_record(claim, known, now, policy)
    reasons: list[Reason] = [] if development else [Reason.FIRST_REPORT]
    reasons += [reason for reason, _ in against_record]
    if development:
        reasons += _against_development(reading, development)
    if shift and shift.was and shift.stance != shift.was:
        reasons.append(Reason.POSITION_SHIFT)
    if claim.status is Status.DENIED and Reason.DENIED not in reasons:
        reasons.append(Reason.DENIED)
    return Novelty(tuple(dict.fromkeys(reasons)), tuple(name for _, name in against_record), shift)


def _against_record(claim: Claim, known: Known, now: datetime, policy: Policy) -> list[tuple[Reason, str]]:
    """Compare actors, venue and pairs with the baseline as of today, and with the record once it has warmed up."""
    warm, on = known.warmed_up(now, policy.warm_up), now.date()
    actors = claim.actors[:_PRINCIPALS]
    told = [
        (f"actor:{actor}", known.baseline.knows_actor(actor, on), known.seen.actors.get(actor))
        for actor in actors
        if actor not in known.lexicon.subject.parties  # the parties are what the subject is about
    ]
    if claim.venue:
        told.append(
            (f"venue:{claim.venue}", known.baseline.knows_venue(claim.venue, on), known.seen.venues.get(claim.venue))
        )
    told += [
        (f"pair:{one}+{other}", known.baseline.knows_pair(one, other, on), known.seen.pairs.get((one, other)))
        for one, other in pairs(known.lexicon.principal(actor) for actor in actors)
    ]
    judged = [
        (_reason(in_baseline=in_baseline, last=last, warm=warm, now=now, policy=policy), name)
        for name, in_baseline, last in told
    ]
    return [(reason, name) for reason, name in judged if reason]


def _reason(*, in_baseline: bool, last: datetime | None, warm: bool, now: datetime, policy: Policy) -> Reason | None:
    if last is not None:
        return Reason.RESUMED_AFTER_GAP if now - last >= policy.gap else None
    if in_baseline:
        return None
    return Reason.NEW_TO_RECORD if warm else Reason.NOT_IN_BASELINE


def _against_development(reading: Reading, development: Development) -> list[Reason]:
    claim, reasons = reading.claims[0], []
    if changes_status(claim, development):
        reasons.append(Reason.STATUS_CHANGE)
    unconfirmed = development.status is Status.REPORTED
    if unconfirmed and reading.item.source_kind is SourceKind.OFFICIAL and claim.status not in _UNDONE:
        reasons.append(Reason.CONFIRMED_OFFICIALLY)
    if len(development.sources) == 1 and reading.item.source not in development.sources:
        reasons.append(Reason.SECOND_REPORT)
    return reasons


def changes_status(claim: Claim, development: Development) -> bool:
    """Tell whether a claim moves a known development on: undone, taken up again, or from planned to held."""
    before, after = development.status, claim.status
    if after is before or after is Status.REPORTED:
        return False
    if after in _UNDONE or before in _UNDONE:
        return True
    return (before, after) in {(Status.PLANNED, Status.HAPPENED), (Status.REPORTED, Status.HAPPENED)}


def find_shift(claim: Claim, known: Known, now: datetime) -> Shift | None:
    """Hold a stated position against where the actor stood: in the log, else in the baseline as of today.

    Without a stance that is known on the scale, the act tells the direction: rejecting hardens, conceding softens.
    """
    if not (claim.states_position and claim.issue and claim.parts):
        return None
    actor = known.lexicon.principal(claim.parts[0].actor)
    stand = known.positions.get((actor, claim.issue))
    asserted = known.baseline.position(actor, claim.issue, now.date())
    was = stand.stance if stand else (asserted.stance if asserted else "")
    if not was:
        return Shift(actor, claim.issue, _TELLING.get(claim.event, Direction.NEW), claim.stance or "")
    if claim.stance is None:
        direction = _TELLING.get(claim.event)
    else:
        direction = known.lexicon.direction(claim.issue, actor, was, claim.stance)
    if direction is Direction.SOFTER and claim.event is EventType.REJECT:
        return None  # the stance that the words tell is the one rejected: the actor stays where it stood
    return Shift(actor, claim.issue, direction, claim.stance or was, was) if direction else None
