"""What a route asks for, what it inherits filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from dipwatch.model import Severity
from dipwatch.settings import Alerts, Route, Schedule, Times

_OF_ROUTES = ("group_by", "group_wait", "group_interval", "repeat_interval", "mute_lesser", "break_through")


@dataclass(frozen=True, slots=True)
class Policy:
    """How a route groups, waits, repeats and keeps quiet. Zero durations and ``digest`` None mean: not at all."""

    group_by: tuple[str, ...]
    group_wait: timedelta
    group_interval: timedelta
    repeat_interval: timedelta
    mute_lesser: timedelta
    break_through: tuple[Severity, ...]
    zone: ZoneInfo
    mute: tuple[Times, ...] = ()
    active: tuple[Times, ...] = ()
    digest: Schedule | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A route with its place in the tree (``root``, ``root/1``, ``root/1/2``), its receiver and its policy."""

    route: Route
    path: str
    receiver: str
    policy: Policy


def root_of(alerts: Alerts, tree: Route) -> Node:
    """Return the root of a tree of routes."""
    policy = Policy(**{name: getattr(alerts, name) for name in _OF_ROUTES}, zone=alerts.zone)
    return _node(tree, "root", tree.receiver or "", policy, alerts)


def children(node: Node, alerts: Alerts) -> Iterator[Node]:
    """Yield the routes below a node, in their order."""
    for number, child in enumerate(node.route.routes, start=1):
        yield _node(child, f"{node.path}/{number}", node.receiver, node.policy, alerts)


def policies(alerts: Alerts) -> Mapping[str, Policy]:
    """Return the policy of every route by its place in the tree."""
    return {node.path: node.policy for node in _all(root_of(alerts, alerts.route), alerts)}


def longest_interval(alerts: Alerts) -> timedelta:
    """Return how long ago a message may be and still bear on when or whether the next one is sent."""
    return max(max(policy.group_interval, policy.mute_lesser) for policy in policies(alerts).values())


def _all(node: Node, alerts: Alerts) -> Iterator[Node]:
    yield node
    for child in children(node, alerts):
        yield from _all(child, alerts)


def _node(route: Route, path: str, receiver: str, above: Policy, alerts: Alerts) -> Node:
    own = {name: value for name in _OF_ROUTES if (value := getattr(route, name)) is not None}
    for name in ("mute", "active"):
        if (wanted := getattr(route, name)) is not None:
            own[name] = tuple(times for times in alerts.times if times.name in wanted)
    if route.digest is not None:
        own["digest"] = None if route.digest.every == "off" else route.digest
    return Node(route, path, route.receiver or receiver, replace(above, **own))
