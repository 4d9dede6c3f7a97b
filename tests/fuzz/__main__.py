"""Fuzzes for as long as it is told: ``python -m tests.fuzz --minutes 10 [--seed N] [--keep DIR]``.

Each document comes from a number, which is printed where it breaks a rule or costs too much; the document is kept. With
the same first number the same documents come again.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from pathlib import Path

from tests.fuzz.corpus import CONTENT_TYPES
from tests.fuzz.target import entries_of, mutated

MOST_CPU = 3.0
"""Seconds of processor time a document may cost."""


def main() -> int:
    """Return 1 where a document broke a rule."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=None, help="the number to begin with; else one at random")
    parser.add_argument(
        "--keep", type=Path, default=Path("var/fuzz"), help="where documents that break a rule are kept"
    )
    arguments = parser.parse_args()
    first = random.SystemRandom().randrange(2**32) if arguments.seed is None else arguments.seed
    ends = time.monotonic() + 60 * arguments.minutes
    tried = broken = with_entries = 0
    slowest = 0.0
    while time.monotonic() < ends:
        fault, entries, cpu = _try(first + tried, arguments.keep)
        broken += fault
        with_entries += bool(entries)
        slowest = max(slowest, cpu)
        tried += 1
    sys.stdout.write(
        f"{tried} documents from {first} on, {with_entries} with entries, {broken} broke a rule; "
        f"the slowest cost {slowest:.2f} s\n"
    )
    return 1 if broken else 0


def _try(number: int, keep: Path) -> tuple[bool, int, float]:
    rng = random.Random(number)
    body, content_type = mutated(rng), rng.choice(CONTENT_TYPES)
    before = time.process_time()
    try:
        entries = len(entries_of(body, content_type))
        cpu = time.process_time() - before
        assert cpu < MOST_CPU, f"cost {cpu:.1f} s"
    except Exception:  # noqa: BLE001 (whatever it raises is what is looked for)
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"{number}.xml").write_bytes(body)
        sys.stdout.write(f"number {number}, content type {content_type!r}, kept in {keep}:\n{traceback.format_exc()}\n")
        return True, 0, time.process_time() - before
    return False, entries, cpu


if __name__ == "__main__":
    sys.exit(main())
