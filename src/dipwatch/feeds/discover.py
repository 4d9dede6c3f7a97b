"""Finding the feed of a site: the links a page offers to feed readers."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

from dipwatch.feeds.clean import clean_title
from dipwatch.feeds.links import usable_link

_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "application/xml"}
)
_READ = 512_000
"""Characters of a page that are read; the links stand in its head."""


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page names as its own."""

    url: str
    title: str
    type: str


def find_feed_links(html: bytes, url: str) -> list[FeedLink]:
    """Return the feeds that a page fetched from ``url`` names, in its order, each once."""
    finder = _Finder(url)
    finder.feed(html.decode("utf-8", "replace")[:_READ])
    return list(finder.found.values())


class _Finder(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self._base = base
        self.found: dict[str, FeedLink] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what a ``link`` names; a ``base`` changes what later ones are relative to."""
        values = {name: value or "" for name, value in attrs}
        if tag == "base":
            self._base = usable_link(values.get("href", ""), self._base) or self._base
        if tag != "link" or "alternate" not in values.get("rel", "").lower().split():
            return
        sort = values.get("type", "").partition(";")[0].strip().lower()
        address = usable_link(values.get("href", ""), self._base)
        if sort in _TYPES and address:
            self.found.setdefault(address, FeedLink(address, clean_title(values.get("title", "")), sort))
