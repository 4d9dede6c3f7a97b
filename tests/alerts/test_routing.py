from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.alerts.samples import NOW, a_change

from dipwatch.alerts.routing import Facts, explain_route, route_change
from dipwatch.model import Change, Kind, Severity, SourceKind
from dipwatch.settings import Alerts, Matchers, Route
from dipwatch.store.silences import Silence

FACTS = Facts("ukraine", "en", SourceKind.WIRE)
ALERTS = Alerts.model_validate(
    {
        "receivers": [{"name": name, "url": "console:"} for name in ("all", "desk", "boss", "phone", "sanctions")],
        "group_interval": "5m",
        "route": {
            "receiver": "all",
            "routes": [
                {"match": {"severity": ["high"]}, "receiver": "phone", "continue": True, "group_wait": "10s"},
                {
                    "match": {"kind": ["meeting", "contact"]},
                    "receiver": "desk",
                    "routes": [
                        {"match": {"actor": ["turkey", "united-states"]}, "receiver": "boss"},
                        {"match": {"venue": ["geneva"]}, "group_wait": "2m"},
                    ],
                },
                {"match": {"kind": ["sanctions"], "source_kind": ["official"]}, "receiver": "sanctions"},
            ],
        },
    }
)


def receivers(change: Change, facts: Facts = FACTS, alerts: Alerts = ALERTS) -> list[str]:
    return [routed.receiver for routed in route_change(change, facts, alerts.route, alerts, now=NOW)]


@pytest.mark.parametrize(
    ("change", "facts", "expected"),
    [
        (a_change(), FACTS, ["phone", "boss"]),
        (a_change(severity=Severity.LOW), FACTS, ["boss"]),
        (a_change(severity=Severity.LOW, claim=None), FACTS, ["desk"]),
        (a_change(severity=Severity.LOW, kind=Kind.SANCTIONS), FACTS, ["all"]),
        (
            a_change(severity=Severity.LOW, kind=Kind.SANCTIONS),
            Facts("ukraine", "en", SourceKind.OFFICIAL),
            ["sanctions"],
        ),
        (a_change(kind=Kind.RUPTURE), FACTS, ["phone"]),
    ],
)
def test_a_change_goes_down_to_the_first_child_that_matches(change: Change, facts: Facts, expected: list[str]) -> None:
    assert receivers(change, facts) == expected


@pytest.mark.parametrize(
    ("matchers", "matches"),
    [
        ({}, True),
        ({"kind": ["meeting"]}, True),
        ({"kind": ["contact"]}, False),
        ({"actor": ["turkey", "china"]}, True),
        ({"actor": ["china"]}, False),
        ({"venue": ["ankara"]}, True),
        ({"issue": ["territory"]}, False),
        ({"severity": ["high"], "kind": ["contact"]}, False),
        ({"source_kind": ["wire"]}, True),
        ({"reason": ["first_report"]}, True),
        ({"language": ["ru", "uk"]}, False),
        ({"subject": ["ukraine"]}, True),
    ],
)
def test_every_list_given_must_share_a_value_with_the_change(matchers: dict[str, Any], matches: bool) -> None:  # noqa: FBT001 (expected value of the table)
    child = Route(receiver="desk", match=Matchers.model_validate(matchers))
    alerts = ALERTS.model_copy(update={"route": Route(receiver="all", routes=(child,))})
    assert receivers(a_change(), alerts=alerts) == (["desk"] if matches else ["all"])


def test_a_route_inherits_receiver_and_waits_from_above() -> None:
    change = a_change(severity=Severity.HIGH)
    by_receiver = {routed.receiver: routed for routed in route_change(change, FACTS, ALERTS.route, ALERTS, now=NOW)}
    assert by_receiver["phone"].due == NOW + timedelta(seconds=10)
    assert by_receiver["boss"].due == NOW
    child = Route.model_validate({"match": {"kind": ["meeting"]}, "routes": [{"group_wait": "3m"}]})
    alerts = ALERTS.model_copy(
        update={"route": Route(receiver="all", group_wait=timedelta(minutes=1), routes=(child,))}
    )
    (routed,) = route_change(change, FACTS, alerts.route, alerts, now=NOW)
    assert (routed.receiver, routed.due, routed.path) == ("all", NOW + timedelta(minutes=3), "root/1/1")


