"""``dipwatch init``: what it asks or is told stands in the configuration, and a message proves that it works."""

from __future__ import annotations

import os
import select
import shlex
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.alerts.peers import Answer, http_peer, mail_peer
from tests.cli.conftest import Run

from dipwatch.cli.starter import SECRETS, files, write
from dipwatch.cli.wishes import Noise, Wish, Wishes, webhook_url
from dipwatch.config import LoadedConfig, load_config
from dipwatch.feeds.own_list import configured_feeds
from dipwatch.model import Severity
from dipwatch.secret_reference import resolve_secret
from dipwatch.settings.times import Schedule

pytestmark = pytest.mark.usefixtures("home")
PATIENCE = 30.0
WEBHOOK = "https://desk.example.org/in?token=TSECRET7"
OPML = """<opml version="2.0"><body>
<outline type="rss" text="Harbour Daily" xmlUrl="https://harbour.example.org/rss"/>
<outline type="rss" text="Listed" xmlUrl="{listed}"/></body></opml>"""


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Vienna")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


def loaded(folder: str = "own") -> LoadedConfig:
    return load_config(Path(folder) / "dipwatch.toml")


def written(receivers: tuple[Wish, ...] = (Wish("webhook", webhook_url(WEBHOOK)),), **wishes: Any) -> LoadedConfig:  # noqa: ANN401 (those of Wishes)
    write(files(Path("own"), Wishes(receivers, **wishes), service=False))
    return loaded()


def test_without_a_terminal_and_options_it_asks_nothing_and_writes_the_defaults(run: Run) -> None:
    result = run("init", "own")
    assert result.exit_code == 0, result.output
    alerts = loaded().config.alerts
    assert [receiver.url for receiver in alerts.receivers] == ["console:"]
    assert (alerts.zone.key, alerts.times, alerts.route.digest) == ("Europe/Vienna", (), None)
    assert not Path("own/feeds.toml").exists()
    assert not Path("own", SECRETS).exists()


