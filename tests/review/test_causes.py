from __future__ import annotations

import pytest
from tests.review.judged import found, label

from dipwatch.model import Compared, Reason, TextType
from dipwatch.review.evaluation import causes
from dipwatch.review.evaluation.causes import Fault, Trace, by_cause, faults
from dipwatch.review.evaluation.labels import Label
from dipwatch.review.evaluation.scoring import Evaluation


def told_causes(done: Evaluation, traces: dict[str, Trace]) -> list[tuple[str, str, str]]:
    return [(fault.sort, fault.cause, fault.item) for fault in faults(done, traces)]


@pytest.mark.parametrize(
    ("trace", "cause"),
    [
        (None, causes.NOT_THERE),
        (Trace("no claim", opens_gate=False), causes.GATED_OUT),
        (Trace("no claim"), causes.NO_CLAIM),
        (Trace("score 0.20 below 0.31"), causes.TOO_UNSURE),
        (Trace("an edit of an old item"), "left aside: an edit of an old item"),
    ],
)
def test_a_missed_item_is_missed_for_what_ended_its_way(trace: Trace | None, cause: str) -> None:
    done = Evaluation([label("a")], [])
    traces = {"a": trace} if trace else {}
    assert told_causes(done, traces) == [("missed item", cause, "a"), ("missed development", cause, "a")]


def test_a_missed_development_is_missed_for_what_ended_the_way_of_its_farthest_report() -> None:
    done = Evaluation([label("a", "t"), label("b", "t")], [found("b", alert=False)])
    traces = {"a": Trace("no claim"), "b": Trace("new", kept_back=(Reason.BELOW_THRESHOLD,))}
    assert ("missed development", "below the alert threshold", "b") in told_causes(done, traces)


def test_what_stands_in_a_development_that_something_else_opened_is_swallowed() -> None:
    done = Evaluation([label("a", "t"), label("b", "u")], [found("a", "one"), found("b", "one", alert=False)])
    traces = {"b": Trace("support", kept_back=(Reason.KNOWN,))}
    assert told_causes(done, traces) == [("missed development", "swallowed by another development", "b")]


@pytest.mark.parametrize(
    ("labelled", "trace", "cause"),
    [
        (label("x", dev="no", cause="military"), Trace("new", off_topic=("gaza",)), "military"),
        (label("x", dev="context"), Trace("new", text_type=TextType.OPINION), "opinion"),
        (None, Trace("new", off_topic=("gaza",)), "off topic: gaza"),
        (label("x", dev="context"), Trace("new"), "context"),
        (None, Trace("new"), "no sign that it is none"),
    ],
)
def test_a_false_alert_is_false_for_what_the_item_is(labelled: Label | None, trace: Trace, cause: str) -> None:
    done = Evaluation([labelled] if labelled else [], [found("x")])
    assert told_causes(done, {"x": trace}) == [("false item", cause, "x"), ("false alert", cause, "x")]


def test_a_duplicate_alert_names_the_slots_that_differed_from_the_first() -> None:
    labels = [label("a", "t"), label("b", "t"), label("c", "t")]
    done = Evaluation(labels, [found("a", "one"), found("b", "two"), found("c", "three")])
    traces = {"b": Trace("new", compared=(Compared("one", 0.4, differed=("venue", "kind")),)), "c": Trace("new")}
    assert told_causes(done, traces) == [
        ("duplicate alert", "differed: venue, kind", "b"),
        ("duplicate alert", "not compared with the first", "c"),
    ]


def test_an_update_of_the_same_development_is_no_duplicate() -> None:
    done = Evaluation([label("a", "t"), label("b", "t")], [found("a", "one"), found("b", "one", change="update")])
    assert told_causes(done, {}) == []


def test_wrong_kinds_and_statuses_say_what_was_read_for_what() -> None:
    done = Evaluation([label("a")], [found("a", kind="contact", status="planned")])
    assert told_causes(done, {}) == [
        ("wrong kind", "meeting read as contact", "a"),
        ("wrong status", "happened read as planned", "a"),
    ]


def test_causes_are_counted_the_most_frequent_first_within_their_sort() -> None:
    told = [
        Fault("s", "rare", "a", ""),
        Fault("s", "often", "b", ""),
        Fault("s", "often", "c", ""),
        Fault("r", "x", "d", ""),
    ]
    assert [(each.sort, each.cause, each.count, each.items) for each in by_cause(told)] == [
        ("s", "often", 2, ("b", "c")),
        ("s", "rare", 1, ("a",)),
        ("r", "x", 1, ("d",)),
    ]
