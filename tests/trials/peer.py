"""Peers of the daemon on loopback that can be made to fail: a server of feeds, and a receiver of messages."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

LONGEST_HANG = 60.0


class Fault(StrEnum):
    """What is wrong with a peer: nobody listens, it answers with 500, it answers nothing."""

    NONE = "none"
    DOWN = "down"
    FAILING = "failing"
    HANGING = "hanging"


@dataclass(frozen=True)
class Answer:
    """What a request is answered with."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Request:
    """What was asked."""

    path: str
    headers: dict[str, str]
    body: bytes


Answering = Callable[[Request], Answer]


class Peer:
    """An HTTP server that keeps its port whatever happens to it. A request that meets a fault has no effect."""

    def __init__(self, answer: Answering) -> None:
        self.fault = Fault.NONE
        self._answer = answer
        self._mended = threading.Event()
        self._server = self._listening(0)
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._mended.set()
        if self.fault is not Fault.DOWN:
            self._close()

    def fail(self, fault: Fault) -> None:
        """Let it fail from now on; ``Fault.NONE`` mends it."""
        was, self.fault = self.fault, fault
        self._mended.set()
        self._mended = threading.Event()
        if fault is Fault.DOWN and was is not Fault.DOWN:
            self._close()
        elif was is Fault.DOWN and fault is not Fault.DOWN:
            self._server = self._listening(self.port)

    def _listening(self, port: int) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        server.daemon_threads = True
        server.request_queue_size = 256
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return server

    def _close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _meet(self, request: Request) -> Answer | None:
        """Answer as the fault of the moment has it; None for not at all."""
        if self.fault is Fault.HANGING:
            self._mended.wait(LONGEST_HANG)
            return None
        return Answer(500) if self.fault is Fault.FAILING else self._answer(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                answer = peer._meet(Request(self.path, dict(self.headers), self.rfile.read(length)))
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                    self.send_header(name, value)
                with suppress(OSError):  # a daemon that was killed does not read its answer
                    self.end_headers()
                    self.wfile.write(answer.body)

            do_POST = do_GET  # noqa: N815 (the standard library's name)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the standard library's name)
                pass

        return Handler


def documents(of: Callable[[str], tuple[str, bytes]]) -> Answering:
    """Answer with the feeds that ``of`` gives by name, as content type and body; with 304 where nothing changed."""

    def answer(request: Request) -> Answer:
        content_type, body = of(request.path.strip("/"))
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"Content-Type": content_type, "ETag": tag}
        return Answer(304, headers) if request.headers.get("If-None-Match") == tag else Answer(200, headers, body)

    return answer


@dataclass
class Received:
    """The messages that a receiver took."""

    taken: Counter[str] = field(default_factory=Counter)
    """How often each came, by its key."""
    first_at: dict[str, float] = field(default_factory=dict)
    """When each came first, in seconds of the wall clock."""
    told: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        """Take a message."""
        key = request.headers["Idempotency-Key"]
        self.taken[key] += 1
        self.first_at.setdefault(key, time.time())
        self.told.append(json.loads(request.body))
        return Answer()

    @property
    def repeated(self) -> int:
        """How many messages came once more than once, each repetition counted."""
        return sum(self.taken.values()) - len(self.taken)
