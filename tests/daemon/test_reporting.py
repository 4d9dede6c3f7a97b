from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from tests.alerts.peers import mail_peer
from tests.review import logged
from tests.review.logged import MEETING, NOW, POSITION, SUBJECT, SUBJECTS, names

from dipwatch.alerts.apprise_sender import AppriseSender
from dipwatch.alerts.deliver import ATTACHMENT, Deliverer
from dipwatch.alerts.render import Renderer
from dipwatch.config import LoadedConfig, load_config
from dipwatch.daemon.leadership import Leadership
from dipwatch.daemon.reporting import LATEST, Reporting
from dipwatch.errors import ConfigError, MachineError
from dipwatch.store import outbox
from dipwatch.store.schema import lease_table
from dipwatch.store.store import Store

DAY = timedelta(days=1)
DUE = NOW.replace(day=12, hour=7)


@dataclass
class FakeClock:
    at: datetime = DUE - timedelta(minutes=1)

    def now(self) -> datetime:
        return self.at


@dataclass
class Host:
    """A process with its own connection to a database that others may share."""

    url: str
    loaded: LoadedConfig
    clock: FakeClock
    name: str = "one"
    store: Store = field(init=False)
    leadership: Leadership = field(init=False)
    reporting: Reporting = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store.open(self.url)
        self.leadership = Leadership(self.store, self.name)
        self.reporting = Reporting(self.loaded, self.store, self.leadership, self.clock)

    def run(self, at: datetime) -> bool:
        self.clock.at = at
        self.leadership.keep((SUBJECT,), at)
        return self.reporting.run()


def loaded(folder: Path, **report: Any) -> LoadedConfig:  # noqa: ANN401 (settings of several types)
    lines = "\n".join(
        f"{key} = {value!r}"
        for key, value in {"every": "daily 07:00", "period": "7d", "receivers": ["desk"], **report}.items()
    )
    (folder / "dipwatch.toml").write_text(
        f'subjects = ["talks"]\nsubjects_dir = "{SUBJECTS}"\n'
        '[[alerts.receivers]]\nname = "desk"\nurl = "json://desk.example"\n[alerts.route]\nreceiver = "desk"\n'
        f"[report]\n{lines}\n"
    )
    return load_config(folder / "dipwatch.toml", environ={})


@pytest.fixture
def filled(database_url: str) -> str:
    return fill(database_url)


def fill(url: str) -> str:
    """Fill a database, and let go of the lease that this takes."""
    store = Store.open(url)
    logged.fill(store)
    with store.begin() as connection:
        connection.execute(delete(lease_table))
    store.close()
    return url


@pytest.fixture
def host(filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path / "cache"))
    made = Host(filled, loaded(tmp_path), FakeClock())
    yield made
    made.store.close()


def queued(store: Store) -> list[dict[str, Any]]:
    with store.connect() as connection:
        return [dict(row.body) for row in outbox.list_outbox(connection, ("waiting",), 100) if row.purpose == "report"]


def test_the_first_start_writes_none_and_the_next_time_one(host: Host, tmp_path: Path) -> None:
    assert not host.run(DUE - DAY)
    assert not host.run(DUE - timedelta(minutes=1))
    assert not (tmp_path / "reports").exists()
    assert host.run(DUE)
    text = (tmp_path / "reports" / "2026-03-12.html").read_text()
    assert text == (tmp_path / "reports" / LATEST).read_text()
    assert f'id="{POSITION}"' in text
    (body,) = queued(host.store)
    assert body["subject"] == "2026-03-05 to 2026-03-12"
    assert body[ATTACHMENT] == str(tmp_path / "reports" / "2026-03-12.html")
    assert str(tmp_path / "reports") in body["lines"][-1]


def test_one_is_written_and_told_once_for_each_time_over_restarts(host: Host) -> None:
    host.run(DUE - DAY)
    assert host.run(DUE)
    assert not host.run(DUE + timedelta(hours=5))
    restarted = Host(host.url, host.loaded, host.clock)
    assert not restarted.run(DUE + timedelta(hours=6))
    assert restarted.run(DUE + DAY)
    assert [body["subject"] for body in queued(host.store)] == ["2026-03-05 to 2026-03-12", "2026-03-06 to 2026-03-13"]
    restarted.store.close()


def test_only_the_host_that_leads_writes(host: Host) -> None:
    host.run(DUE - DAY)
    host.leadership.keep((SUBJECT,), DUE)
    other = Host(host.url, host.loaded, host.clock, "two")
    assert not other.run(DUE)
    assert host.run(DUE)
    host.leadership.give_up()
    assert not other.run(DUE + timedelta(minutes=1)), "what the first host wrote stands in the database"
    assert len(queued(host.store)) == 1
    other.store.close()


