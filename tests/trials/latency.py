"""How long an item takes from the feed that serves it to the message at the receiver, on loopback.

    python -m tests.trials.latency [--feeds 200] [--interval 15] [--items 300] [--minutes 4] [--seed N]

Items appear in feeds of chance at instants of chance; the clock starts when an item is there to be fetched, and once
more when it is fetched first. The route waits for nothing. 95 of 100 must arrive within the polling interval and 2 s.
"""

from __future__ import annotations

import argparse
import random
import signal
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.trials.happenings import feeds, headlines
from tests.trials.peer import Peer, Received, documents
from tests.trials.site import Site, load, until, verdict

from dipwatch.demo import DemoFeed, DemoItem, Newsroom
from dipwatch.demo.news import document

ROOM = 2.0
"""Seconds over the polling interval in which 95 of 100 must arrive."""
PATIENCE = 300.0
_ARRIVED = (
    "SELECT items.link, outbox.message_key FROM outbox JOIN changes ON changes.seq = outbox.change_seq"
    " JOIN items ON items.id = changes.item_id WHERE outbox.state = 'sent' AND outbox.purpose = 'alert'"
)


@dataclass
class Press:
    """Feeds to which items are added while they are served."""

    wires: tuple[DemoFeed, ...]
    start: datetime = field(default_factory=lambda: datetime.now(UTC))
    published: dict[str, float] = field(default_factory=dict)
    """When each item was there to be fetched, in seconds of the wall clock."""
    fetched: dict[str, float] = field(default_factory=dict)
    items: dict[str, list[DemoItem]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for wire in self.wires:
            calm = "Heavy rain is expected along the coast"
            self.items[wire.id] = [DemoItem(wire.id, f"{wire.id}-calm", 0, 60, calm, "")]

    def publish(self, wire: DemoFeed, title: str) -> None:
        """Add an item to a feed, dated now."""
        name = f"{wire.id}-{len(self.items[wire.id])}"
        ago = -round((datetime.now(UTC) - self.start).total_seconds() / 60)
        self.items[wire.id] = [DemoItem(wire.id, name, 1, ago, title, ""), *self.items[wire.id]]
        self.published[name] = time.time()

    def document(self, name: str) -> tuple[str, bytes]:
        """Return a feed as it is now."""
        items = self.items[name]
        for item in items:
            self.fetched.setdefault(item.id, time.time())
        return document(DemoFeed(name, name, "wire", "en", "rss"), items, "https://wire.test", self.start)


def measured(options: argparse.Namespace, folder: Path) -> tuple[Press, dict[str, float]]:
    """Run the daemon; returns what was published, and when each item's message arrived."""
    chance, received = random.Random(options.seed), Received()
    press = Press(feeds(options.feeds))
    with Peer(documents(press.document)) as server, Peer(received) as inbox:
        every = f'= "{options.interval:g}s"'
        times = {f'\n{key} = "1s"': f"\n{key} {every}" for key in ("interval", "fastest", "slowest")}
        site = Site.made(folder, Newsroom(press.wires, ()), server.port, inbox.port, times)
        site.clock.set(datetime.now(UTC))
        site.start()
        try:
            if not until(lambda: site.is_settled(options.feeds), PATIENCE):
                raise TimeoutError(f"the first contact with all feeds took more than {PATIENCE:g} s")
            _publish(press, options, chance)
            until(lambda: len(_arrivals(site, received)) >= len(press.published), 2 * options.interval + 30)
            return press, _arrivals(site, received)
        finally:
            site.terminate()


def _publish(press: Press, options: argparse.Namespace, chance: random.Random) -> None:
    """Publish all items, spread over the time by chance."""
    instants = sorted(chance.uniform(0, options.minutes * 60) for _ in range(options.items))
    began = time.monotonic()
    for instant, title in zip(instants, headlines(chance), strict=False):
        time.sleep(max(0.0, began + instant - time.monotonic()))
        press.publish(chance.choice(press.wires), title)


def _arrivals(site: Site, received: Received) -> dict[str, float]:
    """Return when each item's message arrived, by the name of the item."""
    rows = site.query(_ARRIVED)
    return {link.rsplit("/", 1)[-1]: received.first_at[key] for link, key in rows if key in received.first_at}


def told(what: str, seconds: list[float]) -> float:
    """Print how long something took; returns the 95th percentile."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    shown = ", ".join(f"{name} {cuts[name - 1]:.2f}" for name in (5, 25, 50, 75, 90, 95, 99))
    print(f"{what}: percentiles in s: {shown}; longest {max(seconds):.2f}")
    return cuts[94]


def main() -> int:
    """Measure and say how it was; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--interval", type=float, default=15.0, help="seconds between two polls of a feed")
    parser.add_argument("--items", type=int, default=300, help="at most some 350")
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended then as well
    print(f"seed {options.seed}, {load()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="dipwatch-latency-") as name:
        press, arrived = measured(options, Path(name))
    print(f"{options.feeds} feeds each {options.interval:g} s; {len(press.published)} items, {len(arrived)} alerted")
    items = sorted(arrived.keys() & press.published.keys())
    slow = told("from its appearance to the message", [arrived[item] - press.published[item] for item in items])
    told("from its first fetch to the message", [arrived[item] - press.fetched[item] for item in items])
    print(load())
    return verdict(
        {
            "four of five items were alerted, so that the figures stand for all": len(items) >= 0.8 * options.items,
            f"95 of 100 within {options.interval:g} s and {ROOM:g} s": slow <= options.interval + ROOM,
        }
    )


if __name__ == "__main__":
    raise SystemExit(main())
