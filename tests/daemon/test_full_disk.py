"""A disk that is full, or a database that can't be written: told, borne, and over by itself once there is room."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError
from tests.daemon.fakes import NOW, SUBJECT, FakeFetcher, feed, host, open_store, printed, rss, setup, until
from tests.daemon.test_service import HELD, NEW, WIRE, serving

from dipwatch.daemon import leadership, watch
from dipwatch.daemon.leadership import TTL, Leadership
from dipwatch.store.store import Store


class Disk:
    """Fails every commit while it is out of order."""

    def __init__(self, store: Store) -> None:
        self.fault = ""
        event.listen(store.engine, "commit", self._commit)

    def _commit(self, _connection: Connection) -> None:
        if self.fault:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorname = self.fault
            raise OperationalError("COMMIT", {}, error)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as store:
        yield store


@pytest.mark.parametrize(
    ("fault", "said"), [("SQLITE_FULL", "the disk is full; make room"), ("SQLITE_READONLY", "can't be written")]
)
def test_it_is_told_past_the_database_and_work_goes_on_afterwards(
    store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, fault: str, said: str
) -> None:
    monkeypatch.setattr(watch, "DATABASE_PATIENCE", timedelta())
    monkeypatch.setattr(leadership, "TTL", timedelta(seconds=0.1))  # the lease runs out meanwhile
    caplog.set_level("INFO")
    disk = Disk(store)
    fetcher = FakeFetcher({WIRE: rss(HELD, at=datetime.now(UTC))})
    process = host(store, fetcher)

    async def go() -> None:
        async with serving(setup(feed("wire")), process) as daemon:
            await until(lambda: "DIGEST" in printed(process))
            disk.fault = fault
            fetcher.documents[WIRE] = rss(HELD, NEW, at=datetime.now(UTC))
            await until(lambda: said in " ".join(printed(process).split()), 20)
            assert {"lead", "poll"} & set(daemon._progress.failing())
            assert daemon._progress.stuck() == (), "a restart would not help"
            disk.fault = ""
            await until(lambda: NEW[1] in printed(process), 20)
            await until(lambda: daemon._progress.failing() == (), 20)

    asyncio.run(go())
    assert any(said in getattr(record, "error", "") for record in caplog.records)
    assert "a job works again" in caplog.text
    assert "another process leads" not in caplog.text
    assert printed(process).count(NEW[1]) == 2, "as headline and as evidence of one alert"


def test_ones_own_lapsed_lease_is_no_loss_of_the_lead(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    own = Leadership(store, "me")
    own.keep([SUBJECT], NOW)
    before = own.lease(SUBJECT)
    own.keep([SUBJECT], NOW + 100 * TTL)
    after = own.lease(SUBJECT)
    assert before is not None
    assert after is not None
    assert after.token == before.token
    assert own.take_lost() == ()
    assert [record.getMessage() for record in caplog.records].count("this process leads") == 1
