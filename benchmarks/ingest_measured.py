"""Rounds of one program over made-up feeds, measured; started by ``ingest_round.py``, a process for each program.

Run: python benchmarks/ingest_measured.py PROGRAM FOLDER, with the feeds' addresses as JSON on its input. It prints what
each round cost, as JSON. Programs: ``store`` (dipwatch without a subject: polled and stored), ``full`` (with
detection), ``growth`` (store, before and after the store holds ten times as much), ``reader``.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from feed_corpus import ITEMS
from process_cost import Cost, Meter

from dipwatch.clock import SystemClock
from dipwatch.config import Config, LoadedConfig
from dipwatch.daemon.leadership import Leadership, claim_alone, new_holder
from dipwatch.daemon.once import leading, one_round
from dipwatch.daemon.parsing import ParserPool
from dipwatch.daemon.poller import Poll
from dipwatch.daemon.setup import Setup, load_subject
from dipwatch.daemon.work import Host, Work, working
from dipwatch.feeds.feed import Feed
from dipwatch.model import SourceKind
from dipwatch.store.ingest import Entry, FeedUpdate, ingest
from dipwatch.store.store import Store

SUBJECT = "ukraine"
WORKERS = 16
"""Feeds that are polled at a time, by either program."""
_TIMES = 10

Costs = dict[str, Cost]


class Dipwatch:
    """The daemon's rounds on an SQLite file: put to work once, as the daemon is, with parser processes that live on."""

    def __init__(self, folder: Path, urls: list[str], *, detects: bool) -> None:
        self._folder = folder
        polling = {"allow_networks": ["127.0.0.0/8"], "concurrency": WORKERS}
        loaded = LoadedConfig(Config.model_validate({"polling": polling}), None)
        subjects = {SUBJECT: load_subject(loaded, SUBJECT)} if detects else {}
        feeds = tuple(
            Feed(f"herald-{number}", url, f"Herald {number}", SourceKind.WIRE, "en", subjects=(SUBJECT,))
            for number, url in enumerate(urls)
        )
        self._setup = Setup(loaded, subjects, feeds)
        self._urls = urls

    async def rounds(self) -> Costs:
        """Do the three rounds."""
        async with self._at_work() as daemon:
            first = await daemon.round()
            unchanged = await daemon.round()
            _add_items(self._urls, 10)
            return {"first": first, "unchanged": unchanged, "tenth": await daemon.round()}

    async def growth(self) -> Costs:
        """Do rounds in which every feed brings an item, before and after the store has grown: the cheaper of two."""
        async with self._at_work() as daemon:
            await daemon.round()
            before = await self._cheapest(daemon)
            self._fill(daemon.host.store)
            return {"before": before, "after": await self._cheapest(daemon)}

    async def _cheapest(self, daemon: _AtWork) -> Cost:
        costs = []
        for _ in range(3):
            _add_items(self._urls, 1)
            costs.append(await daemon.round())
        return min(costs, key=lambda cost: cost.cpu)

    @asynccontextmanager
    async def _at_work(self) -> AsyncIterator[_AtWork]:
        polls: list[Poll] = []
        with self._opened() as store:
            async with ParserPool() as parsers:
                host = _host(store, parsers)
                claim_alone(host.leadership, store, tuple(self._setup.subjects), host.clock)
                async with working(self._setup, host, polls.append) as work, leading(self._setup, host):
                    yield _AtWork(work, host, polls)

    def _fill(self, store: Store) -> None:
        """Store what each feed would have brought in nine times as many rounds."""
        now = datetime.now(UTC)
        for feed in self._setup.feeds:
            with store.begin() as connection:
                ingest(connection, FeedUpdate(feed.id, now, tuple(_older(feed.id))))

    @contextmanager
    def _opened(self) -> Iterator[Store]:
        store = Store.open(f"sqlite:///{self._folder / 'dipwatch.db'}", upgrade=True)
        try:
            yield store
        finally:
            store.close()


@dataclass(frozen=True, slots=True)
class _AtWork:
    work: Work
    host: Host
    polls: list[Poll]

    async def round(self) -> Cost:
        """Do a round and return what it cost; which polls failed is printed.

        The hosts get their pause first: in life, rounds are minutes apart.
        """
        await asyncio.sleep(self.work.config.polling.host_spacing.total_seconds())
        self.polls.clear()
        with Meter() as meter:
            await one_round(self.work, self.host, every_feed=True)
        failed = sorted(poll.outcome for poll in self.polls if not poll.fine)
        if failed:
            print(f"{len(failed)} polls failed: {', '.join(sorted(set(failed)))}", file=sys.stderr)
        return meter.cost


def _host(store: Store, parsers: ParserPool) -> Host:
    holder = new_holder()
    return Host(store, Leadership(store, holder), holder, SystemClock(), parsers.parse, console=io.StringIO())


def _older(feed: str) -> Iterator[Entry]:
    for number in range((_TIMES - 1) * ITEMS):
        key = f"{feed}-older-{number}"
        link = f"https://{feed}.example/older/{number}"
        yield Entry(key, link, link, f"An older piece, number {number}", "Nothing was decided that day. " * 5, key)


def reader_rounds(folder: Path, urls: list[str]) -> Costs:
    """Do the three rounds with the package ``reader`` (https://reader.readthedocs.io), which stores and no more."""
    from reader import make_reader  # noqa: PLC0415 # type: ignore[import-not-found,unused-ignore] (only where it is compared)

    reader = make_reader(str(folder / "reader.db"))
    for url in urls:
        reader.add_feed(url)

    def update() -> Cost:
        with Meter() as meter:
            reader.update_feeds(scheduled=False, workers=WORKERS)
        return meter.cost

    first, unchanged = update(), update()
    _add_items(urls, 10)
    return {"first": first, "unchanged": unchanged, "tenth": update()}


def _add_items(urls: list[str], nth: int) -> None:
    """Let the server add an item to each n-th feed."""
    base = urls[0].rpartition("/feed/")[0]
    with urlopen(f"{base}/edition/{nth}") as answer:  # noqa: S310 (our own server)
        answer.read()


PROGRAMS: dict[str, Callable[[Path, list[str]], Costs]] = {
    "store": lambda folder, urls: asyncio.run(Dipwatch(folder, urls, detects=False).rounds()),
    "full": lambda folder, urls: asyncio.run(Dipwatch(folder, urls, detects=True).rounds()),
    "growth": lambda folder, urls: asyncio.run(Dipwatch(folder, urls, detects=False).growth()),
    "reader": reader_rounds,
}

if __name__ == "__main__":
    logging.disable()  # what failed is told by each round
    costs = PROGRAMS[sys.argv[1]](Path(sys.argv[2]), json.load(sys.stdin))
    print(json.dumps({name: asdict(cost) for name, cost in costs.items()}))
