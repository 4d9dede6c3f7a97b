from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipwatch.baseline import Seed, SeedInfo, make_seed
from dipwatch.baseline.cues import load_cues
from dipwatch.baseline.text import clauses, clean

CUES = load_cues()
Make = Callable[..., Seed]


def texts(seed: Seed) -> list[str]:
    return [clause.text for clause in clauses(seed, CUES)]


@given(st.text(alphabet="ab ā\u00a0.;:•-\n'?", max_size=400))
def test_every_clause_is_a_verbatim_piece_of_its_document(text: str) -> None:
    info = SeedInfo.model_validate({"id": "t", "file": "t", "title": "A title", "added": "2026-05-01", "garbled": "ā"})
    seed = make_seed(info, text)
    assert len(clean(seed)) == len(text)
    for clause in clauses(seed, CUES):
        assert text[clause.start : clause.end] == clause.quote
        assert len(clause.quote) == len(clause.shown) == len(clause.text)
        assert "ā" not in clause.shown


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("A thinkātank said soā", "A think-tank said so-"),
        ("Russiaās back\u00a0channel", "Russia’s back channel"),
        ("Kyiv's plan", "Kyiv’s plan"),
    ],
)
def test_what_was_garbled_is_mended_in_place(document: Make, text: str, read: str) -> None:
    assert clean(document(text, garbled="ā")) == read


@pytest.mark.parametrize(
    "line",
    [
        "Watch Now",
        "Skip to main content",
        "Written by:",
        "— 6 min read",
        "https://example.org/stream:7021",
        "Read Also: more of the same",
        "TL;DR: the main question is what to write. So we need to summarize the content.",
    ],
)
def test_furniture_is_left_out(document: Make, line: str) -> None:
    assert texts(document(f"Talks were held.\n{line}\nNothing was signed.")) == [
        "Talks were held.",
        "Nothing was signed.",
    ]


def test_nothing_is_read_behind_the_end_of_the_text(document: Make) -> None:
    assert texts(document("Talks were held.\nLeave a Reply\nRussia agreed to everything.")) == ["Talks were held."]


def test_strings_of_keywords_are_no_text(document: Make) -> None:
    keywords = "war diplomacy news " * 4
    assert texts(document(f"Talks were held. {keywords}\nNothing was signed.")) == [
        "Talks were held.",
        "Nothing was signed.",
    ]


def test_a_sentence_that_stands_twice_counts_once(document: Make) -> None:
    assert texts(document("What now?\nTalks go on.\nFAQ\nWhat now?\nTalks go on.")) == ["Talks go on."]


def test_headings_and_labels_are_kept_with_what_stands_below_them(document: Make) -> None:
    (clause,) = clauses(document("Russia's Demands\n\n• NATO membership: it wants a ban."), CUES)
    assert (clause.heading, clause.label) == ("Russia’s Demands", "NATO membership")


def test_only_long_sentences_are_cut_at_semicolons(document: Make) -> None:
    short = "One side waits; the other talks."
    long = f"One side waits {'and waits ' * 30}; the other talks; nobody signs."
    assert texts(document(short)) == [short]
    assert texts(document(long))[1:] == ["the other talks", "nobody signs."]
