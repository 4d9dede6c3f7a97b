"""Feeds: what they are, fetching them politely and safely, reading whatever they send, and when to come again.

One poll is ``poll_feed``: fetch -> parse -> entries -> what to remember. The network is behind the ``Fetcher`` port;
parsing is a pure function that a worker process can run. Each name is loaded when it is asked for, so that a worker
loads the parser alone, and commands that fetch nothing don't load an HTTP client.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dipwatch.feeds.discover import FeedLink, find_feed_links
    from dipwatch.feeds.entries import Entry, to_entries
    from dipwatch.feeds.events import FeedEvent, FeedEventName
    from dipwatch.feeds.feed import Feed, load_feeds, merged, url_fault
    from dipwatch.feeds.fetch import HttpFetcher
    from dipwatch.feeds.links import link_key, usable_link
    from dipwatch.feeds.memory import FeedMemory
    from dipwatch.feeds.opml import Outline, export_opml, import_opml
    from dipwatch.feeds.outcome import Outcome
    from dipwatch.feeds.own_list import configured_feeds, with_own_list
    from dipwatch.feeds.parse import parse_feed
    from dipwatch.feeds.parsed import ParsedFeed, ParseLimits, RawEntry
    from dipwatch.feeds.poll import Parse, PollOutcome, parse_here, poll_feed
    from dipwatch.feeds.request import Fetcher, FetchRequest, FetchResult, request_for
    from dipwatch.feeds.schedule import Polled, next_poll

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
    "configured_feeds",
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
    "with_own_list",
]


_HOMES = {
    "Entry": "entries",
    "Feed": "feed",
    "FeedEvent": "events",
    "FeedEventName": "events",
    "FeedLink": "discover",
    "FeedMemory": "memory",
    "FetchRequest": "request",
    "FetchResult": "request",
    "Fetcher": "request",
    "HttpFetcher": "fetch",
    "Outcome": "outcome",
    "Outline": "opml",
    "Parse": "poll",
    "ParseLimits": "parsed",
    "ParsedFeed": "parsed",
    "PollOutcome": "poll",
    "Polled": "schedule",
    "RawEntry": "parsed",
    "configured_feeds": "own_list",
    "export_opml": "opml",
    "find_feed_links": "discover",
    "import_opml": "opml",
    "link_key": "links",
    "load_feeds": "feed",
    "merged": "feed",
    "next_poll": "schedule",
    "parse_feed": "parse",
    "parse_here": "poll",
    "poll_feed": "poll",
    "request_for": "request",
    "to_entries": "entries",
    "url_fault": "feed",
    "usable_link": "links",
    "with_own_list": "own_list",
}
"""The module of each name."""


def __getattr__(name: str) -> object:
    """Load a name when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
