"""``dipwatch doctor``: what is out of order is named with how to mend it."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, update
from tests.cli.conftest import Run
from tests.review.logged import SUBJECT

from dipwatch.cli import doctor_machine
from dipwatch.cli.doctor_machine import examine_offices
from dipwatch.cli.doctor_online import _server
from dipwatch.lexicon import load_lexicon
from dipwatch.shipped import shipped
from dipwatch.store import leases
from dipwatch.store.disk_space import LEAST_SPACE
from dipwatch.store.leases import detection_lease
from dipwatch.store.schema import feed_table, outbox_table, receiver_table, tick_table, trouble_table
from dipwatch.store.store import Store

Problems = dict[str, list[str]]


def examined(run: Run, *options: str, code: int | None = None, before: tuple[str, ...] = ()) -> Problems:
    """The problems of each area."""
    done = run(*before, "doctor", "--format", "json", *options)
    assert done.stdout.startswith("["), (done.output, done.exception)
    found = json.loads(done.stdout)
    told = {each["area"]: [f"{p['where']}: {p['what']}; {p['mend']}" for p in each["problems"]] for each in found}
    assert done.exit_code == (int(any(told.values())) if code is None else code), done.output
    return told


@pytest.fixture
def sound(filled: Path) -> Path:
    """An installation with nothing to mend: feeds polled, everything sent, quiet."""
    now = datetime.now(UTC)
    with closing(Store.open(f"sqlite:///{filled / 'dipwatch.db'}")) as store, store.begin() as connection:
        fine = {"last_polled_at": now, "last_success_at": now, "error_streak": 0, "gone_at": None, "silent_at": None}
        connection.execute(update(feed_table).values(**fine, next_poll_at=now + timedelta(minutes=5)))
        connection.execute(update(outbox_table).values(state="sent"))
        connection.execute(update(receiver_table).values(failing_since=None))
    return filled


@contextmanager
def altering(home: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(home / "dipwatch.db")) as connection, connection:
        yield connection


def problems_now(run: Run, area: str, *options: str) -> str:
    return " | ".join(examined(run, *options)[area])


def test_a_sound_installation_has_nothing_to_mend(sound: Path, run: Run) -> None:
    found = examined(run, "--full", code=0)
    assert not any(found.values())
    assert {"config", "database", "clock", "daemon", "polls", "messages", "permissions", "versions"} <= set(found)
    text = run("doctor")
    assert text.exit_code == 0
    assert "schema" in text.stdout
    assert sound.exists()


def test_nothing_is_changed(sound: Path, run: Run) -> None:
    before = (sound / "dipwatch.db").read_bytes()
    examined(run, "--full")
    assert (sound / "dipwatch.db").read_bytes() == before


def test_what_check_finds_doctor_finds(sound: Path, run: Run) -> None:
    assert "must be" in str(examined(run, before=("--set", "health.listen=x"), code=1)["config"])
    assert sound.exists()


def test_without_a_database_the_rest_is_examined(home: Path, run: Run) -> None:
    found = examined(run)
    assert "clock" not in found
    assert found["permissions"] == []
    assert home.exists()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP TRIGGER changes_no_update", "changes_no_update is missing"),
        ("DROP TRIGGER changes_no_replace", "changes_no_replace is missing"),
        ("DELETE FROM change_words WHERE rowid = 1", "the full-text index holds"),
        ("ALTER TABLE silences ADD COLUMN mine", "the columns of silences are not those"),
        ("INSERT INTO change_actors VALUES (999, 'x', 'source')", "a row of change_actors points to nothing"),
    ],
)
def test_a_database_that_was_tampered_with_is_named(sound: Path, run: Run, statement: str, said: str) -> None:
    with altering(sound) as connection:
        connection.execute(statement)
    assert said in problems_now(run, "database")


def test_an_index_that_disagrees_shows_in_a_full_examination(sound: Path, run: Run) -> None:
    with altering(sound) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, '(feed_id)', '(feed_id) WHERE 0') "
            "WHERE name = 'ix_items_feed_id'"
        )
    assert "database" in examined(run)
    assert "ix_items_feed_id" in problems_now(run, "database", "--full")


@pytest.mark.parametrize("command", ["check", "doctor"])
def test_a_full_disk_is_said(sound: Path, run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    room = shutil.disk_usage(sound)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: room._replace(free=LEAST_SPACE - 1))
    done = run(command)
    assert done.exit_code == 1
    assert "199 MB are left for the database; make room" in done.stdout


def test_a_clock_that_was_ahead_is_named(sound: Path, run: Run) -> None:
    with closing(Store.open(f"sqlite:///{sound / 'dipwatch.db'}")) as store, store.begin() as connection:
        connection.execute(update(tick_table).values(at=datetime.now(UTC) + timedelta(hours=3)))
    assert "the newest tick is dated" in problems_now(run, "clock")


def test_feeds_that_are_unwell_are_named(sound: Path, run: Run) -> None:
    with altering(sound) as connection:
        connection.execute("UPDATE feeds SET error_streak = 4, last_outcome = 'not_found', last_detail = 'HTTP 404'")
    told = problems_now(run, "polls")
    assert "has failed 4 times: not_found HTTP 404; `dipwatch feeds check" in told


def test_messages_and_receivers_that_fail_are_named(sound: Path, run: Run) -> None:
    since = datetime.now(UTC) - timedelta(hours=2)
    with closing(Store.open(f"sqlite:///{sound / 'dipwatch.db'}")) as store, store.begin() as connection:
        connection.execute(update(outbox_table).values(state="dead"))
        row = {"name": "console", "failing_since": since, "failures": 2, "last_detail": "HTTP 500"}
        connection.execute(delete(receiver_table))
        connection.execute(insert(receiver_table).values(row))
    told = problems_now(run, "messages")
    assert "receiver console: has taken nothing since" in told
    assert "were given up; `dipwatch alerts list --state dead`" in told


def test_what_the_operator_was_told_is_named_while_it_lasts(sound: Path, run: Run) -> None:
    row = {"key": "reload:host", "sort": "reload", "about": "host", "detail": "line 3", "began_at": datetime.now(UTC)}
    with closing(Store.open(f"sqlite:///{sound / 'dipwatch.db'}")) as store, store.begin() as connection:
        connection.execute(insert(trouble_table).values(row))
    assert "line 3" in problems_now(run, "troubles")


def test_work_that_lies_about_without_a_daemon_is_named(sound: Path, run: Run) -> None:
    with altering(sound) as connection:
        connection.execute("UPDATE feeds SET next_poll_at = '2026-01-01 00:00:00.000000', last_polled_at = NULL")
    assert "polls stand still though there is work; start dipwatch" in problems_now(run, "daemon")


class Unready(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = {"ok": False, "jobs": {"poll": {"stuck": True, "failing": ""}, "lead": {"stuck": False, "failing": "E"}}}
        self.send_response(503)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def serving(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_daemon_that_is_unwell_is_named(sound: Path, run: Run) -> None:
    with closing(Store.open(f"sqlite:///{sound / 'dipwatch.db'}")) as store, store.begin() as connection:
        leases.take(connection, detection_lease(SUBJECT), "host:17", datetime.now(UTC), timedelta(minutes=5))
    with serving(Unready) as port:
        told = examined(run, before=("--set", f"health.listen=127.0.0.1:{port}"))["daemon"]
    assert [each.partition(";")[0] for each in told] == ["daemon: its job poll hangs", "daemon: its job lead fails (E)"]


def test_secrets_that_everybody_can_read_are_named(sound: Path, run: Run, tmp_path: Path) -> None:
    secret = tmp_path / "chat-url"
    secret.write_text("json://127.0.0.1:9/hook")
    secret.chmod(0o644)
    with (sound / "dipwatch.toml").open("a") as file:
        file.write(
            '[[alerts.receivers]]\nname = "plain"\nurl = "json://user:word@127.0.0.1:9"\n'
            f'[[alerts.receivers]]\nname = "console"\nurl = "console:"\n'
            f'[[alerts.receivers]]\nname = "filed"\nurl = "file:{secret}"\n'
        )
    (sound / "dipwatch.toml").chmod(0o644)
    told = problems_now(run, "permissions")
    assert "holds a secret (receiver plain) and can be read by everybody" in told
    assert f"receiver filed: everybody may read this secret; chmod o-rwx {secret}" in told
    assert "word" not in run("doctor").output
    secret.chmod(0o600)
    (sound / "dipwatch.toml").chmod(0o640)
    assert problems_now(run, "permissions") == ""
    lines = run("doctor").stdout.splitlines()
    assert "permissions nobody else may write database or configuration, or read secrets" in lines


def test_a_database_that_everybody_may_write_is_named(sound: Path, run: Run) -> None:
    (sound / "dipwatch.db").chmod(0o666)
    assert "can be written by everybody; chmod o-w" in problems_now(run, "permissions")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_log_of_another_owner_is_named(sound: Path, run: Run) -> None:
    with altering(sound) as connection:
        connection.execute("UPDATE feeds SET enabled = enabled")
        os.chown(sound / "dipwatch.db", 12345, 12345)
        connection.commit()
        assert "does not belong to who owns the database; chown" in problems_now(run, "permissions")


def test_what_was_left_unfinished_is_named(sound: Path, run: Run) -> None:
    left, fresh = sound / "old.db.unfinished", sound / "new.db.unfinished"
    left.write_text("")
    fresh.write_text("")
    os.utime(left, (0, 0))
    told = problems_now(run, "leftovers")
    assert f"{left}: was left unfinished; rm" in told
    assert str(fresh) not in told


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        ("aiohttp>=3.12", ""),
        ("aiohttp[speedups]<4,>=3.12", ""),
        ("aiohttp>=3.14.0.0", ""),
        ("aiohttp<3", "is not one that dipwatch works with (<3)"),
        ("aiohttp>=99", "is not one that dipwatch works with"),
        ("no-such-library>=1", "is not installed"),
        ("no-such-library>=1; extra == 'train'", ""),
    ],
)
def test_libraries_are_held_against_what_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, requirement: str, said: str
) -> None:
    monkeypatch.setattr(doctor_machine, "requires", lambda _name: [requirement])
    told = [str(problem) for problem in doctor_machine.examine_versions().problems]
    assert (not told) if not said else said in told[0]


def test_an_office_table_that_has_aged_is_named() -> None:
    lexicons = {"ukraine": load_lexicon(shipped("config", "subjects", "ukraine"))}
    newest = max(tenure.verified_on for tenure in lexicons["ukraine"].tenures)
    assert examine_offices(lexicons, newest).problems == ()
    (problem,) = examine_offices(lexicons, date(2040, 1, 1)).problems
    assert "holders not verified for" in problem.what


class Dated(http.server.BaseHTTPRequestHandler):
    ahead = timedelta()

    def do_GET(self) -> None:
        self.send_response_only(200)
        self.send_header("Date", format_datetime(datetime.now(UTC) + self.ahead, usegmt=True))
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


def one_feed(sound: Path, url: str) -> None:
    with (sound / "feeds.toml").open("w") as file:
        for feed in ("bosphorus-wire", "nevskaya-gazeta"):
            file.write(f'[[feed]]\nid = "{feed}"\nurl = "{url}/{feed}"\n')


@pytest.mark.parametrize(
    ("ahead", "said"), [(0, ""), (690, "min off ours; see that it is set"), (-690, "min off ours")]
)
def test_the_clock_is_held_against_the_servers(
    sound: Path, run: Run, monkeypatch: pytest.MonkeyPatch, ahead: int, said: str
) -> None:
    monkeypatch.setattr(Dated, "ahead", timedelta(seconds=ahead))
    allow = ("--set", 'polling.allow_networks=["127.0.0.0/8"]')
    with serving(Dated) as port:
        one_feed(sound, f"http://127.0.0.1:{port}/rss")
        told = " ".join(examined(run, "--online", before=allow)["network"])
    assert said in told if said else told == ""


def test_no_network_is_named_once_and_ends_nothing(sound: Path, run: Run) -> None:
    one_feed(sound, "http://127.0.0.1:9/rss")
    (problem,) = examined(run, "--online", before=("--set", 'polling.allow_networks=["127.0.0.0/8"]'))["network"]
    assert "no feed can be reached (refused)" in problem


def test_receivers_servers_are_connected_to_and_sent_nothing(sound: Path, run: Run) -> None:
    with serving(Unready) as port, (sound / "dipwatch.toml").open("a") as file:
        one_feed(sound, f"http://127.0.0.1:{port}/rss")
        file.write(
            f'[[alerts.receivers]]\nname = "console"\nurl = "console:"\n'
            f'[[alerts.receivers]]\nname = "here"\nurl = "json://127.0.0.1:{port}/x"\n'
            '[[alerts.receivers]]\nname = "away"\nurl = "json://127.0.0.1:9/x"\n'
        )
        file.flush()
        told = examined(run, "--online")["servers"]
    assert [each.partition(":")[0] for each in told] == ["receiver away"]


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("json://hook.example.org:8443/x", ("hook.example.org", 8443)),
        ("jsons://hook.example.org/x", ("hook.example.org", 443)),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#a", ("hooks.slack.com", 443)),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", ("api.telegram.org", 443)),
        ("mailto://user:word@mail.example.org:2525?from=a@b.org&to=c@d.org&mode=insecure", ("mail.example.org", 2525)),
    ],
)
def test_where_a_receiver_connects_to(url: str, server: tuple[str, int]) -> None:
    assert _server(url) == server
