from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.review.judged import SHIFT, found, label

from dipwatch.model import Kind, Status
from dipwatch.review.evaluation.labels import found_of, read_labels
from dipwatch.review.evaluation.scoring import Evaluation, Figures, by_class, by_label, figures, intervals

Rows = Sequence[Mapping[str, Any]]


def test_perfect_detection_has_perfect_figures() -> None:
    done = Evaluation([label("a", "t"), label("b", "u")], [found("a"), found("b")])
    values = figures(done)
    for name in ("item_f1", "alert_f1", "kind_accuracy", "kind_macro_f1", "actor_f1", "grouping_bcubed_f1"):
        assert values[name] == 1, name


def test_nothing_found_is_nothing_and_not_an_error() -> None:
    values = figures(Evaluation([label("a")], []))
    assert (values["item_recall"], values["alert_precision"], values["median_reports_before_alert"]) == (0, 0, None)
    assert figures(Evaluation([], []))["item_f1"] == 0


def test_items_that_are_none_count_against_precision_and_context_is_counted_apart() -> None:
    labels = [label("a"), label("b"), label("c", dev="context"), label("d", dev="no")]
    values = figures(Evaluation(labels, [found("a"), found("c"), found("d"), found("unlabelled")]))
    assert (values["item_precision"], values["item_recall"]) == (0.25, 0.5)
    assert (values["context_items_taken"], values["false_alerts_on_context"]) == (1, 1)


def test_alerts_are_counted_by_labelled_development() -> None:
    labels = [label("a", "t"), label("b", "t"), label("c", "t"), label("d", "u")]
    lines = [found("a", "one"), found("b", "two"), found("c", "one", change="update"), found("d", alert=False)]
    values = figures(Evaluation(labels, lines))
    assert (values["thread_recall"], values["major_thread_recall"]) == (0.5, 1)
    assert (values["new_alerts_per_caught_thread"], values["alerts_per_caught_thread"]) == (2, 3)


def test_the_last_word_on_an_item_is_the_one_that_is_scored() -> None:
    done = Evaluation([label("a")], [found("a", kind="contact"), found("a", change="update")])
    assert figures(done)["kind_accuracy"] == 1


def test_a_shift_is_right_by_actor_and_issue_and_its_direction_is_counted_apart() -> None:
    labels = [label("a", shift=SHIFT), label("b", shift=SHIFT)]
    softer = type(SHIFT)(SHIFT.actor, SHIFT.issue, "softer")
    values = figures(Evaluation(labels, [found("a", shift=softer), found("b")]))
    assert (values["shift_precision"], values["shift_recall"], values["shift_direction_accuracy"]) == (1, 0.5, 0)


def test_a_venue_that_was_read_where_none_is_counts_against_it() -> None:
    labels = [label("a", venue="minsk"), label("b")]
    values = figures(Evaluation(labels, [found("a", venue="minsk"), found("b", venue="paris")]))
    assert values["venue_accuracy"] == 1
    assert values["venue_f1"] == pytest.approx(2 / 3)


def test_what_is_swallowed_costs_precision_and_what_is_torn_apart_recall() -> None:
    labels = [label("a", "t"), label("b", "u")]
    swallowed = figures(Evaluation(labels, [found("a", "one"), found("b", "one")]))
    assert (swallowed["grouping_bcubed_precision"], swallowed["grouping_bcubed_recall"]) == (0.5, 1)
    torn = figures(Evaluation([label("a", "t"), label("b", "t")], [found("a"), found("b")]))
    assert (torn["grouping_bcubed_precision"], torn["grouping_bcubed_recall"]) == (1, 0.5)


def test_each_kind_has_its_recall_accuracy_and_precision() -> None:
    labels = [label("a"), label("b"), label("c", kind="contact")]
    done = Evaluation(labels, [found("a"), found("c")])
    kinds = by_class(done, lambda each: each.kind, lambda each: each.kind)
    assert kinds["meeting"] == {
        "items": 2,
        "item_recall": 0.5,
        "accuracy": 1,
        "precision": 0.5,
        "f1": pytest.approx(2 / 3),
    }
    assert kinds["contact"]["accuracy"] == 0