def test_what_it_says_to_type_next_works_in_any_folder(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("init", "my own")
    file = Path("my own").absolute() / "dipwatch.toml"
    lines = [line for line in result.stdout.splitlines() if line.startswith("  dipwatch ")]
    assert [shlex.split(line)[:3] for line in lines] == [["dipwatch", "--config", str(file)]] * 3
    monkeypatch.chdir("my own")
    assert run(*shlex.split(lines[0])[1:4]).exit_code == 0


def test_networks_of_an_intranet_stand_in_the_configuration(run: Run) -> None:
    refused = run("init", "own", "--allow-networks", "10.1.2.3/8")
    assert (refused.exit_code, "is no network" in refused.stderr, Path("own").exists()) == (2, True, False)
    result = run("init", "own", "--allow-networks", "10.1.0.0/16, fd00::/8")
    assert result.exit_code == 0, result.output
    assert loaded().config.polling.allow_networks == ("10.1.0.0/16", "fd00::/8")


def test_every_wish_stands_in_the_configuration(run: Run) -> None:
    given = ("--console", "--webhook", WEBHOOK, "--receiver", "desk=env:DESK", "--quiet", "22:00-07:00")
    os.environ["DESK"] = "json://desk.example.org"
    result = run("init", "own", *given, "--zone", "Europe/Kyiv", "--noise", "little", "--no-test")
    del os.environ["DESK"]
    assert result.exit_code == 0, result.output
    alerts = loaded().config.alerts
    assert [receiver.name for receiver in alerts.receivers] == ["console", "webhook", "desk"]
    assert alerts.zone.key == "Europe/Kyiv"
    assert [(times.name, str(times.times[0])) for times in alerts.times] == [("quiet", "22:00-07:00")]
    assert alerts.route.mute == ("quiet",)
    assert alerts.route.digest == Schedule("day", 8 * 60)
    for receiver, route in zip(alerts.receivers, alerts.route.routes, strict=True):
        assert (route.receiver, route.continue_) == (receiver.name, True)
        (urgent,) = route.routes
        assert (urgent.match.severity, urgent.digest) == ((Severity.HIGH,), Schedule("off"))


@pytest.mark.parametrize(
    ("noise", "limits", "digest", "routes"),
    [("little", None, Schedule("day", 480), 1), ("some", ["10 per 1h"], None, 0), ("much", [], None, 0)],
)
def test_noise_becomes_a_digest_or_a_limit(
    noise: Noise, limits: list[str] | None, digest: Schedule | None, routes: int
) -> None:
    alerts = written(noise=noise).config.alerts
    if limits is not None:
        assert [str(limit) for limit in alerts.receivers[0].limits] == limits
    assert alerts.route.digest == digest
    assert len(alerts.route.routes) == routes


def test_a_secret_stands_only_in_a_file_that_nobody_else_can_read() -> None:
    config = written().config
    secret = Path("own", SECRETS, "webhook")
    assert secret.stat().st_mode & 0o777 == 0o600
    assert secret.parent.stat().st_mode & 0o777 == 0o700
    assert "TSECRET7" not in Path("own/dipwatch.toml").read_text(encoding="utf-8")
    assert resolve_secret(config.alerts.receivers[0].url) == "jsons://desk.example.org/in?-token=TSECRET7"


def test_a_secret_by_reference_is_written_nowhere() -> None:
    config = written(receivers=(Wish("slack", "env:SLACK_URL"),)).config
    assert config.alerts.receivers[0].url == "env:SLACK_URL"
    assert not Path("own", SECRETS).exists()


def test_a_webhook_gets_a_test_message(run: Run) -> None:
    with http_peer() as peer:
        result = run("init", "own", "--webhook", f"http://127.0.0.1:{peer.port}/in")
    assert result.exit_code == 0, result.output
    assert "webhook: taken" in result.output
    assert "nothing has happened" in peer.received[0].body.decode().lower()


def test_a_mailbox_gets_a_test_message(run: Run) -> None:
    with mail_peer() as peer:
        server = f"127.0.0.1:{peer.port}"
        result = run("init", "own", "--mail", "desk@there.example", "--smtp", server, "--smtp-security", "none")
    assert result.exit_code == 0, result.output
    assert "desk@there.example" in peer.received[0]["To"]


def test_a_receiver_that_refuses_is_named_and_the_files_stay(run: Run) -> None:
    with http_peer(Answer(404)) as refuses, http_peer() as takes:
        urls = [f"{name}=json://127.0.0.1:{peer.port}/" for name, peer in (("a", refuses), ("b", takes))]
        result = run("init", "own", "--receiver", urls[0], "--receiver", urls[1])
    assert result.exit_code == 1
    assert "a: refused" in result.stderr
    assert "no test message reached a;" in result.stderr
    assert len(takes.received) == 1
    assert loaded().config.alerts.receivers[1].name == "b"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--quiet", "22-7"), "is not a stretch of the day"),
        (("--zone", "Europe/Atlantis"), "is not a known time zone"),
        (("--languages", "english"), "write codes separated by commas"),
        (("--mail", "you@example.org"), "--mail needs --smtp"),
        (("--mail", "you@example.org", "--smtp", "mail.example", "--smtp-user", "you"), "belong together"),
        (("--receiver", "json://x:TSECRET7@there"), "write NAME=URL"),
        (("--noise", "loud"), "'loud' is not one of"),
        (("--feeds", "none.opml"), "does not exist"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_written(run: Run, options: Sequence[str], message: str) -> None:
    result = run("init", "own", *options)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert "TSECRET7" not in result.output
    assert not Path("own").exists()


@pytest.mark.parametrize("there", ["dipwatch.toml", "feeds.toml", f"{SECRETS}/webhook"])
def test_nothing_is_overwritten_and_nothing_added_beside_it(run: Run, there: str) -> None:
    kept = Path("own", there)
    kept.parent.mkdir(parents=True)
    kept.write_text("mine", encoding="utf-8")
    result = run("init", "own", "--webhook", WEBHOOK, "--languages", "en", "--no-test")
    assert (result.exit_code, kept.read_text(encoding="utf-8")) == (2, "mine")
    assert [path for path in Path("own").rglob("*") if path.is_file()] == [kept]


def test_only_feeds_of_the_languages_are_polled() -> None:
    feeds = configured_feeds(written(languages=("uk", "en")))
    assert {feed.language for feed in feeds if feed.enabled} == {"uk", "en"}


def test_feeds_of_ones_own_take_the_place_of_the_shipped_ones() -> None:
    listed = next(feed.url for feed in configured_feeds(written()) if feed.enabled)
    for path in ("own/dipwatch.toml", "own/credentials/webhook"):
        Path(path).unlink()
    Path("mine.opml").write_text(OPML.format(listed=listed), encoding="utf-8")
    feeds = configured_feeds(written(feeds=Path("mine.opml")))
    assert {feed.url for feed in feeds if feed.enabled} == {listed, "https://harbour.example.org/rss"}


def test_the_service_gets_credentials_units_and_a_database_where_it_may_write(run: Run) -> None:
    given = ("--webhook", WEBHOOK, "--no-test", "--command", "/bin/true")
    result = run("init", "--service", "--root", "root", *given)
    assert result.exit_code == 0, result.output
    config = loaded("root/etc/dipwatch").config
    assert config.alerts.receivers[0].url == "credential:webhook"
    assert config.database == "sqlite:////var/lib/dipwatch/dipwatch.db"
    drop_in = Path("root/etc/systemd/system/dipwatch.service.d/credentials.conf").read_text(encoding="utf-8")
    assert drop_in == f"[Service]\nLoadCredential=webhook:/etc/dipwatch/{SECRETS}/webhook\n"
    unit = Path("root/etc/systemd/system/dipwatch.service").read_text(encoding="utf-8")
    assert "ExecStart=/bin/true " in unit
    assert "systemctl enable --now" in result.output


def test_on_a_terminal_it_asks_and_asks_again_what_it_can_not_use(installed: str) -> None:
    with http_peer() as peer:
        answers = [
            ("console, slack", "webhook, radio"),
            ("none of", "webhook"),
            ("Webhook", f"http://127.0.0.1:{peer.port}/in"),
            ("Quiet hours", "late"),
            ("not a stretch", "23:00-06:30"),
            ("Time zone", ""),
            ("Languages", "en"),
            ("Noise", "little"),
            ("OPML", "nowhere.opml"),
            ("does not exist", "-"),
        ]
        said, code = on_terminal([installed, "init", "own"], answers)
    assert code == 0, said
    assert f"127.0.0.1:{peer.port}" not in said  # a webhook is a secret: what is typed is not shown
    assert len(peer.received) == 1
    alerts = loaded().config.alerts
    assert (alerts.zone.key, str(alerts.times[0].times[0])) == ("Europe/Vienna", "23:00-06:30")
    assert alerts.route.digest == Schedule("day", 480)


def test_on_a_terminal_it_asks_nothing_that_an_option_says(installed: str) -> None:
    command = [installed, "init", "own", "--console", "--quiet", "22:00-07:00", "--zone", "UTC", "--noise", "much"]
    said, code = on_terminal(command, [("Languages", ""), ("OPML", "")])
    assert code == 0, said
    assert said.count("[") == 2


def test_with_defaults_it_asks_nothing_on_a_terminal(installed: str) -> None:
    said, code = on_terminal([installed, "init", "own", "--defaults"], [])
    assert code == 0, said


def on_terminal(command: Sequence[str], answers: Sequence[tuple[str, str]]) -> tuple[str, int]:
    """Run a command on a terminal of its own, typing each answer once its question stands there."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    said, seen = "", 0
    ends = time.monotonic() + PATIENCE
    waiting = list(answers)
    try:
        while piece := _read(ours, ends, said):
            said += piece
            if waiting and waiting[0][0] in said[seen:] and said.endswith(": "):
                seen = len(said)
                os.write(ours, f"{waiting.pop(0)[1]}\n".encode())
        return said, process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _read(terminal: int, ends: float, said: str) -> str:
    """Return what comes next, nothing at its end. Fails the test where nothing comes for long."""
    ready, _, _ = select.select([terminal], [], [], max(0.0, ends - time.monotonic()))
    if not ready:
        pytest.fail(f"the command waits for an answer that nobody gives: {said}")
    try:
        return os.read(terminal, 4096).decode()
    except OSError:  # EIO: the other side has closed its end
        return ""
