from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests.alerts.samples import NOW, a_change, an_item

from dipwatch.alerts.plan import Candidate, Plan, Saying, Told, plan_outbox
from dipwatch.model import Change, ChangeType, Item, Reason, Severity
from dipwatch.settings import Alerts
from dipwatch.store.silences import Silence

ALERTS = Alerts.model_validate(
    {
        "receivers": [{"name": "desk", "url": "console:"}, {"name": "boss", "url": "console:"}],
        "first_contact_wait": "2m",
        "route": {"receiver": "desk", "routes": [{"receiver": "boss", "continue": True}, {"receiver": "desk"}]},
    }
)
NOBODY = Told()


def planned(
    *candidates: Candidate, silences: Sequence[Silence] = (), told: Told = NOBODY, alerts: Alerts = ALERTS
) -> Plan:
    return plan_outbox(
        candidates,
        subject="ukraine",
        alerts=alerts,
        silences=silences,
        told=told,
        look_back=timedelta(hours=48),
        now=NOW,
    )


def rows(plan: Plan) -> list[tuple[int | None, str, str, str, timedelta]]:
    return [
        (entry.change, entry.receiver, entry.group_key, entry.purpose, entry.next_attempt_at - NOW)
        for entry in plan.entries
    ]


def old(development: str = "dev-1", kept_back: tuple[Reason, ...] = (Reason.HISTORY,)) -> Change:
    return a_change(development=development, alert=False, kept_back=kept_back)


def test_an_alert_becomes_one_entry_for_each_receiver() -> None:
    plan = planned(Candidate(a_change(alert=False)), Candidate(a_change(), an_item()))
    assert rows(plan) == [
        (1, "boss", "dev-1", "alert", timedelta(0)),
        (1, "desk", "dev-1", "alert", timedelta(0)),
    ]


def test_first_contact_makes_one_digest_group_for_each_receiver() -> None:
    plan = planned(*(Candidate(old(f"dev-{n}"), an_item()) for n in range(3)))
    wait = timedelta(minutes=2)
    assert sorted({(receiver, group, purpose, due) for _, receiver, group, purpose, due in rows(plan)}) == [
        ("boss", "first-contact:ukraine", "digest", wait),
        ("desk", "first-contact:ukraine", "digest", wait),
    ]
    assert len(plan.entries) == 6


@pytest.mark.parametrize(
    ("change", "item"),
    [
        (old(), an_item(published=NOW - timedelta(hours=49))),
        (old(kept_back=(Reason.HISTORY, Reason.BELOW_THRESHOLD)), an_item()),
        (old(kept_back=(Reason.TOO_OLD,)), an_item()),
        (old(kept_back=()), an_item()),
        (old(), None),
    ],
)
def test_what_would_not_have_alerted_stays_out_of_the_digest(change: Change, item: Item | None) -> None:
    assert planned(Candidate(change, item)).entries == ()


def test_a_correction_goes_at_once_to_whoever_was_alerted() -> None:
    correction = a_change(type=ChangeType.CORRECTION, alert=False, item=None, note="false")
    told = Told({"dev-1": [Saying("phone", Severity.LOW, NOW)]})
    assert rows(planned(Candidate(correction), told=told)) == [(0, "phone", "dev-1", "correction", timedelta(0))]
    assert planned(Candidate(correction)).entries == ()


def test_a_correction_reaches_those_alerted_in_the_same_tick() -> None:
    correction = a_change(type=ChangeType.CORRECTION, alert=True)
    plan = planned(Candidate(a_change(), an_item()), Candidate(correction))
    assert [entry.receiver for entry in plan.entries if entry.purpose == "correction"] == ["boss", "desk"]


@pytest.mark.parametrize(
    ("note", "told"), [("confirm", 0), ("kind contact", 0), ("false", 1), ("duplicate-of dev-9", 1)]
)
def test_only_what_takes_something_back_is_told(note: str, told: int) -> None:
    correction = a_change(type=ChangeType.CORRECTION, alert=False, note=note)
    assert (
        len(planned(Candidate(correction), told=Told({"dev-1": [Saying("desk", Severity.LOW, NOW)]})).entries) == told
    )


def test_what_a_silence_keeps_back_is_named() -> None:
    silence = Silence(3, {"venue": ["ankara"]}, NOW, NOW + timedelta(hours=1), "ana", "known", NOW)
    plan = planned(Candidate(a_change(), an_item()), silences=[silence])
    assert plan.entries == plan.withheld
    assert [(kept.change, kept.receiver) for kept in plan.withheld] == [(0, "boss"), (0, "desk")]
    assert plan.withheld[0].body == {"route": "root/1", "why": "silence 3 by ana until 4 May 2026 13:00 UTC: known"}


