from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipwatch.feeds.links import link_key, usable_link

BASE = "https://paper.example/feeds/rss.xml"


@pytest.mark.parametrize(
    ("link", "usable"),
    [
        ("https://paper.example/a?at_medium=RSS#top", "https://paper.example/a?at_medium=RSS#top"),
        (" /news/a\n", "https://paper.example/news/a"),
        ("//other.example/a", "https://other.example/a"),
        ("b.html", "https://paper.example/feeds/b.html"),
        ("https://paper.example/a b", "https://paper.example/a%20b"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("mailto:ann@paper.example", ""),
        ("http://[bad", ""),
        ("http://paper.example:port/", ""),
        ("https://paper.example/" + "a" * 5000, ""),
        ("", ""),
    ],
)
def test_only_web_addresses_are_kept(link: str, usable: str) -> None:
    assert usable_link(link, BASE) == usable


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://PAPER.example:80/a", "https://paper.example/a"),
        ("https://paper.example/a#comments", "https://paper.example/a"),
        ("https://paper.example/a?utm_source=x&id=1", "https://paper.example/a?id=1"),
        ("https://paper.example/a?at_medium=RSS&at_campaign=rss", "https://paper.example/a?at_medium=other"),
        ("https://paper.example/a?b=2&a=1", "https://paper.example/a?a=1&b=2"),
        ("https://paper.example/a?CMP=share&fbclid=1&gclid=2&ocid=3&oc=5&ref=rss&from=rss", "https://paper.example/a?"),
        ("https://paper.example", "https://paper.example/"),
        ("https://ann@paper.example./a", "https://paper.example/a"),
    ],
)
def test_links_that_lead_to_one_text_have_one_key(one: str, other: str) -> None:
    assert link_key(one) == link_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://paper.example/a", "https://paper.example/b"),
        ("https://paper.example/?id=1", "https://paper.example/?id=2"),
        ("https://paper.example/a?from=kyiv", "https://paper.example/a?from=rss"),
        ("https://paper.example:8080/a", "https://paper.example/a"),
        ("https://paper.example/A", "https://paper.example/a"),
    ],
)
def test_links_to_different_texts_have_different_keys(one: str, other: str) -> None:
    assert link_key(one) != link_key(other)


@given(st.text(max_size=80), st.text(max_size=60))
def test_any_link_is_either_a_web_address_or_nothing(link: str, path: str) -> None:
    for text in (link, f"https://paper.example/{path}", f"http:{link}"):
        usable = usable_link(text, BASE)
        assert not usable or usable.startswith(("http://", "https://"))
        assert link_key(link_key(usable)) == link_key(usable)
