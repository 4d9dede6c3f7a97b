"""The service under a real systemd, from installation to upgrade; every step is asserted.

    sudo python -m tests.trials.service FOLDER

FOLDER keeps what is costly to make (a Debian, the packages) for the next trial. `make trial` does it all.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from pathlib import Path

from tests.trials.container import Container, TrialError, copied, debian, until
from tests.trials.inbox import Inbox
from tests.trials.wheels import LATER, ROOT, build, later_tree, wheelhouse

from dipwatch.demo import DemoFeed, DemoItem, FeedServer, Newsroom
from dipwatch.demo.show import write_setup

PYTHON = "/opt/dipwatch/bin/python"
COMMAND = "/opt/dipwatch/bin/dipwatch"
UNIT = "dipwatch.service"
CONFIG = "etc/dipwatch/dipwatch.toml"
STOP_WITHIN = 20.0
FEED = DemoFeed("wire", "North Wire", "wire", "en", "rss")
NEWS = Newsroom(
    (FEED,),
    tuple(
        DemoItem("wire", f"wire-{round_}", round_, 5, title, "")
        for round_, title in enumerate(
            (
                "EU leaders agree on 90 billion euro loan for Ukraine",
                "Putin envoy Dmitriev meets Witkoff in Miami for talks on Ukraine",
                "Russia and Ukraine exchange 157 prisoners each",
                "Japan imposes new sanctions on Russia over the war in Ukraine",
                "Erdogan hosts Umerov in Ankara for talks on grain exports from Ukraine",
            )
        )
    ),
)


class Trial:
    """The steps, in their order."""

    def __init__(self, container: Container, server: FeedServer, inbox: Inbox, later: Path) -> None:
        self.container = container
        self.server = server
        self.inbox = inbox
        self.later = later

    def run(self) -> None:
        """Take all steps. Raises TrialError at the first that fails."""
        for step in (
            self.is_exposed_little,
            self.starts,
            self.alerts,
            self.is_read_and_marked_by_a_second_user,
            self.keeps_strangers_out,
            self.survives_a_bad_reload,
            self.takes_a_good_reload,
            self.is_restarted_when_it_hangs,
            self.backs_up,
            self.is_upgraded_with_a_migration,
            self.stops_in_time,
            self.does_not_start_with_a_bad_configuration,
        ):
            began = time.monotonic()
            step()
            print(f"ok  {(step.__doc__ or '').splitlines()[0]:<95} {time.monotonic() - began:5.1f} s", flush=True)

    def is_exposed_little(self) -> None:
        """systemd-analyze gives the unit an exposure of at most 1.5"""
        said = self.container.run("systemd-analyze", "security", "--no-pager", UNIT).stdout
        (level,) = re.findall(r"exposure level for .*: ([\d.]+)", said)
        demand(float(level) <= 1.5, f"exposure {level}")

    def starts(self) -> None:
        """the service starts and says READY"""
        self.container.run("systemctl", "enable", "--now", UNIT, "dipwatch-backup.timer")
        demand(self.container.show(UNIT, "SubState") == "running", "systemctl start returned before READY")
        until("the first contact is worked through", lambda: "watching" in self.container.show(UNIT, "StatusText"))
        until("a digest of the first contact", lambda: self.inbox.holds("90 billion"))
        owner = self.container.run("stat", "--format", "%U:%G %a", "/var/lib/dipwatch/dipwatch.db").stdout.strip()
        demand(owner == "dipwatch:dipwatch 660", f"the database belongs to {owner}")

    def alerts(self) -> None:
        """a new item becomes a message at the receiver, whose address is a systemd credential"""
        self.server.begin_round(1)
        until("an alert about Miami", lambda: self.inbox.holds("Miami"))
        journal = self.journal()
        demand(self.inbox.url not in journal and "json://" not in journal, "the receiver's address is in the journal")

    def is_read_and_marked_by_a_second_user(self) -> None:
        """a member of the group reads the history, marks a development and asks for the status"""
        listed = self.container.run(COMMAND, "history", "--format", "json", user="analyst").stdout
        entry = next(entry for entry in json.loads(listed) if "Miami" in json.dumps(entry))
        self.container.run(COMMAND, "mark", entry["id"], "confirm", user="analyst")
        self.container.run(COMMAND, "status", user="analyst")

        def confirmed() -> bool:
            shown = self.container.run(COMMAND, "history", "--format", "json", user="analyst").stdout
            return any(one["verdict"] == "confirm" for one in json.loads(shown))

        until("the leader applies the mark", confirmed)

    def keeps_strangers_out(self) -> None:
        """who is not of the group can't read the database, and is told why"""
        done = self.container.run(COMMAND, "history", user="stranger", check=False)
        demand(done.returncode == 1 and "Traceback" not in done.stderr, f"{done.returncode}: {done.stderr}")

    def survives_a_bad_reload(self) -> None:
        """SIGHUP with a bad configuration keeps the old one and says so"""
        good = self.config()
        self.write_config(good.replace('fastest = "1s"', 'fastest = "soon"'))
        self.container.run("systemctl", "reload", UNIT)
        until("the fault is logged", lambda: "the old one stays" in self.journal())
        self.write_config(good)
        self.server.begin_round(2)
        until("an alert under the old configuration", lambda: self.inbox.holds("157"))

    def takes_a_good_reload(self) -> None:
        """SIGHUP with a good configuration puts it to work without a restart"""
        before = self.container.show(UNIT, "MainPID")
        self.write_config(
            self.config().replace('interval = "1s"', 'interval = "2s"', 1).replace('slowest = "1s"', 'slowest = "2s"')
        )
        self.container.run("systemctl", "reload", UNIT)
        until("the reload is logged", lambda: '"reloaded"' in self.journal())
        demand(self.container.show(UNIT, "MainPID") == before, "it was restarted")

    def is_restarted_when_it_hangs(self) -> None:
        """the watchdog restarts a hung process, and what comes meanwhile is not lost"""
        before = self.container.show(UNIT, "MainPID")
        self.container.run("sh", "-c", f"kill -STOP {before}")
        self.server.begin_round(3)
        until("another process runs", lambda: self.container.show(UNIT, "MainPID") not in {before, "0"})
        demand(self.container.show(UNIT, "NRestarts") == "1", "it was not restarted once")
        until("an alert of the time it hung", lambda: self.inbox.holds("Japan"))

    def backs_up(self) -> None:
        """the backup's unit makes a sound copy while the daemon works"""
        self.container.run("systemctl", "start", "dipwatch-backup.service")
        (copy,) = (self.container.root / "var/lib/dipwatch/backups").glob("dipwatch-*.db")
        inside = f"/{copy.relative_to(self.container.root)}"
        demand(
            COMMAND in self.container.run("cat", "/etc/systemd/system/dipwatch-backup.service").stdout, "the command"
        )
        listed = self.container.run(COMMAND, "--database", f"sqlite:///{inside}", "history", user="analyst").stdout
        demand("Miami" in listed, f"the copy has no history: {listed}")

    def is_upgraded_with_a_migration(self) -> None:
        """a later version with a migration takes the log over"""
        install(self.container, self.later)
        self.container.run("systemctl", "restart", UNIT)
        demand(LATER in self.container.run(COMMAND, "--version").stdout, "the later version is not installed")
        demand("current; schema" in self.container.run(COMMAND, "db", "current").stdout, "the schema is not current")
        demand("Miami" in self.container.run(COMMAND, "history", user="analyst").stdout, "the history is gone")
        self.server.begin_round(4)
        until("an alert of the later version", lambda: self.inbox.holds("Ankara"))
        told = [message for message in self.inbox.messages if "Miami" in json.dumps(message)]
        demand(len(told) == 1, f"Miami was told {len(told)} times")

    def stops_in_time(self) -> None:
        """SIGTERM ends it cleanly within the unit's bound"""
        began = time.monotonic()
        self.container.run("systemctl", "stop", UNIT)
        demand(time.monotonic() - began < STOP_WITHIN, "it took too long")
        demand(self.container.show(UNIT, "Result") == "success", self.container.show(UNIT, "Result"))

    def does_not_start_with_a_bad_configuration(self) -> None:
        """a wrong configuration is named in the journal and not tried over and over"""
        self.write_config(self.config().replace('fastest = "1s"', 'fastest = "soon"'))
        self.container.run("systemctl", "start", UNIT, check=False)
        until("the service gave up", lambda: self.container.show(UNIT, "ActiveState") == "failed")
        demand("polling.fastest" in self.journal(), "the fault is not named")
        demand(self.container.show(UNIT, "ExecMainStatus") == "2", "the exit code is not 2")

    def journal(self) -> str:
        return self.container.run("journalctl", "--unit", "dipwatch*", "--output", "cat", "--no-pager").stdout

    def config(self) -> str:
        return (self.container.root / CONFIG).read_text(encoding="utf-8")

    def write_config(self, text: str) -> None:
        (self.container.root / CONFIG).write_text(text, encoding="utf-8")


