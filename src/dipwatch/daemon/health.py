"""The health endpoint: ``/healthz`` says whether a restart would help, ``/readyz`` whether the daemon does its work.

``/metrics`` beside them is for Prometheus.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from dipwatch.daemon.progress import Progress
from dipwatch.errors import MachineError

OFF = "off"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""https://prometheus.io/docs/instrumenting/exposition_formats/"""


@asynccontextmanager
async def health_endpoint(
    listen: str, progress: Progress, ready: Callable[[], bool], exposition: Callable[[], bytes]
) -> AsyncIterator[str]:
    """Serve health at ``listen`` (``host:port``, or ``off``) while the block runs; gives the address it serves at.

    Port 0 takes a free one. ``exposition`` returns the metrics; it may take its time. Raises MachineError when the
    address can't be had.
    """
    if listen == OFF:
        yield OFF
        return
    host, _, port = listen.rpartition(":")
    runner = web.AppRunner(_application(progress, ready, exposition), access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        except OSError as error:
            raise MachineError(
                f"health.listen: {listen} can't be had ({error.strerror or error}); "
                "another program has this port or the address is not ours: change health.listen or set it to off"
            ) from error
        yield "{}:{}".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


def _application(progress: Progress, ready: Callable[[], bool], exposition: Callable[[], bytes]) -> web.Application:
    asking = asyncio.Lock()  # one at a time: jobs need the threads

    async def healthz(_request: web.Request) -> web.Response:
        return _answer(progress, fine=not progress.stuck())

    async def readyz(_request: web.Request) -> web.Response:
        return _answer(progress, fine=ready() and not progress.stuck() and not progress.failing())

    async def metrics(_request: web.Request) -> web.Response:
        async with asking:
            body = await asyncio.to_thread(exposition)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    return application


def _answer(progress: Progress, *, fine: bool) -> web.Response:
    """Say how each job fares. What failed is named by its exception's type only: messages may hold addresses."""
    stuck = progress.stuck()
    jobs = {
        name: {"runs": job.runs, "failures": job.failures, "failing": job.failure, "stuck": name in stuck}
        for name, job in progress.jobs.items()
    }
    return web.json_response({"ok": fine, "jobs": jobs}, status=200 if fine else 503)
