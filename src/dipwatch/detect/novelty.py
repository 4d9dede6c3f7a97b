"""Why a claim is new: held against the baseline and against the log, each reason with what exactly is new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from dipwatch.detect.accounts import account_of, confirms, contradicted
from dipwatch.detect.known import Development, Known, Stand, pairs
from dipwatch.detect.policy import Policy
from dipwatch.lexicon import Lexicon
from dipwatch.model import (
    Account,
    Claim,
    Direction,
    EventType,
    Kind,
    Reading,
    Reason,
    Shift,
    SourceKind,
    Status,
)

_UNDONE = frozenset({Status.DENIED, Status.CANCELLED, Status.POSTPONED})
_ONWARD = frozenset(
    {
        (Status.PLANNED, Status.HAPPENED),
        (Status.REPORTED, Status.PLANNED),
        (Status.REPORTED, Status.HAPPENED),
    }
)
_TELLING = {
    EventType.REJECT: Direction.HARDER,
    EventType.THREATEN: Direction.HARDER,
    EventType.CONCEDE: Direction.SOFTER,
    EventType.AGREE: Direction.SOFTER,
}
_CARRIED_OUT = frozenset({Kind.AGREEMENT, Kind.CEASEFIRE, Kind.HUMANITARIAN, Kind.COMMITMENT})
"""What is agreed or pledged and then followed to its implementation, as the seeds warn to do."""
_PRINCIPALS = 4
"""Actors of a claim that are looked up: those named first are those that act."""


@dataclass(frozen=True, slots=True)
class Novelty:
    """The reasons in the order in which they are told, and what is new, such as ``actor:dan-driscoll``.

    ``account`` is what a side says here in its own name, ``contradicts`` what another one has said to the contrary.
    """

    reasons: tuple[Reason, ...] = ()
    novel: tuple[str, ...] = ()
    shift: Shift | None = None
    account: Account | None = None
    contradicts: Account | None = None


def judge(reading: Reading, development: Development | None, known: Known, now: datetime, policy: Policy) -> Novelty:
    """Say what is new about a reading's leading claim; ``development`` is the known one it belongs to, if any."""
    claim = reading.claims[0]
    shift = find_shift(claim, known, now)
    account = account_of(reading, known.lexicon)
    contradicts = contradicted(account, development.accounts) if development else None
    against_record = _against_record(claim, known, now, policy)
    reasons: list[Reason] = [] if development else [Reason.FIRST_REPORT]
    reasons += [reason for reason, _ in against_record]
    if development:
        reasons += _against_development(reading, development, account, known.lexicon)
    if contradicts:
        reasons.append(Reason.CONTRADICTED)
    if shift and shift.was and shift.stance != shift.was:
        reasons.append(Reason.POSITION_SHIFT)
    if claim.status is Status.DENIED and Reason.DENIED not in reasons:
        reasons.append(Reason.DENIED)
    novel = tuple(name for _, name in against_record)
    return Novelty(tuple(dict.fromkeys(reasons)), novel, shift, account, contradicts)


