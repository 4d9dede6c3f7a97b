"""Which receivers a change reaches, when, and why not others: the tree of routes, walked without any side effect.

As in Prometheus Alertmanager: a change enters at the root and goes down to the first child that matches, and on to its
next siblings where that child says ``continue``; a node none of whose children match takes it itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dipwatch.alerts.message import Purpose
from dipwatch.alerts.policy import Node, children, root_of
from dipwatch.alerts.timing import Timed, timed
from dipwatch.alerts.words import clock_time
from dipwatch.model import Change, SourceKind
from dipwatch.settings import Alerts, Route
from dipwatch.store.silences import Silence


@dataclass(frozen=True, slots=True)
class Facts:
    """What routes may ask for and a change does not hold: its subject, and language and source kind of its item."""

    subject: str
    language: str | None = None
    source_kind: SourceKind | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A node of the tree that the change was held against, and what came of it. The root's path is ``root``."""

    path: str
    receiver: str
    matched: bool
    taken: bool
    """It is sent to this node's receiver."""
    reason: str


@dataclass(frozen=True, slots=True)
class Routed:
    """A receiver that a change goes to: when, in which group, as what.

    ``silenced`` names the silence that keeps it from there, ``why`` what it is held for.
    """

    receiver: str
    group_key: str
    due: datetime
    path: str
    silenced: str = ""
    purpose: Purpose = Purpose.ALERT
    why: str = ""


def route_change(
    change: Change,
    facts: Facts,
    tree: Route,
    alerts: Alerts,
    silences: Sequence[Silence] = (),
    *,
    now: datetime,
    latest: Mapping[tuple[str, str], datetime] | None = None,
) -> tuple[Routed, ...]:
    """Return where a change goes, each receiver once, in the order of the tree.

    ``latest`` holds the time of the last message of a (receiver, group key); the next one of that group is due no
    sooner than ``group_interval`` after it, and ``group_wait`` after ``now``. Digest, mute and active times of the
    route may put it off.
    """
    labels = labels_of(change, facts)
    silenced = silenced_by(silences, labels, now)
    routed: dict[str, Routed] = {}
    for node in (node for node, step in _walk(root_of(alerts, tree), labels, alerts) if step.taken):
        if node.receiver in routed:
            continue
        at = timed(node.policy, change.severity, _alone(node, change, labels, now, latest or {}), facts.subject)
        routed[node.receiver] = Routed(node.receiver, at.group_key, at.due, node.path, silenced, at.purpose, at.why)
    return tuple(routed.values())


def _alone(
    node: Node,
    change: Change,
    labels: Mapping[str, tuple[str, ...]],
    now: datetime,
    latest: Mapping[tuple[str, str], datetime],
) -> Timed:
    """Return when a change would be due if the route had no times."""
    group = group_key(change, labels, node.policy.group_by)
    due = now + node.policy.group_wait
    if last := latest.get((node.receiver, group)):
        due = max(due, min(last, now) + node.policy.group_interval)  # ahead of now: the clock was set back since
    return Timed(due, group, Purpose.ALERT)


def explain_route(change: Change, facts: Facts, tree: Route, alerts: Alerts) -> tuple[Step, ...]:
    """Return every node that was held against the change, in the order of the walk, with the reason for each."""
    return tuple(step for _, step in _walk(root_of(alerts, tree), labels_of(change, facts), alerts))


def group_key(change: Change, labels: Mapping[str, tuple[str, ...]], group_by: Sequence[str]) -> str:
    """Return what changes must share to become one message: their subject, and the values of these labels.

    The group of a development alone goes by its id, as corrections of it do.
    """
    if tuple(group_by) == ("development",):
        return change.development
    shared = " ".join(f"{label}={'+'.join(sorted(labels[label]))}" for label in group_by)
    return f"by:{labels['subject'][0]}:{shared}"


def labels_of(change: Change, facts: Facts) -> dict[str, tuple[str, ...]]:
    """Return the values that each matcher looks at."""
    claim = change.claim
    return {
        "kind": (change.kind.value,),
        "actor": claim.actors if claim else (),
        "venue": (claim.venue,) if claim and claim.venue else (),
        "issue": tuple(dict.fromkeys(_issues(change))),
        "severity": (change.severity.value,),
        "source_kind": (facts.source_kind.value,) if facts.source_kind else (),
        "reason": tuple(reason.value for reason in (*change.reasons, *change.kept_back)),
        "language": (facts.language,) if facts.language else (),
        "subject": (facts.subject,),
        "development": (change.development,),
    }


def _issues(change: Change) -> list[str]:
    found = (change.claim.issue if change.claim else None, change.shift.issue if change.shift else None)
    return [issue for issue in found if issue]


def mismatch(matchers: Iterable[tuple[str, Sequence[str]]], labels: Mapping[str, tuple[str, ...]]) -> str:
    """Return why the labels don't match, empty where they do: each list given must share a value with its label."""
    for label, wanted in matchers:
        have = labels.get(label, ())
        if wanted and not any(value in wanted for value in have):
            return f"{label} is {', '.join(have) or 'not known'}, not {' or '.join(wanted)}"
    return ""


def silenced_by(silences: Sequence[Silence], labels: Mapping[str, tuple[str, ...]], now: datetime) -> str:
    """Return the silence in force that matches, of several the one that ends last; empty where none does."""
    found = [
        silence
        for silence in silences
        if silence.starts_at <= now < silence.ends_at and not mismatch(silence.matchers.items(), labels)
    ]
    return _said(max(found, key=lambda silence: (silence.ends_at, -silence.id))) if found else ""


def _said(silence: Silence) -> str:
    return f"silence {silence.id} by {silence.author} until {clock_time(silence.ends_at)}: {silence.comment}"


def _walk(node: Node, labels: Mapping[str, tuple[str, ...]], alerts: Alerts) -> list[tuple[Node, Step]]:
    """Return the nodes visited from here, this one first. Whether anything below it matched decides if it takes."""
    if why_not := mismatch(node.route.match, labels):
        return [(node, Step(node.path, node.receiver, matched=False, taken=False, reason=why_not))]
    below: list[tuple[Node, Step]] = []
    going_on, taken = True, True
    for branch in children(node, alerts):
        if not going_on:
            below.append((branch, _not_reached(branch)))
            continue
        visited = _walk(branch, labels, alerts)
        below += visited
        if visited[0][1].matched:
            taken, going_on = False, branch.route.continue_
    reason = "matches" if taken else "matches; what is below it takes it"
    return [(node, Step(node.path, node.receiver, matched=True, taken=taken, reason=reason)), *below]


def _not_reached(node: Node) -> Step:
    return Step(node.path, node.receiver, matched=False, taken=False, reason="an earlier one took it")
