"""README's path in a clean Debian, from the wheel to the first alert and what a newcomer asks next; all is asserted.

    sudo python -m tests.trials.newcomer FOLDER

FOLDER keeps what is costly to make (a Debian, the packages) for the next trial. `make newcomer` does it all. No systemd
runs in the container: a user without rights installs dipwatch into a folder of his own and starts it by hand.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.trials.container import ENVIRONMENT, PATIENCE, Container, TrialError, copied, debian, until
from tests.trials.inbox import Inbox
from tests.trials.service import demand
from tests.trials.wheels import ROOT, build, wheelhouse

from dipwatch.demo import DemoFeed, DemoItem, FeedServer, Newsroom

USER = "newcomer"
HOME = Path("/home") / USER
COMMAND = str(HOME / "venv/bin/dipwatch")
STOP_WITHIN = 20.0
WIRE = DemoFeed("wire", "North Wire", "wire", "en", "rss")
OFFICE = DemoFeed("office", "Office of Notices", "official", "en", "atom")
TITLES = (
    (WIRE, "EU leaders agree on 90 billion euro loan for Ukraine"),
    (OFFICE, "Putin envoy Dmitriev meets Witkoff in Miami for talks on Ukraine"),
    (WIRE, "Erdogan hosts Umerov in Ankara for talks on grain exports from Ukraine"),
    (WIRE, "Japan imposes new sanctions on Russia over the war in Ukraine"),
    (OFFICE, "Ukraine rejects a ceasefire along the current lines, Foreign Minister Sybiha says"),
)
"""What is reported in each round: known at the first contact, the first alert, while muted, after that, a position."""
NEWS = Newsroom(
    (WIRE, OFFICE),
    tuple(
        DemoItem(feed.id, f"{feed.id}-{round_}", round_, 5, title, "") for round_, (feed, title) in enumerate(TITLES)
    ),
)
OPML = '<opml version="2.0"><body><outline type="rss" text="North Wire" language="en" xmlUrl="{url}"/></body></opml>'
QUICK = {
    '#interval = "15m"': 'interval = "1s"',
    '#fastest = "2m"': 'fastest = "1s"',
    '#slowest = "6h"': 'slowest = "1s"',
    '#host_spacing = "2s"': 'host_spacing = "0s"',
    "#allow_networks = []": 'allow_networks = ["127.0.0.0/8"]',
    '#group_interval = "5m"': 'group_interval = "0s"',
    '#first_contact_wait = "2m"': 'first_contact_wait = "0s"',
}
"""What the trial changes in the configuration: feeds on this machine, and no patience."""


class Room(Container):
    """A container in which nothing runs but what is started in it."""

    STARTS = ("--as-pid2", "sleep", "infinity")

    def is_up(self) -> bool:
        """Tell whether commands can be run."""
        return self.run("true", check=False).returncode == 0


class Newcomer:
    """The steps, in their order."""

    def __init__(self, room: Room, server: FeedServer, inbox: Inbox, wheel: Path) -> None:
        self.room = room
        self.server = server
        self.inbox = inbox
        self.wheel = wheel
        self.daemon: subprocess.Popen[bytes] | None = None
        self.log = room.root.parent / "daemon.log"

    def run(self) -> None:
        """Take all steps. Raises TrialError at the first that fails."""
        began = time.monotonic()
        try:
            for step in (
                self.installs,
                self.makes_a_configuration,
                self.adds_a_feed,
                self.starts,
                self.gets_the_first_alert,
                self.asks_why,
                self.finds_it_in_the_history,
                self.mutes_for_the_weekend,
                self.unmutes,
                self.sees_a_position_before_and_after,
                self.backs_up,
                self.stops,
                self.restores,
            ):
                step()
                about = (step.__doc__ or "").splitlines()[0]
                print(f"ok  {about:<85} at {time.monotonic() - began:5.1f} s", flush=True)
        finally:
            if self.daemon:
                self.daemon.kill()
                self.daemon.wait()

    def installs(self) -> None:
        """a user without rights installs the wheel into a folder of his own"""
        self.room.run("useradd", "--create-home", USER)
        self.say("python3", "-m", "venv", str(HOME / "venv"))
        pip = (str(HOME / "venv/bin/pip"), "install", "--quiet", "--no-index", "--find-links", "/opt/packages")
        self.say(*pip, f"/opt/packages/{self.wheel.name}")
        demand(self.say(COMMAND, "--version").startswith("dipwatch "), "the command does not say its version")
        for page in ("man1/dipwatch.1", "man5/dipwatch.toml.5"):
            demand((self.home / "venv/share/man" / page).exists(), f"no {page}")

    def makes_a_configuration(self) -> None:
        """init writes a configuration with a webhook and sends a test message"""
        (self.home / "own.opml").write_text(OPML.format(url=f"{self.server.base}/{WIRE.id}"), encoding="utf-8")
        hook = self.inbox.url.replace("json://", "http://")
        said = self.say(COMMAND, "init", "dipwatch", "--webhook", hook, "--feeds", "own.opml", "--noise", "much")
        demand("dipwatch.toml" in said, said)
        demand(len(self.inbox.messages) == 1, f"{len(self.inbox.messages)} test messages came: {said}")
        text = self.config.read_text(encoding="utf-8")
        demand(self.inbox.url not in text, "the receiver's address stands in the configuration")
        for shown, wanted in QUICK.items():
            demand(f"\n{shown}\n" in text, f"the configuration does not show {shown}")
            text = text.replace(f"\n{shown}\n", f"\n{wanted}\n", 1)
        self.config.write_text(text, encoding="utf-8")
        self.dipwatch("check")

    def adds_a_feed(self) -> None:
        """feeds add puts a feed on his own list"""
        kind = ("--kind", OFFICE.kind, "--language", OFFICE.language)
        self.dipwatch("feeds", "add", f"{self.server.base}/{OFFICE.id}", "--source", OFFICE.source, *kind)
        listed = self.dipwatch("feeds", "list", "--format", "json")
        mine = {feed["url"] for feed in json.loads(listed) if feed["url"].startswith(self.server.base)}
        demand(mine == {f"{self.server.base}/{feed.id}" for feed in NEWS.feeds}, f"his feeds are {mine}")

    def starts(self) -> None:
        """the daemon starts and sends one digest of what the feeds hold"""
        with self.log.open("wb") as log:
            command = self.room.inside(
                "sh", "-c", f"echo $$ > pid; {self.there(COMMAND, 'run', '--upgrade')}", user=USER
            )
            self.daemon = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=ENVIRONMENT
            )
        self.wait("a digest of the first contact", "90 billion")

    def gets_the_first_alert(self) -> None:
        """what is reported next arrives as an alert of its own, once"""
        self.server.begin_round(1)
        self.wait("the first alert", "Miami")
        told = json.dumps(self.about("Miami"), ensure_ascii=False)
        for part in (OFFICE.source, "first report", "dipwatch show", "dipwatch mark"):
            demand(part in told, f"the alert does not say {part}: {told}")

    def asks_why(self) -> None:
        """show and explain say why the alert came"""
        development = self.id_of("Miami")
        for command in ("show", "explain"):
            said = self.dipwatch(command, development)
            demand("Miami" in said, f"{command}: {said}")
        demand("Dmitriev" in self.dipwatch("show", development), "show does not name who met")

    def finds_it_in_the_history(self) -> None:
        """history finds it by actor, place, words and day"""
        for asked in (("--actor", "Witkoff"), ("--venue", "Miami"), ("--text", "talks"), ("--since", "yesterday")):
            demand("Miami" in self.dipwatch("history", *asked), f"history {' '.join(asked)} does not show it")
        demand("Miami" not in self.dipwatch("history", "--actor", "Macron"), "history --actor shows what is not asked")

    def mutes_for_the_weekend(self) -> None:
        """a silence until Sunday night keeps a meeting from being sent; it stands in the history"""
        self.dipwatch("silence", "add", "kind=meeting", "--until", "sunday", "--why", "weekend")
        demand("weekend" in self.dipwatch("silence", "list"), "the silence is not listed")
        self.server.begin_round(2)
        until("the history shows the meeting", lambda: "Ankara" in self.dipwatch("history"))
        self.server.begin_round(3)
        self.wait("what is not muted", "Japan")
        demand(not self.inbox.holds("Ankara"), "the muted meeting was sent")

    def unmutes(self) -> None:
        """the silence is called off, and what was muted is not sent later"""
        listed = json.loads(self.dipwatch("silence", "list", "--format", "json"))
        self.dipwatch("silence", "expire", *(str(one["id"]) for one in listed))
        demand(not json.loads(self.dipwatch("silence", "list", "--format", "json")), "the silence is still in force")

    def sees_a_position_before_and_after(self) -> None:
        """positions shows where Ukraine stood on a ceasefire before, and since the report"""
        asked = ("positions", "--actor", "Ukraine", "--issue", "ceasefire")
        before = self.dipwatch(*asked)
        demand("Sybiha" not in before, before)
        self.server.begin_round(4)
        self.wait("an alert about the position", "Sybiha")
        demand(not self.inbox.holds("Ankara"), "the muted meeting was sent later")
        after = self.dipwatch(*asked)
        demand("Sybiha" in after and "baseline" in after, after)
        earlier = self.dipwatch(*asked, "--at", "2026-06-01")
        demand("Sybiha" not in earlier and "baseline" in earlier, earlier)

    def backs_up(self) -> None:
        """db backup copies the database while the daemon runs; restore is refused meanwhile"""
        self.dipwatch("db", "backup", "copy.db")
        refused = self.room.run("sh", "-c", self.there(COMMAND, "db", "restore", "copy.db"), user=USER, check=False)
        demand(refused.returncode == 1 and "Traceback" not in refused.stderr, f"{refused}")
        demand("Miami" in self.dipwatch("history"), "a refused restore has changed the history")

    def stops(self) -> None:
        """SIGTERM ends the daemon in time"""
        began = time.monotonic()
        self.say("kill", (self.home / "pid").read_text(encoding="ascii").strip())
        assert self.daemon is not None
        demand(self.daemon.wait(PATIENCE) == 0, f"it ended with {self.daemon.returncode}")
        demand(time.monotonic() - began < STOP_WITHIN, "it took too long")

    def restores(self) -> None:
        """after the loss of the database, db restore brings the whole history back"""
        before = self.dipwatch("history", "--format", "json", "--limit", "0")
        (self.home / "dipwatch/dipwatch.db").unlink()
        self.dipwatch("db", "restore", "copy.db")
        demand(self.dipwatch("history", "--format", "json", "--limit", "0") == before, "the history is another")

    @property
    def home(self) -> Path:
        """The user's folder, seen from outside."""
        return self.room.root / HOME.relative_to("/")

    @property
    def config(self) -> Path:
        return self.home / "dipwatch/dipwatch.toml"

    def say(self, *command: str) -> str:
        """Let the user run a command in his home."""
        return self.room.run(*command, user=USER).stdout

    def dipwatch(self, *arguments: str) -> str:
        """Let the user run dipwatch beside his configuration."""
        return self.say("sh", "-c", self.there(COMMAND, *arguments))

    def there(self, *command: str) -> str:
        return f"cd {HOME / 'dipwatch'} && exec {shlex.join(command)}"

    def wait(self, what: str, word: str) -> None:
        until(what, lambda: self.inbox.holds(word))

    def about(self, word: str) -> dict[str, Any]:
        """Return the one message that speaks of something."""
        told = [message for message in self.inbox.messages if word in json.dumps(message, ensure_ascii=False)]
        demand(len(told) == 1, f"{word} was told {len(told)} times")
        return told[0]

    def id_of(self, word: str) -> str:
        """Return the development's id that the alert names."""
        named: list[str] = re.findall(r"dipwatch show (\w+)", json.dumps(self.about(word)))
        return named[0]


def main() -> int:
    """Run the trial; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder.resolve()
    packages = folder / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    for old in packages.glob("dipwatch-*.whl"):
        old.unlink()
    wheel = build(ROOT, packages)
    wheelhouse(wheel, packages)
    root = copied(debian(folder), folder / "newcomer")
    copied(packages, root / "opt" / "packages")
    inbox = Inbox()
    with FeedServer(NEWS) as server, Room(root) as room:
        newcomer = Newcomer(room, server, inbox, wheel)
        try:
            newcomer.run()
        except TrialError as error:
            print(f"FAILED: {error}", file=sys.stderr)
            if newcomer.log.exists():
                print(f"\nthe log's end:\n{newcomer.log.read_text(errors='replace')[-4000:]}", file=sys.stderr)
            return 1
    print("all steps hold")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
