from __future__ import annotations

import pytest
from tests.detect.build import DAY, HOUR, START, Log, reading

from dipwatch.model import ChangeType, Command, Kind, Reason

MEETING = "Dorin and Velsky hold talks in Selm"


def test_a_development_marked_false_does_not_alert_again(log: Log) -> None:
    first = log.report(MEETING, venue="selm")
    (marked,) = log.command("false", first.development)
    again = log.report("Dorin and Velsky talk in Selm", source="paper", venue="selm", at=START + 2 * HOUR)
    assert (marked.type, marked.reasons, marked.note) == (ChangeType.CORRECTION, (Reason.CORRECTED,), "false")
    assert again.development == first.development
    assert not again.alert
    assert Reason.MARKED_FALSE in again.kept_back


def test_marking_false_what_was_sent_is_told_and_what_was_not_is_not(log: Log) -> None:
    sent = log.report(MEETING, venue="selm")
    kept = log.report("Lunda sends boats", kind=Kind.COMMITMENT, actors=("lunda",), score=0.4)
    assert [change.alert for change in log.command("false", sent.development)] == [True]
    assert [change.alert for change in log.command("false", kept.development)] == [False]


def test_confirming_is_recorded_and_sends_nothing(log: Log) -> None:
    first = log.report(MEETING, venue="selm")
    (marked,) = log.command("confirm", first.development)
    assert (marked.alert, marked.note) == (False, "confirm")
    assert log.known.developments[first.development].verdict == "confirm"


def test_later_reports_follow_a_merge(log: Log) -> None:
    one = log.report(MEETING, name="item-1", venue="selm")
    other = log.report(
        "Lunda sends boats", name="item-2", kind=Kind.COMMITMENT, actors=("lunda", "kestria"), at=START + HOUR
    )
    (merged,) = log.command("duplicate-of", other.development, one.development, at=START + 2 * HOUR)
    edited = log.report(
        "Lunda sends more boats",
        name="item-2",
        revision=1,
        kind=Kind.COMMITMENT,
        actors=("lunda", "kestria"),
        at=START + 3 * HOUR,
    )
    again = log.report(MEETING, source="paper", venue="selm", at=START + 4 * HOUR)
    assert merged.note == f"duplicate-of {one.development}"
    assert {edited.development, again.development} == {one.development}
    assert log.known.find(other.development) is log.known.find(one.development)
    assert [development.id for development in log.known.open()] == [one.development]


def test_reports_like_the_merged_one_go_where_it_went(log: Log) -> None:
    one = log.report(MEETING, venue="selm")
    boats = {"kind": Kind.COMMITMENT, "actors": ("lunda", "kestria")}
    other = log.report("Lunda sends boats to Kestria", at=START + HOUR, **boats)
    log.command("duplicate-of", other.development, one.development, at=START + 2 * HOUR)
    again = log.report("Lunda sends its boats to Kestria", source="paper", at=START + 3 * HOUR, **boats)
    assert again.development == one.development


def test_merges_chain_and_do_not_circle(log: Log) -> None:
    names = [
        log.report(title, kind=kind, actors=actors).development
        for title, kind, actors in (
            (MEETING, Kind.MEETING, ("ivan-dorin", "marek-velsky")),
            ("Lunda sends boats", Kind.COMMITMENT, ("lunda",)),
            ("Kestria bans Arvenian ships", Kind.SANCTIONS, ("kestria", "arvenia")),
        )
    ]
    assert len(set(names)) == 3
    log.command("duplicate-of", names[2], names[1])
    log.command("duplicate-of", names[1], names[0])
    assert log.known.find(names[2]) is log.known.developments[names[0]]
    assert log.command("duplicate-of", names[0], names[2]) == ()
    assert log.known.find(names[0]) is log.known.developments[names[0]]


def test_a_kind_is_corrected(log: Log) -> None:
    first = log.report(MEETING, venue="selm")
    (corrected,) = log.command("kind", first.development, "agreement")
    assert (corrected.kind, corrected.note) == (Kind.AGREEMENT, "kind agreement")
    assert log.known.developments[first.development].kind is Kind.AGREEMENT


def test_a_corrected_kind_outlasts_the_next_report(log: Log) -> None:
    first = log.report(MEETING, venue="selm")
    log.command("kind", first.development, "agreement")
    log.report("Dorin meets Velsky in Selm", source="paper", venue="selm", at=START + 2 * HOUR)
    assert log.known.developments[first.development].kind is Kind.AGREEMENT


@pytest.mark.parametrize(
    ("verb", "target", "value", "answer"),
    [
        ("false", "nothing", "", "there is no development nothing"),
        ("kind", "", "party", "'party' is not a kind"),
        ("shout", "", "", "'shout' is not a mark"),
        ("duplicate-of", "", "nothing", "can't be a duplicate of 'nothing'"),
        ("duplicate-of", "", "", "can't be a duplicate of"),
    ],
)
def test_what_can_not_be_applied_changes_nothing_and_says_why(
    log: Log, verb: str, target: str, value: str, answer: str
) -> None:
    known = log.report(MEETING, venue="selm").development
    assert log.command(verb, target or known, value) == ()
    assert answer in log.answer


def test_a_development_is_no_duplicate_of_itself(log: Log) -> None:
    known = log.report(MEETING, venue="selm").development
    assert log.command("duplicate-of", known, known) == ()


