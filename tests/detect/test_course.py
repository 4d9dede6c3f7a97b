"""A development from its announcement to what is told afterwards, and what comes back from the past."""

from __future__ import annotations

from typing import Any

import pytest
from tests.detect.build import DAY, HOUR, START, Log, on, reading

from dipwatch.detect import Policy
from dipwatch.detect.memory import Memory
from dipwatch.lexicon import Lexicon
from dipwatch.model import ChangeType, Kind, Reason, Status

PLANNED: dict[str, Any] = {"venue": "selm", "status": Status.PLANNED, "when": on(5)}
HELD: dict[str, Any] = {"venue": "selm", "when": on(5)}
PARAGRAPH = (
    "President Dorin received Marek Velsky this morning for three hours about tolls, ferries, fishing rights, "
    "prisoners and the closed straits between their countries, palace staff told reporters afterwards."
)


def test_a_planned_meeting_is_announced_held_and_told_of_as_one_development(log: Log) -> None:
    first = log.report("Dorin and Velsky to meet in Selm on Thursday", **PLANNED)
    heads = log.report("Velsky sets out to meet Dorin in Selm", source="paper", at=START + 20 * HOUR, **PLANNED)
    held = log.report("Dorin and Velsky meet in Selm", source="radio", at=START + 3 * DAY, **HELD)
    after = log.report("Dorin and Velsky end talks in Selm", source="post", at=START + 3 * DAY + 5 * HOUR, **HELD)
    assert log.developments == [first.development]
    assert [change.alert for change in (first, heads, held, after)] == [True, False, True, False]
    assert (held.type, held.status_was) == (ChangeType.UPDATE, Status.PLANNED)
    assert Reason.STATUS_CHANGE in held.reasons


def test_a_meeting_held_on_the_day_of_its_announcement_is_told_again(log: Log) -> None:
    log.report("Dorin and Velsky to meet in Selm today", **{**PLANNED, "when": on(2)})
    held = log.report("Dorin and Velsky meet in Selm", source="radio", at=START + 3 * HOUR, **{**HELD, "when": on(2)})
    after = log.report(
        "Dorin and Velsky end talks in Selm", source="post", at=START + 5 * HOUR, **{**HELD, "when": on(2)}
    )
    assert (held.type, held.alert, held.status_was) == (ChangeType.UPDATE, True, Status.PLANNED)
    assert (after.alert, after.kept_back) == (False, (Reason.KNOWN,))


def test_a_postponed_meeting_changes_its_day_and_is_told_again_when_it_is_held(log: Log) -> None:
    first = log.report("Dorin and Velsky to meet in Selm on Thursday", **PLANNED)
    late = {**PLANNED, "status": Status.POSTPONED, "when": on(12)}
    put_off = log.report("Meeting of Dorin and Velsky in Selm put off a week", source="paper", at=START + DAY, **late)
    held = log.report("Dorin and Velsky meet in Selm", source="radio", at=START + 10 * DAY, **{**HELD, "when": on(12)})
    assert {put_off.development, held.development} == {first.development}
    assert (put_off.alert, held.alert) == (True, True)
    assert (put_off.status_was, held.status_was) == (Status.PLANNED, Status.POSTPONED)


def test_an_announced_meeting_stays_open_beyond_the_window(log: Log) -> None:
    far = {**PLANNED, "when": on(30)}
    first = log.report("Dorin and Velsky to meet in Selm at the end of March", **far)
    held = log.report("Dorin and Velsky meet in Selm", source="radio", at=START + 28 * DAY, **{**HELD, "when": on(30)})
    assert held.development == first.development


def test_what_is_too_like_what_was_told_opens_a_development_and_is_not_told(straits: Lexicon) -> None:
    log = Log(straits, policy=Policy(same_threshold=1.0, told_threshold=0.5))
    quiet = log.report("Dorin and Velsky hold talks in Selm", venue="selm", score=0.4)
    first = log.report("Dorin and Velsky hold talks in Selm, palace", venue="selm", source="palace", at=START + HOUR)
    like = log.report("Dorin, Velsky hold talks in Selm", source="paper", venue="selm", at=START + 2 * HOUR)
    other = log.report("Lunda sends boats", kind=Kind.COMMITMENT, actors=("lunda",), at=START + 2 * HOUR)
    assert len(log.developments) == 4
    assert not quiet.alert
    assert first.alert, "the one before was not told"
    assert like.kept_back == (Reason.KNOWN,)
    assert other.alert


def test_a_text_that_surfaces_again_is_not_told_again(log: Log) -> None:
    slots: dict[str, Any] = {"summary": PARAGRAPH, "venue": "selm"}
    log.report("Dorin and Velsky hold talks in Selm", name="old", **slots)
    again = log.report("Dorin and Velsky hold talks in Selm", name="new-link", at=START + 200 * DAY, **slots)
    assert again.type is ChangeType.NEW
    assert again.kept_back == (Reason.KNOWN,)
    short = log.report("Lunda sends boats", kind=Kind.COMMITMENT, actors=("lunda",), at=START + 201 * DAY)
    more = log.report("Lunda sends boats", name="x", kind=Kind.COMMITMENT, actors=("lunda",), at=START + 300 * DAY)
    assert short.alert
    assert more.alert, "a short headline comes again with every round"


def test_an_act_that_lies_long_back_is_no_news(log: Log) -> None:
    past = log.report("A year ago Dorin and Velsky met in Selm", venue="selm", when=on(2, 1))
    assert Reason.TOO_OLD in past.kept_back
    assert not past.alert


@pytest.mark.parametrize("days", [5, 40])
def test_a_late_report_is_kept_and_not_told(log: Log, days: int) -> None:
    (change,) = log.tick(reading("Dorin and Velsky met in Selm", venue="selm", seen=START + days * DAY)).changes
    assert Reason.TOO_OLD in change.kept_back


def test_memory_is_bounded() -> None:
    memory = Memory()
    for number in range(1000):
        memory.read(tuple(f"{number}-{word}" for word in range(20)), START + number * DAY)
    memory.prune(START + 1000 * DAY)
    assert len(memory.texts) == 399
    assert memory.has_read(tuple(f"999-{word}" for word in range(20)))
    assert not memory.has_read(tuple(f"1-{word}" for word in range(20)))
