from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.extract.samples import named

from dipwatch.extract.quotes import find_quotes
from dipwatch.model import Mention, MentionSort, Span

PEOPLE = (
    ("Kremlin", "russia"),
    ("Ukraine", "ukraine"),
    ("Zelensky", "zelensky"),
    ("Putin", "putin"),
    ("Trump", "trump"),
    ("Lavrov", "lavrov"),
    ("Rubio", "rubio"),
    ("Umerov", "umerov"),
    ("Merz", "merz"),
    ("Песков", "peskov"),
    ("Лавров", "lavrov"),
    ("Рубио", "rubio"),
    ("Зеленський", "zelensky"),
    ("Сибіга", "sybiha"),
    ("Трамп", "trump"),
)


def mentions(text: str) -> tuple[Mention, ...]:
    """Whoever of the people above is named in a text."""
    return named(text, *(pair for pair in PEOPLE if pair[0] in text))


@pytest.mark.parametrize(
    ("text", "quote", "speaker"),
    [
        ("Kremlin calls Zelensky's plan 'unacceptable'", "unacceptable", "russia"),
        ("Putin ‘ready to meet Zelensky’, Kremlin says", "ready to meet Zelensky", "russia"),
        ("Trump says Putin 'wants a deal'", "wants a deal", "trump"),
        ("Lavrov: Ukraine 'does not want peace'", "does not want peace", "lavrov"),
        ("Live: Trump calls talks 'productive'", "productive", "trump"),
        ("“We will not give up land,” Zelensky told Merz.", "We will not give up land,", "zelensky"),
        ('"This is a first step," said Rubio after talks with Umerov', "This is a first step,", "rubio"),
        ("According to Lavrov, Ukraine 'drags its feet'", "drags its feet", "lavrov"),
        ("Zelensky rejects Trump plan as 'capitulation'", "capitulation", "zelensky"),
        ("Putin met Rubio. “A useful talk,” Umerov said.", "A useful talk,", "umerov"),
        ("Zelensky doesn't want 'a frozen war'", "a frozen war", "zelensky"),
        ("Песков назвал слова Рубио «шагом назад»", "шагом назад", "peskov"),
        ("«Мы готовы», — заявил Лавров после встречи с Рубио", "Мы готовы", "lavrov"),
        ("Лавров: «Условия не изменились»", "Условия не изменились", "lavrov"),
        ("Зеленський назвав план «компромісним»", "компромісним", "zelensky"),
        ("„Ми готові“, — сказав Сибіга. Трамп чекає", "Ми готові", "sybiha"),
    ],
)
def test_a_quotation_with_its_speaker(text: str, quote: str, speaker: str) -> None:
    assert [(each.text, each.speaker) for each in find_quotes(text, "title", mentions(text))] == [(quote, speaker)]


@pytest.mark.parametrize(
    "text",
    [
        "Putin's envoys' plane can't land",
        "Sanctions hit «Газпром» again",
        'The ship "Boracay" was boarded',
        "Zelensky said ''",
        "No marks at all",
    ],
)
def test_names_and_apostrophes_are_no_quotations(text: str) -> None:
    assert find_quotes(text, "title", ()) == ()


def test_who_is_named_inside_a_quotation_does_not_speak_it() -> None:
    text = "'Putin must go first'"
    assert [each.speaker for each in find_quotes(text, "title", mentions(text))] == [""]


def test_several_quotations_have_their_own_speakers() -> None:
    text = "Trump calls talks 'very good'. Lavrov says they were 'a beginning'."
    assert [each.speaker for each in find_quotes(text, "title", mentions(text))] == ["trump", "lavrov"]


def test_mentions_of_other_sorts_and_fields_do_not_speak() -> None:
    text = "Geneva says 'we are open'"
    venue = Mention(Span("title", 0, 6), "Geneva", MentionSort.VENUE, "geneva")
    elsewhere = Mention(Span("summary", 0, 6), "Geneva", MentionSort.ACTOR, "switzerland")
    assert [each.speaker for each in find_quotes(text, "title", (venue, elsewhere))] == [""]


@settings(deadline=None)
@given(st.text(alphabet="ab «»“”„\"'’‘:.,!Пут\n", max_size=200), st.lists(st.integers(0, 190), max_size=4))
def test_spans_hold_what_is_quoted_whatever_the_marks(text: str, starts: list[int]) -> None:
    actors = tuple(
        Mention(Span("title", start, start + 3), "", MentionSort.ACTOR, "someone")
        for start in sorted(set(starts))
        if start + 3 <= len(text)
    )
    for quote in find_quotes(text, "title", actors):
        assert text[quote.span.start : quote.span.end] == quote.text


@pytest.mark.parametrize("mark", ['"', "'", "«", "“", "„", "‘"])
def test_many_open_marks_are_read_in_time(mark: str) -> None:
    find_quotes(f" {mark}a" * 5_000, "title", ())
