"""How long looking at a big log takes: each command as a user types it, above the bare start of the interpreter.

    python benchmarks/big_log.py FOLDER
    python benchmarks/review_speed.py FOLDER [--times N] [--all]

Every command is run once beforehand, so that its modules are compiled, as those of an installed program are, and what
it keeps between commands is kept. Then N rounds, each of which starts the bare interpreter and every command once: a
machine that is slow for a while is slow for all. In seconds, above the interpreter's start of the same round: wall time
(least and median) and CPU time (least); on a machine with other work the CPU time says more.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

START = ("-c", "pass")
HISTORY = (
    "history",
    "history --limit 50 --format json",
    "history --since yesterday",
    'history --since "last month"',
    "history --until 2025-06-01",
    "history --actor russia",
    "history --actor angela-merkel",
    "history --pair Putin Zelensky",
    "history --venue Istanbul",
    "history --kind ceasefire",
    "history --issue territory",
    "history --status planned",
    "history --severity high",
    "history --reason position_shift",
    'history --source "Gazette 7"',
    "history --below-threshold",
    'history --kind meeting --actor Ukraine --since "last month" --venue Kyiv --by day',
)
TEXT = (
    "history --text agreement",
    'history --text "переговоры территории"',
    "history --text перемовини",
    "history --text Putin",
    "history --text 3917",
    "history --text '\"speaks with\" Zelensky'",
)
OTHERS = (
    "--help",
    "report --from 2026-10-24 --to 2026-11-23 -o -",
    "show {id}",
    'timeline --actor Witkoff --since "last month"',
    "timeline --issue territory",
    "upcoming",
    "positions --actor Russia",
    "network --since 2026-10-01",
    "commitments --since 2026-10-01",
    "scenarios --since 2026-10-01",
    "stats --since 2026-10-01",
)
BOUNDS = {**dict.fromkeys(HISTORY, 0.3), **dict.fromkeys(TEXT, 0.5), OTHERS[0]: 0.25, OTHERS[1]: 5.0}
"""Seconds of wall time above the interpreter's start."""


class Took(NamedTuple):
    """Seconds that a process took."""

    wall: float
    cpu: float

    def above(self, start: Took) -> Took:
        """Return what it took more than the bare interpreter."""
        return Took(self.wall - start.wall, self.cpu - start.cpu)


def run(arguments: Sequence[str], environment: dict[str, str]) -> Took:
    """Run the interpreter once; what it writes goes nowhere. Ends the benchmark where it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment
    )
    assert process.stderr is not None  # noqa: S101 (asked for above)
    with process.stderr as told:
        said = told.read()
    _, status, used = os.wait4(process.pid, 0)
    took = Took(time.perf_counter() - began, used.ru_utime + used.ru_stime)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {said.decode()}")
    return took


def surroundings(folder: Path) -> dict[str, str]:
    """Return an environment in which modules are compiled once, and what is kept between commands is kept here."""
    kept = {"XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "COLUMNS": "120"}
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | kept


def measured(
    commands: Mapping[str, Sequence[str]], times: int, environment: dict[str, str]
) -> tuple[list[Took], dict[str, list[Took]]]:
    """Return what the start of the interpreter took in each round, and what each command took above it."""
    for arguments in commands.values():
        run(arguments, environment)
    starts: list[Took] = []
    found: defaultdict[str, list[Took]] = defaultdict(list)
    for _ in range(times):
        starts.append(run(START, environment))
        for line, arguments in commands.items():
            found[line].append(run(arguments, environment).above(starts[-1]))
    return starts, found


def main() -> None:
    """Print a row for each command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--all", action="store_true", help="also the commands that have no bound")
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    config = ["-m", "dipwatch", "--config", str(folder / "dipwatch.toml")]
    environment = surroundings(folder)
    first = [sys.executable, *config, "history", "--limit", "1", "--format", "csv"]
    row = subprocess.run(first, capture_output=True, check=True, env=environment, text=True).stdout.splitlines()[1]
    lines = [line for line in (*HISTORY, *TEXT, *OTHERS) if asked.all or line in BOUNDS]
    commands = {line: [*config, *shlex.split(line.format(id=row.partition(",")[0]))] for line in lines}
    starts, found = measured(commands, asked.times, environment)
    least = min(start.wall for start in starts)
    print(f"interpreter start {least:.3f} s; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"{'command':78} {'wall':>6} {'median':>6} {'CPU':>6} {'bound':>6}")
    for line, took in found.items():
        walls = [each.wall for each in took]
        bound = f"{BOUNDS[line]:6.2f}" if line in BOUNDS else ""
        cpu = min(each.cpu for each in took)
        print(f"{line:78} {min(walls):6.3f} {statistics.median(walls):6.3f} {cpu:6.3f} {bound}")


if __name__ == "__main__":
    main()
