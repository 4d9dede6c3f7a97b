from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from tests.alerts.samples import NOW, a_change, an_item

from dipwatch.alerts import Candidate, Plan, Told, plan_outbox
from dipwatch.model import Change, ChangeType, Item, Reason
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
    told = Told(receivers={"dev-1": ["phone"]})
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
    assert len(planned(Candidate(correction), told=Told(receivers={"dev-1": ["desk"]})).entries) == told


def test_what_a_silence_keeps_back_is_named() -> None:
    silence = Silence(3, {"venue": ["ankara"]}, NOW, NOW + timedelta(hours=1), "ana", "known", NOW)
    plan = planned(Candidate(a_change(), an_item()), silences=[silence])
    assert plan.entries == ()
    assert [(kept.change, kept.receiver) for kept in plan.silenced] == [(0, "boss"), (0, "desk")]
    assert plan.silenced[0].reason == "silence 3 by ana until 4 May 2026 13:00 UTC: known"
