from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.detect.build import DAY, HOUR, LEADERS, START, Log, baseline

from dipwatch.baseline import Knowledge, KnownPosition
from dipwatch.detect import Policy
from dipwatch.lexicon import Lexicon
from dipwatch.model import ChangeType, Direction, EventType, Kind, Reason, SourceKind, Status

MEETING = "Dorin and Velsky hold talks in Selm"
WHOLE: dict[str, Any] = {"actors": LEADERS, "venues": ["selm"], "pairs": [("arvenia", "kestria")]}
ARVENIA = ("ivan-dorin", "arvenia")
STATED: dict[str, Any] = {"kind": Kind.POSITION, "actors": ARVENIA, "issue": "passage", "states_position": True}


def knowing(straits: Lexicon, stance: str, since: date = date(2026, 1, 1)) -> Log:
    """A log whose baseline knows where Arvenia stands on passage."""
    return Log(
        straits,
        Knowledge(positions=(KnownPosition("arvenia", "passage", stance, since, "No tolls.", "baseline: A note"),)),
    )


def test_who_where_and_with_whom_are_new_without_a_baseline(log: Log) -> None:
    change = log.report(MEETING, venue="selm")
    assert change.reasons == (Reason.FIRST_REPORT, Reason.NOT_IN_BASELINE)
    assert set(change.novel) == {"actor:ivan-dorin", "actor:marek-velsky", "venue:selm", "pair:arvenia+kestria"}


def test_the_parties_themselves_are_never_new(log: Log) -> None:
    assert log.report("Arvenia sanctions Kestria", kind=Kind.SANCTIONS, actors=("arvenia", "kestria")).novel == (
        "pair:arvenia+kestria",
    )


def test_what_the_baseline_knows_is_not_new(straits: Lexicon) -> None:
    log = Log(straits, baseline(**WHOLE, since=date(2026, 1, 1)))
    change = log.report(MEETING, venue="selm")
    assert (change.reasons, change.novel) == ((Reason.FIRST_REPORT,), ())


@pytest.mark.parametrize(("since", "new"), [(START.date(), False), ((START + DAY).date(), True)])
def test_the_baseline_knows_nothing_before_its_day(straits: Lexicon, since: date, new: bool) -> None:  # noqa: FBT001 - a table's column
    log = Log(straits, baseline(**WHOLE, since=since))
    assert (Reason.NOT_IN_BASELINE in log.report(MEETING, venue="selm").reasons) is new


@pytest.mark.parametrize(
    ("missing", "novel"),
    [
        ({"actors": LEADERS[1:]}, ("actor:ivan-dorin",)),
        ({"venues": []}, ("venue:selm",)),
        ({"pairs": []}, ("pair:arvenia+kestria",)),
    ],
)
def test_exactly_what_is_new_is_named(straits: Lexicon, missing: dict[str, Any], novel: tuple[str, ...]) -> None:
    log = Log(straits, baseline(**{**WHOLE, **missing}, since=date(2026, 1, 1)))
    assert log.report(MEETING, venue="selm").novel == novel


def test_what_the_log_has_seen_is_not_new_a_second_time(log: Log) -> None:
    log.report(MEETING, venue="selm")
    other = log.report("Velsky calls Dorin", source="paper", kind=Kind.CONTACT, at=START + 10 * DAY)
    assert other.novel == ()


@pytest.mark.parametrize(
    ("age", "reason"), [(29 * DAY, Reason.NOT_IN_BASELINE), (31 * DAY, Reason.NEW_TO_RECORD)], ids=["cold", "warm"]
)
def test_absence_from_the_record_means_something_once_it_has_warmed_up(log: Log, age: Any, reason: Reason) -> None:  # noqa: ANN401 - a timedelta
    log.report("Arvenia sanctions Kestria", kind=Kind.SANCTIONS, actors=("arvenia", "kestria"))
    change = log.report("Lunda receives Holm", actors=("lunda", "petra-holm"), at=START + age)
    assert change.reasons == (Reason.FIRST_REPORT, reason)
    assert "actor:petra-holm" in change.novel


