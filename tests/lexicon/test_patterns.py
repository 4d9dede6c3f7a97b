from __future__ import annotations

from datetime import date

import pytest

from dipwatch.lexicon import Names, Patterns, Sentence, split_sentences
from dipwatch.model import Mention

ON = date(2026, 1, 2)


def read(names: Names, text: str, field: str) -> tuple[tuple[Sentence, ...], tuple[Mention, ...]]:
    return split_sentences(text, field), names.find(text, field=field, on=ON)


@pytest.mark.parametrize(
    ("text", "field", "hits"),
    [
        ("Dorin met with Velsky", "title", ["meeting-held:met with"]),
        ("Talks between Arvenia and Kestria", "title", ["meeting-held:Talks between Arvenia and Kestria"]),
        (
            "Talks between the Arvenian president Ivan Dorin and Marek Velsky",
            "title",
            ["meeting-held:Talks between the Arvenian president Ivan Dorin and Marek Velsky"],
        ),
        ("Talks between ships and Kestria", "title", []),
        ("Talks between Arvenia. And Kestria", "summary", []),
        (
            "President Dorin on Monday receives Velsky",
            "title",
            ["meeting-held:President Dorin on Monday receives Velsky", "meeting-held:Dorin on Monday receives Velsky"],
        ),
        ("Live: Dorin denies it", "title", ["live:Live", "denial:denies"]),
        ("Live: Dorin speaks", "summary", []),
        ("The day as it happened", "title", ["live:as it happened"]),
        ("Дорин провёл переговоры", "title", ["meeting-held:провёл переговоры"]),
    ],
)
def test_cues_are_found_within_a_sentence(
    straits_names: Names, straits_patterns: Patterns, text: str, field: str, hits: list[str]
) -> None:
    sentences, mentions = read(straits_names, text, field)
    got = [f"{h.id}:{text[h.span.start : h.span.end]}" for s in sentences for h in straits_patterns.find(s, mentions)]
    assert sorted(got) == sorted(hits)


def test_a_hit_carries_its_cue(straits_names: Names, straits_patterns: Patterns) -> None:
    sentences, mentions = read(straits_names, "Dorin met with Velsky", "title")
    (hit,) = straits_patterns.find(sentences[0], mentions)
    assert (hit.cue.kind, hit.cue.event, hit.cue.weight) == ("meeting", "CONSULT", 2)


def test_stances_and_issues_are_found(straits_names: Names, straits_patterns: Patterns) -> None:
    text = "Arvenia keeps the straits closed, offers free passage for a toll"
    sentences, mentions = read(straits_names, text, "title")
    stances = straits_patterns.stances(sentences[0], mentions)
    assert [(hit.issue, hit.stance, text[hit.span.start : hit.span.end]) for hit in stances] == [
        ("passage", "closed", "keeps the straits closed"),
        ("passage", "tolls", "toll"),
    ]
    issues = straits_patterns.issues(sentences[0], mentions)
    assert {(hit.issue, text[hit.span.start : hit.span.end]) for hit in issues} == {
        ("passage", "free passage"),
        ("passage", "passage"),
    }


def test_an_issue_whose_words_hold_a_name_is_a_hit_though_the_name_is_the_mention(
    straits_names: Names, straits_patterns: Patterns
) -> None:
    text = "ships wait in the Selm channel"
    sentences, mentions = read(straits_names, text, "title")
    assert [mention.ref for mention in mentions] == ["selm"]
    assert [hit.issue for hit in straits_patterns.issues(sentences[0], mentions)] == ["passage"]


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("Kestria votes", True),
        ("Velsky resigns", True),
        ("В Толмине снег", False),
        ("Lunda votes", False),
        ("the straits treaty is old", True),
        ("о договоре о проливах", True),
    ],
)
def test_the_gate_opens_to_the_parties_and_to_its_words(
    straits_names: Names, straits_patterns: Patterns, text: str, *, opens: bool
) -> None:
    sentences, mentions = read(straits_names, text, "title")
    assert any(straits_patterns.opens_gate(sentence, mentions) for sentence in sentences) is opens
