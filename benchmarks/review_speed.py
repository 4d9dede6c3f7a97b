"""How long looking at a big log takes: each command as a user types it, against the bare start of the interpreter.

    python benchmarks/big_log.py FOLDER
    python benchmarks/review_speed.py FOLDER [--times N] [--all]

Wall time in seconds: the least and the median of N runs; `above` is the least less the interpreter's own start.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

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
BOUND = 2
"""So many of the others have a bound too: help and the report of a month."""


def words(line: str) -> list[str]:
    """Split a command as a shell would."""
    import shlex  # noqa: PLC0415 (beside its only use)

    return shlex.split(line)


def run(arguments: Sequence[str], environment: dict[str, str]) -> float:
    """Run the interpreter once; returns its wall time."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], capture_output=True, check=False, env=environment)
    took = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr.decode()}")
    return took


def main() -> None:
    """Print a row for each command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--all", action="store_true", help="also the commands that have no bound")
    asked = parser.parse_args()
    config = ["-m", "dipwatch", "--config", str(asked.folder / "dipwatch.toml")]
    environment = os.environ | {"COLUMNS": "120", "XDG_CACHE_HOME": str(asked.folder.resolve() / "cache")}
    first = [sys.executable, *config, "history", "--limit", "1", "--format", "csv"]
    row = subprocess.run(first, capture_output=True, check=True, env=environment, text=True).stdout.splitlines()[1]
    start = min(run(START, environment) for _ in range(asked.times))
    print(f"interpreter start {start:.3f} s; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"{'command':78} {'least':>6} {'median':>6} {'above':>6}")
    for line in (*HISTORY, *TEXT, *(OTHERS if asked.all else OTHERS[:BOUND])):
        typed = [part.format(id=row.partition(",")[0]) for part in words(line)]
        took = [run([*config, *typed], environment) for _ in range(asked.times)]
        print(f"{line:78} {min(took):6.3f} {statistics.median(took):6.3f} {min(took) - start:6.3f}", flush=True)


if __name__ == "__main__":
    main()
