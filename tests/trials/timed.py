"""The installed command with a clock of its own: python -m tests.trials.timed CLOCK ARGUMENT...

CLOCK is the file of a ``TrialClock``. Only what the daemon decides by runs by it; how long it waits for a socket, a
lock or a job is the machine's time, as it must be.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dipwatch.cli.app import cli

ROOT = Path(__file__).resolve().parents[2]


class TrialClock:
    """Time that begins where its file says, runs at its speed, and can be set while daemons work by it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        """Return the present as an aware UTC time."""
        return self._at(time.time())

    def set(self, now: datetime, speed: float = 1.0) -> None:
        """Begin at a time and run at so many times the speed of the machine's clock."""
        self._write(time.time(), now, speed)

    def step(self, by: timedelta) -> None:
        """Set it forward, or back."""
        real = time.time()
        self._write(real, self._at(real) + by, self._read()[2])

    def _at(self, real: float) -> datetime:
        began, then, speed = self._read()
        return datetime.fromtimestamp(then + (real - began) * speed, UTC)

    def _read(self) -> tuple[float, float, float]:
        began, then, speed = map(float, self._file.read_text(encoding="ascii").split())
        return began, then, speed

    def _write(self, real: float, now: datetime, speed: float) -> None:
        """Write the file whole, for it is read at any time."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{real!r} {now.timestamp()!r} {speed!r}\n", encoding="ascii")
        new.replace(self._file)


def command(clock: Path, *arguments: str) -> list[str]:
    """Return the command line of a dipwatch with this clock; it is to be started in ``ROOT``."""
    return [sys.executable, "-m", "tests.trials.timed", str(clock), *arguments]


def main(arguments: Sequence[str]) -> None:
    """Run the command line by a clock."""
    file, *rest = arguments
    cli.main(args=rest, prog_name="dipwatch", obj=TrialClock(Path(file)))


if __name__ == "__main__":
    main(sys.argv[1:])