def test_a_receiver_reached_twice_is_told_once() -> None:
    twice = Route.model_validate({"receiver": "all", "routes": [{"continue": True}, {}]})
    assert receivers(a_change(), alerts=ALERTS.model_copy(update={"route": twice})) == ["all"]


def test_a_message_that_was_sent_by_a_clock_that_ran_ahead_holds_the_next_one_up_no_longer_than_another() -> None:
    latest = {("phone", "dev-1"): NOW + timedelta(hours=2)}
    phone, _ = route_change(a_change(), FACTS, ALERTS.route, ALERTS, now=NOW, latest=latest)
    assert phone.due - NOW == timedelta(minutes=5)


def test_changes_of_a_development_share_a_group_and_its_next_message_waits_for_the_interval() -> None:
    latest = {("phone", "dev-1"): NOW - timedelta(minutes=2), ("boss", "dev-1"): NOW - timedelta(hours=2)}
    routed = route_change(a_change(), FACTS, ALERTS.route, ALERTS, now=NOW, latest=latest)
    assert [(r.receiver, r.group_key, r.due - NOW) for r in routed] == [
        ("phone", "dev-1", timedelta(minutes=3)),
        ("boss", "dev-1", timedelta(0)),
    ]


@pytest.mark.parametrize(
    ("matchers", "offset", "silenced"),
    [
        ({"actor": ["turkey"]}, timedelta(0), True),
        ({"actor": ["turkey"]}, timedelta(hours=1), False),
        ({"actor": ["turkey"]}, timedelta(hours=-1), False),
        ({"actor": ["china"]}, timedelta(0), False),
        ({"actor": ["turkey"], "kind": ["contact"]}, timedelta(0), False),
    ],
)
def test_a_silence_in_force_that_matches_suppresses_with_its_reason(
    matchers: dict[str, list[str]],
    offset: timedelta,
    silenced: bool,  # noqa: FBT001 (expected value of the table)
) -> None:
    begins = NOW + offset
    silence = Silence(7, matchers, begins, begins + timedelta(hours=1), "ana", "drill", NOW)
    routed = route_change(a_change(), FACTS, ALERTS.route, ALERTS, [silence], now=NOW)
    assert [r.receiver for r in routed] == ["phone", "boss"]
    expected = "silence 7 by ana until 4 May 2026 13:00 UTC: drill" if silenced else ""
    assert {r.silenced for r in routed} == {expected}


def test_every_node_visited_says_why_it_matched_or_not() -> None:
    steps = explain_route(a_change(severity=Severity.LOW), FACTS, ALERTS.route, ALERTS)
    assert [(step.path, step.receiver, step.taken, step.reason) for step in steps] == [
        ("root", "all", False, "matches; what is below it takes it"),
        ("root/1", "phone", False, "severity is low, not high"),
        ("root/2", "desk", False, "matches; what is below it takes it"),
        ("root/2/1", "boss", True, "matches"),
        ("root/2/2", "desk", False, "an earlier one took it"),
        ("root/3", "sanctions", False, "an earlier one took it"),
    ]


def test_a_root_that_does_not_match_reaches_nobody_and_says_so() -> None:
    root = Route.model_validate({"receiver": "all", "match": {"venue": ["geneva"]}})
    alerts = ALERTS.model_copy(update={"route": root})
    assert receivers(a_change(), alerts=alerts) == []
    (step,) = explain_route(a_change(claim=None), FACTS, root, alerts)
    assert (step.matched, step.reason) == (False, "venue is not known, not geneva")
