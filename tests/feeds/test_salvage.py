from __future__ import annotations

import time

import pytest
from tests.feeds.samples import numbered, rss

from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parse import parse_feed
from dipwatch.feeds.salvage import mended, read_as_far_as_possible

LOOSE = "<b>&nbsp</b></unclosed>"
"""What sends feedparser to its forgiving parser."""


def fragile(text: str) -> str:
    """Read as a parser does that falls over certain words."""
    if "poison" in text:
        raise KeyError("links")
    return text


def document(*items: str) -> str:
    return f"<rss><channel>{''.join(items)}</channel></rss>"


GOOD, BAD = "<item>good</item>\n", "<item>poison</item>"


def test_a_sound_document_is_read_once_and_as_it_is() -> None:
    assert read_as_far_as_possible(document(GOOD), fragile) == (document(GOOD), None)


@pytest.mark.parametrize("items", [(GOOD, BAD, GOOD), (BAD, GOOD, GOOD), (GOOD, GOOD, BAD), (BAD, GOOD, BAD, GOOD)])
def test_an_item_that_fells_the_parser_costs_no_other(items: tuple[str, ...]) -> None:
    read, said = read_as_far_as_possible(document(*items), fragile)
    assert (read.count("good"), "poison" in read) == (2, False)
    assert said == f"{items.count(BAD)} items were left out: KeyError while reading it"


def test_what_cant_be_left_out_is_raised() -> None:
    with pytest.raises(KeyError):
        read_as_far_as_possible("<rss poison>" + GOOD, fragile)
    with pytest.raises(KeyError):
        read_as_far_as_possible(document(BAD, GOOD * 100_000), fragile)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("a &#9999999; b &#x110000; c", "a \ufffd b \ufffd c"),
        (f"a &#{'9' * 5000}; b &#x{'f' * 40} c", "a \ufffd b \ufffd c"),
        ("&#8212; &#0000000065; &#x10ffff; &#0;", "&#8212; &#0000000065; &#x10ffff; &#0;"),
        ('<rss xmlns:media="http://search.example/mrss/ ">', '<rss xmlns:media="http://search.example/mrss/">'),
    ],
)
def test_references_and_namespaces_are_mended(text: str, right: str) -> None:
    assert mended(text) == right


def test_a_character_that_does_not_exist_costs_no_entry() -> None:
    body = rss(numbered(3)).replace(b"number 1", f"number&#9999999; 1{LOOSE}".encode())
    parsed = parse_feed(body)
    assert (parsed.outcome, len(parsed.entries)) == (Outcome.OK, 3)


def test_a_blank_of_another_kind_in_a_namespace_costs_no_entry() -> None:
    body = rss(numbered(3)).replace(b'version="2.0"', b'version="2.0" xmlns:x="http://x.example\xc2\xa0/y"')
    parsed = parse_feed(body.replace(b"<guid>", b"<x:y>1</x:y><guid>"))
    assert (parsed.outcome, len(parsed.entries)) == (Outcome.OK, 3)
    assert parsed.notes == ("mended: ValueError while reading it",)


def test_trying_is_bounded() -> None:
    started = time.process_time()
    head = "<x>" * 1_300
    body = f'<rss xmlns:x="a  b"><channel><x:y/>{head}' + "<item><title>t</title><x:z/></item>" * 20_000
    parse_feed(body.encode())
    assert time.process_time() - started < 3
