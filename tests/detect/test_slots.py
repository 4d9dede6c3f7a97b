from __future__ import annotations

from typing import Any

import pytest
from tests.detect.build import DAY, HOUR, START, Log, on, reading

from dipwatch.detect.group import find_match, rarities_of
from dipwatch.detect.slots import candidate_of, compare, stems
from dipwatch.model import Kind, Quantity, Status

TITLE = "Dorin and Velsky hold talks in Selm"
POSITION: dict[str, Any] = {"kind": Kind.POSITION, "actors": ("ivan-dorin", "arvenia"), "issue": "passage"}


def features(log: Log, earlier: dict[str, Any], later: dict[str, Any]) -> dict[str, float]:
    """The features of a pair of reports; those that count nothing are left out."""
    log.report(earlier.pop("title", TITLE), **earlier)
    (development,) = log.known.open()
    candidate = candidate_of(reading(later.pop("title", TITLE), source="paper", **later))
    found = compare(candidate, development.traces[0], log.lexicon, rarities_of(log.known))
    return {name: value for name, value in found.items() if value}


@pytest.mark.parametrize(
    ("earlier", "later", "present", "absent"),
    [
        ({"venue": "selm"}, {"venue": "selm"}, {"same_venue"}, {"other_venue"}),
        ({"venue": "tolmin"}, {"venue": "amber-palace"}, {"same_venue"}, {"other_venue"}),
        ({"venue": "selm"}, {"venue": "vorst"}, {"other_venue"}, {"same_venue"}),
        ({"venue": "selm"}, {}, set(), {"same_venue", "other_venue"}),
        ({"when": on(2)}, {"when": on(2)}, {"same_day"}, {"other_day"}),
        ({"when": on(2)}, {"when": on(3)}, {"other_day"}, {"same_day"}),
        ({"when": on(2)}, {}, set(), {"same_day", "other_day"}),
        ({"ordinal": 2}, {"ordinal": 2}, {"same_ordinal"}, {"other_ordinal"}),
        ({"ordinal": 2}, {"ordinal": 3}, {"other_ordinal"}, {"same_ordinal"}),
        ({"ordinal": 2}, {}, set(), {"same_ordinal", "other_ordinal"}),
        ({"negated": True}, {}, {"other_polarity"}, set()),
        ({"negated": True}, {"negated": True}, set(), {"other_polarity"}),
        ({"status": Status.PLANNED}, {"status": Status.CANCELLED}, {"undone"}, set()),
        ({"status": Status.DENIED}, {"status": Status.CANCELLED}, set(), {"undone"}),
        ({}, {"kind": Kind.CONTACT}, {"both_talks"}, {"same_kind"}),
        ({}, {"kind": Kind.SANCTIONS}, set(), {"both_talks", "same_kind"}),
        (POSITION, POSITION, {"same_speaker", "same_issue", "same_kind"}, {"other_speaker", "other_issue"}),
        (POSITION, {**POSITION, "actors": ("kestria",)}, {"other_speaker"}, {"same_speaker", "same_first"}),
        (POSITION, {**POSITION, "issue": "fishing"}, {"other_issue"}, {"same_issue"}),
        ({}, {"language": "ru"}, {"cross"}, {"words"}),
        ({}, {"at": START + 20 * HOUR}, {"days"}, {"same_news_day"}),
        ({}, {"at": START + HOUR}, {"same_news_day"}, set()),
        ({"quantities": (Quantity(5, "days"),)}, {"quantities": (Quantity(5, "days"),)}, {"quantities"}, set()),
        ({"quantities": (Quantity(5, "days"),)}, {"quantities": (Quantity(5, "points"),)}, set(), {"quantities"}),
    ],
)
def test_slots_are_compared_one_by_one(
    log: Log, earlier: dict[str, Any], later: dict[str, Any], present: set[str], absent: set[str]
) -> None:
    found = features(log, dict(earlier), dict(later))
    assert present <= set(found)
    assert not absent & set(found)


def test_actors_that_are_everywhere_tell_less_than_rare_ones(log: Log) -> None:
    for hour in range(3):
        log.report(f"Arvenia, act {hour}", kind=Kind.SANCTIONS, actors=("arvenia",), at=START + hour * HOUR)
    rarities = rarities_of(log.known)
    assert rarities.actor("petra-holm") > rarities.actor("lunda") > rarities.actor("arvenia") > 0


def test_words_are_compared_by_their_stems() -> None:
    assert stems("Переговоры о проходе") == stems("переговорах о проходов")
    assert stems("to go on") == frozenset()
    assert stems("") == frozenset()


def test_an_item_is_recognised_without_any_likeness(log: Log) -> None:
    first = log.report(TITLE, name="item-1", venue="selm")
    edited = reading("Lunda sends boats", name="item-1", kind=Kind.COMMITMENT, actors=("lunda",))
    match = find_match(edited, log.known, START + DAY, log.policy, log.weights)
    assert match.development is not None
    assert (match.development.id, match.score) == (first.development, 1.0)


def test_nothing_matches_in_an_empty_log(log: Log) -> None:
    match = find_match(reading(TITLE), log.known, START, log.policy, log.weights)
    assert (match.development, match.score, match.compared) == (None, 0.0, ())
