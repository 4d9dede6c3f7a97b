"""One tick of detection: readings and commands in, changes out.

The batch is put into its canonical order first, so that the order of arrival within a tick decides nothing; each change
is folded into what is known before the next reading is looked at. The only clock is the tick's.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from dipwatch.detect.corrections import apply_command
from dipwatch.detect.group import PAIR_WEIGHTS, Match, find_match
from dipwatch.detect.known import Development, Known
from dipwatch.detect.novelty import Novelty, changes_status, judge
from dipwatch.detect.policy import Policy
from dipwatch.detect.slots import candidate_of
from dipwatch.detect.weigh import confidence, severity
from dipwatch.linear import Linear
from dipwatch.model import Change, ChangeType, Claim, Command, Kind, Reading, Reason, Status, Tick

_ID_LENGTH = 8
_SAME_COPY = 92
"""token_set_ratio from which two outlets' titles count as one agency's copy (RapidFuzz scale 0 to 100)."""
_CARRIED_OUT = frozenset(
    {Kind.HUMANITARIAN, Kind.AGREEMENT, Kind.CEASEFIRE, Kind.SANCTIONS, Kind.COMMITMENT, Kind.APPOINTMENT}
)
"""Agreements and pledges are followed to their implementation, as the seeds warn to do."""
_UNDONE = frozenset({Status.DENIED, Status.CANCELLED, Status.POSTPONED})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one reading: the change type it led to, or why it led to nothing."""

    item_id: str
    revision: int
    position: int
    claims: tuple[Claim, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class TickResult:
    """What a tick decided, in canonical order; ``answers`` are (command id, text for its author)."""

    outcomes: tuple[Outcome, ...]
    changes: tuple[Change, ...]
    answers: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What a decision is made with: the state, the tick, the policy and the weights of the slots."""

    known: Known
    tick: Tick
    policy: Policy
    weights: Linear = PAIR_WEIGHTS


def run_tick(frame: Frame, readings: Sequence[Reading], commands: Sequence[Command] = ()) -> TickResult:
    """Decide one batch and fold what was decided into what is known. Commands of a tick come before its readings."""
    known, tick = frame.known, frame.tick
    known.prune(tick.at)
    changes: list[Change] = []
    answers = []
    for command in sorted(commands, key=lambda each: each.id):
        change, answer = apply_command(command, known, tick.at)
        answers.append((command.id, answer))
        if change:
            known.apply(change)
            changes.append(change)
    outcomes = []
    for position, reading in enumerate(sorted(readings, key=_canonical)):
        change, outcome = decide(frame, reading)
        if change:
            known.apply(change)
            changes.append(change)
        item = reading.item
        outcomes.append(Outcome(item.id, item.revision, position, reading.claims, outcome))
    return TickResult(tuple(outcomes), tuple(changes), tuple(answers))


def _canonical(reading: Reading) -> tuple[object, ...]:
    return (reading.item.when, reading.item.id, reading.item.revision)


def decide(frame: Frame, reading: Reading) -> tuple[Change | None, str]:
    """Decide one reading: the change it makes, if any, and its outcome in a word. ``frame.known`` is left as it is."""
    policy, known, now = frame.policy, frame.known, frame.tick.at
    if not reading.claims:
        return None, "no claim"
    claim = reading.claims[0]
    if claim.score < policy.record_threshold:
        return None, f"score {claim.score:.2f} below {policy.record_threshold:.2f}"
    match = find_match(reading, known, now, policy, frame.weights)
    if match.development is None and reading.item.revision and now - reading.item.first_seen > policy.window:
        return None, "an edit of an old item"
    novelty = judge(reading, match.development, known, now, policy)
    change = _change(frame, reading, novelty, match)
    if match.development is None:
        change = _new(frame, reading, change)
    else:
        change = _report(frame, reading, change, match.development)
    return change, change.type.value


def _new(frame: Frame, reading: Reading, change: Change) -> Change:
    kept_back = _kept_back(frame, reading)
    name = _new_id(frame.known, frame.tick.subject, reading)
    return replace(change, type=ChangeType.NEW, development=name, alert=not kept_back, kept_back=kept_back)


def _report(frame: Frame, reading: Reading, change: Change, development: Development) -> Change:
    """Another report of a known development: an update if it brings something that matters, support otherwise."""
    claim = reading.claims[0]
    matters = _matters(frame, claim, development)
    moved = changes_status(claim, development) or bool(change.shift and change.shift.was)
    kept_back = _kept_back(frame, reading)
    if development.false:
        kept_back = (Reason.MARKED_FALSE, *kept_back)
    if not matters:
        kept_back = (Reason.MINOR if moved else Reason.KNOWN, *kept_back)
    return replace(
        change,
        type=ChangeType.UPDATE if matters or moved else ChangeType.SUPPORT,
        development=development.id,
        alert=not kept_back,
        kept_back=kept_back,
        reasons=tuple(dict.fromkeys((*change.reasons, *matters))),
        status_was=development.status if (matters or moved) and claim.status is not development.status else None,
    )


def _matters(frame: Frame, claim: Claim, development: Development) -> tuple[Reason, ...]:
    """Return what about a known development is worth another message; nothing for most reports."""
    policy = frame.policy
    if development.alerted_at is None:
        return (Reason.SECOND_REPORT,) if claim.score >= policy.alert_threshold else ()
    rested = frame.tick.at - development.alerted_at >= policy.update_rest
    if claim.status in _UNDONE and development.status not in _UNDONE and claim.score >= policy.alert_threshold:
        return (Reason.STATUS_CHANGE,)
    if _carried_out(claim, development) and claim.score >= policy.alert_threshold:
        return (Reason.STATUS_CHANGE,)
    kinds = {trace.claim.kind for trace in development.traces}
    if rested and claim.kind not in kinds and claim.score >= policy.update_threshold:
        return (Reason.SEPARATE_ACT,)
    return ()


def _carried_out(claim: Claim, development: Development) -> bool:
    """Tell whether what had been announced is done now; that a meeting took place is told by its outcome instead."""
    return (
        claim.kind is development.kind
        and claim.kind in _CARRIED_OUT
        and (development.status, claim.status) == (Status.PLANNED, Status.HAPPENED)
    )


def _kept_back(frame: Frame, reading: Reading) -> tuple[Reason, ...]:
    reasons = []
    if reading.claims[0].score < frame.policy.alert_threshold:
        reasons.append(Reason.BELOW_THRESHOLD)
    if frame.tick.at - reading.item.when > frame.policy.max_age:
        reasons.append(Reason.TOO_OLD)
    if reading.item.history:
        reasons.append(Reason.HISTORY)
    return tuple(reasons)


def _change(frame: Frame, reading: Reading, novelty: Novelty, match: Match) -> Change:
    claim, item = reading.claims[0], reading.item
    candidate = candidate_of(reading)
    sources = _independent(match.development, reading) if match.development else 1
    return Change(
        type=ChangeType.SUPPORT,
        development="",
        at=frame.tick.at,
        alert=False,
        kind=claim.kind,
        status=claim.status,
        severity=severity(claim, novelty.reasons, frame.known.lexicon, item.when.date()),
        confidence=confidence(claim, item.source_kind, sources),
        title=item.title,
        reasons=novelty.reasons,
        item=item.id,
        revision=item.revision,
        source=item.source,
        source_kind=item.source_kind,
        language=reading.language,
        claim=claim,
        words=tuple(sorted(candidate.words)),
        concepts=tuple(sorted(candidate.concepts)),
        shift=novelty.shift,
        sources=sources,
        compared=match.compared,
        novel=novelty.novel,
    )


def _independent(development: Development, reading: Reading) -> int:
    """Count the sources that tell of it in words of their own: outlets that carry the same copy are one."""
    titles: dict[str, str] = {}
    for trace in development.traces:
        titles.setdefault(trace.source, trace.title)
    titles.setdefault(reading.item.source, reading.item.title)
    distinct: list[str] = []
    for title in titles.values():
        if all(fuzz.token_set_ratio(title, other) < _SAME_COPY for other in distinct):
            distinct.append(title)
    return len(distinct)


def _new_id(known: Known, subject: str, reading: Reading) -> str:
    """Make a permanent id from the first report's identity, never from slots; another turn where it is taken."""
    turn = 0
    while True:
        seed = f"{subject}\0{reading.item.id}\0{turn}".encode()
        name = base64.b32encode(hashlib.sha256(seed).digest()).decode().lower()[:_ID_LENGTH]
        if name not in known.developments:
            return name
        turn += 1