def test_groups_go_by_the_label_of_the_item() -> None:
    labels = [label("a"), label("b", language="uk"), label("c", dev="no", language="uk")]
    groups = by_label(Evaluation(labels, [found("a"), found("c")]), lambda each: each.language)
    assert (groups["en"]["item_recall"], groups["uk"]["item_recall"], groups["uk"]["item_precision"]) == (1, 0, 0)


def test_intervals_are_the_same_each_time_and_hold_the_figure() -> None:
    labels = [label(str(number)) for number in range(40)]
    done = Evaluation(labels, [found(str(number)) for number in range(20)])
    first = intervals(done, 50)
    low, high = first["item_recall"]
    assert first == intervals(done, 50)
    assert 0.3 < low < 0.5 < high < 0.7
    assert "grouping_bcubed_f1" not in first


Score = Callable[[Rows, Rows], tuple[Figures, dict[str, Any]]]


@pytest.fixture(scope="module")
def score(shared: Path) -> Score:
    """The scoring function that stands beside the labelled streams."""
    spec = importlib.util.spec_from_file_location("score", shared / "eval/score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.score  # type: ignore[no-any-return] # a script without types


names = st.sampled_from(["Russia", "Ukraine", "Péter Magyar", "Turkey", "NATO"])
slots = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([*Kind][:4]),
        "status": st.sampled_from([*Status][:3]),
        "actors": st.lists(names, max_size=3, unique=True),
        "venue": st.sampled_from(["", "Minsk", "Geneva"]),
        "shift": st.none()
        | st.fixed_dictionaries(
            {"actor": names, "issue": st.sampled_from(["territory", "ceasefire"]), "direction": st.just("harder")}
        ),
    }
)
LABELS = st.lists(st.tuples(st.sampled_from(["yes", "context"]), slots, st.sampled_from("tuvw")), max_size=12)
LINES = st.lists(
    st.tuples(st.integers(0, 15), slots, st.sampled_from("pqr"), st.booleans(), st.booleans()), max_size=16
)


@given(labels=LABELS, lines=LINES)
def test_the_definitions_are_those_of_the_script_beside_the_labels(score: Score, labels: Any, lines: Any) -> None:  # noqa: ANN401 (what hypothesis draws)
    gold = [
        {"id": str(n), "seen": f"2026-05-{n + 1:02d}T00:00:00+00:00", "dev": dev, "thread": thread, **values}
        for n, (dev, values, thread) in enumerate(labels)
    ]
    out = [
        {
            "item": str(n),
            "at": "2026-06-01T00:00:00+00:00",
            "development": development,
            "change": "new" if new else "update",
            "alert": alert,
            "title": "",
            **values,
        }
        for n, values, development, alert, new in lines
    ]
    theirs, _ = score(gold, out)
    ours = figures(Evaluation(read_labels(("", row) for row in gold), [found_of(line) for line in out]))
    assert ours == pytest.approx(theirs, nan_ok=True)


def test_the_figures_of_the_labelled_streams_are_those_of_the_script(score: Score, shared: Path) -> None:
    gold = [json.loads(line) for line in (shared / "eval/dev/gold.jsonl").read_text(encoding="utf-8").splitlines()]
    out = [_as_found(row, place) for place, row in enumerate(gold) if place % 5 < 3]
    theirs, _ = score(gold, out)
    ours = figures(Evaluation(read_labels(("", row) for row in gold), [found_of(line) for line in out]))
    assert ours == pytest.approx(theirs)


def _as_found(row: Mapping[str, Any], place: int) -> dict[str, Any]:
    """A line that a fair detector might have written of a labelled item: some slots are off, threads are cut."""
    thread = row.get("thread", row["id"])
    return {
        "item": row["id"],
        "at": row["seen"],
        "development": f"{thread}/{place % 7 == 0}",
        "change": "new" if place % 3 else "update",
        "alert": place % 4 > 0,
        "kind": row.get("kind", "position") if place % 6 else "meeting",
        "status": row.get("status", "happened") if place % 8 else "planned",
        "actors": row.get("actors", ["Russia"])[: place % 4],
        "venue": row.get("venue") or None,
        "shift": row.get("shift"),
        "title": row["title"],
    }
