from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipwatch.feeds.discover import FeedLink, find_feed_links

PAGE = """<!doctype html><html><head><title>Paper</title>
<link rel="stylesheet" href="/style.css">
<link rel="alternate" type="application/rss+xml" title="Paper &amp; news" href="/rss.xml">
<LINK REL="ALTERNATE home" TYPE="application/atom+xml; charset=utf-8" HREF="https://feeds.example/atom">
<link rel="alternate" type="application/rss+xml" href="/rss.xml">
<link rel="alternate" hreflang="de" href="/de">
<link rel="alternate" type="application/rss+xml" href="javascript:x()">
<link rel="alternate" type="application/feed+json">
</head><body>"""


def test_the_feeds_a_page_names_are_found_in_its_order() -> None:
    assert find_feed_links(PAGE.encode(), "https://paper.example/section/") == [
        FeedLink("https://paper.example/rss.xml", "Paper & news", "application/rss+xml"),
        FeedLink("https://feeds.example/atom", "", "application/atom+xml"),
    ]


@pytest.mark.parametrize("base", ["https://other.example/x/", "/elsewhere/"])
def test_a_base_changes_where_links_lead(base: str) -> None:
    page = f'<base href="{base}"><link rel="alternate" type="application/rss+xml" href="rss.xml">'
    (found,) = find_feed_links(page.encode(), "https://paper.example/")
    assert found.url in {"https://other.example/x/rss.xml", "https://paper.example/elsewhere/rss.xml"}


@given(st.binary(max_size=300))
def test_garbage_has_no_feeds_and_raises_nothing(page: bytes) -> None:
    assert find_feed_links(page, "https://paper.example/") == []
