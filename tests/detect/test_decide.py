from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.detect.build import DAY, HOUR, LEADERS, START, Log, on, reading

from dipwatch.model import ChangeType, Kind, Reason, Severity, SourceKind, Status

MEETING = "Dorin and Velsky hold talks in Selm"


def test_a_first_report_opens_a_development_and_alerts(log: Log) -> None:
    change = log.report(MEETING, venue="selm")
    assert (change.type, change.alert, change.kept_back) == (ChangeType.NEW, True, ())
    assert change.reasons[0] is Reason.FIRST_REPORT
    assert (change.kind, change.status, change.severity) == (Kind.MEETING, Status.HAPPENED, Severity.MEDIUM)
    assert (change.item, change.source, change.source_kind) == (f"wire-{MEETING}", "wire", SourceKind.WIRE)
    assert change.title == MEETING


def test_a_second_report_is_support_and_does_not_alert(log: Log) -> None:
    first = log.report(MEETING, venue="selm")
    second = log.report("Selm talks between Dorin and Velsky", source="paper", venue="selm", at=START + HOUR)
    assert (second.type, second.development) == (ChangeType.SUPPORT, first.development)
    assert not second.alert
    assert Reason.KNOWN in second.kept_back
    assert Reason.SECOND_REPORT in second.reasons
    assert second.sources == 2


def test_outlets_that_carry_one_agency_copy_are_one_source(log: Log) -> None:
    log.report(MEETING, venue="selm")
    assert log.report(MEETING, source="paper", venue="selm", at=START + HOUR).sources == 1
    other = log.report(
        "Velsky flies to see Dorin, officials confirm", source="radio", venue="selm", at=START + 2 * HOUR
    )
    assert other.sources == 2


def test_an_item_without_a_claim_changes_nothing(log: Log) -> None:
    result = log.tick(replace(reading(MEETING), claims=()))
    assert (result.changes, result.outcomes[0].outcome) == ((), "no claim")


@pytest.mark.parametrize(
    ("score", "changes", "alerts"), [(0.2, 0, 0), (0.3, 1, 0), (0.49, 1, 0), (0.5, 1, 1), (0.99, 1, 1)]
)
def test_thresholds_part_nothing_from_record_and_record_from_alert(
    log: Log, score: float, changes: int, alerts: int
) -> None:
    result = log.tick(reading(MEETING, score=score))
    assert (len(result.changes), len(log.alerts)) == (changes, alerts)
    assert result.outcomes[0].outcome == ("new" if changes else "score 0.20 below 0.30")
    if changes and not alerts:
        assert result.changes[0].kept_back == (Reason.BELOW_THRESHOLD,)


@pytest.mark.parametrize(
    ("slots", "reason"),
    [
        ({"at": START - 5 * DAY, "seen": START}, Reason.TOO_OLD),
        ({"history": True}, Reason.HISTORY),
        ({"score": 0.4}, Reason.BELOW_THRESHOLD),
    ],
)
def test_what_is_late_or_of_the_first_contact_is_recorded_but_does_not_alert(
    log: Log, slots: dict[str, Any], reason: Reason
) -> None:
    change = log.report(MEETING, **slots)
    assert (change.type, change.alert, change.kept_back) == (ChangeType.NEW, False, (reason,))


def test_a_late_copy_of_what_is_known_stays_silent(log: Log) -> None:
    first = log.report(MEETING, venue="selm")
    late = log.report(MEETING, source="archive", venue="selm", at=START, seen=START + 6 * DAY)
    assert late.development == first.development
    assert not late.alert


def test_history_does_not_hide_the_news_that_follows_it(log: Log) -> None:
    log.report(MEETING, venue="selm", when=on(2), history=True)
    news = log.report(
        "Lunda pledges boats", source="paper", kind=Kind.COMMITMENT, actors=("lunda", "kestria"), at=START + HOUR
    )
    assert news.alert


def test_what_the_digest_of_a_first_contact_told_is_not_told_again(log: Log) -> None:
    first = log.report(MEETING, venue="selm", history=True)
    live = log.report("Dorin and Velsky talk in Selm", source="paper", venue="selm", at=START + HOUR)
    assert live.development == first.development
    assert not live.alert


def test_an_edit_of_what_was_let_go_is_passed_over_or_told_apart_from_it(log: Log) -> None:
    first = log.report(MEETING, name="item-1", venue="selm")
    result = log.tick(reading("Dorin's talks", name="item-1", revision=1, venue="selm"), at=START + 40 * DAY)
    assert first.development not in {change.development for change in result.changes}


def test_a_weak_first_report_alerts_once_a_sure_one_follows(log: Log) -> None:
    first = log.report(MEETING, venue="selm", score=0.4)
    second = log.report("Dorin meets Velsky in Selm", source="paper", venue="selm", at=START + HOUR)
    third = log.report("Velsky met Dorin in Selm", source="radio", venue="selm", at=START + 2 * HOUR)
    assert {second.development, third.development} == {first.development}
    assert [change.alert for change in (first, second, third)] == [False, True, False]
    assert second.type is ChangeType.UPDATE


