"""Days of recorded news through the daemon, its clock run many times as fast: does its memory, do its tables grow?

    python -m tests.trials.soak [--days 7] [--speed 200] [--stream STREAM.jsonl.gz]

Feeds on loopback hold at each instant of the daemon's time what the recorded feeds held then. Memory is sampled each
second. Demanded: in the second half the daemon's resident memory, its workers' included, grows by less than 5%; no
table is large but those that are the record itself or are pruned by age; everything is detected and delivered in the
end. The stream is that of the labelled news: DIPWATCH_SHARED, or ../shared.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import tempfile
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.trials.peer import Peer, Received, documents
from tests.trials.site import Site, load, until, verdict
from tests.trials.timed import ROOT, TrialClock

from dipwatch.daemon.streams import read_stream
from dipwatch.demo import DemoFeed, DemoItem, Newsroom
from dipwatch.demo.news import document
from dipwatch.model import Item

PATIENCE = 300.0
WINDOW = 60
"""Entries that a feed holds at most."""
ALLOWED = 0.05
WARM_UP = timedelta(hours=6)
"""What the feeds hold at the first contact."""
RECORD = frozenset({"items", "revisions", "readings", "sightings", "ticks", "claims", "developments", "changes"})
"""The record itself, of which retention empties texts and noise by age."""
DERIVED = frozenset({"change_actors", "facets", "positions", "outbox", "deliveries", "feed_events", "versions"})
"""What grows with the record: its columns to search by, and what was told of it, pruned by age where it is long."""
WORDS = "change_words"
"""What the names of the search index's tables begin with; it grows with the record."""
FEW = 30
"""Rows beside one for each feed that a table of states may have: of receivers, troubles, how far was read."""
_SETTINGS = {
    '\ninterval = "1s"': '\ninterval = "15m"',
    '\nfastest = "1s"': '\nfastest = "2m"',
    '\nslowest = "1s"': '\nslowest = "6h"',
    "[alerts]": '[alerts]\ntimeout = "10m"',  # of the daemon's time: seconds of ours
}


@dataclass
class Recorded:
    """The recorded feeds, as they stood at any time."""

    items: dict[str, list[Item]]
    """By feed, in the order of their first sight."""
    clock: TrialClock
    times: dict[str, list[datetime]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.times = {name: [item.first_seen for item in items] for name, items in self.items.items()}

    @property
    def feeds(self) -> tuple[DemoFeed, ...]:
        """The feeds."""
        return tuple(DemoFeed(name, self.items[name][0].source, "independent", "en", "rss") for name in self.items)

    def document(self, name: str) -> tuple[str, bytes]:
        """Return a feed as it is now: its latest entries, each in its latest wording."""
        until_now = self.items[name][: bisect_right(self.times[name], self.clock.now())]
        latest = {item.id: item for item in until_now[-WINDOW:]}
        start = self.times[name][0]
        entries = [_entry(name, item, start) for item in reversed(latest.values())]
        return document(DemoFeed(name, name, "independent", "en", "rss"), entries, "https://wire.test", start)


def _entry(feed: str, item: Item, start: datetime) -> DemoItem:
    minutes = round((start - (item.published or item.first_seen)).total_seconds() / 60)
    return DemoItem(feed, item.id, 0, minutes, item.title, item.summary)


def recorded(stream: Path, days: float, clock: TrialClock) -> tuple[Recorded, datetime]:
    """Read the first days of a stream; returns its feeds and the time at which a poller would begin."""
    items = read_stream(stream)
    first = items[0].first_seen
    names: dict[tuple[str, str], str] = {}
    by_feed: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.first_seen <= first + WARM_UP + timedelta(days=days):
            name = names.setdefault((item.feed, item.source), f"feed-{len(names):02}")
            by_feed[name].append(item)
    return Recorded(dict(by_feed), clock), first + WARM_UP


@dataclass(frozen=True)
class Sample:
    """What the daemon and its workers use at an instant: bytes, and seconds of the processor until then."""

    at: float
    daemon: int
    all: int
    cpu: float


def sample(pid: int) -> Sample:
    """Look at a process and its children. See proc(5)."""
    processes = [pid, *_children(pid)]
    memory = [_resident(process) for process in processes]
    return Sample(time.monotonic(), memory[0], sum(memory), sum(map(_seconds, processes)))


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, _read(task).split()):
            found += [child, *_children(child)]
    return found


def _resident(pid: int) -> int:
    fields = _read(Path(f"/proc/{pid}/statm")).split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if fields else 0


def _seconds(pid: int) -> float:
    """Return the processor's time that a process has used, and that of its children that have ended."""
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace")
    except OSError:  # it ended meanwhile
        return ""


