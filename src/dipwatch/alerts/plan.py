"""What a tick's changes put into the outbox: who is told, in which group, due when, and what is withheld and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dipwatch.alerts.message import Purpose
from dipwatch.alerts.policy import Policy, policies
from dipwatch.alerts.routing import Facts, Routed, route_change
from dipwatch.alerts.timing import Timed, timed
from dipwatch.alerts.words import duration
from dipwatch.model import Change, ChangeType, Item, Reason, Severity
from dipwatch.settings import Alerts
from dipwatch.store.outbox import WITHHELD, OutboxEntry
from dipwatch.store.silences import Silence
from dipwatch.store.waiting import ROUTE, WHY

FIRST_CONTACT = "first-contact"
"""With the subject: the group of the digest of what its feeds held when they were first polled."""

_OBJECTIONS = frozenset({Reason.DENIED, Reason.CONTRADICTED})
"""Reasons that whoever was told must hear of, whatever the routes say."""
TAKE_BACK = frozenset({"false", "duplicate-of"})
"""The marks that whoever was told must hear of."""

_RANKS = {severity: rank for rank, severity in enumerate((Severity.LOW, Severity.MEDIUM, Severity.HIGH))}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A change of the tick with the item it comes from (None: a user's command)."""

    change: Change
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """What a receiver was told of a development, or is about to be: how much it matters, when, by which route."""

    receiver: str
    severity: Severity
    at: datetime
    route: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of developments, in the order of the log, and when a (receiver, group)'s last message went."""

    sayings: Mapping[str, Sequence[Saying]] = field(default_factory=dict)
    latest: Mapping[tuple[str, str], datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes to the outbox; what is withheld stands there too, with the reason, for the record."""

    entries: tuple[OutboxEntry, ...]

    @property
    def withheld(self) -> tuple[OutboxEntry, ...]:
        """The entries that are never sent."""
        return tuple(entry for entry in self.entries if entry.state == WITHHELD)


@dataclass(slots=True)
class _Planning:
    """What all changes of a tick are planned with; ``sayings`` grow as the plan does."""

    subject: str
    alerts: Alerts
    silences: Sequence[Silence]
    latest: Mapping[tuple[str, str], datetime]
    look_back: timedelta
    now: datetime
    policies: Mapping[str, Policy]
    sayings: dict[str, list[Saying]]


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

    A change that alerts becomes one entry for each receiver its routes lead to, withheld where a silence or a greater
    alert mutes it. One that is kept back only because its item was there at the first contact goes into the digest of
    that contact, if the item is no older than ``look_back``. A correction, and what a party denies, goes to whoever was
    alerted to its development, in this tick or before.
    """
    sayings = {development: list(said) for development, said in told.sayings.items()}
    planning = _Planning(subject, alerts, silences, told.latest, look_back, now, policies(alerts), sayings)
    return Plan(
        tuple(entry for index, candidate in enumerate(candidates) for entry in _entries(index, candidate, planning))
    )


def belongs_in_digest(candidate: Candidate, look_back: timedelta, now: datetime) -> bool:
    """Tell whether a change would have alerted had its item not been there at first contact, and is fresh enough."""
    item = candidate.item
    return candidate.change.kept_back == (Reason.HISTORY,) and item is not None and item.when >= now - look_back


def _entries(index: int, candidate: Candidate, planning: _Planning) -> Iterator[OutboxEntry]:
    change = candidate.change
    if change.type is ChangeType.CORRECTION:
        if _takes_back(change):
            yield from _corrections(index, change, planning)
        return
    if not change.alert and not belongs_in_digest(candidate, planning.look_back, planning.now):
        return
    facts = Facts(planning.subject, change.language or None, change.source_kind)
    alerts = planning.alerts
    reached = route_change(
        change, facts, alerts.route, alerts, planning.silences, now=planning.now, latest=planning.latest
    )
    for routed in reached:
        if change.alert:
            yield from _alerted(index, change, routed, planning)
        elif routed.silenced:
            yield _withheld(index, routed, routed.silenced)
        else:
            yield _first_contact(index, routed, planning)
            _note(change, routed, planning)
    if change.alert and not _OBJECTIONS.isdisjoint(change.reasons):
        names = {routed.receiver for routed in reached}
        yield from (entry for entry in _corrections(index, change, planning) if entry.receiver not in names)


def _alerted(index: int, change: Change, routed: Routed, planning: _Planning) -> Iterator[OutboxEntry]:
    if why := routed.silenced or _greater(change, routed, planning):
        yield _withheld(index, routed, why)
        return
    body = {ROUTE: routed.path, **({WHY: routed.why} if routed.why else {})}
    yield OutboxEntry(index, routed.receiver, routed.group_key, routed.purpose, routed.due, body)
    yield from _reminders(index, change, routed, planning)
    _note(change, routed, planning)


def _greater(change: Change, routed: Routed, planning: _Planning) -> str:
    """Say which greater alert of the same development mutes this one, empty where none does; none mutes a denial."""
    fresh = timedelta(0) if Reason.DENIED in change.reasons else planning.policies[routed.path].mute_lesser
    for said in planning.sayings.get(change.development, ()):
        greater = said.receiver == routed.receiver and _RANKS[said.severity] > _RANKS[change.severity]
        if fresh and greater and planning.now - said.at < fresh:
            return (
                f"told of it less than {duration(fresh)} ago with severity {said.severity}, this is {change.severity}"
            )
    return ""


def _reminders(index: int, change: Change, routed: Routed, planning: _Planning) -> Iterator[OutboxEntry]:
    every = planning.policies[routed.path].repeat_interval
    for number in range(1, planning.alerts.repeat_most + 1) if every else ():
        key = f"reminder:{change.development}:{number}"
        body = {ROUTE: routed.path}
        yield OutboxEntry(index, routed.receiver, key, Purpose.REMINDER, routed.due + every * number, body)


def _first_contact(index: int, routed: Routed, planning: _Planning) -> OutboxEntry:
    """Return the change's part of the digest: the outbox sends a group as one message as soon as a part is due."""
    due = planning.now + planning.alerts.first_contact_wait
    group = f"{FIRST_CONTACT}:{planning.subject}"
    return OutboxEntry(index, routed.receiver, group, Purpose.DIGEST, due, {ROUTE: routed.path})


def _withheld(index: int, routed: Routed, why: str) -> OutboxEntry:
    body = {ROUTE: routed.path, WHY: why}
    return OutboxEntry(index, routed.receiver, routed.group_key, Purpose.ALERT, routed.due, body, WITHHELD)


def _note(change: Change, routed: Routed, planning: _Planning) -> None:
    said = Saying(routed.receiver, change.severity, routed.due, routed.path)
    planning.sayings.setdefault(change.development, []).append(said)


def _takes_back(change: Change) -> bool:
    """Tell whether a correction takes back what was said; a digest told of developments that never alerted, too."""
    return change.alert or change.note.partition(" ")[0] in TAKE_BACK


def _corrections(index: int, change: Change, planning: _Planning) -> Iterable[OutboxEntry]:
    """Yield a correction for everyone who was told, at the times that the route of what was told allows."""
    routes = {said.receiver: said.route for said in planning.sayings.get(change.development, ())}
    for receiver, route in routes.items():
        at = Timed(planning.now, change.development, Purpose.CORRECTION)
        policy = planning.policies.get(route)
        if policy:
            at = timed(policy, change.severity, at, planning.subject)
        body = {ROUTE: route, **({WHY: at.why} if at.why else {})} if route else {}
        yield OutboxEntry(index, receiver, at.group_key, at.purpose, at.due, body)
