"""What the daemon's tests stand on: extraction by a marker in the title, feeds without a network, a host of fakes."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from dipwatch.clock import Clock, SystemClock
from dipwatch.config import Config, LoadedConfig
from dipwatch.daemon.leadership import Leadership, new_holder
from dipwatch.daemon.setup import Setup, Subject, load_subject
from dipwatch.daemon.work import Host
from dipwatch.feeds.feed import Feed
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.poll import parse_here
from dipwatch.feeds.request import FetchRequest, FetchResult
from dipwatch.model import Claim, EventType, Item, Kind, Part, Reading, Role, SourceKind, Span, Status, TextType
from dipwatch.store.feeds import sync_feeds
from dipwatch.store.ingest import Entry, FeedUpdate, ingest
from dipwatch.store.store import Store

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SUBJECT = "ukraine"
_RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>Test</title>{items}</channel></rss>'
_ITEM = "<item><title>{title}</title><guid>{guid}</guid><link>https://news.test/{guid}</link><pubDate>{date}</pubDate></item>"


class MarkerReader:
    """Reads a claim out of every title of the form ``actor+actor does something``; remembers what it has read."""

    def __init__(self) -> None:
        self.read_ids: list[str] = []

    def read(self, item: Item) -> Reading:
        self.read_ids.append(item.id)
        actors, _, rest = item.title.partition(" ")
        claims = (_claim(item, actors.split("+"), rest),) if "+" in actors else ()
        return Reading(item, item.language or "en", TextType.NEWS, (), claims)


def _claim(item: Item, actors: list[str], rest: str) -> Claim:
    return Claim(
        kind=Kind.SANCTIONS if "sanction" in rest else Kind.MEETING,
        event=EventType.CONSULT,
        status=Status.HAPPENED,
        parts=tuple(Part(actor, Role.PARTY) for actor in actors),
        span=Span("title", 0, len(item.title)),
        evidence=item.title,
        score=0.9,
    )


@cache
def subject() -> Subject:
    """The shipped subject; its lexicon is only asked for names here."""
    return load_subject(LoadedConfig(Config(), None), SUBJECT)


def feed(name: str, source: str = "") -> Feed:
    """A feed of the test's own host."""
    return Feed(name, f"https://{name}.test/rss", source or name, SourceKind.WIRE, "en", subjects=(SUBJECT,))


def config(**tables: Mapping[str, Any]) -> Config:
    """A configuration without a health port whose messages don't wait."""
    fast = {"interval": "1s", "fastest": "1s", "slowest": "1s"}
    defaults: dict[str, Mapping[str, Any]] = {"health": {"listen": "off"}, "polling": fast, "detection": {}}
    return Config.model_validate({**defaults, **tables})


def setup(*feeds: Feed, loaded: Config | None = None) -> Setup:
    """A setup of the shipped subject with some feeds."""
    return Setup(LoadedConfig(loaded or config(), None), {SUBJECT: subject()}, feeds)


def item(name: str, title: str, *, minutes: float = 0, history: bool = False) -> Item:
    """An item first seen some minutes after NOW."""
    seen = NOW + timedelta(minutes=minutes)
    return Item(name, "wire", name, SourceKind.WIRE, title, "", "", seen, seen, "en", 0, history)


def rss(*entries: tuple[str, str], at: datetime = NOW) -> bytes:
    """A feed with entries (guid, title)."""
    date = at.strftime("%a, %d %b %Y %H:%M:%S +0000")
    items = "".join(_ITEM.format(guid=guid, title=title, date=date) for guid, title in entries)
    return _RSS.format(items=items).encode()


@dataclass
class FakeFetcher:
    """Serves documents by address; what is not there is refused; ``hangs`` are never answered."""

    documents: dict[str, bytes] = field(default_factory=dict)
    hangs: frozenset[str] = frozenset()
    requests: list[FetchRequest] = field(default_factory=list)

    async def fetch(self, request: FetchRequest) -> FetchResult:
        self.requests.append(request)
        if request.url in self.hangs:
            await asyncio.Event().wait()
        body = self.documents.get(request.url)
        if body is None:
            return FetchResult(Outcome.REFUSED, request.url, detail="nobody listens")
        return FetchResult(Outcome.OK, request.url, 200, {"content-type": "application/rss+xml"}, body)


@contextmanager
def open_store(folder: Path) -> Iterator[Store]:
    """A new SQLite database."""
    store = Store.open(f"sqlite:///{folder / 'test.db'}", upgrade=True)
    try:
        yield store
    finally:
        store.close()


def host(store: Store, fetcher: FakeFetcher | None = None, clock: Clock | None = None) -> Host:
    """A host whose network and extraction are fakes."""
    holder = new_holder()
    return Host(
        store=store,
        leadership=Leadership(store, holder),
        holder=holder,
        clock=clock or SystemClock(),
        parse=parse_here,
        console=io.StringIO(),
        fetcher=fetcher or FakeFetcher(),
        readers={SUBJECT: MarkerReader()},
    )


def printed(host: Host) -> str:
    """What the console receiver was given."""
    assert isinstance(host.console, io.StringIO)
    return host.console.getvalue()


def put(store: Store, *items: tuple[str, str], at: datetime = NOW, contacted: bool = True) -> None:
    """Store (guid, title) pairs as one feed brought them; the first contact is over."""
    entries = tuple(
        Entry(guid, f"https://wire.test/{guid}", f"wire.test/{guid}", title, "", title, at, "en")
        for guid, title in items
    )
    with store.begin() as connection:
        sync_feeds(connection, [feed("wire")], at)
        ingest(connection, FeedUpdate("wire", at, entries=entries, contacted=contacted))


async def until(true: Callable[[], bool], patience: float = 10.0) -> None:
    """Wait until something is true; fail when it takes too long."""
    async with asyncio.timeout(patience):
        while not true():  # noqa: ASYNC110 (what is waited for happens in threads and in a database)
            await asyncio.sleep(0.02)
