"""The health endpoint."""

from __future__ import annotations

import asyncio
import json
import socket
import urllib.error
import urllib.request
from typing import Any

import pytest

from dipwatch.daemon.health import health_endpoint
from dipwatch.daemon.progress import Progress
from dipwatch.errors import MachineError


def get(address: str, path: str) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


async def asked(progress: Progress, path: str, *, ready: bool = True) -> tuple[int, dict[str, Any]]:
    async with health_endpoint("127.0.0.1:0", progress, lambda: ready, bytes) as address:
        return await asyncio.to_thread(get, address, path)


def test_health_is_fine_while_jobs_move() -> None:
    progress = Progress()
    progress.watch("poll", 60)
    progress.ended("poll")
    status, body = asyncio.run(asked(progress, "/healthz"))
    assert (status, body["ok"]) == (200, True)
    assert body["jobs"]["poll"] == {"runs": 1, "failures": 0, "failing": "", "stuck": False}


@pytest.mark.parametrize(
    ("failure", "patience", "ready", "healthz", "readyz"),
    [
        ("", 60.0, True, 200, 200),
        ("", 60.0, False, 200, 503),
        ("StoreError", 60.0, True, 200, 503),
        ("", -1.0, True, 503, 503),
    ],
    ids=["well", "starting or stopping", "a job fails", "a job hangs"],
)
def test_ready_asks_more_than_healthy(failure: str, patience: float, healthz: int, readyz: int, *, ready: bool) -> None:
    progress = Progress()
    progress.watch("poll", patience)
    progress.ended("poll", failure)
    assert asyncio.run(asked(progress, "/healthz", ready=ready))[0] == healthz
    assert asyncio.run(asked(progress, "/readyz", ready=ready))[0] == readyz


def test_a_busy_port_is_named_in_one_line() -> None:
    async def try_it(listen: str) -> None:
        async with health_endpoint(listen, Progress(), lambda: True, bytes):
            pass

    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(MachineError, match=rf"health\.listen: {listen} can't be had"):
            asyncio.run(try_it(listen))


def test_off_serves_nothing() -> None:
    async def try_it() -> str:
        async with health_endpoint("off", Progress(), lambda: True, bytes) as address:
            return address

    assert asyncio.run(try_it()) == "off"
