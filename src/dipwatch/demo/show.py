"""The demonstration's course: the real daemon before the demo's feeds, one round after the other.

Nothing here waits for a fixed time: a round is over when every feed was fetched in it and the database shows that
nothing is pending and nothing is to be sent.
"""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import exists, func, select

from dipwatch.alerts import words
from dipwatch.demo.news import Newsroom
from dipwatch.demo.server import FeedServer
from dipwatch.errors import DipwatchError
from dipwatch.shipped import find_seeds, shipped
from dipwatch.store import outbox
from dipwatch.store.feeds import feed_states
from dipwatch.store.items import pending_readings
from dipwatch.store.schema import change_table, reading_table
from dipwatch.store.store import Store

DATABASE = "demo.db"
PATIENCE = 60.0
"""Seconds a round may take on a slow machine."""
_LOOK = 0.1
_FEED = """
[[feed]]
id = "{id}"
url = "{base}/{id}"
source = "{source}"
kind = "{kind}"
language = "{language}"
"""
_CONFIG = """# Written by `dipwatch demo`: feeds on this machine, polled every second.
database = "sqlite:///{database}"
subjects = ["{subject}"]
subjects_dir = "subjects"

[polling]
interval = "1s"
fastest = "1s"
slowest = "1s"
host_spacing = "0s"
allow_networks = ["127.0.0.0/8"]

[alerts]
group_interval = "0s"

[health]
listen = "off"
"""

