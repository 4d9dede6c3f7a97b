"""Sending from a process of its own that can be ended, so that no receiver, however it hangs, holds up anything.

A worker (``dipwatch.alerts.worker``) serves one receiver's URL and lives on between messages, since it takes a while to
start; it reads one JSON line for each message from its input and answers with one. Secrets go through that pipe, never
through arguments or the environment. Whatever apprise and its libraries print or log stays with the worker.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from datetime import timedelta
from typing import IO, Any

from dipwatch.alerts.render import RenderedMessage
from dipwatch.alerts.sending import Outcome, SendResult

START_TIMEOUT = timedelta(seconds=30)
"""Importing apprise takes a third of a second, on a loaded or slow machine much longer."""
GRACE = timedelta(seconds=3)
"""How much longer than the timeout a worker may take before it is killed."""
READY = "ready"


class ProcessSender:
    """Hands messages to worker processes, one for each URL."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", "dipwatch.alerts.worker")) -> None:
        self._command = command
        self._workers: dict[str, _Worker] = {}
        self._lock = threading.Lock()

    def send(self, url: str, message: RenderedMessage, timeout: timedelta) -> SendResult:
        """Send through the URL's worker; one that does not answer in time is killed and its outcome unknown."""
        with self._lock:
            worker = self._workers.setdefault(url, _Worker(self._command))
        return worker.send(url, message, timeout)

    def interrupt(self) -> None:
        """Kill workers in the middle of what they send; whoever waits for one is told that the outcome is unknown."""
        with self._lock:
            workers = list(self._workers.values())
        for worker in workers:
            worker.interrupt()

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            workers, self._workers = list(self._workers.values()), {}
        for worker in workers:
            worker.end()


class _Worker:
    """A process that sends, started when it is needed."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def send(self, url: str, message: RenderedMessage, timeout: timedelta) -> SendResult:
        with self._lock:
            process = self._running()
            if process is None:
                return SendResult(Outcome.FAILED, "the process that sends does not start")
            job = {"url": url, "message": asdict(message), "timeout": timeout.total_seconds()}
            if not _write_line(process.stdin, json.dumps(job)):
                self._kill()
                return SendResult(Outcome.FAILED, "the process that sends had ended")
            answer = _read_line(process.stdout, timeout + GRACE)
            result = SendResult(Outcome.UNKNOWN, "no answer in time") if answer is None else _result(answer)
            if result.outcome is Outcome.UNKNOWN:
                self._kill()  # something of it may still be sending
            return result

    def interrupt(self) -> None:
        """Kill the process past the lock, which belongs to the thread that waits for its answer."""
        process = self._process
        if process is not None:
            process.kill()

    def end(self) -> None:
        with self._lock:
            self._kill()

    def _running(self) -> subprocess.Popen[bytes] | None:
        """Return the process, newly started if need be; None if it does not get ready."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._kill()
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C meant for the daemon must not break off a message
        )
        if _read_line(self._process.stdout, START_TIMEOUT) == READY:
            return self._process
        self._kill()
        return None

    def _kill(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            _close(pipe)
        self._process = None


def _result(answer: str) -> SendResult:
    try:
        data: dict[str, Any] = json.loads(answer)
        wait = data["retry_after"]
        return SendResult(
            Outcome(data["outcome"]),
            data["detail"],
            data["permanent"],
            None if wait is None else timedelta(seconds=wait),
        )
    except (ValueError, KeyError, TypeError):
        return SendResult(Outcome.UNKNOWN, "the process that sends gave no sensible answer")


def result_line(result: SendResult) -> str:
    """Write a result as the line that a worker answers with."""
    wait = None if result.retry_after is None else result.retry_after.total_seconds()
    return json.dumps(
        {"outcome": result.outcome, "detail": result.detail, "permanent": result.permanent, "retry_after": wait}
    )


def _write_line(pipe: IO[bytes] | None, line: str) -> bool:
    if pipe is None:
        return False
    try:
        pipe.write(line.encode() + b"\n")
        pipe.flush()
    except OSError:
        return False
    return True


def _read_line(pipe: IO[bytes] | None, patience: timedelta) -> str | None:
    """Return the next line, without waiting longer than ``patience``; None where none comes."""
    if pipe is None:
        return None
    ends = time.monotonic() + patience.total_seconds()
    line = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while not line.endswith(b"\n"):
            if not selector.select(max(0.0, ends - time.monotonic())):
                return None
            if not (piece := os.read(pipe.fileno(), 65536)):
                return None
            line += piece
    return line.decode("utf-8", "replace").strip()


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is None:
        return
    try:
        pipe.close()
    except OSError:  # what was left to be written went to a process that is gone
        return
