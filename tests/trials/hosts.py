"""Three daemons on one PostgreSQL, whose leader is killed or frozen over and over: the result must be that of one.

    python -m tests.trials.hosts [--rounds 20] [--seed N]

Each round, the feeds bring new items; at a random instant of it the leader gets SIGKILL (and is started again in the
next round) or SIGSTOP until its lease has run out and another leads (then SIGCONT). Afterwards: every item is tied to
the same development, and every development alerted, as by one undisturbed daemon on SQLite; no tick was written under
an older fencing token than the one before; another led within 10 s; a message was repeated at most once a kill.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from tests.postgres_server import running_server
from tests.trials.inbox import Inbox

from dipwatch.demo import DemoFeed, DemoItem, FeedServer, Newsroom
from dipwatch.demo.show import DATABASE, write_setup

PATIENCE = 180.0
LONGEST_GAP = 10.0
HOSTS = ("north", "south", "west")
FEEDS = tuple(DemoFeed(name, f"{name.title()} Wire", "wire", "en", "rss") for name in ("alpha", "beta", "gamma"))
_WHO = (
    ("Macron", "France"), ("Merz", "Germany"), ("Meloni", "Italy"), ("Tusk", "Poland"), ("Starmer", "Britain"),
    ("Erdogan", "Turkey"), ("Modi", "India"), ("Xi Jinping", "China"), ("Stubb", "Finland"), ("Carney", "Canada"),
    ("Sanchez", "Spain"), ("Orban", "Hungary"), ("Fico", "Slovakia"), ("Lukashenko", "Belarus"), ("Vucic", "Serbia"),
)  # fmt: skip
_ACTS = (
    "{person} meets Zelensky in {city} for talks on the war",
    "{country} imposes new sanctions on Russia over the war in Ukraine",
    "{person} and Putin speak by phone about a ceasefire in Ukraine",
    "{country} pledges {number} million euros of military aid to Ukraine",
)
_CITIES = ("Geneva", "Vienna", "Oslo", "Ankara", "Doha", "Warsaw", "Rome", "Berlin", "Madrid", "Prague")


def newsroom(rounds: int, chance: random.Random) -> Newsroom:
    """Return a newsroom whose rounds each bring one development in each feed, among other matters."""
    acts = [(who, act) for act in _ACTS for who in _WHO]
    chance.shuffle(acts)
    items = []
    for round_ in range(rounds + 1):
        for place, feed in enumerate(FEEDS):
            (person, country), act = acts[(round_ * len(FEEDS) + place) % len(acts)]
            city, number = chance.choice(_CITIES), chance.randrange(20, 900)
            title = act.format(person=person, country=country, city=city, number=number)
            items.append(DemoItem(feed.id, f"{feed.id}-{round_}", round_, 3, title, ""))
            noise = [f"The museum of {name} shows {chance.randrange(99)} new paintings" for name in _CITIES[:5]]
            items += [DemoItem(feed.id, f"{feed.id}-{round_}-{n}", round_, 3, text, "") for n, text in enumerate(noise)]
    return Newsroom(FEEDS, tuple(items))


@dataclass
class Daemon:
    """One host's daemon."""

    name: str
    folder: Path
    database: str | None
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    @property
    def is_ready(self) -> bool:
        """Whether it has said so since its last start."""
        return (self.folder / "log").read_text(encoding="utf-8").count('"ready"') == self.starts

    @property
    def fate(self) -> str:
        """What was last done to it."""
        return "killed" if self.process and self.process.poll() is not None else "frozen"

    def start(self) -> None:
        """Start it unless it runs."""
        if self.process and self.process.poll() is None:
            return
        options = ["--database", self.database] if self.database else []
        command = [sys.executable, "-m", "dipwatch", "--config", str(self.folder / "dipwatch.toml"), *options]
        self.starts += 1
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([*command, "run", "--upgrade"], stdout=log, stderr=log)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self.process:
            self.process.send_signal(number)

    def end(self) -> None:
        """End it, also where it is frozen."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@dataclass
class Outcome:
    """What a run left in its database."""

    developments: dict[str, str]
    """For each item, the development it is tied to, named by the first of its items in alphabetical order."""
    alerted: list[str]
    """The developments that were alerted, so named, sorted."""
    tokens: list[int]
    unsent: int


@dataclass
class Watch:
    """Looks at who leads."""

    query: Callable[[str], list[tuple[Any, ...]]]
    gaps: list[float] = field(default_factory=list)

    def leader(self) -> tuple[str, int]:
        """Return holder and token of the lease as it stands, run out or not."""
        rows = self.query("SELECT holder, token FROM leases WHERE name LIKE 'detect%' ORDER BY token DESC")
        return (str(rows[0][0]), int(rows[0][1])) if rows else ("", 0)

    def wait_for_another(self, token: int, since: float) -> None:
        """Wait until somebody leads under a newer token and note how long nobody did."""
        until("another host leads", lambda: self.leader()[1] > token)
        self.gaps.append(time.monotonic() - since)


def until(what: str, true: Callable[[], bool]) -> None:
    """Wait until something is true. Raises TimeoutError."""
    ends = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > ends:
            raise TimeoutError(f"waited {PATIENCE:g} s in vain: {what}")
        time.sleep(0.05)


def is_settled(server: FeedServer, query: Callable[[str], list[tuple[Any, ...]]], items: int) -> bool:
    """Tell whether a round went all the way: fetched, stored, detected, delivered."""
    if not server.wait_until_served(0.05):
        return False
    (row,) = query(
        "SELECT (SELECT count(*) FROM readings WHERE tick_id IS NULL)"
        " + (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')), (SELECT count(*) FROM items)"
    )
    return row == (0, items)


def outcome(query: Callable[[str], list[tuple[Any, ...]]]) -> Outcome:
    """Read what a run left."""
    rows = query(
        "SELECT items.link, changes.development_id, changes.alert FROM changes JOIN items ON items.id = changes.item_id"
        " ORDER BY changes.seq"
    )
    members: dict[str, list[str]] = {}
    for url, development, _ in rows:
        members.setdefault(development, []).append(_path(url))
    named = {development: min(items) for development, items in members.items()}
    return Outcome(
        developments={_path(url): named[development] for url, development, _ in rows},
        alerted=sorted({named[development] for _, development, alert in rows if alert}),
        tokens=[int(token) for (token,) in query("SELECT token FROM ticks ORDER BY number")],
        unsent=int(query("SELECT count(*) FROM outbox WHERE state != 'sent'")[0][0]),
    )


def _path(url: str) -> str:
    """Return an address without its server, whose port differs from run to run."""
    return str(url).split("/", 3)[-1]


def prepared(folder: Path, news: Newsroom, base: str, inbox: Inbox) -> None:
    """Write a host's configuration, with a webhook for receiver."""
    write_setup(folder, news, base)
    file = folder / "dipwatch.toml"
    receiver = (
        f'[[alerts.receivers]]\nname = "inbox"\nurl = "{inbox.url}"\nlimits = []\n[alerts.route]\nreceiver = "inbox"\n'
    )
    text = file.read_text(encoding="utf-8").replace("[health]", f'first_contact_wait = "0s"\n{receiver}\n[health]')
    file.write_text(text, encoding="utf-8")


