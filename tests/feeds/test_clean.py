from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dipwatch.feeds.clean import SUMMARY_LENGTH, TITLE_LENGTH, clean_summary, clean_text, clean_title

PIECES = [
    *("&", "amp;", "lt;", "#38;", "<", ">", "b>", "</b>", "<p>", "<!--", "-->", "<script>", "</script>", " ", "talks"),
    *("\u200b", "\u202e", "\x00", "\u0301", "e", "Read more", ". ", "…", "Continue reading", "<![CDATA[", "]]>"),
]
MARKUP = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
TEXTS = st.one_of(st.text(max_size=300), MARKUP)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("<p>Envoys met.</p><p>They will meet again.</p>", "Envoys met. They will meet again."),
        ("A <b>bo</b>ld<br/>offer", "A bold offer"),
        ("Talks &amp; terms", "Talks & terms"),
        ("Talks &amp;amp;amp; terms", "Talks & terms"),
        ("&lt;p&gt;Talks&lt;/p&gt; end", "Talks end"),
        ("&amp;lt;p&amp;gt;Talks&amp;lt;/p&amp;gt; end", "Talks end"),
        ("before<script>alert('x')</script>after", "before after"),
        ("before<!-- <b>never shown</b> -->after", "before after"),
        ("demand for < 5 years and > 2 guarantors", "demand for < 5 years and > 2 guarantors"),
        ("Ky\u200biv\u00ad \ufeffagrees\u202e", "Kyiv agrees"),
        ("  one\n\ttwo\u00a0three\u2028four ", "one two three four"),
        ("Киі\u0306в", "Киĭв".replace("ĭ", unicodedata.normalize("NFC", "і\u0306"))),
        ("no\x00thing\x07 here", "no thing here"),
        ("cut off <a href='https://paper.ex", "cut off <a href='https://paper.ex"),
    ],
)
def test_markup_becomes_the_text_a_reader_sees(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("<p>Envoys met.</p> <a href='x'>Continue reading...</a>", "Envoys met."),
        ("The minister said on Monday that Continue reading", "The minister said on Monday that"),
        ("Envoys met. The post Envoys met appeared first on Paper.", "Envoys met."),
        ("Envoys met. View comments", "Envoys met."),
        ("Envoys met. 12 comments", "Envoys met."),
        ("Послы встретились. Читать далее", "Послы встретились."),
        ("Посли зустрілися. Читайте також: Інша новина", "Посли зустрілися."),
        ("Envoys met. Read more. Continue reading → ", "Envoys met."),
        ("He will continue reading the treaty", "He will continue reading the treaty"),
        ("The post of envoy stays vacant", "The post of envoy stays vacant"),
        ("Reporters asked 12 comments", "Reporters asked 12 comments"),
    ],
)  # fmt: skip
def test_what_publishers_add_at_the_end_goes_and_the_news_stays(raw: str, clean: str) -> None:
    assert clean_summary(raw) == clean


@pytest.mark.parametrize(
    ("raw", "outlet", "proxied", "clean"),
    [
        ("Envoys meet in Vaduz - The Paper", "The Paper", False, "Envoys meet in Vaduz"),
        ("Envoys meet in Vaduz | the paper", "The Paper", False, "Envoys meet in Vaduz"),
        ("Envoys meet - again - The Paper", "", True, "Envoys meet - again"),
        ("Envoys meet - again", "", False, "Envoys meet - again"),
        ("Envoys meet - again", "The Paper", True, "Envoys meet - again"),
        ("Envoys read The Paper", "The Paper", True, "Envoys read The Paper"),
        ("A ten-year plan", "", True, "A ten-year plan"),
    ],
)
def test_the_outlet_behind_a_title_goes(raw: str, outlet: str, proxied: bool, clean: str) -> None:  # noqa: FBT001 (a column of the table)
    assert clean_title(raw, outlet=outlet, proxied=proxied) == clean


def test_a_summary_that_repeats_the_title_is_none() -> None:
    title = "Envoys meet in Vaduz"
    linked = f'<a href="https://paper.example/a">{title}</a>&nbsp;&nbsp;<font color="#6f6f6f">The Paper</font>'
    assert clean_summary(linked, title=title, outlet="The Paper") == ""
    assert clean_summary(f"{title}.", title=title) == ""
    assert clean_summary(f"{title} for the third time", title=title) == f"{title} for the third time"


@given(TEXTS)
@example("&&amp;lt;script>amp;lt;")
@example("<" * 100 + "b>" * 100)
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    assert clean_title(clean_title(raw)) == clean_title(raw)
    assert clean_summary(clean_summary(raw)) == clean_summary(raw)


@given(TEXTS)
def test_what_is_clean_is_one_line_that_can_be_stored(raw: str) -> None:
    for text in (clean_title(raw), clean_summary(raw)):
        assert not [letter for letter in text if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}]
        assert text == " ".join(text.split())
        assert text.encode() is not None


def test_long_texts_are_cut_at_a_word() -> None:
    title, summary = clean_title("word " * 5000), clean_summary("<p>" + "word " * 5000)
    assert (len(title) <= TITLE_LENGTH, len(summary) <= SUMMARY_LENGTH) == (True, True)
    assert title.endswith("word…")


@pytest.mark.parametrize(
    "tricks",
    [
        *("<a " * 500_000, "&" + "amp;" * 300_000, "<!--" * 300_000, "<script>" * 200_000, ". the post" * 100_000),
        *("<" * 20_000 + "b>" * 20_000, "&am<b>p;" * 50_000, ". Read more" * 50_000, "&#38;#38;" * 100_000),
    ],
)
def test_tricks_cost_little(tricks: str) -> None:
    started = time.process_time()
    clean_summary(tricks)
    assert time.process_time() - started < 1
