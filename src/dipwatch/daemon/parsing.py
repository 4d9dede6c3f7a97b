"""Parsing in worker processes under a deadline: a document that fells or hangs a parser costs one worker, not us."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parsed import ParsedFeed, ParseLimits

DEADLINE = timedelta(seconds=20)
"""A document of the largest size allowed takes feedparser about 7 s on a slow machine."""
START_TIMEOUT = timedelta(seconds=30)

Job = tuple[bytes, str, str, ParseLimits]


class ParserPool:
    """Parses documents in a few processes, which live on from one document to the next."""

    def __init__(
        self, workers: int = 2, deadline: timedelta = DEADLINE, *, parser: str = "dipwatch.feeds.parse"
    ) -> None:
        """``parser`` is the module whose ``parse_feed`` is called."""
        self._deadline = deadline
        self._workers = [_Worker(parser) for _ in range(workers)]
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()

    async def __aenter__(self) -> Self:
        """Get ready; processes start with the first documents."""
        for worker in self._workers:
            self._idle.put_nowait(worker)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.end()

    async def parse(self, body: bytes, content_type: str, url: str, limits: ParseLimits) -> ParsedFeed:
        """Parse a document. Raises TimeoutError past the deadline; a worker that died is an outcome."""
        worker = await self._idle.get()
        try:
            return await asyncio.to_thread(worker.parse, (body, content_type, url, limits), self._deadline)
        finally:
            self._idle.put_nowait(worker)


class _Worker:
    """A process that parses one document at a time; a new one takes the place of one that was ended."""

    def __init__(self, parser: str) -> None:
        self._parser = parser
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Connection[Any, Any]

    def parse(self, job: Job, deadline: timedelta) -> ParsedFeed:
        """Return what the document says. Raises TimeoutError past the deadline."""
        try:
            self._start()
            self._channel.send(job)
            answer = self._receive(deadline)
        except TimeoutError:  # an OSError too, so it goes first
            self.end()
            raise
        except (EOFError, OSError):
            self.end()
            return ParsedFeed(Outcome.PARSE_FAILED, notes=("the process that read it died",))
        if isinstance(answer, ParsedFeed):
            return answer
        return ParsedFeed(Outcome.PARSE_FAILED, notes=(str(answer),))

    def end(self) -> None:
        """Kill the process, whatever it is at."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._channel.close()
            self._process = None

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.end()
        self._channel, theirs = Pipe()
        with theirs:
            arguments = ("-P", "-m", "dipwatch.daemon.parser_worker", str(theirs.fileno()), self._parser)
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                (sys.executable, *arguments),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C is the daemon's to handle
            )
        self._receive(START_TIMEOUT)

    def _receive(self, patience: timedelta) -> Any:  # noqa: ANN401 (what the process sends)
        if not self._channel.poll(patience.total_seconds()):
            raise TimeoutError("no answer from the process that parses")
        return self._channel.recv()
