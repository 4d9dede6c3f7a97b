"""A daemon to which everything happens, at instants of chance, must in the end have found and told everything.

    python -m tests.trials.chaos [--minutes 10] [--seed N]

News comes in rounds that follow each other within seconds and wait for nobody, while the daemon is killed or frozen,
its database held by another program or its disk full, the server of its feeds or the receiver of its messages down,
failing or hanging, and its clock set forward or back. Demanded in the end: every item is tied to the development, and
every development alerted, as by a daemon to which nothing happens; at most one message repeated a kill; nothing left
unsent; a replay of the recorded ticks equal to the log. The disk is a small one in memory, which takes root; without,
that fault is left out and said to be.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.trials.happenings import feeds, newsroom
from tests.trials.hosts import Outcome, outcome
from tests.trials.peer import Fault, Peer, Received, documents
from tests.trials.site import Site, load, until, verdict

from dipwatch.demo import Newsroom
from dipwatch.demo.news import document

PATIENCE = 240.0
"""Seconds for everything to be done once nothing is wrong any more."""
PACE = (2.0, 6.0)
"""Seconds between two rounds of news."""
CALM_BETWEEN = (0.5, 4.0)
"""Seconds from one fault's end to the next one's begin; a second one may begin meanwhile."""
SLOWEST_START = 90.0
DISK = "260m"
"""More than the daemon wants to be left free, or it would tell of that all the time."""
LARGEST_STEP = timedelta(hours=2)
SPARED = 0.75
"""How often a daemon that is only starting is left alone."""
_KIN = {"kill": "frozen", "freeze": "frozen"}
_DATABASE = "state/demo.db"
_SETTINGS = {
    'database = "sqlite:///demo.db"': f'database = "sqlite:///{_DATABASE}"',
    "[alerts]": '[alerts]\ntimeout = "3s"\nretry_first = "1s"\nretry_longest = "4s"',
}


class SparedError(Exception):
    """A fault can't begin now, because of another."""


@dataclass
class Scene:
    """All that something can happen to."""

    site: Site
    server: Peer
    inbox: Peer
    chance: random.Random
    offset: timedelta = timedelta()
    """By how much the daemon's clock is off."""
    kills: int = 0
    undo: list[tuple[float, str, Callable[[], None]]] = field(default_factory=list)
    """What ends faults, and when, in seconds of the monotonic clock."""
    happened: Counter[str] = field(default_factory=Counter)
    began: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        """Print what happens, and when."""
        print(f"{time.monotonic() - self.began:6.1f} s  {text}", flush=True)

    def last(self, name: str, seconds: float, end: Callable[[], None]) -> None:
        """Let what has begun end after some seconds."""
        self.say(f"{name} for {seconds:.1f} s")
        self.undo.append((time.monotonic() + seconds, name, end))

    def end_due(self, now: float) -> None:
        """End the faults whose time is over."""
        for entry in [entry for entry in self.undo if entry[0] <= now]:
            self.undo.remove(entry)
            entry[2]()


def kill(scene: Scene) -> None:
    """Let the daemon crash; it is started again like every daemon that has ended."""
    scene.say("killed")
    scene.site.kill()
    scene.kills += 1


def freeze(scene: Scene) -> None:
    """Let the daemon stand still, past its lease or not."""
    site = scene.site
    process = site.process
    site.signal(signal.SIGSTOP)

    def go_on() -> None:
        if process is site.process:
            site.signal(signal.SIGCONT)

    scene.last("frozen", scene.chance.uniform(0.5, 10), go_on)


def lock(scene: Scene) -> None:
    """Let another program hold the database, longer than the daemon waits for it or not."""
    other = sqlite3.connect(scene.site.database, timeout=5, isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:  # the disk is full for it too, or the daemon was frozen while it wrote
        other.close()
        raise SparedError(f"the database can't be locked: {error}") from error

    def give_back() -> None:
        other.execute("ROLLBACK")
        other.close()

    scene.last("database locked", scene.chance.uniform(0.5, 9), give_back)


def fill(scene: Scene) -> None:
    """Let the disk be full."""
    filler = scene.site.database.parent / "filler"
    with filler.open("wb") as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 20))
            file.flush()
    scene.last("disk full", scene.chance.uniform(1, 8), filler.unlink)


def _failing(scene: Scene, peer: Peer, name: str) -> None:
    fault = scene.chance.choice([Fault.DOWN, Fault.FAILING, Fault.HANGING])
    peer.fail(fault)
    scene.last(f"{name} {fault}", scene.chance.uniform(1, 8), lambda: peer.fail(Fault.NONE))