def calm(folder: Path, news: Newsroom, rounds: int) -> Outcome:
    """Run one daemon on SQLite through all rounds, undisturbed."""
    inbox = Inbox()
    with FeedServer(news) as server:
        prepared(folder, news, server.base, inbox)
        daemon = Daemon("calm", folder, None)

        def query(sql: str) -> list[tuple[Any, ...]]:
            with contextlib.closing(sqlite3.connect(folder / DATABASE, timeout=30)) as connection:
                try:
                    return connection.execute(sql).fetchall()
                except sqlite3.OperationalError as error:
                    if "no such table" in str(error):
                        return [(-1, -1)]
                    raise

        daemon.start()
        try:
            for round_ in range(rounds + 1):
                server.begin_round(round_)
                until(f"calm round {round_}", lambda n=round_: is_settled(server, query, _items(news, n)))  # type: ignore[misc]
            return outcome(query)
        finally:
            daemon.end()


def disturbed(
    folder: Path, news: Newsroom, rounds: int, url: str, chance: random.Random
) -> tuple[Outcome, Watch, Inbox, int]:
    """Run three daemons on one PostgreSQL; each round the leader is killed or frozen."""
    inbox = Inbox()
    kills = 0
    with FeedServer(news) as server, _connection(url) as query:
        watch = Watch(query)
        hosts = {name: Daemon(name, folder / name, url) for name in HOSTS}
        for host in hosts.values():
            prepared(host.folder, news, server.base, inbox)
        try:
            hosts["north"].start()
            until("the first contact", lambda: is_settled(server, query, _items(news, 0)))
            for round_ in range(1, rounds + 1):
                for host in hosts.values():
                    host.start()
                until("all hosts are ready", lambda: all(host.is_ready for host in hosts.values()))
                server.begin_round(round_)
                time.sleep(chance.uniform(0.0, 1.5))
                holder, token = watch.leader()
                leader = next(host for host in hosts.values() if host.process and f":{host.process.pid}:" in holder)
                began = time.monotonic()
                if chance.random() < 0.5:
                    leader.end()
                    kills += 1
                    watch.wait_for_another(token, began)
                else:
                    leader.signal(signal.SIGSTOP)
                    watch.wait_for_another(token, began)
                    leader.signal(signal.SIGCONT)
                until(f"round {round_}", lambda n=round_: is_settled(server, query, _items(news, n)))  # type: ignore[misc]
                told = f"round {round_:2}: {leader.name} {leader.fate}, another leads after {watch.gaps[-1]:.1f} s"
                print(told, flush=True)
            return outcome(query), watch, inbox, kills
        finally:
            for host in hosts.values():
                host.end()


