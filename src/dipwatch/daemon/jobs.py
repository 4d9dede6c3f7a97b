"""Running a job so that nothing it meets ends the daemon."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from dipwatch.daemon.progress import Progress
from dipwatch.errors import DipwatchError

log = logging.getLogger(__name__)

REMIND = 60.0
"""Seconds after which a failure that lasts is logged again."""


@dataclass(slots=True)
class _Said:
    failure: str = ""
    at: float = 0.0


class Jobs:
    """Runs jobs under the eye of ``Progress`` and knows which are at work."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._said: dict[str, _Said] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run a job once. Failures are logged: the machine's in a line, a defect of ours with its traceback."""
        task = asyncio.create_task(self._run(name, job), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.shield(task)

    async def finish(self, patience: float) -> None:
        """Wait for jobs at work, at most ``patience`` seconds, then cancel them."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(set(self._tasks), timeout=patience)
        for task in late:
            log.warning("a job was given up", extra={"job": task.get_name()})
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        failure = ""
        try:
            await job()
        except DipwatchError as error:
            failure = type(error).__name__
            if self._worth_saying(name, str(error)):
                log.error("a job failed", extra={"job": name, "error": str(error)})  # noqa: TRY400 (the machine's fault, no defect to trace)
        except Exception as error:  # the edge of the daemon's loop: the next run must come
            failure = type(error).__name__
            if self._worth_saying(name, f"{failure} {error}"):
                log.exception("a job broke off", extra={"job": name})
        else:
            if self._said.pop(name, None):
                log.info("a job works again", extra={"job": name})
        self._progress.ended(name, failure)

    def _worth_saying(self, name: str, failure: str) -> bool:
        """Tell whether a failure is news: jobs run each second, and a full disk lasts longer."""
        now = self._progress.monotonic()
        said = self._said.get(name)
        if said and said.failure == failure and now - said.at < REMIND:
            return False
        self._said[name] = _Said(failure, now)
        return True
