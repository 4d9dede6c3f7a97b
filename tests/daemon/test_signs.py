"""What the daemon says of itself: a heartbeat while it works, a word to the operator when something is wrong."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.alerts.peers import http_peer
from tests.daemon.fakes import FakeFetcher, config, feed, host, open_store, printed, rss, setup, until
from tests.daemon.test_service import WIRE, serving

from dipwatch.daemon.setup import Setup
from dipwatch.errors import ConfigError, Problem
from dipwatch.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as store:
        yield store


def test_its_heart_beats_while_it_works(store: Store) -> None:
    with http_peer() as switch:
        loaded = config(heartbeat={"url": f"http://127.0.0.1:{switch.port}/beat", "interval": "1s"})

        async def go() -> None:
            async with serving(setup(feed("wire"), loaded=loaded), host(store, FakeFetcher({WIRE: rss()}))):
                await until(lambda: len(switch.received) >= 2, 30)

        asyncio.run(go())
    assert {request.path for request in switch.received} == {"/beat"}


def test_a_refused_configuration_reaches_the_operator(store: Store) -> None:
    process = host(store, FakeFetcher({WIRE: rss()}))

    def refuse() -> Setup:
        raise ConfigError([Problem("dipwatch.toml:3", "polling.interval: is not a duration")])

    async def go() -> None:
        made = setup(feed("wire"), loaded=config(alerts={"operator_wait": "0s"}))
        async with serving(made, process, refuse):
            os.kill(os.getpid(), signal.SIGHUP)
            await until(lambda: "refused a new configuration" in printed(process), 30)

    asyncio.run(go())
    assert "polling.interval: is not a duration" in printed(process)
