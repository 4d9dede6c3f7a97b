from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.alerts.hostile import HOSTILE, HOSTILE_LINKS

from dipwatch.alerts.safety import chat, clean, header, markdown, printable, safe_link, shorten

anything = st.one_of(st.text(), st.sampled_from(HOSTILE), st.lists(st.sampled_from(HOSTILE), max_size=4).map("".join))
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(anything, st.integers(20, 400))
def test_cleaned_text_is_one_short_visible_line_that_mentions_nobody(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    assert "@" not in cleaned
    assert cleaned == " ".join(cleaned.split())
    shown = cleaned.replace("\u200c", "").replace("\u200d", "")
    assert not {unicodedata.category(char) for char in shown} & INVISIBLE


@given(anything)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text, 300), 300) == clean(text, 300)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Talks in Ankara", "Talks in Ankara"),
        ("  two\n\tlines ", "two lines"),
        ("@channel now", "＠channel now"),
        ("a\u202eb\u200bc", "abc"),
        ("see https://user:pw@bank.example/x", "see https://bank.example/x"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("a\u200d b", "a b"),
        ("e\u0301", "é"),
        ("Z\u0335\u0336\u0337\u0338\u0339x", "Z\u0335\u0336\u0337x"),
        ("q\u3164\u2800w", "qw"),
    ],
)
def test_cleaning_keeps_what_is_read_and_drops_what_is_not(text: str, cleaned: str) -> None:
    assert clean(text, 100) == cleaned


@given(st.text())
def test_a_subject_is_one_header_line_under_120_characters(text: str) -> None:
    assert len(header(text)) < 120
    assert not set(header(text)) & set("\r\n\0")


def test_a_long_text_is_cut_between_words_with_an_ellipsis() -> None:
    assert shorten("the talks were put off again", 20) == "the talks were put…"
    assert shorten("short", 20) == "short"
    assert shorten("x" * 50, 20) == "x" * 19 + "…"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://news.example/a?b=c&d=e", "https://news.example/a?b=c&d=e"),
        ("HTTP://News.Example:8080/A", "http://news.example:8080/A"),
        ("https://user:secret@news.example/a#part", "https://news.example/a"),
        ("https://n\u0435ws.example/", "https://xn--nws-rdd.example/"),
        ("https://news.example/a b|c<d>\"e'f(g)", "https://news.example/a%20b%7Cc%3Cd%3E%22e%27f%28g%29"),
        ("https://news.example/%D0%BC%D0%B8%D1%80", "https://news.example/%D0%BC%D0%B8%D1%80"),
        ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("javascript:alert(1)", ""),
        ("ftp://news.example/", ""),
        ("https://news.example/" + "x" * 3000, ""),
    ],
)
def test_a_link_is_plain_http_and_shows_where_it_leads(url: str, link: str) -> None:
    assert safe_link(url) == link


@given(st.one_of(st.text(), st.sampled_from(HOSTILE_LINKS), st.text().map("https://news.example/".__add__)))
def test_no_link_holds_anything_that_a_format_could_take_for_markup(url: str) -> None:
    link = safe_link(url)
    assert link == "" or link.startswith(("http://", "https://"))
    assert not set(link) & set(" \n\r\t<>\"'`|()\\@{}")
    assert link.isascii()


@given(anything)
def test_chat_text_has_no_angle_brackets_and_no_emphasis(text: str) -> None:
    neutral = chat(clean(text, 300))
    assert not set(neutral) & set("<>@")


def test_chat_text_keeps_marks_inside_words() -> None:
    assert chat("*bold* _it_ snake_case 3*4 `x`") == "bold it snake_case 3*4 x"


@pytest.mark.parametrize(
    ("text", "neutral"),
    [
        ("[x](https://evil.example)", "[x] (https://evil.example)"),
        ("[a]: https://evil.example [a][a]", "[a] : https://evil.example [a] [a]"),
        ("||hidden||", "| |hidden| |"),
        ("# Breaking", "Breaking"),
        ("<https://evil.example|good>", "‹https://evil.example|good›"),
    ],
)
def test_chat_text_holds_no_markup_of_any_chat(text: str, neutral: str) -> None:
    assert chat(text) == neutral


def test_markdown_escapes_what_opens_markup() -> None:
    assert markdown("[a](https://b.example) *c* <d> `e`") == r"\[a\](https://b.example) \*c\* ‹d› \`e\`"


@given(anything)
def test_printable_keeps_line_breaks_alone_of_all_controls(text: str) -> None:
    kept = printable(text).replace("\u200c", "").replace("\u200d", "")
    assert {char for char in kept if unicodedata.category(char) in INVISIBLE} <= {"\n"}
