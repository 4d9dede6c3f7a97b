from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update
from tests.alerts.peers import Answer, http_peer
from tests.daemon.fakes import NOW, config, feed, open_store

from dipwatch.daemon.heartbeat import LEAST_PATIENCE, WORK, Heart
from dipwatch.daemon.progress import Progress
from dipwatch.errors import ConfigError, MachineError
from dipwatch.store.feeds import sync_feeds
from dipwatch.store.outbox import OutboxEntry, enqueue
from dipwatch.store.schema import feed_table, reading_table, receiver_table
from dipwatch.store.store import Store

SECRET = "TSECRET9"  # noqa: S105 (what must not be found)


class Clock:
    def now(self) -> object:
        return NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as store:
        with store.begin() as connection:
            sync_feeds(connection, [feed("north")], NOW)
        yield store


def heart(store: Store, url: str, progress: Progress, method: str = "get") -> Heart:
    settings = {"url": url, "method": method}
    return Heart(config(heartbeat=settings), store, progress, Clock())  # type: ignore[arg-type] # always the same time


def working() -> Progress:
    progress = Progress()
    for name in WORK:
        progress.watch(name, 60)
        progress.ended(name)
    return progress


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_beats_once_for_each_round_of_work(store: Store, method: str) -> None:
    progress = working()
    with http_peer() as peer:
        beating = heart(store, f"http://127.0.0.1:{peer.port}/{SECRET}", progress, method)
        asyncio.run(beating.beat())
        asyncio.run(beating.beat())
        assert [(request.method, request.path) for request in peer.received] == [(method.upper(), f"/{SECRET}")]
        for name in WORK:
            progress.ended(name)
        asyncio.run(beating.beat())
        assert len(peer.received) == 2


def fail(progress: Progress) -> None:
    progress.ended("deliver", "StoreError")


def hang(progress: Progress) -> None:
    progress.jobs["detect"].last_progress -= 61


@pytest.mark.parametrize("trouble", [fail, hang])
def test_a_job_that_fails_or_hangs_stops_it(store: Store, trouble: Callable[[Progress], None]) -> None:
    progress = working()
    trouble(progress)
    with http_peer() as peer:
        asyncio.run(heart(store, f"http://127.0.0.1:{peer.port}/", progress).beat())
    assert peer.received == []


LONG_AGO = NOW - LEAST_PATIENCE - timedelta(minutes=1)


def unpolled(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(update(feed_table).values(next_poll_at=LONG_AGO))


def undetected(store: Store) -> None:
    values = {"subject": "ukraine", "item_id": "x", "revision": 0, "history": False, "queued_at": LONG_AGO}
    with store.bare() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.execute(insert(reading_table).values(values))


def undelivered(store: Store) -> None:
    with store.begin() as connection:
        enqueue(connection, [OutboxEntry(None, "desk", "g", "alert", LONG_AGO)], LONG_AGO)
        values = {"name": "desk", "failures": 3, "last_detail": "", "last_sent_at": LONG_AGO}
        connection.execute(insert(receiver_table).values(values))


@pytest.mark.parametrize("lying_about", [unpolled, undetected, undelivered])
def test_work_that_lies_about_stops_it_though_every_job_runs(
    store: Store, lying_about: Callable[[Store], None], caplog: pytest.LogCaptureFixture
) -> None:
    lying_about(store)
    with http_peer() as peer:
        asyncio.run(heart(store, f"http://127.0.0.1:{peer.port}/", working()).beat())
    assert peer.received == []
    assert "no heartbeat" in caplog.text


def test_a_message_that_is_not_due_for_long_does_not_stop_it(store: Store) -> None:
    with store.begin() as connection:
        enqueue(connection, [OutboxEntry(None, "desk", "g", "digest", NOW + timedelta(hours=8))], LONG_AGO)
    with http_peer() as peer:
        asyncio.run(heart(store, f"http://127.0.0.1:{peer.port}/", working()).beat())
    assert len(peer.received) == 1


@pytest.mark.parametrize("answer", [Answer(500), Answer(misbehaves="reset")])
def test_a_switch_that_does_not_answer_well_is_named_without_its_address(store: Store, answer: Answer) -> None:
    with http_peer(answer) as peer, pytest.raises(MachineError) as caught:
        asyncio.run(heart(store, f"http://127.0.0.1:{peer.port}/{SECRET}", working()).beat())
    assert str(caught.value).startswith("heartbeat.url ")
    assert SECRET not in f"{caught.value}{caught.value.__cause__}"


def test_a_reference_that_leads_nowhere_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BEAT_URL", raising=False)
    with pytest.raises(ConfigError, match="env:BEAT_URL"):
        asyncio.run(heart(store, "env:BEAT_URL", working()).beat())