_OPENING = """\
Feeds of our own on this machine, and the daemon that polls each of them every second. What stands between lines
is what a receiver gets: here the console, just as well Slack, a mailbox or a webhook."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Tally:
    """What has come of the items: ``alerted``, ``known`` (told before, or too little news), ``noise``."""

    alerted: int = 0
    known: int = 0
    noise: int = 0

    def __sub__(self, other: Tally) -> Tally:
        return Tally(self.alerted - other.alerted, self.known - other.known, self.noise - other.noise)


class Show:
    """Runs the demo in a folder, which afterwards holds the configuration, the database and the daemon's log."""

    def __init__(self, newsroom: Newsroom, folder: Path, say: Say) -> None:
        self._newsroom = newsroom
        self._folder = folder
        self._say = say
        self._config = folder / "dipwatch.toml"
        self._log = folder / "daemon.log"

    def run(self) -> None:
        """Run all rounds, then show the history and verify it. Raises DipwatchError when something goes wrong."""
        with FeedServer(self._newsroom) as server:
            write_setup(self._folder, self._newsroom, server.base)
            with self._daemon() as daemon:
                self._say(_OPENING)
                before = Tally()
                for number in range(self._newsroom.rounds + 1):
                    self._announce(number)
                    server.begin_round(number)
                    tally = self._wait_for_round(server, daemon)
                    self._say(f"\n{_summary(tally - before, first=number == 0)}")
                    before = tally
        self._say("\nAll that stands in the log now: dipwatch history\n")
        self._command("history")
        for look in self._newsroom.looks:
            self._say(f"\n{look.says}\ndipwatch {shlex.join(look.arguments)}\n")
            self._command(*look.arguments)
        if self._newsroom.faulty:
            self._say("\nThe feeds that don't work: dipwatch feeds list --health failing\n")
            self._command("feeds", "list", "--health", "failing")
        self._say("\nThe recorded items once more through detection: dipwatch replay --stored --verify\n")
        self._command("replay", "--stored", "--verify")

    def _announce(self, number: int) -> None:
        feeds, faulty = len(self._newsroom.feeds), self._newsroom.faulty
        items = [item for item in self._newsroom.items if item.round == number]
        if number == 0:
            among = ", one of them broken and one a web page," if faulty else ""
            self._say(f"\nFirst contact: {feeds} feeds{among} hold {len(items)} items, told in one digest.")
            return
        edits = sum(revised.round == number for revised in self._newsroom.revisions)
        edited = f" and {edits} edited headline" if edits else ""
        self._say(f"\nRound {number}: {len(items)} new items{edited}.")

    @contextmanager
    def _daemon(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the daemon while the block lasts and make sure that it ends well."""
        sys.stdout.flush()
        with self._log.open("ab") as log:
            daemon = subprocess.Popen(self._arguments("run", "--upgrade"), stderr=log)  # noqa: S603 (our own command)
            try:
                yield daemon
                daemon.send_signal(signal.SIGTERM)
                code = daemon.wait(PATIENCE)
            finally:
                daemon.kill()
                daemon.wait()
        if code:
            raise DipwatchError(f"the daemon ended with code {code}; see {self._log}")

    def _wait_for_round(self, server: FeedServer, daemon: subprocess.Popen[bytes]) -> Tally:
        """Wait until a round has gone all the way; return what has come of all items so far."""
        ends = time.monotonic() + PATIENCE
        while not server.wait_until_served(_LOOK):
            self._check(daemon, ends)
        database = f"sqlite:///{self._folder / DATABASE}"
        store = Store.open(database)
        try:
            while not _is_quiet(store):
                self._check(daemon, ends)
                time.sleep(_LOOK)
            return _tally(store)
        finally:
            store.close()

    def _check(self, daemon: subprocess.Popen[bytes], ends: float) -> None:
        if daemon.poll() is not None:
            raise DipwatchError(f"the daemon ended with code {daemon.returncode}; see {self._log}")
        if time.monotonic() > ends:
            raise DipwatchError(f"a round took longer than {PATIENCE:g} s; see {self._log}")

    def _command(self, *arguments: str) -> None:
        """Run a command of dipwatch on the demo's database, its output beside ours."""
        sys.stdout.flush()
        code = subprocess.run(self._arguments(*arguments), check=False).returncode  # noqa: S603 (our own command)
        if code:
            raise DipwatchError(f"dipwatch {' '.join(arguments)} ended with code {code}")

    def _arguments(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "dipwatch", "--config", str(self._config), *arguments]


def write_setup(folder: Path, newsroom: Newsroom, base: str) -> None:
    """Write a configuration for a newsroom that is served at ``base``: its shipped subject with feeds of its own."""
    origin, subject = shipped("config", "subjects", newsroom.subject), folder / "subjects" / newsroom.subject
    shutil.copytree(origin, subject)
    if seeds := find_seeds(origin):
        shutil.copytree(seeds, subject / "seeds", dirs_exist_ok=True)
    config = _CONFIG.format(database=DATABASE, subject=newsroom.subject)
    (folder / "dipwatch.toml").write_text(config, encoding="utf-8")
    with (subject / "feeds.toml").open("w", encoding="utf-8") as file:
        _write_feeds(file, newsroom, base)


def _write_feeds(file: IO[str], newsroom: Newsroom, base: str) -> None:
    for feed in newsroom.feeds:
        file.write(_FEED.format(id=feed.id, base=base, source=feed.source, kind=feed.kind, language=feed.language))


def _tally(store: Store) -> Tally:
    """Count the items by what came of them."""
    made = exists().where(
        change_table.c.item_id == reading_table.c.item_id, change_table.c.revision == reading_table.c.revision
    )
    told = select(func.count()).select_from(change_table).where(change_table.c.alert)
    read = select(func.count()).select_from(reading_table)
    with store.connect() as connection:
        alerted = connection.execute(told).scalar_one()
        noise = connection.execute(read.where(~made)).scalar_one()
        return Tally(alerted, connection.execute(read.where(made)).scalar_one() - alerted, noise)


def _summary(tally: Tally, *, first: bool) -> str:
    """Say what a round has come to, above all what nobody was bothered with."""
    if first:
        return f"{tally.known} of these items tell of diplomacy, {tally.noise} don't."
    alerts = words.Counted(tally.alerted, "alert")
    known = words.Counted(tally.known, "item")
    return f"{alerts}. Not told: {known} with nothing new to say, {tally.noise} of other matters."


def _is_quiet(store: Store) -> bool:
    """Tell whether every feed was polled, nothing is pending for detection and nothing waits for delivery."""
    with store.connect() as connection:
        polled = all(feed.last_polled_at and not feed.claimed_by for feed in feed_states(connection))
        return (
            polled
            and not pending_readings(connection)
            and not outbox.list_outbox(connection, ("waiting", "sending"), 1)
        )
