"""The demo's news: which feed says what in which round, and the documents that say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree as ET

from dipwatch.toml_file import read_toml

DEFAULT_SUBJECT = "ukraine"
_NEWSROOMS = Path(str(files("dipwatch.demo").joinpath("newsrooms")))
_ATOM = "http://www.w3.org/2005/Atom"
_PAGE = "<!doctype html><html><head><title>{source}</title></head><body><p>We have moved.</p></body></html>"


@dataclass(frozen=True, slots=True)
class DemoFeed:
    """A feed; ``format`` is rss or atom, ``broken`` (answers with 500) or ``page`` (answers with a web page)."""

    id: str
    source: str
    kind: str
    language: str
    format: str


@dataclass(frozen=True, slots=True)
class DemoItem:
    """An item, from round ``round`` on."""

    feed: str
    id: str
    round: int
    minutes_ago: int
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Revised:
    """Another headline of an item, from round ``round`` on."""

    item: str
    round: int
    title: str


@dataclass(frozen=True, slots=True)
class Look:
    """A command that is shown at the end, with the words above it."""

    says: str
    arguments: list[str]


@dataclass(frozen=True, slots=True)
class Newsroom:
    """All feeds with all they will ever say, about one of the subjects that dipwatch ships."""

    feeds: tuple[DemoFeed, ...]
    items: tuple[DemoItem, ...]
    revisions: tuple[Revised, ...] = ()
    subject: str = DEFAULT_SUBJECT
    looks: tuple[Look, ...] = ()

    @property
    def rounds(self) -> int:
        """The number of the last round."""
        return max([item.round for item in self.items] + [revised.round for revised in self.revisions])

    @property
    def faulty(self) -> tuple[DemoFeed, ...]:
        """The feeds that never answer with a feed."""
        return tuple(feed for feed in self.feeds if feed.format not in {"rss", "atom"})

    def items_of(self, feed: str, round_: int) -> tuple[DemoItem, ...]:
        """Return what a feed holds in a round, the newest first."""
        held = [self._worded(item, round_) for item in self.items if item.feed == feed and item.round <= round_]
        return tuple(sorted(held, key=lambda item: item.minutes_ago))

    def _worded(self, item: DemoItem, round_: int) -> DemoItem:
        for revised in self.revisions:
            if revised.item == item.id and revised.round <= round_:
                item = replace(item, title=revised.title)
        return item


def shown_subjects() -> tuple[str, ...]:
    """Return the subjects that the demo has news of, in the order of their names."""
    return tuple(sorted(path.stem for path in _NEWSROOMS.glob("*.toml")))


def load_news(subject: str = DEFAULT_SUBJECT) -> Newsroom:
    """Read the news of a subject, one of ``shown_subjects``. Raises ConfigError."""
    data = read_toml(_NEWSROOMS / f"{subject}.toml").data
    return Newsroom(
        feeds=tuple(DemoFeed(**table) for table in data["feed"]),
        items=tuple(DemoItem(**table) for table in data["item"]),
        revisions=tuple(Revised(**table) for table in data.get("revised", ())),
        subject=subject,
        looks=tuple(Look(**table) for table in data.get("look", ())),
    )


def document(feed: DemoFeed, items: Sequence[DemoItem], base: str, start: datetime) -> tuple[str, bytes]:
    """Return content type and bytes of a feed that holds some items; links lead to ``base``, times to ``start``."""
    if feed.format == "page":
        return "text/html; charset=utf-8", _PAGE.format(source=feed.source).encode()
    if feed.format == "atom":
        return "application/atom+xml", _bytes(_atom(feed, items, base, start))
    return "application/rss+xml", _bytes(_rss(feed, items, base, start))


def _rss(feed: DemoFeed, items: Sequence[DemoItem], base: str, start: datetime) -> ET.Element:
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _texts(channel, title=feed.source, link=f"{base}/{feed.id}", description=feed.source, language=feed.language)
    for item in items:
        entry = ET.SubElement(channel, "item")
        _texts(entry, title=item.title, link=f"{base}/{feed.id}/{item.id}", description=item.summary)
        _texts(entry, guid=item.id, pubDate=format_datetime(_published(item, start)))
    return root


def _atom(feed: DemoFeed, items: Sequence[DemoItem], base: str, start: datetime) -> ET.Element:
    root = ET.Element("feed", xmlns=_ATOM)
    _texts(root, title=feed.source, id=f"{base}/{feed.id}", updated=start.isoformat())
    for item in items:
        entry = ET.SubElement(root, "entry")
        published = _published(item, start).isoformat()
        _texts(entry, title=item.title, id=f"urn:demo:{item.id}", updated=published, published=published)
        ET.SubElement(entry, "link", href=f"{base}/{feed.id}/{item.id}")
        _texts(entry, summary=item.summary)
    return root


def _published(item: DemoItem, start: datetime) -> datetime:
    return start - timedelta(minutes=item.minutes_ago)


def _texts(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = text


def _bytes(root: ET.Element) -> bytes:
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
