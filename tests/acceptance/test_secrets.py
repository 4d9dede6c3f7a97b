"""No secret of the configuration shows up anywhere: output, log at debug, database, however things go wrong."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.acceptance.driver import Installation
from tests.alerts.peers import Answer, http_peer

from dipwatch.demo.show import DATABASE

SECRET = "TSECRET5"  # noqa: S105 (what must not be found)
_RECEIVERS = """receivers = [
  {{ name = "hook", url = "env:HOOK_URL" }},
  {{ name = "mail", url = "env:MAIL_URL", fallback = "plain" }},
  {{ name = "chat", url = "file:{folder}/chat-url" }},
  {{ name = "plain", url = "json://user:{secret}@127.0.0.1:{port}/{secret}" }},
]
route = {{ receiver = "hook", routes = [
  {{ receiver = "mail", continue = true }},
  {{ receiver = "chat", continue = true }},
  {{ receiver = "plain", continue = true }},
  {{ }},
] }}
"""
_HEARTBEAT = '\n[heartbeat]\nurl = "env:BEAT_URL"\ninterval = "1s"\n'


def configure(site: Installation, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every sort of secret, each to something that fails in its own way."""
    monkeypatch.setenv("HOOK_URL", f"json://user:{SECRET}@127.0.0.1:{port}/{SECRET}?token={SECRET}")
    monkeypatch.setenv("MAIL_URL", f"mailtos://desk:{SECRET}@127.0.0.1:1/?from=a@here.example&to=b@there.example")
    monkeypatch.setenv("BEAT_URL", f"http://127.0.0.1:1/{SECRET}")
    (site.folder / "chat-url").write_text(f"discord://123456789012345678/{SECRET}{'a' * 60}", encoding="utf-8")
    text = site.config.read_text(encoding="utf-8")
    receivers = _RECEIVERS.format(secret=SECRET, port=port, folder=site.folder)
    alerts = f'[alerts]\ntimeout = "2s"\nretry_first = "200ms"\nretry_longest = "400ms"\n{receivers}'
    site.config.write_text(text.replace("[alerts]\n", alerts) + _HEARTBEAT, encoding="utf-8")


def everything_written(folder: Path) -> dict[str, bytes]:
    """Return what the daemon and the commands wrote, by file; what the test itself wrote is left out."""
    ours = {"dipwatch.toml", "chat-url"}
    return {str(path): path.read_bytes() for path in folder.glob("*") if path.is_file() and path.name not in ours}


@pytest.mark.timeout(400)
def test_no_secret_is_written_anywhere(site: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")  # a chat service of the internet is out of reach
    answers = (Answer(500), Answer(misbehaves="reset"), Answer(404), Answer(302, headers=(("Location", "/x"),)))
    with http_peer(*answers) as peer:
        configure(site, peer.port, monkeypatch)
        site.extra = ["--log-level", "debug"]
        site.start()
        site.wait(lambda: len(peer.received) >= len(answers) and "heartbeat" in site.log)
        site.wait(lambda: site.query("SELECT count(*) FROM outbox WHERE state = 'dead'") != [(0,)])
        good = site.config.read_text(encoding="utf-8")
        site.config.write_text(f'{good}\n[nothing]\nurl = "json://{SECRET}"\n', encoding="utf-8")
        assert site.daemon
        os.kill(site.daemon.pid, 1)
        site.wait(lambda: "the old one stays" in site.log)
        site.config.write_text(good, encoding="utf-8")
        assert site.terminate() == 0
        said = [
            site.run(*command)
            for command in (
                ("check",),
                ("status",),
                ("alerts", "list", "--state", "dead", "--format", "json"),
                ("alerts", "show", "1"),
                ("alerts", "receivers", "--format", "json"),
                ("alerts", "test", "hook"),
                ("alerts", "test", "mail"),
                ("poll", "--once"),
            )
        ]
        monkeypatch.setenv("HOOK_URL", f"slakc://{SECRET}")
        said.append(site.run("check"))
        assert "apprise doesn't take its URL" in said[-1].stdout
    for done in said:
        assert SECRET not in done.stdout + done.stderr, done.args
    written = everything_written(site.folder)
    assert any(name.endswith(DATABASE) for name in written)
    with closing(sqlite3.connect(site.folder / DATABASE)) as connection:
        assert SECRET not in "\n".join(connection.iterdump())
    assert [name for name, content in written.items() if SECRET.encode() in content] == []
