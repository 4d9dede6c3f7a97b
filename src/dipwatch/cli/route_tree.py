"""The tree of routes as text: what each is for, whom it tells, when; then the times and receivers that it refers to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dipwatch.alerts.policy import Node, Policy, children, root_of
from dipwatch.settings import Alerts, Receiver, Route, Times, clock_text
from dipwatch.times import format_duration


def route_tree(alerts: Alerts) -> Iterator[str]:
    """Yield the lines."""
    yield from _branch(root_of(alerts, alerts.route), alerts)
    if alerts.times:
        yield "times"
    for times in alerts.times:
        yield f"  {times.name}: {_times(times)} {times.zone or alerts.zone}"
    told = [(receiver, notes) for receiver in alerts.receivers if (notes := list(_receiver(receiver, alerts)))]
    if told:
        yield "receivers"
    for receiver, notes in told:
        yield f"  {receiver.name}: {'; '.join(notes)}"


def _branch(node: Node, alerts: Alerts, depth: int = 0) -> Iterator[str]:
    notes = [*_notes(node.policy, alerts), *(["goes on to the next"] if node.route.continue_ else [])]
    yield f"{'  ' * depth}{node.path}: {_asks(node.route)} -> {node.receiver} ({'; '.join(notes)})"
    for child in children(node, alerts):
        yield from _branch(child, alerts, depth + 1)


def _notes(policy: Policy, alerts: Alerts) -> Iterator[str]:
    """Yield how a route tells; what is as in the shipped settings goes without saying, but for its waits."""
    yield f"waits {format_duration(policy.group_wait)}, then {format_duration(policy.group_interval)}"
    if policy.group_by != ("development",):
        yield f"one message for each {_joined(policy.group_by, ' and ') or 'subject'}"
    if policy.digest:
        yield f"digest {policy.digest if policy.digest.zone else f'{policy.digest} {policy.zone}'}"
    if policy.mute:
        yield f"quiet in {_joined([times.name for times in policy.mute], ' and ')}"
    if policy.active:
        yield f"only in {_joined([times.name for times in policy.active], ' or ')}"
    if policy.break_through and (policy.digest or policy.mute or policy.active):
        yield f"{_joined(policy.break_through, ' and ')} severity breaks through"
    if policy.mute_lesser:
        yield f"mutes lesser alerts for {format_duration(policy.mute_lesser)}"
    if policy.repeat_interval:
        yield f"repeats every {format_duration(policy.repeat_interval)}, {alerts.repeat_most} times at the most"


def _asks(route: Route) -> str:
    return " and ".join(f"{label} {_joined(values, ' or ')}" for label, values in route.match if values) or "everything"


def _times(times: Times) -> str:
    parts = (times.weekdays, tuple(f"day {span}" for span in times.days), times.times)
    return " and ".join(_joined(part, ", ") for part in parts if part) or "always"


def _receiver(receiver: Receiver, alerts: Alerts) -> Iterator[str]:
    if receiver.limits:
        yield f"at most {_joined(receiver.limits, ' and ')}"
    if receiver.name in alerts.assurance.receivers:
        daily = "daily line" if alerts.assurance.always else "daily line if nothing else was sent"
        yield f"{daily}, {clock_text(alerts.assurance.at)} {alerts.assurance.zone or alerts.zone}"
    if receiver.fallback:
        yield f"else {receiver.fallback}"


def _joined(values: Sequence[object], by: str) -> str:
    return by.join(map(str, values))