@contextlib.contextmanager
def _connection(url: str) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:

        def query(sql: str) -> list[tuple[Any, ...]]:
            try:
                return connection.execute(sql.encode()).fetchall()
            except psycopg.errors.UndefinedTable:
                return [(-1, -1)]

        yield query


def _items(news: Newsroom, round_: int) -> int:
    return sum(item.round <= round_ for item in news.items)


def main() -> int:
    """Run both, compare; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    news = newsroom(options.rounds, random.Random(options.seed))
    with tempfile.TemporaryDirectory(prefix="dipwatch-hosts-") as name, running_server() as server:
        folder = Path(name)
        expected = calm(folder / "calm", news, options.rounds)
        server.create("hosts")
        found, watch, inbox, kills = disturbed(
            folder / "hosts", news, options.rounds, server.url("hosts"), random.Random(options.seed)
        )
    repeated = Counter(inbox.references())
    checks = {
        "items tied as by one daemon": found.developments == expected.developments,
        "alerted as by one daemon": found.alerted == expected.alerted,
        "nothing left unsent": found.unsent == 0,
        "no tick under an older token": found.tokens == sorted(found.tokens),
        f"nobody led for at most {max(watch.gaps):.1f} s": max(watch.gaps) < LONGEST_GAP,
        f"{sum(repeated.values()) - len(repeated)} messages repeated, {kills} kills": sum(repeated.values())
        - len(repeated)
        <= kills,
    }
    developments = len(set(expected.developments.values()))
    print(f"{len(expected.developments)} items in {developments} developments, {len(expected.alerted)} alerted")
    for what, holds in checks.items():
        print(f"{'ok    ' if holds else 'FAILED'}  {what}")
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