def test_a_host_that_was_overtaken_while_it_wrote_tells_nobody(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.run(DUE - DAY)
    other = Host(host.url, host.loaded, FakeClock(DUE), "two")
    written = host.reporting._written

    def overtaken(report: Any) -> Path:  # noqa: ANN401 (passed on)
        host.leadership.give_up()
        assert other.run(DUE)
        return written(report)

    monkeypatch.setattr(host.reporting, "_written", overtaken)
    assert not host.run(DUE)
    assert len(queued(host.store)) == 1
    other.store.close()


def test_after_a_stop_of_days_the_last_period_alone_is_made_up_for(host: Host, tmp_path: Path) -> None:
    host.run(DUE - DAY)
    assert host.run(DUE + 3 * DAY + timedelta(hours=3))
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == ["2026-03-15.html", LATEST]


def test_where_nothing_is_scheduled_nothing_is_written(filled: str, tmp_path: Path) -> None:
    host = Host(filled, loaded(tmp_path, every="off"), FakeClock())
    assert not host.run(DUE)
    assert not host.run(DUE + DAY)
    host.store.close()


def test_a_folder_that_takes_nothing_is_named_and_the_report_stays_due(host: Host, tmp_path: Path) -> None:
    host.run(DUE - DAY)
    (tmp_path / "reports").write_text("a file")
    with pytest.raises(MachineError, match="can't be written"):
        host.run(DUE)
    assert queued(host.store) == []
    (tmp_path / "reports").unlink()
    assert host.run(DUE + timedelta(minutes=1))


def test_the_published_address_is_told_in_place_of_the_path(filled: str, tmp_path: Path) -> None:
    host = Host(filled, loaded(tmp_path, address="https://desk.example/"), FakeClock())
    host.run(DUE - DAY)
    host.run(DUE)
    (body,) = queued(host.store)
    assert body["lines"][-1] == "https://desk.example/"
    host.store.close()


@pytest.mark.parametrize(
    ("report", "what"),
    [
        ({"every": "hourly"}, "can't be hourly"),
        ({"every": "sometimes"}, "is no schedule"),
        ({"receivers": ["nobody"]}, r"names receivers that don't exist: nobody \(there are: desk\)"),
        ({"address": "ftp://x"}, r"is no http\(s\) address"),
    ],
)
def test_settings_that_lead_nowhere_are_named(tmp_path: Path, report: dict[str, Any], what: str) -> None:
    with pytest.raises(ConfigError, match=what):
        loaded(tmp_path, **report)


def test_a_mailbox_has_it_attached_and_others_have_the_message(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path / "cache"))
    AppriseSender().accepts("json://localhost")  # imports apprise without the warnings of its own imports
    fill(sqlite_url)
    with mail_peer() as peer:
        loaded(tmp_path)
        text = (tmp_path / "dipwatch.toml").read_text().replace("json://desk.example", peer.url)
        (tmp_path / "dipwatch.toml").write_text(text)
        made = load_config(tmp_path / "dipwatch.toml", environ={})
        host = Host(sqlite_url, made, FakeClock())
        host.run(DUE - DAY)
        host.run(DUE)
        _deliver(host, DUE)
        shutil.rmtree(tmp_path / "reports")
        host.run(DUE + DAY)
        (tmp_path / "reports" / "2026-03-13.html").unlink()
        _deliver(host, DUE + DAY)
    mails = [mail for mail in peer.received if "REPORT" in str(mail["subject"])]
    assert [[part.get_filename() for part in mail.iter_attachments()] for mail in mails] == [["2026-03-12.html"], []]
    (attached,) = mails[0].iter_attachments()
    assert f'id="{POSITION}"' in str(attached.get_content())
    host.store.close()


def _deliver(host: Host, now: datetime) -> None:
    with ThreadPoolExecutor(1) as pool:
        Deliverer(
            host.store,
            host.loaded.config.alerts,
            names={SUBJECT: names()._names[SUBJECT]},
            renderer=Renderer(),
            sender=AppriseSender(),
            executor=pool,
            holder="me",
        ).deliver_due(now)


def test_ids_of_the_page_are_those_of_the_log(host: Host, tmp_path: Path) -> None:
    host.run(DUE - DAY)
    host.run(DUE + DAY)
    assert f'id="{MEETING}"' in (tmp_path / "reports" / "2026-03-13.html").read_text()