def fail_server(scene: Scene) -> None:
    """Let the server of the feeds fail in some way."""
    _failing(scene, scene.server, "feed server")


def fail_inbox(scene: Scene) -> None:
    """Let the receiver fail in some way."""
    _failing(scene, scene.inbox, "receiver")


def set_clock(scene: Scene) -> None:
    """Set the daemon's clock to another time, within hours of the right one."""
    offset = LARGEST_STEP * scene.chance.uniform(-1, 1)
    scene.site.clock.step(offset - scene.offset)
    scene.say(f"clock set by {(offset - scene.offset).total_seconds() / 60:+.0f} min")
    scene.offset = offset


FAULTS: dict[str, Callable[[Scene], None]] = {
    "kill": kill,
    "freeze": freeze,
    "database locked": lock,
    "disk full": fill,
    "feed server": fail_server,
    "receiver": fail_inbox,
    "clock set": set_clock,
}


@dataclass
class Account:
    """What came of a run."""

    found: Outcome
    keys: set[str]
    """Those of all messages that were to be sent."""
    received: Received
    settled: bool
    happened: Counter[str]
    kills: int
    own_ends: Counter[int]
    """How often the daemon ended by itself, by exit code: it may, when it can't use its database at its start."""
    replay: subprocess.CompletedProcess[str]
    log: str


@contextlib.contextmanager
def scene_of(folder: Path, news: Newsroom, chance: random.Random) -> Iterator[tuple[Scene, Stage, Received]]:
    """Set everything up in a folder whose ``state`` is there already; in the end the daemon is ended."""
    stage, received = Stage(news), Received()
    with Peer(documents(stage.document)) as server, Peer(received) as inbox:
        site = Site.made(folder, news, server.port, inbox.port, _SETTINGS)
        site.database = folder / _DATABASE
        site.clock.set(datetime.now(UTC))
        try:
            yield Scene(site, server, inbox, chance), stage, received
        finally:
            site.signal(signal.SIGCONT)
            site.kill()


@dataclass
class Stage:
    """The news as far as it has come."""

    news: Newsroom
    round: int = 0
    start: datetime = field(default_factory=lambda: datetime.now(UTC))

    def document(self, name: str) -> tuple[str, bytes]:
        """Return a feed as it is now."""
        feed = next(feed for feed in self.news.feeds if feed.id == name)
        return document(feed, self.news.items_of(name, self.round), "https://wire.test", self.start)

    @property
    def items(self) -> int:
        """How many items were published."""
        return sum(item.round <= self.round for item in self.news.items)


def calm(folder: Path, news: Newsroom) -> Outcome:
    """Run the daemon through all rounds while nothing happens to it. Raises TimeoutError."""
    (folder / "state").mkdir(parents=True)
    with scene_of(folder, news, random.Random()) as (scene, stage, _):
        scene.site.start()
        for stage.round in range(news.rounds + 1):
            if not until(lambda: scene.site.is_settled(stage.items), PATIENCE, pause=0.05):
                raise TimeoutError(f"without any fault, round {stage.round} is not done after {PATIENCE:g} s")
        return outcome(scene.site.query)


def disturbed(folder: Path, news: Newsroom, faults: Sequence[str], seconds: float, chance: random.Random) -> Account:
    """Run the daemon while faults befall it for some seconds, then let it finish."""
    with scene_of(folder, news, chance) as (scene, stage, received):
        site = scene.site
        site.start()
        if not until(lambda: site.is_settled(stage.items), PATIENCE):
            raise TimeoutError(f"the first contact is not done after {PATIENCE:g} s")
        own_ends = _befall(scene, stage, faults, seconds)
        stage.round = news.rounds
        settled = until(lambda: _tended(scene, own_ends) and site.is_settled(stage.items), PATIENCE)
        if site.ended() is None:
            site.terminate()
        replay = site.run("replay", "--stored", "--verify")
        found = outcome(site.query)
        keys = {key for (key,) in site.query("SELECT DISTINCT message_key FROM outbox")}
        return Account(found, keys, received, settled, scene.happened, scene.kills, own_ends, replay, site.log)


