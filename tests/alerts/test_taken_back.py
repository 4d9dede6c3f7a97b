"""Whoever was told of a development hears that it is denied, false or another's, also past the routes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.alerts.samples import NOW, FakeNames, a_change, an_item

from dipwatch.alerts.build import build_message
from dipwatch.alerts.message import Material, Purpose
from dipwatch.alerts.plan import Candidate, Plan, Saying, Told, plan_outbox
from dipwatch.model import Change, ChangeType, Reason, Severity
from dipwatch.settings import Alerts

ALERTS = Alerts.model_validate(
    {
        "receivers": [{"name": "desk", "url": "console:"}, {"name": "firsts", "url": "console:"}],
        "route": {
            "receiver": "desk",
            "routes": [{"receiver": "firsts", "match": {"reason": ["first_report"]}, "continue": True}, {}],
        },
    }
)
TOLD = Told({"dev-1": [Saying(name, Severity.HIGH, NOW) for name in ("firsts", "desk")]})


def planned(change: Change) -> Plan:
    return plan_outbox(
        [Candidate(change, an_item() if change.item else None)],
        subject="ukraine",
        alerts=ALERTS,
        silences=(),
        told=TOLD,
        look_back=timedelta(hours=48),
        now=NOW,
    )


def reached(change: Change) -> list[tuple[str, str]]:
    return sorted((entry.receiver, str(entry.purpose)) for entry in planned(change).entries)


@pytest.mark.parametrize("reason", [Reason.DENIED, Reason.CONTRADICTED])
def test_a_denial_goes_to_the_routes_and_to_everyone_else_who_was_told(reason: Reason) -> None:
    denial = a_change(type=ChangeType.UPDATE, reasons=(reason,))
    assert reached(denial) == [("desk", "alert"), ("firsts", "correction")]


def test_other_news_goes_to_the_routes_alone() -> None:
    assert reached(a_change(type=ChangeType.UPDATE, reasons=(Reason.STATUS_CHANGE,))) == [("desk", "alert")]


@pytest.mark.parametrize("note", ["false a namesake", "duplicate-of dev-9"])
def test_what_is_false_or_merged_goes_to_everyone_who_was_told(note: str) -> None:
    taken_back = a_change(type=ChangeType.CORRECTION, note=note, item=None)
    assert reached(taken_back) == [("desk", "correction"), ("firsts", "correction")]


@pytest.mark.parametrize(
    ("values", "begins"),
    [
        ({"type": ChangeType.UPDATE, "reasons": (Reason.DENIED,)}, "UPDATE"),
        ({"type": ChangeType.CORRECTION, "note": "duplicate-of dev-9"}, "CORRECTION"),
    ],
)
def test_it_stands_in_the_thread_of_what_it_takes_back(values: dict[str, object], begins: str) -> None:
    message = build_message(Purpose.CORRECTION, "key-1", [Material(a_change(**values))], FakeNames(), NOW)
    assert message.thread == "dev-1"
    assert message.subject.startswith(begins)