def demand(true: bool, what: str) -> None:  # noqa: FBT001 (reads like assert)
    """Raise TrialError unless something is true."""
    if not true:
        raise TrialError(what)


def install(container: Container, wheel: Path) -> None:
    """Install a wheel from the folder of packages that lies in the container."""
    container.run(
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--find-links",
        "/opt/packages",
        f"/opt/packages/{wheel.name}",
    )


def prepared(container: Container, server: FeedServer, inbox: Inbox, wheel: Path) -> None:
    """Install the package and the service as the manual says, with feeds and a receiver of the trial."""
    run = container.run
    run("python3", "-m", "venv", "/opt/dipwatch")
    install(container, wheel)
    run(COMMAND, "install-service", "--command", COMMAND)
    run("systemd-sysusers")
    for name in ("analyst", "stranger"):
        run("useradd", "--create-home", name)
    run("usermod", "--append", "--groups", "dipwatch", "analyst")
    write_setup(container.root / "etc/dipwatch", NEWS, server.base)
    configure(container.root)
    (container.root / "etc/dipwatch/credentials").mkdir(mode=0o700)
    (container.root / "etc/dipwatch/credentials/inbox").write_text(inbox.url, encoding="utf-8")
    drop_in = container.root / f"etc/systemd/system/{UNIT}.d/trial.conf"
    drop_in.parent.mkdir()
    drop_in.write_text(
        "[Service]\nLoadCredential=inbox:/etc/dipwatch/credentials/inbox\nWatchdogSec=10\n", encoding="utf-8"
    )
    run("systemctl", "daemon-reload")


