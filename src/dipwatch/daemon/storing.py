"""Storing what polls brought: what comes in while one transaction is being written goes into the next.

A transaction costs about as much as a poll that brings nothing, so that they are shared; a poll has ended only when its
own is written. What a crash takes with it was not told to anybody and is polled again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from dipwatch.store.ingest import FeedUpdate, Ingested, ingest_all
from dipwatch.store.store import Store

_MOMENT = 0.05
"""Seconds a batch waits for more."""
_MOST = 64
"""Updates in one transaction: while it is written, other writers wait."""

_Result = Ingested | BaseException


class Storing:
    """Writes updates in the order in which they come, many in one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[FeedUpdate, asyncio.Future[_Result]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def put(self, update: FeedUpdate) -> Ingested:
        """Return what an update added, once it is written; raises what writing it raised.

        A caller that is cancelled gives up waiting: the update is written all the same.
        """
        written: asyncio.Future[_Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((update, written))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all(), name="store polls")
        result = await asyncio.shield(written)
        if isinstance(result, BaseException):
            raise result
        return result

    async def _write_all(self) -> None:
        while self._waiting:
            await asyncio.sleep(_MOMENT)
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            results = await self._written([update for update, _ in batch])
            for (_, written), result in zip(batch, results, strict=True):
                written.set_result(result)

    async def _written(self, updates: Sequence[FeedUpdate]) -> Sequence[_Result]:
        """Write a batch; where that fails, each update by itself, so that the failure stays with its own feed."""
        try:
            return await asyncio.to_thread(self._write, updates)
        except Exception as error:  # noqa: BLE001 (the edge of a batch: whose poll it belongs to handles it)
            if len(updates) == 1:
                return [error]
        alone = (asyncio.to_thread(self._write, [update]) for update in updates)
        results = await asyncio.gather(*alone, return_exceptions=True)
        return [result if isinstance(result, BaseException) else result[0] for result in results]

    def _write(self, updates: Sequence[FeedUpdate]) -> list[Ingested]:
        with self._store.begin() as connection:
            return ingest_all(connection, updates)