def with_route(**values: Any) -> Alerts:  # noqa: ANN401 (settings of different types)
    return Alerts.model_validate({"route": {"receiver": "console", **values}, "repeat_most": 2})


def test_a_lesser_alert_is_muted_while_a_greater_one_of_its_development_is_fresh() -> None:
    alerts = with_route(mute_lesser="2h")
    high, low = a_change(), a_change(severity=Severity.LOW)
    other = a_change(development="dev-2", severity=Severity.LOW)
    plan = planned(*(Candidate(change, an_item()) for change in (high, low, high, other)), alerts=alerts)
    assert [entry.change for entry in plan.withheld] == [1]
    assert plan.withheld[0].body["why"] == "told of it less than 2 h ago with severity high, this is low"
    assert [entry.change for entry in plan.entries if entry.state == "waiting"] == [0, 2, 3]


def test_a_denial_is_never_muted_as_lesser() -> None:
    denial = a_change(type=ChangeType.UPDATE, severity=Severity.LOW, reasons=(Reason.DENIED,))
    told = Told({"dev-1": [Saying("console", Severity.HIGH, NOW)]})
    plan = planned(Candidate(denial, an_item()), told=told, alerts=with_route(mute_lesser="2h"))
    assert [entry.state for entry in plan.entries] == ["waiting"]


@pytest.mark.parametrize(
    ("said", "muted"),
    [
        (Saying("console", Severity.HIGH, NOW - timedelta(minutes=119)), True),
        (Saying("console", Severity.HIGH, NOW + timedelta(hours=9)), True),
        (Saying("console", Severity.HIGH, NOW - timedelta(hours=2)), False),
        (Saying("console", Severity.LOW, NOW), False),
        (Saying("other", Severity.HIGH, NOW), False),
    ],
)
def test_only_a_greater_alert_to_the_same_receiver_mutes_and_only_while_fresh(said: Saying, muted: bool) -> None:  # noqa: FBT001 (expected value of the table)
    low = Candidate(a_change(severity=Severity.LOW), an_item())
    plan = planned(low, told=Told({"dev-1": [said]}), alerts=with_route(mute_lesser="2h"))
    assert bool(plan.withheld) is muted


def test_what_repeats_has_its_reminders_in_the_outbox_from_the_beginning() -> None:
    plan = planned(Candidate(a_change(), an_item()), alerts=with_route(repeat_interval="4h", group_wait="1m"))
    assert rows(plan) == [
        (0, "console", "dev-1", "alert", timedelta(minutes=1)),
        (0, "console", "reminder:dev-1:1", "reminder", timedelta(hours=4, minutes=1)),
        (0, "console", "reminder:dev-1:2", "reminder", timedelta(hours=8, minutes=1)),
    ]


QUIET = {
    "times": [{"name": "noon", "times": ["11:00-14:00"]}],
    "route": {"receiver": "console", "mute": ["noon"], "break_through": ["high"]},
}


def test_what_comes_in_quiet_times_is_one_digest_at_their_end_and_says_so() -> None:
    alerts = Alerts.model_validate(QUIET)
    changes = [a_change(development=f"dev-{n}", severity=Severity.LOW) for n in range(2)]
    plan = planned(*(Candidate(change, an_item()) for change in (*changes, a_change())), alerts=alerts)
    held = timedelta(hours=2)
    assert rows(plan) == [
        (0, "console", "digest:ukraine:20260504T140000Z", "digest", held),
        (1, "console", "digest:ukraine:20260504T140000Z", "digest", held),
        (2, "console", "dev-1", "alert", timedelta(0)),
    ]
    assert plan.entries[0].body == {"route": "root", "why": "held for noon"}


def test_a_correction_of_what_a_digest_will_tell_stands_in_that_digest() -> None:
    alerts = Alerts.model_validate(QUIET)
    low = a_change(severity=Severity.LOW)
    correction = a_change(type=ChangeType.CORRECTION, severity=Severity.LOW, alert=False, item=None, note="false")
    plan = planned(Candidate(low, an_item()), Candidate(correction), alerts=alerts)
    assert len({(entry.group_key, entry.purpose, entry.next_attempt_at) for entry in plan.entries}) == 1
    assert len(plan.entries) == 2