def configure(root: Path) -> None:
    """Let the demo's configuration use the service's database and the trial's receiver."""
    file = root / CONFIG
    text = file.read_text(encoding="utf-8")
    text = re.sub(r"^database = .*$", 'database = "sqlite:////var/lib/dipwatch/dipwatch.db"', text, flags=re.MULTILINE)
    receiver = """
first_contact_wait = "0s"
[[alerts.receivers]]
name = "inbox"
url = "credential:inbox"
limits = []
[alerts.route]
receiver = "inbox"
"""
    file.write_text(text.replace('\ngroup_interval = "0s"\n', f'\ngroup_interval = "0s"{receiver}'), encoding="utf-8")


def main() -> int:
    """Run the trial; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    packages = folder / "packages"
    packages.mkdir(exist_ok=True)
    for old in packages.glob("dipwatch-*.whl"):
        old.unlink()
    wheel = build(ROOT, packages)
    later = build(later_tree(folder), packages)
    wheelhouse(wheel, packages)
    root = copied(debian(folder), folder / "root")
    copied(packages, root / "opt" / "packages")
    inbox = Inbox()
    with FeedServer(NEWS) as server, Container(root) as container:
        prepared(container, server, inbox, wheel)
        trial = Trial(container, server, inbox, later)
        try:
            trial.run()
        except TrialError as error:
            print(f"FAILED: {error}\n\nthe journal's end:\n{trial.journal()[-4000:]}", file=sys.stderr)
            return 1
    print("all steps hold")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