@pytest.mark.parametrize(
    ("silence", "resumed"), [(89 * DAY, False), (91 * DAY, True)], ids=["a pause", "a long silence"]
)
def test_a_pair_that_was_silent_for_long_has_resumed(log: Log, silence: Any, resumed: bool) -> None:  # noqa: ANN401, FBT001 - a table's columns
    log.report(MEETING, venue="selm")
    change = log.report(MEETING, source="paper", venue="selm", at=START + silence)
    assert change.type is ChangeType.NEW
    assert (Reason.RESUMED_AFTER_GAP in change.reasons) is resumed
    assert ("pair:arvenia+kestria" in change.novel) is resumed


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (Status.PLANNED, Status.HAPPENED, True),
        (Status.REPORTED, Status.HAPPENED, True),
        (Status.PLANNED, Status.CANCELLED, True),
        (Status.PLANNED, Status.POSTPONED, True),
        (Status.REPORTED, Status.DENIED, True),
        (Status.CANCELLED, Status.PLANNED, True),
        (Status.POSTPONED, Status.HAPPENED, True),
        (Status.HAPPENED, Status.HAPPENED, False),
        (Status.HAPPENED, Status.PLANNED, False),
        (Status.PLANNED, Status.REPORTED, False),
        (Status.HAPPENED, Status.REPORTED, False),
    ],
)
def test_a_status_moves_on_but_not_back(log: Log, before: Status, after: Status, changes: bool) -> None:  # noqa: FBT001 - a table's column
    log.report(MEETING, venue="selm", status=before)
    change = log.report("Selm: Dorin and Velsky", source="paper", venue="selm", status=after, at=START + HOUR)
    assert change.development == log.developments[0]
    assert (Reason.STATUS_CHANGE in change.reasons) is changes
    assert change.status_was == (before if changes else None)


@pytest.mark.parametrize(
    ("known", "stated", "direction"),
    [
        ("closed", "tolls", Direction.SOFTER),
        ("closed", "open", Direction.SOFTER),
        ("tolls", "closed", Direction.HARDER),
        ("open", "tolls", Direction.HARDER),
    ],
)
def test_a_stance_is_held_against_the_baseline(straits: Lexicon, known: str, stated: str, direction: Direction) -> None:
    change = knowing(straits, known).report("Dorin speaks of passage", stance=stated, **STATED)
    assert change.shift is not None
    assert (change.shift.actor, change.shift.was, change.shift.stance) == ("arvenia", known, stated)
    assert change.shift.direction is direction
    assert (change.shift.was_said, change.shift.was_source) == ("No tolls.", "baseline: A note")
    assert Reason.POSITION_SHIFT in change.reasons


def test_a_stance_restated_is_no_shift(straits: Lexicon) -> None:
    change = knowing(straits, "closed").report("Dorin: straits stay closed", stance="closed", **STATED)
    assert change.shift is None
    assert Reason.POSITION_SHIFT not in change.reasons


def test_a_baseline_of_later_days_lends_the_log_no_future(straits: Lexicon) -> None:
    log = knowing(straits, "closed", (START + DAY).date())
    change = log.report("Dorin: passage against tolls", stance="tolls", **STATED)
    assert change.shift is not None
    assert (change.shift.direction, change.shift.was) == (Direction.NEW, "")
    assert Reason.POSITION_SHIFT not in change.reasons


def test_the_log_counts_before_the_baseline(straits: Lexicon) -> None:
    log = knowing(straits, "closed")
    log.report("Dorin: passage against tolls", stance="tolls", **STATED)
    again = log.report("Dorin: tolls it is", stance="tolls", source="paper", at=START + 3 * DAY, **STATED)
    back = log.report("Dorin closes straits after all", stance="closed", at=START + 6 * DAY, **STATED)
    assert again.shift is None
    assert back.shift is not None
    assert (back.shift.was, back.shift.direction) == ("tolls", Direction.HARDER)


def test_what_is_not_said_in_the_own_name_states_no_stance(straits: Lexicon) -> None:
    slots = {**STATED, "states_position": False}
    assert knowing(straits, "closed").report("Velsky on Dorin's tolls", stance="tolls", **slots).shift is None


@pytest.mark.parametrize(
    ("event", "direction"),
    [
        (EventType.REJECT, Direction.HARDER),
        (EventType.THREATEN, Direction.HARDER),
        (EventType.CONCEDE, Direction.SOFTER),
        (EventType.AGREE, Direction.SOFTER),
    ],
)
def test_without_a_stance_the_act_tells_the_direction(straits: Lexicon, event: EventType, direction: Direction) -> None:
    change = knowing(straits, "tolls").report("Dorin on passage", event=event, **STATED)
    assert change.shift is not None
    assert change.shift.direction is direction
    assert (change.shift.was_said, change.shift.was_source) == ("No tolls.", "baseline: A note")


@pytest.mark.parametrize("moves", list(Direction))
def test_what_the_claim_says_of_its_direction_counts_where_the_scale_is_silent(
    straits: Lexicon, moves: Direction
) -> None:
    slots = {**STATED, "direction": moves, "event": EventType.REJECT}
    change = Log(straits).report("Dorin on passage", **slots)
    assert change.shift is not None
    assert (change.shift.direction, change.shift.was) == (moves, "")


def test_after_a_refusal_the_claim_says_which_way_it_moves(straits: Lexicon) -> None:
    log = knowing(straits, "tolls")
    log.report("Dorin turns the offer down", event=EventType.REJECT, **STATED)
    after = log.report("Dorin lifts his veto", direction=Direction.SOFTER, at=START + 5 * DAY, **STATED)
    assert after.shift is not None
    assert after.shift.direction is Direction.SOFTER