def _against_record(claim: Claim, known: Known, now: datetime, policy: Policy) -> list[tuple[Reason, str]]:
    """Compare actors, venue and pairs with the baseline as of today, and with the record once it has warmed up."""
    warm, on = known.warmed_up(now, policy.warm_up), now.date()
    actors = claim.actors[:_PRINCIPALS]
    told = [
        (f"actor:{actor}", known.baseline.knows_actor(actor, on), known.seen.actor(actor, known.lexicon, now))
        for actor in actors
        if actor not in known.lexicon.subject.parties  # the parties are what the subject is about
    ]
    if claim.venue:
        told.append(
            (f"venue:{claim.venue}", known.baseline.knows_venue(claim.venue, on), known.seen.venues.get(claim.venue))
        )
    told += [
        (
            f"pair:{one}+{other}",
            known.baseline.knows_pair(one, other, on),
            known.seen.pair(one, other, known.lexicon, now),
        )
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


def _against_development(
    reading: Reading, development: Development, account: Account | None, lexicon: Lexicon
) -> list[Reason]:
    claim, reasons = reading.claims[0], []
    if changes_status(claim, development):
        reasons.append(Reason.STATUS_CHANGE)
    if _confirmed(reading, development, account, lexicon):
        reasons.append(Reason.CONFIRMED_OFFICIALLY)
    if moved := _implementation(claim, development):
        reasons.append(moved)
    if len(development.sources) == 1 and reading.item.source not in development.sources:
        reasons.append(Reason.SECOND_REPORT)
    return reasons


def _confirmed(reading: Reading, development: Development, account: Account | None, lexicon: Lexicon) -> bool:
    """Tell whether what rested on unnamed sources is stated by an official source, or by a side that takes part."""
    claim = reading.claims[0]
    if not development.unconfirmed or claim.status in _UNDONE or claim.status is Status.REPORTED:
        return False
    if reading.item.source_kind is SourceKind.OFFICIAL and not claim.unnamed_source:
        return True
    return account is not None and confirms(claim, account) and account.actor in _sides(development, lexicon)


def _sides(development: Development, lexicon: Lexicon) -> set[str]:
    return {lexicon.principal(actor) for trace in development.traces for actor in trace.claim.actors}


def _implementation(claim: Claim, development: Development) -> Reason | None:
    """Tell whether what was agreed or pledged comes nearer to being carried out, or moves away from it."""
    if development.kind not in _CARRIED_OUT:
        return None
    if claim.kind is Kind.RUPTURE:
        return Reason.AWAY_FROM_IMPLEMENTATION
    if claim.kind not in _CARRIED_OUT:
        return None
    if claim.status in _UNDONE:
        return None if development.status in _UNDONE else Reason.AWAY_FROM_IMPLEMENTATION
    done = claim.status is Status.HAPPENED
    carried_out = development.kind is Kind.AGREEMENT and claim.kind is not Kind.AGREEMENT
    if done and (carried_out or development.status is not Status.HAPPENED):
        return Reason.TOWARD_IMPLEMENTATION
    return None


def changes_status(claim: Claim, development: Development) -> bool:
    """Tell whether a claim moves a known development on: undone, taken up again, from reported or planned to held."""
    before, after = development.status, claim.status
    if after is before or after is Status.REPORTED:
        return False
    if after in _UNDONE or before in _UNDONE:
        return True
    return (before, after) in _ONWARD


def find_shift(claim: Claim, known: Known, now: datetime) -> Shift | None:
    """Hold a stated position against where the actor stood: in the log, else in the baseline as of today.

    Where the scale can't tell the direction, since the former stance or the stated one is not known, the claim does;
    without a model for it the act: rejecting hardens, conceding softens. What was stated so already is restated, and no
    shift.
    """
    if not (claim.states_position and claim.issue and claim.parts):
        return None
    actor = known.lexicon.principal(claim.parts[0].actor)
    stood = _stood(known, actor, claim.issue, now)
    refused = _is_refused(claim, known)
    if not stood.stance:
        told = "" if refused else claim.stance or ""
        return Shift(actor, claim.issue, _told(claim) or Direction.NEW, told)
    if claim.stance is None:
        direction = _told(claim)
    else:
        direction = _moved(claim, known.lexicon.direction(claim.issue, actor, stood.stance, claim.stance))
    if direction is None or direction is Direction.NEW:
        return None
    turned_down = claim.stance is None and claim.event is EventType.REJECT  # what, the words don't say
    stance = "" if refused or turned_down else claim.stance or stood.stance
    return Shift(actor, claim.issue, direction, stance, stood.stance, stood.since.date(), stood.said, stood.source)


def _told(claim: Claim) -> Direction | None:
    """Return the direction that a claim tells by its words, without a model for them by its act."""
    return claim.direction or _TELLING.get(claim.event)


def _moved(claim: Claim, direction: Direction | None) -> Direction | None:
    """Hold the direction on the scale against the act that names the stance."""
    if direction is Direction.SOFTER and claim.event is EventType.REJECT:
        return None  # the stance that the words tell is the one rejected: the actor stays where it stood
    if direction is Direction.HARDER and claim.event is EventType.CONCEDE:
        return Direction.SOFTER  # who agrees to what it had long asked for does not harden
    return direction


def _is_refused(claim: Claim, known: Known) -> bool:
    """Tell whether the stance that the words name is what the actor turns down: one of the other side's."""
    if claim.event is not EventType.REJECT or not claim.issue or not claim.stance:
        return False
    return known.lexicon.is_against(claim.issue, claim.parts[0].actor, claim.stance)


def _stood(known: Known, actor: str, issue: str, now: datetime) -> Stand:
    """Return where an actor stood, by the log, else by the baseline; an empty stance where neither knows."""
    if stand := known.positions.get((actor, issue)):
        return stand
    asserted = known.baseline.position(actor, issue, now.date())
    if asserted is None:
        return Stand("", now)
    since = datetime.combine(asserted.known_from, time(), UTC)
    return Stand(asserted.stance, since, asserted.quote, asserted.source)
