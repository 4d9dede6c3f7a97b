"""A sign of life to a dead man's switch, for as long as the daemon gets something done and no longer."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import aiohttp

from dipwatch.clock import Clock
from dipwatch.config import Config
from dipwatch.daemon.progress import Progress
from dipwatch.daemon.standstill import standing_still
from dipwatch.errors import MachineError
from dipwatch.secret_reference import resolve_secret
from dipwatch.store.store import Store

log = logging.getLogger(__name__)

TIMEOUT = 20.0
"""Seconds for one call in all."""
LEAST_PATIENCE = timedelta(minutes=30)
"""How long work may lie about before it counts as standing still; several polling intervals, where these are long."""
PATIENCE_INTERVALS = 3
WORK = ("poll", "detect", "deliver")
"""The jobs that must have had a run that went well since the last beat."""


class Heart:
    """Beats while jobs run well and what is due gets done."""

    def __init__(self, config: Config, store: Store, progress: Progress, clock: Clock) -> None:
        self._settings = config.heartbeat
        self._patience = max(LEAST_PATIENCE, PATIENCE_INTERVALS * config.polling.interval)
        self._store = store
        self._progress = progress
        self._clock = clock
        self._runs: dict[str, int] = {}

    async def beat(self) -> None:
        """Call the switch, or log why not. Raises StoreError, ConfigError, MachineError when it can't be reached."""
        if why := self._resting() or await asyncio.to_thread(self._still):
            log.warning("no heartbeat", extra={"why": why})
            return
        self._runs = self._well()
        await self._call(resolve_secret(self._settings.url))

    def _resting(self) -> str:
        """Say which job hangs, fails or has not run well since the last beat; empty where none."""
        if stuck := self._progress.stuck():
            return f"{', '.join(stuck)} hang"
        if failing := [name for name in WORK if self._progress.jobs[name].failure]:
            return f"{', '.join(failing)} fail"
        well = self._well()
        idle = [name for name in WORK if well[name] <= self._runs.get(name, 0)]
        return f"{', '.join(idle)} did not run" if idle else ""

    def _well(self) -> dict[str, int]:
        return {name: self._progress.jobs[name].runs - self._progress.jobs[name].failures for name in WORK}

    def _still(self) -> str:
        with self._store.connect() as connection:
            still = standing_still(connection, self._clock.now(), self._patience)
        return f"{', '.join(still)} stand still" if still else ""

    async def _call(self, url: str) -> None:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=True) as client,
                client.request(self._settings.method, url) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            reason = type(error).__name__  # its text holds the address, which is a secret
            raise MachineError(f"heartbeat.url can't be reached ({reason})") from None
        if status >= 300:  # noqa: PLR2004 (a status code)
            raise MachineError(f"heartbeat.url answers HTTP {status}")
        log.debug("heartbeat")