@pytest.mark.parametrize("undone", [Status.CANCELLED, Status.POSTPONED, Status.DENIED])
def test_what_undoes_an_announced_act_alerts_as_an_update(log: Log, undone: Status) -> None:
    planned = log.report("Dorin to meet Velsky in Selm", venue="selm", status=Status.PLANNED)
    change = log.report("Selm: no Dorin, no Velsky", source="paper", venue="selm", status=undone, at=START + DAY)
    assert (change.type, change.development, change.alert) == (ChangeType.UPDATE, planned.development, True)
    assert (change.status_was, change.status) == (Status.PLANNED, undone)
    assert Reason.STATUS_CHANGE in change.reasons


def test_the_second_report_of_a_cancellation_does_not_alert_again(log: Log) -> None:
    log.report("Dorin to meet Velsky in Selm", venue="selm", status=Status.PLANNED)
    log.report("Dorin calls Selm off", source="paper", venue="selm", status=Status.CANCELLED, at=START + DAY)
    again = log.report(
        "Selm meeting off, says Dorin", source="radio", venue="selm", status=Status.CANCELLED, at=START + DAY + HOUR
    )
    assert not again.alert


def test_a_revision_stays_with_its_development_whatever_it_says_now(log: Log) -> None:
    first = log.report(MEETING, name="item-1", venue="selm")
    edited = log.report(
        "Lunda sends ten boats",
        name="item-1",
        revision=1,
        kind=Kind.COMMITMENT,
        actors=("lunda",),
        at=START,
        seen=START + HOUR,
    )
    assert (edited.development, edited.revision) == (first.development, 1)


def test_the_same_item_twice_alerts_once(log: Log) -> None:
    log.tick(reading(MEETING, venue="selm"))
    again = log.tick(reading(MEETING, venue="selm"), at=START + HOUR)
    assert [change.type for change in again.changes] == [ChangeType.SUPPORT]
    assert (len(log.alerts), len(log.developments), again.changes[0].sources) == (1, 1, 1)


def test_items_of_one_tick_that_tell_the_same_open_one_development(log: Log) -> None:
    result = log.tick(
        reading(MEETING, source="b", venue="selm"), reading(MEETING, source="a", venue="selm", at=START - HOUR)
    )
    assert [(change.type, change.source) for change in result.changes] == [
        (ChangeType.NEW, "a"),
        (ChangeType.SUPPORT, "b"),
    ]


@pytest.mark.parametrize(
    ("kind", "hours", "score", "alerts"),
    [
        (Kind.COMMITMENT, 1, 0.95, False),
        (Kind.COMMITMENT, 14, 0.95, True),
        (Kind.COMMITMENT, 14, 0.7, False),
        (Kind.AGREEMENT, 1, 0.95, True),
        (Kind.AGREEMENT, 1, 0.7, False),
    ],
)
def test_a_separate_act_within_a_known_development_alerts_if_it_is_sure_and_after_a_rest_unless_it_outweighs_talks(
    log: Log,
    kind: Kind,
    hours: int,
    score: float,
    alerts: bool,  # noqa: FBT001 - a table's column
) -> None:
    log.report(MEETING, name="item-1", venue="selm")
    signed = log.report(
        "Dorin and Velsky sign accord in Selm",
        name="item-1",
        revision=1,
        kind=kind,
        score=score,
        at=START + hours * HOUR,
    )
    assert signed.alert is alerts
    assert (Reason.SEPARATE_ACT in signed.reasons) is alerts


def test_a_development_is_let_go_when_its_window_closes(log: Log) -> None:
    first = log.report(MEETING, venue="selm")
    later = log.report(MEETING, source="paper", venue="selm", at=START + 15 * DAY)
    assert later.development != first.development


def test_ids_are_opaque_and_permanent(log: Log) -> None:
    planned = log.report("Dorin to meet Velsky in Selm", venue="selm", when=on(6), status=Status.PLANNED)
    moved = log.report(
        "Dorin and Velsky to meet in Selm later",
        source="paper",
        venue="selm",
        when=on(9),
        status=Status.POSTPONED,
        at=START + DAY,
    )
    assert moved.development == planned.development
    assert planned.development.isalnum()
    assert planned.development.islower()
    assert not any(part in planned.development for part in (*LEADERS, "selm"))


def test_what_a_claim_was_compared_with_is_kept_best_first(log: Log) -> None:
    first = log.report(MEETING, venue="selm")
    log.report("Kestria sanctions Arvenia", kind=Kind.SANCTIONS, actors=("kestria", "arvenia"), at=START + HOUR)
    second = log.report("Dorin meets Velsky in Selm", source="paper", venue="selm", at=START + 2 * HOUR)
    assert second.compared[0].development == first.development
    assert [each.score for each in second.compared] == sorted((each.score for each in second.compared), reverse=True)
    assert "same_venue" in second.compared[0].agreed
