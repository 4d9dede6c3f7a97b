"""The lexicon that is shipped: it loads, and its names are found in the forms people write."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from dipwatch.lexicon import Lexicon, Names, Patterns, split_sentences
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


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("Putin demands that Ukraine withdraw its troops from Donbas", "territory:demands-whole-regions"),
        ("Sanctions must be lifted before any truce, says Peskov", "sanctions:demands-lifting"),
        ("Zelensky refuses to give up land", "territory:rejects-any-cession"),
        ("Zelensky wants elections only if security is ensured", "elections:elections-if-secure"),
        ("France offers to lead a multinational force", "peacekeepers:plans-a-force"),
        ("Germany to give Ukraine new air-defence systems", "weapons-support:gives"),
        ("India abstained in the vote on Ukraine", "russia-backers:stays-neutral"),
        ("Talks without Ukraine would fail, says Kallas", "peace-framework:seat-and-changes"),
        ("Russia wants a non-aligned status for Ukraine", "nato-membership:demands-ban"),
        ("France is ready to send troops to Ukraine", "peacekeepers:open-to-troops"),
        ("It has been abstaining from strikes on Crimea", None),
        ("Ukraine is left without security guarantees", None),
        ("robust enough to give Ukraine confidence", None),
        ("A winter without Ukraine on the front pages", None),
        ("The Non-Aligned Movement meets in Kampala", None),
        ("backed by forces and not by merely political statements", None),
    ],
)
def test_phrases_tell_the_stance_that_is_meant(
    ukraine_names: Names, ukraine_patterns: Patterns, text: str, stance: str | None
) -> None:
    (sentence,) = split_sentences(text, "title")
    hits = ukraine_patterns.stances(sentence, ukraine_names.find(text, field="title", on=ON))
    assert next((f"{hit.issue}:{hit.stance}" for hit in hits), None) == stance


def test_the_parties_of_the_subject_open_its_gate(ukraine: Lexicon) -> None:
    assert all(ukraine.in_gate(party) for party in ukraine.subject.parties)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Witkoff lands in Moscow to see Putin", ["steve-witkoff", "moscow", "vladimir-putin"]),
        ("Moscow says Kyiv drags its feet", ["russia", "ukraine"]),
        ("Georgia votes on a budget", []),
        ("Paris Hilton signs books", []),
        ("The Paris summit ended without a deal", ["paris"]),
        ("Paris talks tough on Russia", ["france", "russia"]),
        ("Paris says it is ready", ["france"]),
        ("The Geneva Winter summit ended", ["geneva"]),
        ("The Paris Winter Summit ended", ["paris"]),
        ("Geneva talks resume on Monday", ["geneva"]),
        ("Track I diplomacy has stalled", []),
        ("Track II diplomacy goes on", ["track-two"]),
        ("The Route chosen by envoys", []),
        ("a speech by Bernie, a word from Barak", []),
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
