from __future__ import annotations

import asyncio

import pytest
from tests.feeds.samples import numbered, rss

from dipwatch.errors import FeedError, UsageError
from dipwatch.feeds.find import Found, find_feed
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.request import FetchRequest, FetchResult
from dipwatch.settings import Polling

SITE = "https://paper.example/"
FEED = "https://paper.example/rss"


def page(*links: str) -> bytes:
    named = "".join(f'<link rel="alternate" type="application/rss+xml" title="News" href="{link}">' for link in links)
    return f"<html><head>{named}</head></html>".encode()


class Web:
    """Answers by address; nothing else exists."""

    def __init__(self, pages: dict[str, bytes], moved: str | None = None) -> None:
        self._pages = pages
        self._moved = moved

    async def fetch(self, request: FetchRequest) -> FetchResult:
        body = self._pages.get(request.url)
        if body is None:
            return FetchResult(Outcome.NOT_FOUND, request.url, status=404, detail="HTTP 404")
        return FetchResult(Outcome.OK, request.url, status=200, body=body, moved_to=self._moved)


def find(url: str, pages: dict[str, bytes], moved: str | None = None) -> Found:
    return asyncio.run(find_feed(url, Web(pages, moved), Polling()))


def test_a_feed_is_found_at_its_own_address_and_through_its_site() -> None:
    pages = {FEED: rss(numbered(3)), SITE: page("/rss")}
    for url in (FEED, SITE):
        found = find(url, pages)
        assert (found.url, found.feed.title, len(found.feed.entries)) == (FEED, "Paper", 3)


def test_where_it_has_moved_for_good_it_is_taken_from_there() -> None:
    assert find(FEED, {FEED: rss()}, "https://new.example/rss").url == "https://new.example/rss"


@pytest.mark.parametrize(
    ("pages", "error", "said"),
    [
        ({}, FeedError, "not_found"),
        ({SITE: page()}, UsageError, r"is no feed \(an HTML page\) and names none"),
        ({SITE: page("/rss", "/atom")}, UsageError, r"names 2 feeds; .*rss \(News\), https://paper.example/atom"),
        ({SITE: page("/rss")}, FeedError, "not_found"),
        ({SITE: page("/rss"), FEED: page()}, FeedError, "not_a_feed: .*which https://paper.example/ names"),
    ],
)
def test_what_leads_to_no_feed_is_said(pages: dict[str, bytes], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        find(SITE, pages)
