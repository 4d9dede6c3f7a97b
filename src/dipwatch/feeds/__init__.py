"""Feeds: what they are, fetching them politely and safely, reading whatever they send, and when to come again.

One poll is ``poll_feed``: fetch -> parse -> entries -> what to remember. The network is behind the ``Fetcher`` port;
parsing is a pure function that a worker process can run. ``HttpFetcher`` is loaded only when it is asked for, so that
workers and commands that fetch nothing don't load an HTTP client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dipwatch.feeds.discover import FeedLink, find_feed_links
from dipwatch.feeds.entries import Entry, to_entries
from dipwatch.feeds.feed import Feed, load_feeds, merged, url_fault
from dipwatch.feeds.links import link_key, usable_link
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.opml import Outline, export_opml, import_opml
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parse import parse_feed
from dipwatch.feeds.parsed import ParsedFeed, ParseLimits, RawEntry
from dipwatch.feeds.poll import FeedEvent, FeedEventName, Parse, PollOutcome, parse_here, poll_feed
from dipwatch.feeds.request import Fetcher, FetchRequest, FetchResult, request_for
from dipwatch.feeds.schedule import Polled, next_poll

if TYPE_CHECKING:
    from dipwatch.feeds.fetch import HttpFetcher

__all__ = [
    "Entry",
    "Feed",
    "FeedEvent",
    "FeedEventName",
    "FeedLink",
    "FeedMemory",
    "FetchRequest",
    "FetchResult",
    "Fetcher",
    "HttpFetcher",
    "Outcome",
    "Outline",
    "Parse",
    "ParseLimits",
    "ParsedFeed",
    "PollOutcome",
    "Polled",
    "RawEntry",
    "export_opml",
    "find_feed_links",
    "import_opml",
    "link_key",
    "load_feeds",
    "merged",
    "next_poll",
    "parse_feed",
    "parse_here",
    "poll_feed",
    "request_for",
    "to_entries",
    "url_fault",
    "usable_link",
]


def __getattr__(name: str) -> object:
    """Load the HTTP client when it is asked for."""
    if name == "HttpFetcher":
        from dipwatch.feeds.fetch import HttpFetcher  # noqa: PLC0415 (deferred on purpose)

        return HttpFetcher
    raise AttributeError(name)
