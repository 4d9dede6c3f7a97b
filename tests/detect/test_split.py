"""Reports taken out of a development into one of their own."""

from __future__ import annotations

from typing import Any

import pytest
from tests.detect.build import DAY, HOUR, START, Log

from dipwatch.detect import Known
from dipwatch.model import Change, ChangeType, Kind, Reason, Status

TALKS: dict[str, Any] = {"venue": "selm", "status": Status.PLANNED}
TITLES = ("Dorin to meet Velsky in Selm", "Dorin, Velsky to hold Selm talks", "Velsky and Dorin met in Selm")


@pytest.fixture
def three(log: Log) -> Change:
    """Three reports in one development, the last of which has moved its status; the change of the first."""
    first = log.report(TITLES[0], name="a", **TALKS)
    log.report(TITLES[1], name="b", source="paper", at=START + HOUR, **TALKS)
    held = log.report(TITLES[2], name="c", source="radio", at=START + 2 * HOUR, venue="selm")
    assert log.developments == [first.development]
    assert held.type is ChangeType.UPDATE
    return first


def split(log: Log, target: str, items: str, days: float = 1) -> str:
    """The id of the new development."""
    made = log.command("split", target, items, at=START + days * DAY)
    return made[-1].development


def test_a_split_is_told_by_two_corrections_for_each_report_and_rewrites_nothing(log: Log, three: Change) -> None:
    before = tuple(log.changes)
    made = log.command("split", three.development, "b,c", at=START + DAY)
    (name,) = {change.development for change in made} - {three.development}
    assert tuple(log.changes[: len(before)]) == before
    assert [(change.type, change.item, change.note) for change in made] == [
        (ChangeType.CORRECTION, "b", f"split {name}"),
        (ChangeType.CORRECTION, "b", f"split-from {three.development}"),
        (ChangeType.CORRECTION, "c", f"split {name}"),
        (ChangeType.CORRECTION, "c", f"split-from {three.development}"),
    ]
    assert [change.alert for change in made] == [False, False, False, True], (
        "the third report had been told, and stays so"
    )
    assert log.answer == f"2 of the 3 reports of {three.development} are {name} now"


def test_each_goes_on_as_its_own_reports_leave_it(log: Log, three: Change) -> None:
    name = split(log, three.development, "c")
    old, new = (log.known.developments[each] for each in (three.development, name))
    assert (old.status, new.status) == (Status.PLANNED, Status.HAPPENED)
    assert [trace.item for trace in old.traces] == ["a", "b"]
    assert [(trace.item, trace.title) for trace in new.traces] == [("c", TITLES[2])]
    assert new.traces[0].at == START + 2 * HOUR + (log.changes[0].at - START)
    assert (old.voices.count, new.voices.count) == (2, 1)


def test_an_edit_and_a_like_report_go_to_the_new_one(log: Log, three: Change) -> None:
    boats = log.report(
        "Lunda sends 40 boats", name="d", kind=Kind.COMMITMENT, actors=("lunda", "kestria"), at=START + 3 * HOUR
    )
    log.command("duplicate-of", boats.development, three.development, at=START + 4 * HOUR)
    name = split(log, three.development, "d")
    slots: dict[str, Any] = {"kind": Kind.COMMITMENT, "actors": ("lunda", "kestria"), "at": START + 26 * HOUR}
    assert log.report("Lunda sends 60 boats", name="d", revision=1, **slots).development == name
    assert log.report("Lunda sends its 40 boats", source="paper", **slots).development == name


def test_a_split_undoes_a_merge_and_a_merge_undoes_a_split(log: Log, three: Change) -> None:
    name = split(log, three.development, "c")
    log.command("duplicate-of", name, three.development, at=START + 2 * DAY)
    assert log.known.find(name) is log.known.developments[three.development]
    again = split(log, three.development, "c", 3)
    assert again not in {name, three.development}
    assert log.known.items["c"] == again


def test_reports_are_split_from_what_was_let_go_long_ago(log: Log, three: Change) -> None:
    log.tick(at=START + 100 * DAY)
    assert log.known.developments == {}
    name = split(log, three.development, "c", 101)
    assert log.known.developments[name].status is Status.HAPPENED
    assert log.known.developments[three.development].status is Status.PLANNED
    later = log.report(TITLES[2], name="e", source="post", venue="selm", at=START + 102 * DAY)
    assert later.development not in {name, three.development}, "what is over stays over"


def test_what_was_never_told_is_told_with_its_next_report(log: Log, three: Change) -> None:
    name = split(log, three.development, "c", 0.1)
    told = log.report("Velsky, Dorin have met, Selm", name="f", source="post", venue="selm", at=START + 3 * HOUR)
    if told.development == name:
        assert Reason.SECOND_REPORT in told.reasons


@pytest.mark.parametrize(
    ("items", "answer"),
    [
        ("a,b,c", "must take some of its 3 reports and leave some"),
        ("", "must take some"),
        ("zzz", "zzz: not a report of"),
        ("a,zzz", "zzz: not a report of"),
    ],
)
def test_a_split_that_can_not_be_done_changes_nothing_and_says_why(
    log: Log, three: Change, items: str, answer: str
) -> None:
    assert log.command("split", three.development, items) == ()
    assert answer in log.answer


def test_a_report_is_split_off_once(log: Log, three: Change) -> None:
    split(log, three.development, "c")
    assert log.command("split", three.development, "c", at=START + 2 * DAY) == ()
    assert "not a report of" in log.answer


def test_the_log_made_again_comes_to_the_same_state(log: Log, three: Change) -> None:
    split(log, three.development, "b,c")
    again = Known(log.lexicon, log.baseline, log.policy.window)
    for change in log.changes:
        again.apply(change)
    assert again.developments == log.known.developments
    assert again.items == log.known.items