def _befall(scene: Scene, stage: Stage, faults: Sequence[str], seconds: float) -> Counter[int]:
    """Publish round after round and let faults happen until the time is over and the last one has ended."""
    chance, own_ends = scene.chance, Counter[int]()
    ahead: list[str] = []
    ends = time.monotonic() + seconds
    next_round = next_fault = time.monotonic()
    while (now := time.monotonic()) < ends or scene.undo:
        scene.end_due(now)
        _tended(scene, own_ends)
        if now >= next_round and stage.round < stage.news.rounds:
            stage.round += 1
            next_round = now + chance.uniform(*PACE)
        if now >= next_fault and now < ends:
            ahead = ahead or chance.sample(list(faults), len(faults))  # each once before any twice
            _befall_once(scene, ahead.pop())
            next_fault = now + chance.uniform(*CALM_BETWEEN)
        time.sleep(0.05)
    return own_ends


def _befall_once(scene: Scene, name: str) -> None:
    """Let one thing happen, unless it is happening already or its like is."""
    if any(running.startswith(_KIN.get(name, name)) for _, running, _ in scene.undo):
        return
    if name in {"kill", "freeze"} and not scene.site.is_ready() and scene.chance.random() < SPARED:
        return  # a daemon that is never up shows nothing
    try:
        FAULTS[name](scene)
        scene.happened[name] += 1
    except SparedError as error:
        scene.say(str(error))


def _tended(scene: Scene, own_ends: Counter[int]) -> bool:
    """Start a daemon that has ended, as systemd would; tells whether it runs."""
    code = scene.site.ended()
    if code is None:
        return True
    if code >= 0:
        own_ends[code] += 1
        scene.say(f"ended by itself with code {code}: {scene.site.log.rstrip().splitlines()[-1][:200]}")
        time.sleep(1)
    scene.site.start()
    return False


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Lay a small file system in memory over a folder; gives whether that could be done: it takes root."""
    folder.mkdir(parents=True)
    options = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "dipwatch-chaos", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(options, check=False, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


def run(folder: Path, seconds: float, seed: int, wires: int = 3) -> tuple[Outcome, Account]:
    """Run the calm daemon and the other on the same news, side by side."""
    rounds = int(seconds / (sum(PACE) / 2)) + 1
    news = newsroom(rounds, feeds(wires), random.Random(seed))
    with small_disk(folder / "chaos" / "state") as mounted, ThreadPoolExecutor(1) as beside:
        faults = [name for name in FAULTS if mounted or name != "disk full"]
        if not mounted:
            print("disk full is left out: a disk of its own takes root")
        expected = beside.submit(calm, folder / "calm", news)
        account = disturbed(folder / "chaos", news, faults, seconds, random.Random(seed))
        shutil.copy2(folder / "chaos" / _DATABASE, folder / "chaos")  # the disk goes, what is on it may tell something
        return expected.result(), account


def checks(expected: Outcome, account: Account) -> dict[str, bool]:
    """Return what is demanded and whether it holds."""
    found = account.found
    return {
        f"all was done within {PATIENCE:g} s after the last fault": account.settled,
        f"the {len(expected.developments)} items tied as by an undisturbed daemon": (
            found.developments == expected.developments
        ),
        f"the {len(expected.alerted)} developments alerted as by an undisturbed daemon": (
            found.alerted == expected.alerted
        ),
        "nothing left unsent": found.unsent == 0,
        f"the {len(account.keys)} messages arrived": account.keys == set(account.received.taken),
        f"{account.received.repeated} messages repeated, {account.kills} kills": (
            account.received.repeated <= account.kills
        ),
        "replay --stored --verify: equal": account.replay.returncode == 0,
        "no defect in the log": "Traceback" not in account.log,
    }


def differences(expected: Outcome, found: Outcome) -> list[str]:
    """Say of each item that is tied otherwise how it is."""
    items = sorted(expected.developments.keys() | found.developments.keys())
    pairs = [(item, expected.developments.get(item), found.developments.get(item)) for item in items]
    return [
        f"{item}: {calm or 'nothing'} without faults, {now or 'nothing'} with"
        for item, calm, now in pairs
        if calm != now
    ]


def main() -> int:
    """Run both, compare; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--keep", action="store_true", help="keep what a run that went well leaves")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended then as well
    print(f"seed {options.seed}, {load()}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="dipwatch-chaos-"))
    expected, account = run(folder, options.minutes * 60, options.seed)
    for name in FAULTS:
        print(f"{account.happened[name]:4}  {name}")
    print(f"{sum(account.own_ends.values()):4}  ended by itself, by exit code {dict(account.own_ends)}")
    print(load())
    code = verdict(checks(expected, account))
    for line in differences(expected, account.found):
        print(f"        {line}")
    if code or options.keep:
        (folder / "log").write_text(account.log, encoding="utf-8")
        print(f"log and databases: {folder}")
    else:
        shutil.rmtree(folder)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
