"""One tick of detection: readings and commands in, changes out.

The batch is put into its canonical order first, so that the order of arrival within a tick decides nothing; each change
is folded into what is known before the next reading is looked at. The only clock is the tick's.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from dipwatch.detect.accounts import agreed
from dipwatch.detect.alike import like_one_called_false
from dipwatch.detect.corrections import Recall, apply_command, nothing_recalled
from dipwatch.detect.group import PAIR_WEIGHTS, Match, find_match
from dipwatch.detect.known import Development, Known, voice_of
from dipwatch.detect.novelty import Novelty, judge
from dipwatch.detect.policy import Policy
from dipwatch.detect.slots import candidate_of
from dipwatch.detect.voices import credit_of
from dipwatch.detect.weigh import CONFIRMED, Accounts, confidence, severity
from dipwatch.lexicon import Lexicon
from dipwatch.linear import Linear
from dipwatch.model import Change, ChangeType, Claim, Command, Item, Kind, Reading, Reason, Status, Tick

_ID_LENGTH = 8
_CARRIED_OUT = frozenset(
    {
        Kind.MEETING,
        Kind.HUMANITARIAN,
        Kind.AGREEMENT,
        Kind.CEASEFIRE,
        Kind.SANCTIONS,
        Kind.COMMITMENT,
        Kind.APPOINTMENT,
    }
)
"""Agreements and pledges are followed to their implementation, as the seeds warn to do, and talks to their day."""
_OUTWEIGHING = frozenset({Kind.AGREEMENT, Kind.CEASEFIRE, Kind.RUPTURE, Kind.ULTIMATUM})
"""Acts that are told at once though they come out of a development told a moment ago: talks end in a signature."""
_UNDONE = frozenset({Status.DENIED, Status.CANCELLED, Status.POSTPONED})
_LOOK_BACK = timedelta(days=30)
"""An act that lies further back when it is reported is remembered, not news."""
_CYRILLIC = frozenset({"ru", "uk"})
_WRITTEN_IN_CYRILLIC = frozenset({"ru", "uk", "be", "bg", "kk", "ky", "mk", "mn", "sr", "tg"})
"""Languages whose feeds may carry Russian or Ukrainian texts of their own newsroom."""
_MOVING = frozenset(
    {
        Reason.STATUS_CHANGE,
        Reason.POSITION_SHIFT,
        Reason.CONTRADICTED,
        Reason.CONFIRMED_OFFICIALLY,
        Reason.TOWARD_IMPLEMENTATION,
        Reason.AWAY_FROM_IMPLEMENTATION,
    }
)
"""What carries a known development on, whether or not it is worth a message."""


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
    recall: Recall = nothing_recalled
    """What the log has on a development that was let go."""


def run_tick(frame: Frame, readings: Sequence[Reading], commands: Sequence[Command] = ()) -> TickResult:
    """Decide one batch and fold what was decided into what is known. Commands of a tick come before its readings."""
    known, tick = frame.known, frame.tick
    known.prune(tick.at)
    changes: list[Change] = []
    answers = []
    for command in sorted(commands, key=lambda each: each.id):
        made, answer = apply_command(command, known, tick, frame.recall)
        answers.append((command.id, answer))
        for correction in made:
            known.apply(correction)
        changes += made
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
    claim, least = reading.claims[0], _least_score(frame, reading)
    if claim.score < least:
        return None, f"score {claim.score:.2f} below {least:.2f}"
    match = find_match(reading, known, now, policy, frame.weights)
    if match.development is None and reading.item.revision and now - reading.item.first_seen > policy.window:
        return None, "an edit of an old item"
    novelty = judge(reading, match.development, known, now, policy)
    change = _change(frame, reading, novelty, match)
    if match.development is None:
        change = _new(frame, reading, change, match)
    else:
        change = _report(frame, reading, change, match.development)
    return change, change.type.value


def _least_score(frame: Frame, reading: Reading) -> float:
    """Return the score that a reading needs to stand in the log; what is only passed on must be as sure as an alert."""
    return frame.policy.alert_threshold if _second_hand(frame, reading) else frame.policy.record_threshold


def _new(frame: Frame, reading: Reading, change: Change, match: Match) -> Change:
    kept_back = (*_kept_back(frame, reading), *_second_hand(frame, reading))
    if match.told or frame.known.memory.has_read(change.words):
        kept_back = (*kept_back, Reason.KNOWN)
    if false := like_one_called_false(candidate_of(reading), frame.known):
        kept_back = (Reason.MARKED_FALSE, *kept_back)
        change = replace(change, compared=(false, *change.compared))
    name = _new_id(frame.known, frame.tick.subject, reading)
    return replace(change, type=ChangeType.NEW, development=name, alert=not kept_back, kept_back=kept_back)


def _report(frame: Frame, reading: Reading, change: Change, development: Development) -> Change:
    """Another report of a known development: an update if it brings something that matters, support otherwise."""
    claim = reading.claims[0]
    matters = _matters(frame, claim, development, change.reasons)
    moved = not _MOVING.isdisjoint(change.reasons)
    kept_back = _kept_back(frame, reading)
    if development.alerted_at is None:
        kept_back = (*kept_back, *_second_hand(frame, reading))
    if development.verdict == "confirm":
        kept_back = tuple(reason for reason in kept_back if reason is not Reason.BELOW_THRESHOLD)
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


def _matters(frame: Frame, claim: Claim, development: Development, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Return what about a known development is worth another message; nothing for most reports."""
    policy = frame.policy
    sure = claim.score >= policy.alert_threshold
    if development.alerted_at is None:
        return (Reason.SECOND_REPORT,) if sure or development.verdict == "confirm" else ()
    rested = frame.tick.at - development.alerted_at >= policy.update_rest
    undone = claim.status in _UNDONE and development.status not in _UNDONE
    other_act = claim.kind not in {development.kind, *(trace.claim.kind for trace in development.traces)}
    worth = {
        Reason.STATUS_CHANGE: sure and (undone or _carried_out(claim, development)),
        Reason.CONTRADICTED: sure and Reason.CONTRADICTED in reasons and not development.contradicted,
        Reason.CONFIRMED_OFFICIALLY: sure and rested and Reason.CONFIRMED_OFFICIALLY in reasons,
        Reason.SEPARATE_ACT: other_act
        and claim.score >= policy.update_threshold
        and (rested or claim.kind in _OUTWEIGHING),
    }
    return tuple(reason for reason, holds in worth.items() if holds)[:1]


