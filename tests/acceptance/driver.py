"""The installed daemon before feeds of our own, as an operator would run it."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dipwatch.demo import DemoFeed, DemoItem, FeedServer, Newsroom
from dipwatch.demo.show import DATABASE, write_setup

PATIENCE = 60.0
"""Seconds that anything may take on a machine with other work to do."""

FEEDS = tuple(
    DemoFeed(name, source, kind, "en", form)
    for name, source, kind, form in (
        ("north", "North Wire", "wire", "rss"),
        ("south", "South Daily", "independent", "atom"),
        ("east", "East Notices", "official", "rss"),
    )
)
_ITEMS = (
    ("north", 0, 300, "Kellogg meets Zelensky in Kyiv to press for a ceasefire framework"),
    ("south", 0, 900, "EU leaders agree on 90 billion euro loan for Ukraine"),
    ("east", 0, 200, "Heavy rain is expected along the coast"),
    ("north", 1, 9, "Putin envoy Dmitriev meets Witkoff in Miami for talks on Ukraine"),
    ("south", 1, 8, "Rowers win the regional cup"),
    ("east", 1, 7, "Ukraine and Poland sign agreement on air defence"),
    ("north", 2, 6, "Japan imposes new sanctions on Russia over the war in Ukraine"),
    ("south", 2, 5, "Erdogan hosts Umerov in Ankara for talks on grain exports from Ukraine"),
    ("east", 2, 5, "The museum opens a new wing"),
    ("north", 3, 4, "Putin and Macron speak by phone about Ukraine"),
    ("south", 3, 3, "Russia and Ukraine exchange 157 prisoners each"),
    ("east", 3, 2, "Zelensky appoints Umerov as chief negotiator for talks with Russia"),
)
NEWS = Newsroom(
    FEEDS, tuple(DemoItem(feed, f"{feed}-{round_}", round_, ago, title, "") for feed, round_, ago, title in _ITEMS)
)
"""Three rounds of developments that have nothing to do with each other, with noise between them."""


@dataclass
class Installation:
    """A folder with a configuration, and the command that works in it."""

    command: str
    folder: Path
    server: FeedServer
    newsroom: Newsroom
    daemon: subprocess.Popen[bytes] | None = None
    kills: int = 0
    extra: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_setup(self.folder, self.newsroom, self.server.base)

    @property
    def config(self) -> Path:
        return self.folder / "dipwatch.toml"

    @property
    def printed(self) -> str:
        """What the console receiver printed, over all starts."""
        return self._read("stdout")

    @property
    def log(self) -> str:
        return self._read("stderr")

    def arguments(self, *arguments: str) -> list[str]:
        return [self.command, "--config", str(self.config), *self.extra, *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.arguments(*arguments), capture_output=True, text=True, check=False, timeout=PATIENCE)

    def start(self) -> None:
        """Start the daemon and wait until it says that it is ready."""
        ready = self.log.count('"ready"')
        with (self.folder / "stdout").open("ab") as out, (self.folder / "stderr").open("ab") as log:
            self.daemon = subprocess.Popen(self.arguments("run", "--upgrade"), stdout=out, stderr=log)
        self.wait(lambda: self.log.count('"ready"') > ready)

    def kill(self) -> None:
        """End the daemon as a crash would."""
        assert self.daemon
        self.daemon.kill()
        self.daemon.wait()
        self.kills += 1
        self.server.begin_round(self.server.round)  # what was answered may not have been stored: it counts anew

    def terminate(self) -> int:
        """End the daemon as systemd would; returns its exit code."""
        assert self.daemon
        self.daemon.send_signal(signal.SIGTERM)
        return self.daemon.wait(PATIENCE)

    def wait(self, true: Callable[[], bool]) -> None:
        ends = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < ends, f"waited too long; the log ends with:\n{self.log[-3000:]}"
            assert self.daemon is None or self.daemon.poll() is None, f"the daemon ended:\n{self.log[-3000:]}"
            time.sleep(0.05)

    def begin_round(self, number: int) -> None:
        self.server.begin_round(number)

    def settle(self) -> None:
        """Wait until this round went all the way: fetched, stored, detected, delivered."""
        working = {feed.id for feed in self.newsroom.feeds if feed.format in {"rss", "atom"}}
        self.wait(lambda: working <= self.server.served)
        self.wait(lambda: not self._open())

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.folder / DATABASE)) as connection:
            return connection.execute(sql).fetchall()

    def alerted(self) -> list[str]:
        """The development of each message that was sent about one alone, in their order."""
        rows = self.query(
            "SELECT DISTINCT o.message_key, c.development_id FROM outbox o JOIN changes c ON c.seq = o.change_seq "
            "WHERE o.state = 'sent' AND o.purpose = 'alert' ORDER BY o.id"
        )
        return [str(development) for _, development in rows]

    def references(self) -> list[str]:
        """The reference of each message that was printed, repetitions included."""
        return re.findall(r"^ref (\w+)$", self.printed, re.MULTILINE)

    def _open(self) -> bool:
        (open_rows,) = self.query(
            "SELECT (SELECT count(*) FROM readings WHERE tick_id IS NULL)"
            " + (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending'))"
            " + (SELECT count(*) FROM feeds WHERE claimed_by IS NOT NULL OR last_polled_at IS NULL)"
        )
        return open_rows != (0,)

    def _read(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""


@contextmanager
def installation(command: str, folder: Path, newsroom: Newsroom = NEWS) -> Iterator[Installation]:
    """An installation whose daemon, if it still runs in the end, is killed."""
    with FeedServer(newsroom) as server:
        made = Installation(command, folder, server, newsroom)
        try:
            yield made
        finally:
            if made.daemon and made.daemon.poll() is None:
                made.daemon.kill()
                made.daemon.wait()