@pytest.mark.parametrize(
    ("event", "moves", "direction"),
    [
        (EventType.REJECT, Direction.SOFTER, Direction.SOFTER),
        (EventType.CONCEDE, Direction.HARDER, Direction.HARDER),
        (EventType.CONCEDE, Direction.NEW, None),
    ],
)
def test_without_a_stance_the_claim_counts_before_the_act(
    straits: Lexicon, event: EventType, moves: Direction, direction: Direction | None
) -> None:
    change = knowing(straits, "tolls").report("Dorin on passage", event=event, direction=moves, **STATED)
    assert (change.shift.direction if change.shift else None) is direction


def test_the_scale_counts_before_what_the_claim_says(straits: Lexicon) -> None:
    slots = {**STATED, "direction": Direction.HARDER}
    change = knowing(straits, "closed").report("Dorin insists on tolls", stance="tolls", **slots)
    assert change.shift is not None
    assert change.shift.direction is Direction.SOFTER


def test_who_turns_something_down_says_not_where_it_stands_now(straits: Lexicon) -> None:
    change = knowing(straits, "tolls").report("Dorin turns the offer down", event=EventType.REJECT, **STATED)
    assert change.shift is not None
    assert (change.shift.direction, change.shift.was, change.shift.stance) == (Direction.HARDER, "tolls", "")
    assert Reason.POSITION_SHIFT in change.reasons


def test_who_agrees_to_what_it_had_long_asked_for_does_not_harden(straits: Lexicon) -> None:
    agreed = {**STATED, "event": EventType.CONCEDE}
    change = knowing(straits, "tolls").report("Dorin agrees to close the straits", stance="closed", **agreed)
    assert change.shift is not None
    assert change.shift.direction is Direction.SOFTER


def test_a_rejection_repeated_is_no_shift(straits: Lexicon) -> None:
    log = knowing(straits, "closed")
    log.report("Dorin rejects free passage", event=EventType.REJECT, **STATED)
    again = log.report("Dorin turns down passage again", event=EventType.REJECT, at=START + 5 * DAY, **STATED)
    assert Reason.POSITION_SHIFT not in again.reasons


def test_an_official_source_confirms_what_was_only_reported(log: Log) -> None:
    log.report(MEETING, venue="selm", status=Status.REPORTED)
    paper = log.report(
        "Selm: Dorin and Velsky met", source="paper", venue="selm", status=Status.REPORTED, at=START + HOUR
    )
    palace = log.report(
        "Dorin and Velsky in Selm",
        source="palace",
        source_kind=SourceKind.OFFICIAL,
        venue="selm",
        at=START + 2 * HOUR,
    )
    assert Reason.CONFIRMED_OFFICIALLY not in paper.reasons
    assert Reason.CONFIRMED_OFFICIALLY in palace.reasons


def test_an_official_denial_confirms_nothing(log: Log) -> None:
    log.report(MEETING, venue="selm", status=Status.REPORTED)
    palace = log.report(
        "No talks of Dorin and Velsky in Selm",
        source="palace",
        source_kind=SourceKind.OFFICIAL,
        venue="selm",
        status=Status.DENIED,
        at=START + HOUR,
    )
    assert Reason.CONFIRMED_OFFICIALLY not in palace.reasons
    assert {Reason.DENIED, Reason.STATUS_CHANGE} <= set(palace.reasons)


def test_a_denial_of_what_was_never_told_is_a_denial_all_the_same(log: Log) -> None:
    change = log.report("Kestria denies secret talks", status=Status.DENIED)
    assert change.reasons[0] is Reason.FIRST_REPORT
    assert Reason.DENIED in change.reasons


def test_the_second_source_is_told_once(log: Log) -> None:
    log.report(MEETING, venue="selm")
    second = log.report("Talks in Selm: Dorin, Velsky", source="paper", venue="selm", at=START + HOUR)
    third = log.report("Selm hosts Dorin and Velsky", source="radio", venue="selm", at=START + 2 * HOUR)
    assert Reason.SECOND_REPORT in second.reasons
    assert Reason.SECOND_REPORT not in third.reasons


def test_how_long_a_log_warms_up_and_a_gap_lasts_is_policy(straits: Lexicon) -> None:
    policy = replace(Policy(), warm_up=DAY, gap=2 * DAY, window=DAY)
    log = Log(straits, policy=policy)
    log.report(MEETING, venue="selm")
    change = log.report("Dorin and Velsky dine in Vorst", source="paper", venue="vorst", at=START + 3 * DAY)
    assert {Reason.NEW_TO_RECORD, Reason.RESUMED_AFTER_GAP} <= set(change.reasons)
