"""What a tick's changes put into the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dipwatch.alerts.message import Purpose
from dipwatch.alerts.routing import Facts, Routed, route_change
from dipwatch.model import Change, ChangeType, Item, Reason
from dipwatch.settings import Alerts
from dipwatch.store import OutboxEntry
from dipwatch.store.silences import Silence

FIRST_CONTACT = "first-contact"
"""With the subject: the group of the digest of what its feeds held when they were first polled."""

TAKE_BACK = frozenset({"false", "duplicate-of"})
"""The marks that whoever was told must hear of."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A change of the tick with the item it comes from (None: a user's command)."""

    change: Change
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What was said before: who was alerted to a development, when a group's last message went to a receiver."""

    receivers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    latest: Mapping[tuple[str, str], datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Silenced:
    """A change that a silence keeps from a receiver; ``change`` is its position among the candidates."""

    change: int
    receiver: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes to the outbox and what a silence keeps from it."""

    entries: tuple[OutboxEntry, ...]
    silenced: tuple[Silenced, ...]


def plan_outbox(
    candidates: Sequence[Candidate],
    *,
    subject: str,
    alerts: Alerts,
    silences: Sequence[Silence],
    told: Told,
    look_back: timedelta,
    now: datetime,
) -> Plan:
    """Plan the messages of one tick, in the order of its changes.

    A change that alerts becomes one entry for each receiver its routes lead to. One that is kept back only because its
    item was there at the first contact goes into the digest of that contact, if the item is no older than
    ``look_back``. A correction goes at once to whoever was alerted to its development, in this tick or before.
    """
    entries: list[OutboxEntry] = []
    silenced: list[Silenced] = []
    receivers = {development: list(names) for development, names in told.receivers.items()}
    for index, candidate in enumerate(candidates):
        change = candidate.change
        if change.type is ChangeType.CORRECTION:
            if _takes_back(change):
                entries += _corrections(index, change, receivers.get(change.development, ()), now)
            continue
        if not change.alert and not belongs_in_digest(candidate, look_back, now):
            continue
        facts = Facts(subject, change.language or None, change.source_kind)
        for routed in route_change(change, facts, alerts.route, alerts, silences, now=now, latest=told.latest):
            if routed.silenced:
                silenced.append(Silenced(index, routed.receiver, routed.silenced))
                continue
            entries.append(
                _alert(index, routed)
                if change.alert
                else _digest(index, routed, subject, now + alerts.first_contact_wait)
            )
            receivers.setdefault(change.development, []).append(routed.receiver)
    return Plan(tuple(entries), tuple(silenced))


def belongs_in_digest(candidate: Candidate, look_back: timedelta, now: datetime) -> bool:
    """Tell whether a change would have alerted had its item not been there at first contact, and is fresh enough."""
    item = candidate.item
    return candidate.change.kept_back == (Reason.HISTORY,) and item is not None and item.when >= now - look_back


def _alert(index: int, routed: Routed) -> OutboxEntry:
    return OutboxEntry(index, routed.receiver, routed.group_key, Purpose.ALERT, routed.due)


def _digest(index: int, routed: Routed, subject: str, due: datetime) -> OutboxEntry:
    """Return the change's part of the digest: the outbox sends a group as one message as soon as a part is due."""
    return OutboxEntry(index, routed.receiver, f"{FIRST_CONTACT}:{subject}", Purpose.DIGEST, due)


def _takes_back(change: Change) -> bool:
    """Tell whether a correction takes back what was said; a digest told of developments that never alerted, too."""
    return change.alert or change.note.partition(" ")[0] in TAKE_BACK


def _corrections(index: int, change: Change, receivers: Iterable[str], now: datetime) -> list[OutboxEntry]:
    return [
        OutboxEntry(index, receiver, change.development, Purpose.CORRECTION, now)
        for receiver in dict.fromkeys(receivers)
    ]
