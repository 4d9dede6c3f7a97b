"""The daemon's installation for a trial: its configuration, its process, what its database says."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.trials.timed import ROOT, TrialClock, command

from dipwatch.demo import Newsroom
from dipwatch.demo.show import DATABASE, write_setup

RECEIVER = """first_contact_wait = "0s"
[[alerts.receivers]]
name = "inbox"
url = "json://127.0.0.1:{port}/"
limits = []
[alerts.route]
receiver = "inbox"
"""
_READY = '"ready"'
_STANDS = (
    "SELECT (SELECT count(*) FROM readings WHERE tick_id IS NULL)"
    " + (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending'))"
    " + (SELECT count(*) FROM feeds WHERE last_polled_at IS NULL), (SELECT count(*) FROM items)"
)


@dataclass
class Site:
    """A folder with a configuration, and the daemon that works there by the clock in it."""

    folder: Path
    database: Path
    process: subprocess.Popen[bytes] | None = None
    ready_before: int = 0
    """How often it had said that it is ready before its last start."""

    @classmethod
    def made(cls, folder: Path, news: Newsroom, feeds: int, receiver: int, settings: dict[str, str]) -> Site:
        """Write a configuration for feeds and a receiver at ports of this machine.

        ``settings`` replaces lines of the demo's configuration, by their beginning.
        """
        write_setup(folder, news, f"http://127.0.0.1:{feeds}")
        site = cls(folder, folder / DATABASE)
        text = site.config.read_text(encoding="utf-8")
        for before, after in {"[health]": f"{RECEIVER.format(port=receiver)}\n[health]", **settings}.items():
            if before not in text:
                raise ValueError(f"the demo's configuration has no {before}")
            text = text.replace(before, after)
        site.config.write_text(text, encoding="utf-8")
        return site

    @property
    def config(self) -> Path:
        """The configuration's file."""
        return self.folder / "dipwatch.toml"

    @property
    def clock(self) -> TrialClock:
        """The clock the daemon works by."""
        return TrialClock(self.folder / "clock")

    @property
    def log(self) -> str:
        """What the daemon logged over all starts."""
        file = self.folder / "log"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    @property
    def pid(self) -> int:
        """The number of the daemon's process. Raises ProcessLookupError where there is none."""
        if self.process is None:
            raise ProcessLookupError("the daemon was not started")
        return self.process.pid

    def arguments(self, *arguments: str) -> list[str]:
        """Return a command line for this installation."""
        return command(self.folder / "clock", "--config", str(self.config), *arguments)

    def start(self) -> None:
        """Start the daemon, without waiting for it."""
        self.ready_before = self.log.count(_READY)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.arguments("run", "--upgrade"), stdout=log, stderr=log, cwd=ROOT)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command."""
        return subprocess.run(self.arguments(*arguments), cwd=ROOT, capture_output=True, text=True, check=False)

    def ended(self) -> int | None:
        """Return the code that the daemon ended with; None while it runs."""
        return self.process.poll() if self.process else None

    def is_ready(self) -> bool:
        """Tell whether it runs and has said that it is ready."""
        return self.ended() is None and self.log.count(_READY) > self.ready_before

    def signal(self, number: signal.Signals) -> None:
        """Send the daemon a signal; one that has just ended gets none."""
        if self.process:
            self.process.send_signal(number)

    def kill(self) -> None:
        """End the daemon as a crash would."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def terminate(self, patience: float = 60.0) -> int:
        """End the daemon as systemd would; returns its exit code."""
        self.signal(signal.SIGTERM)
        return self.process.wait(patience) if self.process else 0

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database; nothing where it has no tables yet."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=30)) as connection:
            try:
                return connection.execute(sql).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise

    def is_settled(self, items: int) -> bool:
        """Tell whether everything went all the way: so many items fetched, stored, detected, delivered."""
        return self.query(_STANDS) == [(0, items)]


def until(true: Callable[[], bool], patience: float, pause: float = 0.2) -> bool:
    """Wait until something is true; tells whether that came about within ``patience`` seconds."""
    ends = time.monotonic() + patience
    while not true():
        if time.monotonic() > ends:
            return False
        time.sleep(pause)
    return True


def load() -> str:
    """Say how busy the machine is, for a figure is worth no more than what it was taken beside."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def verdict(checks: dict[str, bool]) -> int:
    """Print what held and what didn't; returns the exit code."""
    for what, holds in checks.items():
        print(f"{'ok    ' if holds else 'FAILED'}  {what}")
    return 0 if all(checks.values()) else 1