@pytest.mark.parametrize(("verb", "value"), [("false", ""), ("confirm", ""), ("kind", "contact")])
def test_what_is_long_past_can_still_be_marked(log: Log, verb: str, value: str) -> None:
    known = log.report(MEETING, venue="selm").development
    log.tick(at=START + 59 * DAY)
    assert log.known.developments == {}
    (marked,) = log.command(verb, known, value, at=START + 60 * DAY)
    assert (marked.development, marked.title) == (known, MEETING)
    assert marked.kind is (Kind.CONTACT if verb == "kind" else Kind.MEETING)


def test_what_is_long_past_can_still_be_merged_and_opens_nothing_again(log: Log) -> None:
    one, other = (
        log.report(title, name=title, kind=kind, actors=actors).development
        for title, kind, actors in (
            (MEETING, Kind.MEETING, ("ivan-dorin", "marek-velsky")),
            ("Lunda sends boats", Kind.COMMITMENT, ("lunda",)),
        )
    )
    (merged,) = log.command("duplicate-of", other, one, at=START + 60 * DAY)
    assert merged.note == f"duplicate-of {one}"
    later = log.report(MEETING, source="paper", actors=("ivan-dorin", "marek-velsky"), at=START + 60 * DAY + HOUR)
    assert later.development not in {one, other}


def test_commands_come_before_the_readings_of_their_tick(log: Log) -> None:
    first = log.report(MEETING, venue="selm")
    mark = Command(1, "false", first.development, "", "an analyst", START + HOUR)
    repeat = reading("Dorin and Velsky in Selm", source="paper", venue="selm", at=START + HOUR)
    result = log.tick(repeat, commands=[mark])
    assert [change.type for change in result.changes] == [ChangeType.CORRECTION, ChangeType.SUPPORT]
    assert Reason.MARKED_FALSE in result.changes[1].kept_back


def test_what_is_like_a_merged_development_goes_where_it_went_though_it_is_unlike_the_rest(log: Log) -> None:
    one = log.report(MEETING, venue="selm", ordinal=1)
    other = log.report(
        "Lunda sends 40 boats to Kestria", kind=Kind.COMMITMENT, actors=("lunda", "kestria"), at=START + HOUR
    )
    log.command("duplicate-of", other.development, one.development, at=START + 2 * HOUR)
    for hours, source in enumerate(("paper", "radio", "post"), start=3):
        again = log.report(
            "Lunda sends Kestria 40 boats",
            source=source,
            kind=Kind.COMMITMENT,
            actors=("lunda", "kestria"),
            at=START + hours * HOUR,
        )
        assert again.development == one.development


def test_what_was_called_false_is_not_told_again_when_its_pattern_comes_back_after_the_window(log: Log) -> None:
    first = log.report("Dorin opens boat fair in Selm", venue="selm", actors=("ivan-dorin", "arvenia"))
    log.command("false", first.development)
    again = log.report(
        "Dorin opens a boat fair in Selm", source="paper", venue="selm", actors=("ivan-dorin",), at=START + 50 * DAY
    )
    assert again.type is ChangeType.NEW
    assert Reason.MARKED_FALSE in again.kept_back
    assert again.compared[0].development == first.development
    other = log.report(
        "Dorin opens talks on tolls in Selm", source="post", venue="selm", actors=("ivan-dorin",), at=START + 80 * DAY
    )
    assert other.alert


def test_confirming_takes_a_false_back(log: Log) -> None:
    first = log.report("Dorin opens boat fair in Selm", venue="selm", actors=("ivan-dorin", "arvenia"))
    log.command("false", first.development)
    log.command("confirm", first.development, at=START + 2 * HOUR)
    again = log.report(
        "Dorin opens a boat fair in Selm", source="paper", venue="selm", actors=("ivan-dorin",), at=START + 50 * DAY
    )
    assert again.alert


def test_a_position_told_by_what_was_called_false_does_not_stand(log: Log) -> None:
    stated = {"kind": Kind.POSITION, "issue": "passage", "states_position": True, "actors": ("ivan-dorin", "arvenia")}
    log.report("Dorin keeps straits closed", stance="closed", **stated)
    false = log.report("Dorin opens the straits", source="blog", stance="open", at=START + 5 * DAY, **stated)
    assert log.known.positions["arvenia", "passage"].stance == "open"
    log.command("false", false.development, at=START + 6 * DAY)
    assert log.known.positions["arvenia", "passage"].stance == "closed"


def test_a_confirmed_development_is_sure_and_its_further_reports_need_no_threshold(log: Log) -> None:
    weak = log.report(MEETING, venue="selm", score=0.4)
    (marked,) = log.command("confirm", weak.development)
    assert marked.confidence == 0.95
    again = log.report("Dorin meets Velsky, Selm", source="paper", venue="selm", score=0.4, at=START + 3 * HOUR)
    assert (again.development, again.alert, again.confidence) == (weak.development, True, 0.95)


def test_a_kind_put_right_is_no_separate_act_when_it_is_read_again(log: Log) -> None:
    first = log.report(MEETING, venue="selm")
    log.command("kind", first.development, "contact")
    again = log.report(MEETING, source="paper", kind=Kind.CONTACT, venue="selm", score=0.97, at=START + 20 * HOUR)
    assert again.development == first.development
    assert Reason.SEPARATE_ACT not in again.reasons
