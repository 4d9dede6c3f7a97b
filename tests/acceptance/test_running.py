"""Starting, reloading and stopping the installed daemon."""

from __future__ import annotations

import os
import signal
import socket
import time
import urllib.request
from pathlib import Path

import pytest
from tests.acceptance.driver import Installation


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def test_sigterm_ends_it_promptly_with_code_0(site: Installation) -> None:
    site.start()
    started = time.monotonic()
    assert site.terminate() == 0
    assert time.monotonic() - started < 10
    assert "Traceback" not in site.log


def test_a_second_daemon_on_the_same_database_says_so(site: Installation) -> None:
    site.start()
    second = site.run("run")
    assert second.returncode == 1
    assert second.stderr.splitlines()[-1].startswith("dipwatch: another dipwatch works on ")
    once = site.run("poll", "--once")
    assert once.returncode == 1
    assert "another dipwatch works on" in once.stderr
    assert site.terminate() == 0


def test_a_busy_port_is_one_line_and_code_1(site: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        site.extra = ["--set", f"health.listen=127.0.0.1:{taken.getsockname()[1]}"]
        done = site.run("run", "--upgrade")
    assert done.returncode == 1
    assert "can't be had" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("extra", "code", "said"),
    [
        (["--set", "polling.interval=soon"], 2, "polling.interval: is not a duration"),
        (["--database", "sqlite:////proc/dipwatch.db"], 1, "can't be opened or created"),
        (
            [
                "--set",
                'alerts.receivers=[{name="chat", url="env:UNSET_HERE"}]',
                "--set",
                'alerts.route.receiver="chat"',
            ],
            2,
            "receiver chat: env:UNSET_HERE: this environment variable is not set",
        ),
        (
            ["--set", 'alerts.route={receiver="console", routes=[{match={kind=["feast"]}}]}'],
            2,
            "match.kind.1: must be 'meeting', 'contact'",
        ),
    ],
)
def test_what_keeps_it_from_starting_is_one_line(site: Installation, extra: list[str], code: int, said: str) -> None:
    site.extra = extra
    done = site.run("run", "--upgrade")
    assert done.returncode == code
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_an_empty_database_is_filled_only_when_told_to(site: Installation) -> None:
    done = site.run("poll", "--once")
    assert done.returncode == 1
    assert "dipwatch db upgrade" in done.stderr


def test_health_is_answered_and_a_bad_configuration_keeps_the_old_one(site: Installation) -> None:
    port = free_port()
    site.extra = ["--set", f"health.listen=127.0.0.1:{port}"]
    site.start()
    for path in ("healthz", "readyz"):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10) as answer:
            assert answer.status == 200
    assert site.daemon
    good = site.config.read_text()
    site.config.write_text(good.replace('interval = "1s"', 'interval = "soon"'))
    os.kill(site.daemon.pid, signal.SIGHUP)
    site.wait(lambda: "the old one stays" in site.log)
    assert "polling.interval: is not a duration" in site.log
    site.config.write_text(good)
    os.kill(site.daemon.pid, signal.SIGHUP)
    site.wait(lambda: '"reloaded"' in site.log)
    site.begin_round(1)
    site.settle()
    assert site.alerted()
    assert site.terminate() == 0


def test_one_round_by_hand_names_the_feed_that_fails(site: Installation, tmp_path: Path) -> None:
    feeds = site.folder / "subjects" / "ukraine" / "feeds.toml"
    dead = f'\n[[feed]]\nid = "dead"\nurl = "http://127.0.0.1:{free_port()}/x"\nsource = "Dead"\nkind = "wire"\n'
    feeds.write_text(feeds.read_text() + dead)
    done = site.run("poll", "--once", "--upgrade")
    assert done.returncode == 1
    assert "4 feeds polled, 1 failed" in done.stdout
    assert "DIGEST" in done.stdout
    assert "dipwatch: feed dead: refused" in done.stderr
    del tmp_path
