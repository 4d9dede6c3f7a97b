"""Serve made-up feeds on loopback, each at an address of its own (127.x.y.z), so that manners towards hosts count.

Run: python benchmarks/feed_server.py FEEDS LATENCY_MS FAILING_SHARE FEEDS_PER_HOST
It prints the feeds' addresses as JSON. Asking any of them for ``/edition/N`` adds an item to each N-th feed, ``/gap``
tells the least time between two requests to one host. It ends when its input does.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import resource
import socket
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

from aiohttp import web
from feed_corpus import MadeFeed, made_feeds

_AGE = timedelta(hours=2)
"""How old the newest item of the first edition is."""


class Served:
    """A feed as it is served: its document with ETag and Last-Modified, or an error; when it was asked."""

    def __init__(self, feed: MadeFeed, *, failing: bool) -> None:
        self._feed = feed
        self._failing = failing
        self.times: list[tuple[float, float]] = []
        """When each request came in and when its answer was ready, in seconds of one clock."""
        self._edition = -1
        self._tag = ""
        self.advance()

    def advance(self) -> None:
        """Bring out the next edition."""
        self._edition += 1
        self._body = self._feed.document(self._edition)
        self._tag = f'"{hashlib.sha256(self._body).hexdigest()[:16]}"'
        self._changed = format_datetime(datetime.now(UTC), usegmt=True)

    def answer(self, request: web.Request) -> web.Response:
        """Return the document, or 304 to whoever has it."""
        if self._failing:
            return web.Response(status=503, text="down for maintenance")
        validators = {"ETag": self._tag, "Last-Modified": self._changed}
        if request.headers.get("If-None-Match") == self._tag:
            return web.Response(status=304, headers=validators)
        return web.Response(body=self._body, content_type="application/xml", charset="utf-8", headers=validators)


def _least_gap(feeds: list[Served], shared: int) -> float | None:
    """Return the least seconds between an answer and the next request to the same host; below 0 they overlap."""
    hosts = [
        sorted(time for feed in feeds[at : at + shared] for time in feed.times) for at in range(0, len(feeds), shared)
    ]
    gaps = [later[0] - earlier[1] for times in hosts for earlier, later in pairwise(times)]
    return round(min(gaps), 3) if gaps else None


async def serve(count: int, latency: float, failing: float, shared: int) -> None:
    """Serve until the input ends; ``shared`` feeds have one address."""
    failed = round(count * failing)
    feeds = [Served(feed, failing=feed.number < failed) for feed in made_feeds(count, datetime.now(UTC) - _AGE)]

    async def answer(request: web.Request) -> web.Response:
        begun = time.monotonic()
        await asyncio.sleep(latency)
        feed = feeds[int(request.match_info["number"])]
        feed.times.append((begun, time.monotonic()))
        return feed.answer(request)

    async def gap(_request: web.Request) -> web.Response:
        return web.json_response(_least_gap(feeds, shared))

    async def edition(request: web.Request) -> web.Response:
        for feed in feeds[:: int(request.match_info["nth"])]:
            feed.advance()
        return web.Response(text="done")

    app = web.Application()
    app.router.add_get("/feed/{number}", answer)
    app.router.add_get("/edition/{nth}", edition)
    app.router.add_get("/gap", gap)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    print(json.dumps([await _listen(runner, number // shared, number) for number in range(count)]), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


async def _listen(runner: web.AppRunner, host: int, number: int) -> str:
    """Open a port of its own for a feed and return its address."""
    address = f"127.77.{host // 250}.{host % 250 + 1}"
    listener = socket.create_server((address, 0))
    await web.SockSite(runner, listener).start()
    return f"http://{address}:{listener.getsockname()[1]}/feed/{number}"


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000, float(sys.argv[3]), int(sys.argv[4])))
