"""Real peers on loopback: an HTTP receiver that behaves as its script says, and a mail server."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver does with a request: a status with headers and body, or ``hang``, ``reset`` or ``drip``."""

    status: int = 200
    body: bytes = b"ok"
    headers: tuple[tuple[str, str], ...] = ()
    misbehaves: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic, compare=False)
    """When, in seconds of the monotonic clock."""


@dataclass(slots=True)
class HttpPeer:
    """A receiver. Answers in the order of the script, the last one again and again."""

    port: int
    script: Sequence[Answer]
    received: list[Received] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, request: Received) -> Answer:
        with self.lock:
            self.received.append(request)
            return self.script[min(len(self.received), len(self.script)) - 1]


class _Server(ThreadingHTTPServer):
    """Knows the peer that it serves for."""

    peer: HttpPeer


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.server.peer.take(Received(self.command, self.path, dict(self.headers), body))
        if answer.misbehaves:
            self._misbehave(answer.misbehaves)
            return
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _misbehave(self, how: str) -> None:
        self.close_connection = True
        if how == "reset":  # linger 0: close() sends RST
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif how == "hang":
            self.server.peer.stop.wait(30)
        elif how == "drip":
            self._drip()

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while not self.server.peer.stop.wait(0.1):
            try:
                self.wfile.write(b"x")
            except OSError:
                return

    do_POST = do_GET = _serve  # noqa: N815 (names of http.server)

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def http_peer(*script: Answer) -> Iterator[HttpPeer]:
    """Serve on a port of the system's choice."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.peer = HttpPeer(server.server_address[1], script or (Answer(),))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.peer
    finally:
        server.peer.stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(slots=True)
class MailPeer:
    """A mail server; ``reply`` is what it says to a message."""

    port: int = 0
    reply: str = "250 taken"
    scheme: str = "mailto"
    login: str = ""
    mode: str = "insecure"
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    received: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: ANN401, N802 (aiosmtpd's)
        if self.reply == "hang":
            await self.stop.wait()
        if self.reply.startswith("2"):
            mail = message_from_bytes(envelope.content, policy=default)
            assert isinstance(mail, EmailMessage)
            self.received.append(mail)
        return self.reply

    @property
    def url(self) -> str:
        addresses = "from=dipwatch@here.example&to=desk@there.example"
        return f"{self.scheme}://{self.login}127.0.0.1:{self.port}/?{addresses}&mode={self.mode}"


@dataclass(frozen=True, slots=True)
class Guard:
    """How a mail server is guarded: TLS from the first byte (``ssl``) or by STARTTLS, and who may send."""

    context: ssl.SSLContext
    mode: str
    user: str
    password: str

    def lets_in(self, *arguments: Any) -> AuthResult:  # noqa: ANN401 (aiosmtpd's)
        data = arguments[-1]
        known = (data.login.decode(), data.password.decode()) == (self.user, self.password)
        return AuthResult(success=known, handled=False)  # the server is to answer

    def served(self, peer: MailPeer, loop: asyncio.AbstractEventLoop) -> SMTP:
        starttls = self.mode == "starttls"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it knows no TLS but STARTTLS and takes the login for bare
            return SMTP(
                peer,
                loop=loop,
                tls_context=self.context if starttls else None,
                require_starttls=starttls,
                authenticator=self.lets_in,
                auth_required=True,
                auth_require_tls=starttls,
            )


@contextmanager
def mail_peer(reply: str = "250 taken", guard: Guard | None = None, password: str = "") -> Iterator[MailPeer]:
    """Serve mail on a port of the system's choice; ``password`` is what the URL gives to the guard."""
    peer = MailPeer(reply=reply)
    if guard:
        peer.scheme, peer.mode, peer.login = "mailtos", guard.mode, f"{guard.user}:{password or guard.password}@"
    loop = asyncio.new_event_loop()
    serve = (lambda: guard.served(peer, loop)) if guard else (lambda: SMTP(peer, loop=loop))
    implicit = guard.context if guard and guard.mode == "ssl" else None
    server = loop.run_until_complete(loop.create_server(serve, "127.0.0.1", 0, ssl=implicit))
    peer.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield peer
    finally:
        loop.call_soon_threadsafe(peer.stop.set)
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    await asyncio.sleep(0.02)  # a connection that the other side has just closed ends by itself, its TLS included
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.sleep(0)
