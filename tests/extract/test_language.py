from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.extract.samples import labelled

from dipwatch.extract import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Lavrov rejects the plan", "en"),
        ("Šefčovič reist nach Kyjiw", "en"),
        ("Лавров отверг предложенный план", "ru"),
        ("Лавров відкинув план", "uk"),
        ("Кремль не видит смысла в новых контактах", "ru"),
        ("Путин не против встречи", "ru"),
        ("Зеленський оголосив енергетичне перемир'я", "uk"),
        ("Угода про перемир’я", "uk"),
        ("Лавров прибув до Анкари", "uk"),
        ("Министр прибыл в Киев: Зеленський зустрів делегацію, інших гостей немає", "uk"),
        ("Саммит G7 пройдет в Evian", "ru"),
        ("היועץ נפגש עם הנשיא", "other"),
        ("外相会談が行われた", "other"),
        ("", "other"),
        ("2025 — 30!", "other"),
    ],
)
def test_letters_and_common_words_tell_the_language(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("name", ["kinds.tsv", "statuses.tsv"])
def test_the_language_of_headlines_is_told(name: str) -> None:
    assert [each.text for each in labelled(name) if detect_language(each.text) != each.language] == []


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Трамп — Путин: контакт", "uk", "uk"),
        ("Трамп — Путин: контакт", "ru", "ru"),
        ("Трамп — Путин: контакт", None, "ru"),
        ("Трамп — Путин: контакт", "en", "ru"),
        ("Лавров отверг предложенный план", "uk", "ru"),
        ("Лавров відкинув план", "ru", "uk"),
        ("Lavrov rejects the plan", "uk", "en"),
        ("היועץ נפגש עם הנשיא", "en", "other"),
    ],
)
def test_what_the_feed_declares_decides_only_where_letters_and_words_do_not(
    text: str, declared: str | None, language: str
) -> None:
    assert detect_language(text, declared) == language


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from([None, "en", "ru", "uk", "he", ""]))
def test_any_text_has_one_of_four_answers(text: str, declared: str | None) -> None:
    assert detect_language(text, declared) in {"en", "ru", "uk", "other"}