def tables(site: Site) -> dict[str, int]:
    """Return how many rows each table has."""
    names = [name for (name,) in site.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {name: int(site.query(f'SELECT count(*) FROM "{name}"')[0][0]) for name in names}  # noqa: S608 (the database's own names)


@dataclass
class Course:
    """What was seen on the way."""

    samples: list[Sample] = field(default_factory=list)
    halfway: dict[str, int] = field(default_factory=dict)
    end: dict[str, int] = field(default_factory=dict)
    bytes_halfway: int = 0
    bytes_end: int = 0

    def growth(self) -> float:
        """Return by which share the memory of all grew in the second half: its last tenth against its first."""
        half = [each.all for each in self.samples[len(self.samples) // 2 :]]
        tenth = max(len(half) // 10, 1)
        return statistics.median(half[-tenth:]) / statistics.median(half[:tenth]) - 1


def watched(site: Site, seconds: float) -> Course:
    """Sample the daemon each second for some time. Raises ChildProcessError where it ends."""
    course = Course()
    began = time.monotonic()
    for number in range(1, round(seconds) + 1):
        time.sleep(max(0.0, began + number - time.monotonic()))
        if site.ended() is not None:
            raise ChildProcessError(f"the daemon ended: {site.log[-2000:]}")
        course.samples.append(sample(site.pid))
        if number == round(seconds / 2):
            course.halfway, course.bytes_halfway = tables(site), _bytes(site)
        if number % 60 == 0:
            _say(site, course.samples[-1])
    course.end, course.bytes_end = tables(site), _bytes(site)
    return course


def _say(site: Site, last: Sample) -> None:
    now = site.clock.now()
    print(f"{now:%d %b %H:%M}  daemon {last.daemon / 1e6:.0f} MB, with workers {last.all / 1e6:.0f} MB", flush=True)


def _bytes(site: Site) -> int:
    return sum(file.stat().st_size for file in site.database.parent.glob(f"{site.database.name}*"))


def report(course: Course, speed: float) -> None:
    """Print memory, processor and tables."""
    first, last = course.samples[0], course.samples[-1]
    wall = last.at - first.at
    share = (last.cpu - first.cpu) / wall
    print(f"memory of daemon and workers at each tenth, MB: {_tenths([each.all for each in course.samples])}")
    print(f"memory of the daemon alone at each tenth, MB: {_tenths([each.daemon for each in course.samples])}")
    print(f"growth in the second half: {course.growth():+.1%}")
    print(
        f"processor: {share:.1%} of a core at {speed:g} times the speed; the jobs of each second run by the real time"
    )
    print(f"database: {course.bytes_halfway / 1e6:.1f} MB half way, {course.bytes_end / 1e6:.1f} MB in the end")
    for name, rows in sorted(course.end.items(), key=lambda entry: -entry[1]):
        print(f"{rows:9} rows in {name} ({rows - course.halfway.get(name, 0):+} in the second half)")


def _tenths(values: Iterable[int]) -> str:
    each = list(values)
    return " ".join(f"{each[(len(each) - 1) * tenth // 10] / 1e6:.0f}" for tenth in range(11))


def large(course: Course) -> list[str]:
    """Return the tables that are large and are neither the record nor pruned by age."""
    states = {name: rows for name, rows in course.end.items() if name not in RECORD | DERIVED and WORDS not in name}
    return sorted(name for name, rows in states.items() if rows > course.end["feeds"] + FEW)


def run(folder: Path, options: argparse.Namespace) -> tuple[Course, bool, Received]:
    """Run the daemon through the days; tells as well whether all was done in the end."""
    received = Received()
    news, start = recorded(options.stream, options.days, TrialClock(folder / "clock"))
    with Peer(documents(news.document)) as server, Peer(received) as inbox:
        site = Site.made(folder, Newsroom(news.feeds, ()), server.port, inbox.port, _SETTINGS)
        site.clock.set(start)
        site.start()
        try:
            if not until(site.is_ready, PATIENCE):
                raise TimeoutError(f"the daemon is not ready: {site.log[-2000:]}")
            site.clock.set(site.clock.now(), options.speed)
            course = watched(site, options.days * 86400 / options.speed)
            done = until(lambda: site.is_settled(tables(site)["items"]), PATIENCE)
            return course, done, received
        finally:
            site.terminate()


def main() -> int:
    """Run and say how it was; returns the exit code."""
    shared = Path(os.environ.get("DIPWATCH_SHARED") or ROOT.parent / "shared")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=float, default=7.0)
    parser.add_argument("--speed", type=float, default=200.0, help="how many times as fast the daemon's clock runs")
    parser.add_argument("--stream", type=Path, default=shared / "eval/dev/stream.jsonl.gz")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended then as well
    print(f"{options.days:g} days at {options.speed:g} times the speed, {load()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="dipwatch-soak-") as name:
        course, done, received = run(Path(name), options)
    report(course, options.speed)
    print(f"{len(received.taken)} messages arrived, {received.repeated} of them more than once; {load()}")
    return verdict(
        {
            f"memory grew by less than {ALLOWED:.0%} in the second half": course.growth() < ALLOWED,
            f"no table is large but the record {large(course) or ''}": not large(course),
            "all was detected and delivered in the end": done,
            "no message came twice": received.repeated == 0,
        }
    )


if __name__ == "__main__":
    raise SystemExit(main())
