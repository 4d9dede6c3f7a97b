"""From an address that a person gives, a feed's or its site's, to the feed."""

from __future__ import annotations

from dataclasses import dataclass

from dipwatch.errors import FeedError, UsageError
from dipwatch.feeds.discover import FeedLink, find_feed_links
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parse import parse_feed
from dipwatch.feeds.parsed import ParsedFeed, ParseLimits
from dipwatch.feeds.request import Fetcher, FetchRequest, FetchResult, own_user_agent
from dipwatch.settings import Polling

_READ = frozenset({Outcome.OK, Outcome.TRUNCATED})
_LISTED = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A feed, and what it says now. ``url`` is where it lives: permanent redirects were followed."""

    url: str
    feed: ParsedFeed


async def find_feed(url: str, fetcher: Fetcher, settings: Polling) -> Found:
    """Return the feed at ``url``, or the one that the page there names as its own.

    Raises FeedError with the named reason when it can't be fetched or read, UsageError where the page names none or
    several.
    """
    result = await _fetched(url, fetcher, settings)
    feed = _parsed(result, settings)
    if feed.outcome in _READ:
        return Found(result.moved_to or url, feed)
    links = find_feed_links(result.body, result.url)
    if not links:
        raise UsageError(f"{url} is no feed ({'; '.join(feed.notes)}) and names none; give the address of the feed")
    if len(links) > 1:
        raise UsageError(f"{url} names {len(links)} feeds; give the address of one: {_told(links)}")
    linked = await _fetched(links[0].url, fetcher, settings)
    feed = _parsed(linked, settings)
    if feed.outcome not in _READ:
        raise FeedError(feed.outcome, f"{links[0].url}, which {url} names as its feed: {'; '.join(feed.notes)}")
    return Found(linked.moved_to or links[0].url, feed)


async def _fetched(url: str, fetcher: Fetcher, settings: Polling) -> FetchResult:
    result = await fetcher.fetch(FetchRequest(url, settings.user_agent or own_user_agent(settings.contact)))
    if result.outcome is not Outcome.OK:
        raise FeedError(result.outcome, f"{url}: {result.detail}" if result.detail else url)
    return result


def _parsed(result: FetchResult, settings: Polling) -> ParsedFeed:
    limits = ParseLimits(max_items=settings.max_items)
    return parse_feed(result.body, content_type=result.headers.get("content-type", ""), url=result.url, limits=limits)


def _told(links: list[FeedLink]) -> str:
    told = [f"{link.url} ({link.title})" if link.title else link.url for link in links[:_LISTED]]
    return ", ".join(told)
