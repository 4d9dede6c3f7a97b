"""A loopback server that answers in every way a feed can go wrong."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

import brotli
import pytest
from aiohttp import web
from tests.feeds.samples import item, rss

DOCUMENT = rss([item(guid="one"), item("Talks break up", link="https://paper.example/b", guid="two")])
ETAG = '"v1"'
MODIFIED = "Mon, 04 May 2026 11:00:00 GMT"
PIECE = b"x" * 65536


def _encoded(body: bytes, encoding: str) -> web.Response:
    return web.Response(body=body, headers={"Content-Encoding": encoding, "Content-Type": "application/rss+xml"})


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@cache
def _gzip_bomb() -> bytes:
    packer = zlib.compressobj(wbits=31)
    block = b"\0" * 1_000_000
    return b"".join(packer.compress(block) for _ in range(300)) + packer.flush()


@cache
def _brotli_bomb() -> bytes:
    return bytes(brotli.compress(b"\0" * 30_000_000, quality=1))


BODIES = {
    "gzip": lambda: _encoded(gzip.compress(DOCUMENT), "gzip"),
    "gzip-members": lambda: _encoded(gzip.compress(DOCUMENT[:50]) + gzip.compress(DOCUMENT[50:]), "gzip"),
    "deflate": lambda: _encoded(zlib.compress(DOCUMENT), "deflate"),
    "raw-deflate": lambda: _encoded(_raw_deflate(DOCUMENT), "deflate"),
    "br": lambda: _encoded(brotli.compress(DOCUMENT), "br"),
    "br-bomb": lambda: _encoded(_brotli_bomb(), "br"),
    "bomb": lambda: _encoded(_gzip_bomb(), "gzip"),
    "not-gzip": lambda: _encoded(DOCUMENT, "gzip"),
    "unknown-encoding": lambda: _encoded(DOCUMENT, "zstd"),
    "html": lambda: web.Response(text="<!DOCTYPE html><html><body>Sign in</body></html>", content_type="text/html"),
    "empty": lambda: web.Response(body=b"", content_type="application/rss+xml"),
    "no-content": lambda: web.Response(status=204),
    "big-announced": lambda: web.Response(body=b"x" * 2_000_000),
}


async def _feed(request: web.Request) -> web.Response:
    headers = {"ETag": ETAG, "Last-Modified": MODIFIED, "Cache-Control": "max-age=600"}
    if request.headers.get("If-None-Match") == ETAG or request.headers.get("If-Modified-Since") == MODIFIED:
        return web.Response(status=304, headers=headers)
    return web.Response(body=DOCUMENT, headers=headers | {"Content-Type": "application/rss+xml"})


async def _body(request: web.Request) -> web.Response:
    return BODIES[request.match_info["name"]]()


async def _echo(request: web.Request) -> web.Response:
    return web.Response(text=json.dumps(dict(request.headers)))


async def _status(request: web.Request) -> web.Response:
    return web.Response(status=int(request.match_info["code"]), headers=dict(request.query))


async def _wait_until(request: web.Request) -> web.Response:
    until = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    return web.Response(status=int(request.match_info["code"]), headers={"Retry-After": until})


async def _redirect(request: web.Request) -> web.Response:
    return web.Response(status=int(request.match_info["code"]), headers={"Location": request.query["to"]})


async def _chain(request: web.Request) -> web.Response:
    left = int(request.match_info["left"])
    return web.Response(status=301, headers={"Location": f"/chain/{left - 1}" if left else "/feed"})


async def _half(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100000"})
    await response.prepare(request)
    await response.write(DOCUMENT)
    assert request.transport is not None
    request.transport.abort()
    return response


async def _drip(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(600):
        await response.write(b" ")
        await asyncio.sleep(0.05)
    return response


async def _stall(_: web.Request) -> web.Response:
    await asyncio.sleep(30)
    return web.Response()


async def _endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(1000):
        await response.write(PIECE)
    return response


def _application() -> web.Application:
    app = web.Application()
    app.router.add_get("/feed", _feed)
    app.router.add_get("/body/{name}", _body)
    app.router.add_get("/echo", _echo)
    app.router.add_get("/status/{code}", _status)
    app.router.add_get("/until/{code}", _wait_until)
    app.router.add_get("/redirect/{code}", _redirect)
    app.router.add_get("/chain/{left}", _chain)
    app.router.add_get("/half", _half)
    app.router.add_get("/drip", _drip)
    app.router.add_get("/stall", _stall)
    app.router.add_get("/endless", _endless)
    return app


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Give the address of the server, which runs in a thread of its own."""
    _gzip_bomb(), _brotli_bomb()  # made beforehand: it takes longer than a fetch may
    started = threading.Event()
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = []

    async def serve() -> None:
        stop = asyncio.Event()
        runner = web.AppRunner(_application(), shutdown_timeout=0.1)
        await runner.setup()
        # Two addresses of loopback lead here, so that tests can have two hosts.
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        await web.TCPSite(runner, "127.0.0.2", port).start()
        running.append((asyncio.get_running_loop(), stop, port))
        started.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert started.wait(10)
    loop, stop, port = running[0]
    yield f"http://127.0.0.1:{port}"
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)


@pytest.fixture
def closed_port() -> int:
    """Give a port of loopback where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