def _carried_out(claim: Claim, development: Development) -> bool:
    """Tell whether what was announced or put off is done now."""
    return (
        claim.kind is development.kind
        and claim.kind in _CARRIED_OUT
        and development.status in {Status.PLANNED, *_UNDONE}
        and claim.status is Status.HAPPENED
    )


def _kept_back(frame: Frame, reading: Reading) -> tuple[Reason, ...]:
    reasons = []
    if reading.claims[0].score < frame.policy.alert_threshold:
        reasons.append(Reason.BELOW_THRESHOLD)
    if frame.tick.at - reading.item.when > frame.policy.max_age or _long_past(reading.claims[0], reading.item):
        reasons.append(Reason.TOO_OLD)
    if reading.item.history:
        reasons.append(Reason.HISTORY)
    return tuple(reasons)


def _second_hand(frame: Frame, reading: Reading) -> tuple[Reason, ...]:
    """Return why a text that its feed did not write is not told alone: an aggregator only passes it on.

    It is told by its script: Cyrillic, in a feed that declares another language.
    """
    declared = reading.item.language
    passed_on = reading.language in _CYRILLIC and declared is not None and declared not in _WRITTEN_IN_CYRILLIC
    return (Reason.SECOND_HAND,) if passed_on and not frame.policy.second_hand_alerts else ()


def _long_past(claim: Claim, item: Item) -> bool:
    """Tell whether the act itself lies long before its report: an anniversary, or a look back."""
    if claim.when is None or claim.status is not Status.HAPPENED:
        return False
    return item.when.date() - claim.when.last > _LOOK_BACK


def _change(frame: Frame, reading: Reading, novelty: Novelty, match: Match) -> Change:
    claim, item, lexicon = reading.claims[0], reading.item, frame.known.lexicon
    candidate = candidate_of(reading)
    change = Change(
        type=ChangeType.SUPPORT,
        development="",
        at=frame.tick.at,
        alert=False,
        kind=claim.kind,
        status=claim.status,
        severity=severity(claim, novelty.reasons, lexicon, item.when.date()),
        confidence=0.0,
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
        compared=match.compared,
        novel=novelty.novel,
        credit=credit_of(reading, lexicon),
        account=novelty.account,
        contradicts=novelty.contradicts,
    )
    return _weighed(change, claim, item, match.development, lexicon)


def _weighed(change: Change, claim: Claim, item: Item, development: Development | None, lexicon: Lexicon) -> Change:
    """Add how many independent sources there are now, and how sure that makes it."""
    if development is None:
        return replace(change, confidence=confidence(claim, item.source_kind, 1))
    new = development.voices.is_new(voice_of(change), lexicon, development.sources)
    sources = development.voices.count + new
    accounts = Accounts.NONE
    if change.contradicts or development.contradicted:
        accounts = Accounts.CONTRADICT
    elif change.account and agreed(change.account, development.accounts):
        accounts = Accounts.AGREE
    sure = confidence(claim, item.source_kind, sources, accounts)
    if development.verdict == "confirm":
        sure = max(sure, CONFIRMED)
    return replace(change, sources=max(sources, 1), confidence=sure)


def _new_id(known: Known, subject: str, reading: Reading) -> str:
    """Make a permanent id from the first report's identity, never from slots; another turn where it is taken."""
    turn = 0
    while True:
        seed = f"{subject}\0{reading.item.id}\0{turn}".encode()
        name = base64.b32encode(hashlib.sha256(seed).digest()).decode().lower()[:_ID_LENGTH]
        if name not in known.developments:
            return name
        turn += 1
