"""Manners towards hosts: one request at a time, a pause between two, and silence when a host asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

_KEPT = 1000


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    free_at: float = 0.0
    held_until: float = 0.0


class HostGate:
    """Lets requests through to hosts, and holds a host back after its ``Retry-After``."""

    def __init__(self, spacing: timedelta) -> None:
        """``spacing`` is the least time between the end of a request to a host and the start of the next."""
        self._spacing = spacing.total_seconds()
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[timedelta | None]:
        """Wait for the host's turn and give None, or, at once, for how long it still wants silence."""
        entry = self._host(host)
        entry.waiting += 1
        try:
            async with entry.lock:
                if held := self._held(entry):
                    yield held
                    return
                await asyncio.sleep(max(0.0, entry.free_at - _now()))
                try:
                    yield None
                finally:
                    entry.free_at = _now() + self._spacing
        finally:
            entry.waiting -= 1

    def hold(self, host: str, wait: timedelta) -> None:
        """Let nothing through to ``host`` for ``wait``."""
        entry = self._host(host)
        entry.held_until = max(entry.held_until, _now() + wait.total_seconds())

    def _held(self, entry: _Host) -> timedelta | None:
        rest = entry.held_until - _now()
        return timedelta(seconds=rest) if rest > 0 else None

    def _host(self, host: str) -> _Host:
        if host not in self._hosts and len(self._hosts) >= _KEPT:
            self._forget_idle()
        return self._hosts.setdefault(host, _Host())

    def _forget_idle(self) -> None:
        """Redirects may lead to ever new hosts; those without a claim on us are forgotten."""
        now = _now()
        self._hosts = {
            name: entry
            for name, entry in self._hosts.items()
            if entry.waiting or entry.free_at > now or entry.held_until > now
        }


def _now() -> float:
    return asyncio.get_running_loop().time()
