from __future__ import annotations

from typing import Any

import pytest

from dipwatch.errors import UsageError
from dipwatch.review.evaluation.labels import LabelledShift, folded, found_of, read_labels

YES: dict[str, Any] = {
    "id": "a",
    "first_seen": "2026-05-04T10:00:00+00:00",
    "dev": "yes",
    "title": "Envoys meet",
    "kind": "meeting",
    "status": "happened",
    "actors": ["Péter Magyar", "European  Union"],
    "venue": "Linköping",
    "shift": {"actor": "Hungary", "issue": "sanctions", "direction": "softer"},
}


def test_a_label_is_read_with_folded_names_and_is_a_thread_of_its_own() -> None:
    (label,) = read_labels([("here", YES)])
    assert label.yes
    assert label.actors == {"peter magyar", "european union"}
    assert label.venue == "linkoping"
    assert label.shift == LabelledShift("hungary", "sanctions", "softer")
    assert (label.seen, label.thread) == ("2026-05-04T10:00:00+00:00", "a")


def test_what_is_no_development_needs_no_slots() -> None:
    (label,) = read_labels(
        [("here", {"id": "b", "seen": "2026-05-04", "dev": "no", "cause": "military", "lang": "ru"})]
    )
    assert (label.yes, label.cause, label.language) == (False, "military", "ru")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": ""}, "needs id and seen"),
        ({"first_seen": None}, "needs id and seen"),
        ({"dev": "maybe"}, "dev is 'maybe'; it is one of yes, context, no"),
        ({"kind": "party"}, "kind is 'party'; it is one of meeting, contact"),
        ({"status": None}, "status is None; it is one of planned, happened"),
        ({"actors": [3]}, "actors is a list of names"),
        ({"shift": {"actor": "Hungary"}}, "shift has actor, issue and direction"),
    ],
)
def test_a_label_that_cannot_be_used_is_named_with_its_place(change: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as error:
        read_labels([("labels.jsonl:3", YES | change)])
    assert str(error.value).startswith("labels.jsonl:3: ")
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("name", "same"), [("TÜRKİYE", "turkiye"), ("Viktor  Orbán", "viktor orban"), ("Київ", "київ")]
)
def test_names_are_compared_without_case_and_accents(name: str, same: str) -> None:
    assert folded(name) == folded(same)


def test_a_line_of_a_replay_is_read() -> None:
    line = {
        "item": "a",
        "at": "2026-05-04T10:00:00+00:00",
        "development": "d",
        "change": "new",
        "alert": True,
        "kind": "meeting",
        "status": "planned",
        "actors": ["Péter Magyar"],
        "venue": None,
        "shift": None,
        "title": "Envoys meet",
    }
    found = found_of(line)
    assert found.actors == {"peter magyar"}
    assert (found.venue, found.shift) == ("", None)
