"""Print what rounds of polling cost, beside the package ``reader`` on the same feeds, server and machine.

Run: python benchmarks/ingest_round.py [--feeds 200] [--latency 0 50] [--failing 0] [--per-host 1]
     [--programs store full reader growth]
Feeds are made up (``feed_corpus.py``) and served on loopback (``feed_server.py``), each at an address of its own. Each
program runs in a process of its own. What costs once, before the first round, does not count for either: imports, the
lexicon, opening the database, a list of feeds. Processes that parse are started in the first round, and count.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

HERE = Path(__file__).parent
_NAMES = {"store": "dipwatch, polled and stored", "full": "dipwatch, detection too", "reader": "reader, stored"}
_PROGRAMS = ["store", "full", "reader", "growth"]
_LINE = "  {:28}{:10}  CPU {:6.2f} s   wall {:6.2f} s   peak {:4.0f} MB"


class Served(NamedTuple):
    """What is served: how many feeds, after how many milliseconds, the share that fails, feeds that share a host."""

    feeds: int
    latency: int
    failing: float
    per_host: int


@contextmanager
def serving(served: Served) -> Iterator[str]:
    """Serve feeds while the block runs; yield their addresses as JSON."""
    command = (sys.executable, str(HERE / "feed_server.py"), *map(str, served))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # noqa: S101 (a pipe was asked for)
        yield server.stdout.readline()
        server.communicate()


def measure(program: str, served: Served) -> dict[str, Any]:
    """Return what each round of a program cost, by the round's name."""
    with tempfile.TemporaryDirectory() as folder, serving(served) as urls:
        command = (sys.executable, str(HERE / "ingest_measured.py"), program, folder)
        done = subprocess.run(command, input=urls, stdout=subprocess.PIPE, text=True, check=True)
        with urlopen(json.loads(urls)[0].rpartition("/feed/")[0] + "/gap") as answer:  # noqa: S310 (our own server)
            gap = json.load(answer)
    costs: dict[str, Any] = json.loads(done.stdout)
    for name, cost in costs.items():
        print(_LINE.format(_NAMES.get(program, program), name, cost["cpu"], cost["wall"], cost["peak"]), flush=True)
    if program != "reader":
        print(f"  least time between two requests to one host: {gap} s", flush=True)
    return costs


def compare(ours: dict[str, Any], theirs: dict[str, Any], what: str) -> None:
    """Print shares of the comparison's cost."""
    for name, cost in ours.items():
        cpu, wall = (cost[key] / theirs[name][key] for key in ("cpu", "wall"))
        print(f"  {what}: {name} round at {cpu:.0%} of the CPU and {wall:.0%} of the wall time of reader")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--latency", type=int, nargs="*", default=[0, 50], metavar="MS", help="of each answer")
    parser.add_argument("--failing", type=float, default=0.0, help="share of feeds that answer 503")
    parser.add_argument("--per-host", type=int, default=1, help="feeds that share a host, and wait for each other")
    parser.add_argument("--programs", nargs="*", choices=_PROGRAMS, default=_PROGRAMS)
    given = parser.parse_args()
    if "reader" in given.programs and find_spec("reader") is None:
        print("comparison skipped: reader is not installed; pip install 'reader<3.27' sgmllib3k")
        given.programs = [program for program in given.programs if program != "reader"]
    for latency in given.latency:
        print(f"{given.feeds} feeds, {latency} ms latency, {given.failing:.0%} failing")
        rounds = [program for program in given.programs if program != "growth"]
        served = Served(given.feeds, latency, given.failing, given.per_host)
        costs = {program: measure(program, served) for program in rounds}
        theirs = costs.pop("reader", None)
        for program, cost in costs.items():
            if theirs:
                compare(cost, theirs, program)
    if "growth" in given.programs:
        print("every feed brings one item, the store holding 50 items of each feed, and ten times as many")
        growth = measure("growth", Served(given.feeds, 0, 0.0, 1))
        print(f"  CPU grows by {growth['after']['cpu'] / growth['before']['cpu'] - 1:.0%}")


if __name__ == "__main__":
    main()
