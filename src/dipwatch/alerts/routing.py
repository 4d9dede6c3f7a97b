"""Which receivers a change reaches, when, and why not others: the tree of routes, walked without any side effect.

As in Prometheus Alertmanager: a change enters at the root and goes down to the first child that matches, and on to its
next siblings where that child says ``continue``; a node none of whose children match takes it itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dipwatch.alerts.words import clock_time
from dipwatch.model import Change, SourceKind
from dipwatch.settings import Alerts, Matchers, Route
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
    """A receiver that a change goes to. ``silenced`` names the silence that keeps it from there."""

    receiver: str
    group_key: str
    due: datetime
    path: str
    silenced: str = ""


@dataclass(frozen=True, slots=True)
class _Node:
    """A route with what it inherits filled in."""

    route: Route
    path: str
    receiver: str
    settings: Alerts


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
    sooner than ``group_interval`` after it, and ``group_wait`` after ``now``.
    """
    labels = labels_of(change, facts)
    silenced = next((_said(silence) for silence in silences if _is_silenced(silence, labels, now)), "")
    group = group_key(change)
    routed: dict[str, Routed] = {}
    for node in (node for node, step in _walk(_root(tree, alerts), labels) if step.taken):
        due = now + node.settings.group_wait
        if last := (latest or {}).get((node.receiver, group)):
            due = max(due, last + node.settings.group_interval)
        routed.setdefault(node.receiver, Routed(node.receiver, group, due, node.path, silenced))
    return tuple(routed.values())


def explain_route(change: Change, facts: Facts, tree: Route, alerts: Alerts) -> tuple[Step, ...]:
    """Return every node that was held against the change, in the order of the walk, with the reason for each."""
    return tuple(step for _, step in _walk(_root(tree, alerts), labels_of(change, facts)))


def group_key(change: Change) -> str:
    """Return what changes must share to become one message: their development."""
    return change.development


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
    }


def _issues(change: Change) -> list[str]:
    found = (change.claim.issue if change.claim else None, change.shift.issue if change.shift else None)
    return [issue for issue in found if issue]


def mismatch(matchers: Matchers, labels: Mapping[str, tuple[str, ...]]) -> str:
    """Return why the labels don't match, empty where they do: each list given must share a value with its label."""
    for label, wanted in matchers:
        have = labels[label]
        if wanted and not any(value in wanted for value in have):
            return f"{label} is {', '.join(have) or 'not known'}, not {' or '.join(wanted)}"
    return ""


def _is_silenced(silence: Silence, labels: Mapping[str, tuple[str, ...]], now: datetime) -> bool:
    in_force = silence.starts_at <= now < silence.ends_at
    return in_force and not mismatch(Matchers.model_validate(silence.matchers), labels)


def _said(silence: Silence) -> str:
    return f"silence {silence.id} by {silence.author} until {clock_time(silence.ends_at)}: {silence.comment}"


def _root(tree: Route, alerts: Alerts) -> _Node:
    return _inherit(tree, "root", tree.receiver or "", alerts)


def _inherit(route: Route, path: str, receiver: str, settings: Alerts) -> _Node:
    own = {name: value for name in ("group_wait", "group_interval") if (value := getattr(route, name)) is not None}
    return _Node(route, path, route.receiver or receiver, settings.model_copy(update=own))


def _walk(node: _Node, labels: Mapping[str, tuple[str, ...]]) -> list[tuple[_Node, Step]]:
    """Return the nodes visited from here, this one first. Whether anything below it matched decides if it takes."""
    if why_not := mismatch(node.route.match, labels):
        return [(node, Step(node.path, node.receiver, matched=False, taken=False, reason=why_not))]
    below: list[tuple[_Node, Step]] = []
    going_on, taken = True, True
    for number, child in enumerate(node.route.routes, start=1):
        branch = _inherit(child, f"{node.path}/{number}", node.receiver, node.settings)
        if not going_on:
            below.append((branch, _not_reached(branch)))
            continue
        visited = _walk(branch, labels)
        below += visited
        if visited[0][1].matched:
            taken, going_on = False, child.continue_
    reason = "matches" if taken else "matches; what is below it takes it"
    return [(node, Step(node.path, node.receiver, matched=True, taken=taken, reason=reason)), *below]


def _not_reached(node: _Node) -> Step:
    return Step(node.path, node.receiver, matched=False, taken=False, reason="an earlier one took it")
