"""The lexicon that is shipped: it loads, and its names are found in the forms people write."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from dipwatch.lexicon import Lexicon, Names
from dipwatch.model import MentionSort

FORMS = Path(__file__).parent / "forms.tsv"
ON = date(2025, 11, 15)
RECALL = 0.98


def rows() -> list[tuple[str, str, str]]:
    lines = FORMS.read_text(encoding="utf-8").splitlines()[1:]
    return [(form, language, expected) for form, language, expected in (line.split("\t") for line in lines)]


def refs(names: Names, form: str, language: str) -> set[str]:
    mentions = names.find(form, field="title", on=ON, language=language)
    return {mention.ref for mention in mentions if mention.sort is not MentionSort.ISSUE}


def test_the_list_of_forms_is_long_enough_and_trilingual() -> None:
    counts = Counter(language for _, language, _ in rows())
    assert sum(counts.values()) >= 300
    assert min(counts["en"], counts["ru"], counts["uk"]) >= 80
    assert sum(1 for *_, expected in rows() if expected == "-") >= 50


def test_name_forms_are_found_and_look_alikes_stay_apart(ukraine_names: Names) -> None:
    wanted = [(form, language, expected) for form, language, expected in rows() if expected != "-"]
    missed = [row for row in wanted if row[2] not in refs(ukraine_names, row[0], row[1])]
    merged = [(row, sorted(got)) for row in rows() if (got := refs(ukraine_names, row[0], row[1])) - {row[2]}]
    recall = 1 - len(missed) / len(wanted)
    report = f"recall {recall:.4f} of {len(wanted)}\nmissed: {missed}\nmerged: {merged}"
    assert recall >= RECALL, report
    assert not merged, report


def test_the_parties_of_the_subject_open_its_gate(ukraine: Lexicon) -> None:
    assert all(ukraine.in_gate(party) for party in ukraine.subject.parties)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Witkoff lands in Moscow to see Putin", ["steve-witkoff", "moscow", "vladimir-putin"]),
        ("Moscow says Kyiv drags its feet", ["russia", "ukraine"]),
        ("Georgia votes on a budget", []),
        ("Paris Hilton signs books", []),
        ("the President spoke", []),
        ("Уиткофф прилетел в Москву", ["steve-witkoff", "moscow"]),
        ("Москва ответила Киеву", ["russia", "ukraine"]),
        ("Єрмак повернувся до Києва", ["andriy-yermak", "kyiv"]),
        ("with Brigitte Macron beside him", []),
    ],
)
def test_metonyms_places_and_ambiguous_names(ukraine_names: Names, text: str, expected: list[str]) -> None:
    mentions = ukraine_names.find(text, field="title", on=ON)
    assert [mention.ref for mention in mentions if mention.sort is not MentionSort.ISSUE] == expected
