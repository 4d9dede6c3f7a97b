"""The daemon as a whole, with a network of fakes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.daemon.fakes import FakeFetcher, config, feed, host, open_store, printed, rss, setup, until

from dipwatch.daemon import service as service_module
from dipwatch.daemon.notify import Notifier
from dipwatch.daemon.service import ClockSteps, Service
from dipwatch.daemon.setup import Setup
from dipwatch.daemon.work import Host
from dipwatch.errors import ConfigError, MachineError, Problem
from dipwatch.store.store import Store

WIRE, OTHER = "https://wire.test/rss", "https://other.test/rss"
HELD, NEW = ("a", "russia+ukraine meet"), ("b", "turkey+france sanction")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as store:
        yield store


def never() -> Setup:
    raise AssertionError("nobody asked for a reload")


@asynccontextmanager
async def serving(
    made: Setup, process: Host, reload: Callable[[], Setup] = never, notifier: Notifier | None = None
) -> AsyncIterator[Service]:
    """Run the daemon while the block lasts, then stop it."""
    daemon = Service(made, process, reload=reload, notifier=notifier)
    task = asyncio.create_task(daemon.run())
    try:
        await until(lambda: daemon._ready or task.done())
        yield daemon
    finally:
        daemon.stop()
        async with asyncio.timeout(15):
            await task


def now_rss(*entries: tuple[str, str]) -> bytes:
    return rss(*entries, at=datetime.now(UTC))


def test_from_feed_to_console_and_a_clean_end(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    fetcher = FakeFetcher({WIRE: now_rss(HELD)})
    process = host(store, fetcher)

    async def go() -> None:
        async with serving(setup(feed("wire"), replace(feed("dead"), enabled=False)), process):
            await until(lambda: "DIGEST" in printed(process))
            fetcher.documents[WIRE] = now_rss(HELD, NEW)
            await until(lambda: NEW[1] in printed(process))

    asyncio.run(go())
    assert printed(process).count(NEW[1]) == 2, "as headline and as evidence of one alert"
    assert process.leadership.lease("ukraine") is None
    counted = {
        entry.getMessage(): (vars(entry)["feeds_listed"], vars(entry)["feeds_polled"])
        for entry in caplog.records
        if hasattr(entry, "feeds_listed")
    }
    assert counted == {"feeds configured": (2, 1), "ready": (2, 1)}, "one of them is off"


def test_sigterm_ends_it(store: Store) -> None:
    async def go() -> None:
        async with serving(setup(feed("wire")), host(store)) as daemon:
            os.kill(os.getpid(), signal.SIGTERM)
            await until(lambda: not daemon._ready)

    asyncio.run(go())


def test_a_hung_fetch_does_not_keep_it_from_stopping(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_module, "STOP_WITHIN", 0.2)
    process = host(store, FakeFetcher(hangs=frozenset({WIRE})))

    async def go() -> None:
        async with serving(setup(feed("wire")), process) as daemon:
            await until(lambda: bool(daemon._work.poller.busy))

    asyncio.run(go())


def test_a_job_that_breaks_off_is_logged_and_comes_again(
    store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("INFO")

    async def go() -> None:
        async with serving(setup(feed("wire")), host(store)) as daemon:
            calls = []

            def broken(_progressed: Callable[[], None]) -> list[object]:
                calls.append(1)
                if len(calls) < 3:
                    raise RuntimeError("a defect")
                return []

            monkeypatch.setattr(daemon._work.detection, "run", broken)
            await until(lambda: len(calls) > 3)
            assert daemon._progress.failing() == ()

    asyncio.run(go())
    assert [entry.getMessage() for entry in caplog.records].count("a job broke off") == 1, "said once, not each second"
    assert "a job works again" in caplog.text


def test_reload_takes_a_good_configuration_and_refuses_a_bad_one(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    fetcher = FakeFetcher({WIRE: now_rss(HELD), OTHER: now_rss(NEW)})
    process = host(store, fetcher)
    answers: list[Setup | ConfigError] = [
        ConfigError([Problem("dipwatch.toml:3", "polling.interval: is not a duration")]),
        setup(feed("wire"), feed("other")),
    ]

    def load() -> Setup:
        answer = answers.pop(0)
        if isinstance(answer, ConfigError):
            raise answer
        return answer

    async def go() -> None:
        async with serving(setup(feed("wire")), process, load):
            await until(lambda: "DIGEST" in printed(process))
            os.kill(os.getpid(), signal.SIGHUP)
            await until(lambda: "the old one stays" in caplog.text)
            fetcher.documents[WIRE] = now_rss(HELD, ("c", "united-states+poland meet"))
            await until(lambda: "united-states+poland" in printed(process))
            assert all(request.url == WIRE for request in fetcher.requests)
            os.kill(os.getpid(), signal.SIGHUP)
            await until(lambda: any(request.url == OTHER for request in fetcher.requests))
            await until(lambda: NEW[1] in printed(process))

    asyncio.run(go())
    assert caplog.text.count("can't be used") == 1


def test_systemd_hears_ready_watchdog_and_stopping(store: Store, tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.setblocking(False)  # noqa: FBT003 (the standard library's signature)

        def listen() -> bool:
            try:
                while True:
                    heard.append(manager.recv(1000).decode())
            except BlockingIOError:
                return "WATCHDOG=1" in heard

        async def go() -> None:
            notifier = Notifier({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "60000000"})
            async with serving(setup(feed("wire")), host(store), notifier=notifier):
                await until(listen)

        asyncio.run(go())
        listen()
    assert heard[0] == "READY=1\nSTATUS=watching"
    assert "STOPPING=1\nSTATUS=stopping" in heard


def test_a_busy_health_port_keeps_it_from_starting(store: Store) -> None:
    async def go(listen: str) -> None:
        made = setup(feed("wire"), loaded=config(health={"listen": listen}))
        await Service(made, host(store), reload=never).run()

    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(MachineError, match="can't be had"):
        asyncio.run(go(f"127.0.0.1:{taken.getsockname()[1]}"))


def test_a_clock_that_is_set_either_way_is_noticed_once() -> None:
    wall, running = [1000.0], [50.0]
    steps = ClockSteps(lambda: wall[0], lambda: running[0])
    for ahead, expected in ((0.0, False), (1.0, False), (3600.0, True), (3600.0, False), (0.0, True), (0.0, False)):
        running[0] += 1
        wall[0] = 1000.0 + running[0] - 50.0 + ahead
        assert steps.stepped() is expected


def test_it_says_when_no_feed_can_be_reached_and_tries_on(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    fetcher = FakeFetcher()

    async def go() -> None:
        async with serving(setup(feed("wire"), feed("dead")), host(store, fetcher)):
            await until(lambda: "no feed could be reached" in caplog.text)
            await until(lambda: len(fetcher.requests) > 2)

    asyncio.run(go())


def test_a_restart_before_any_feed_is_due_does_not_say_that_none_can_be_reached(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    rarely = config(polling={"interval": "1h", "fastest": "1h", "slowest": "1h"})

    async def go() -> None:
        async with serving(
            setup(feed("wire"), loaded=rarely), host(store, FakeFetcher({WIRE: now_rss(HELD)}))
        ) as first:
            await until(lambda: not first._digest_due)
        async with serving(setup(feed("wire"), loaded=rarely), host(store)) as second:
            await until(lambda: not second._digest_due)

    asyncio.run(go())
    assert "no feed could be reached" not in caplog.text
