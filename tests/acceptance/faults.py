"""Every way in which a feed can go wrong, one row each, and the server on loopback that goes wrong so.

Each fault has a loopback address of its own (127.0.1.N), so that one per-host rule (spacing, Retry-After) never decides
about another fault.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import threading
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

from aiohttp import web
from tests.acceptance.certificates import Authority

NETWORK = "127.0.1.0/24"
"""Where the faults live; it alone is allowed, so that 127.0.0.1 is inside."""
OUTSIDE = "127.0.0.1"
SECRET = "opensesame"  # noqa: S105 (no secret: what must not be read out of a file)
_PIECE = 65_536
_polls = itertools.count()

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def document(*items: str, head: str = "") -> bytes:
    start = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{start}{head}<rss version="2.0"><channel><title>Paper</title>{"".join(items)}</channel></rss>'.encode()


def item(number: int = 1, *, title: str = "", guid: str = "", date: str = "", text: str = "They spoke.") -> str:
    when = f"<pubDate>{date}</pubDate>" if date else ""
    named = f"<title>{title or f'Envoys meet, round {number}'}</title><guid>{guid or f'id-{number}'}</guid>"
    link = f"<link>https://paper.example/{number}</link>"
    return f"<item>{named}{link}{when}<description>{text}</description></item>"


SOUND = document(item(1), item(2))


def says(body: bytes | Callable[[], bytes], content_type: str = "application/rss+xml", **headers: str) -> Answer:
    """Answer 200 with a body; ``content_encoding="gzip"`` is the header Content-Encoding."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_: web.Request) -> web.Response:
        whole = body() if callable(body) else body
        return web.Response(body=whole, headers={"Content-Type": content_type, **named})

    return answer


def status(code: int, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=code, headers=named)

    return answer


async def _busy_until(_: web.Request) -> web.Response:
    until = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    return web.Response(status=503, headers={"Retry-After": until})


async def _chain(request: web.Request) -> web.Response:
    left = int(request.query.get("left", "3"))
    return web.Response(status=301, headers={"Location": f"/?left={left - 1}"}) if left else await _sound(request)


async def _sound(_: web.Request) -> web.Response:
    return web.Response(body=SOUND, content_type="application/rss+xml")


async def _to_outside(request: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": f"http://{OUTSIDE}:{request.url.port}/"})


async def _streamed(request: web.Request, pieces: AsyncIterator[bytes], **headers: str) -> web.StreamResponse:
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    with suppress(ConnectionError):  # the client hangs up when it has had enough
        async for piece in pieces:
            await response.write(piece)
    return response


async def _reset(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100000"})
    await response.prepare(request)
    await response.write(SOUND)
    assert request.transport is not None
    request.transport.abort()
    return response


async def _drip(request: web.Request) -> web.StreamResponse:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(600):
            yield b" "
            await asyncio.sleep(0.05)

    return await _streamed(request, pieces())


async def _sixty_megabytes(request: web.Request) -> web.StreamResponse:
    async def pieces() -> AsyncIterator[bytes]:
        block = item(1).encode() * (_PIECE // 100)
        for _ in range(60_000_000 // len(block)):
            yield block

    return await _streamed(request, pieces())


@cache
def _gzip_bomb() -> bytes:
    packer = zlib.compressobj(wbits=31)
    block = b"\0" * 1_000_000
    return b"".join(packer.compress(block) for _ in range(300)) + packer.flush()


@cache
def _two_million_items() -> bytes:
    return gzip.compress(document("<item/>" * 2_000_000), compresslevel=6)


def _laughs() -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return document(item(text="&l9;"), head=f'<!DOCTYPE r [<!ENTITY l0 "lol">{levels}]>')


def _external(path: str) -> bytes:
    return document(item(text="&e;"), head=f'<!DOCTYPE r [<!ENTITY e SYSTEM "file://{path}">]>')


def _changing_guids() -> bytes:
    poll = next(_polls)
    return document(*(item(number, guid=f"poll-{poll}-{number}") for number in range(1, 4)))


def _nested(levels: int) -> str:
    return "<![CDATA[" + "<div>" * levels + "They spoke." + "</div>" * levels + "]]>"


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to go wrong, and what must come of it.

    ``outcome`` is the name that health and log give it, ``said`` a part of what they say of it, ``entries`` how many
    entries are read all the same, ``text`` what these must hold (and ``SECRET`` never).
    """

    name: str
    answer: Answer | None
    outcome: str
    entries: int = 0
    said: str = ""
    text: str = ""
    scheme: str = "http"
    host: str = ""
    """Where it is looked for, if not at its own address."""
    tls: str = ""
    """What is wrong with its certificate: ``expired``, ``self_signed``, ``wrong_host``."""


def faults(secret_file: str) -> tuple[Fault, ...]:
    """Return them all; ``secret_file`` is what an external entity points at."""
    return (
        Fault("301-chain", _chain, "ok", entries=2),
        Fault("redirect-loop", status(302, Location="/"), "redirect_loop"),
        Fault("redirect-inside", _to_outside, "blocked_address", said="not public"),
        Fault("redirect-to-file", status(302, Location="file:///etc/passwd"), "unsupported_scheme", said="file"),
        Fault("redirect-to-nowhere", status(301), "bad_response"),
        Fault("304-without-body", status(304), "not_modified"),
        Fault("401", status(401), "unauthorized", said="HTTP 401"),
        Fault("403", status(403), "forbidden", said="HTTP 403"),
        Fault("404", status(404), "not_found", said="HTTP 404"),
        Fault("410", status(410), "gone", said="HTTP 410"),
        Fault("429", status(429, Retry_After="3600"), "too_many_requests", said="HTTP 429"),
        Fault("500", status(500), "server_error", said="HTTP 500"),
        Fault("503-with-date", _busy_until, "unavailable", said="HTTP 503"),
        Fault("expired", _sound, "tls_failure", said="certificate has expired", scheme="https", tls="expired"),
        Fault("self-signed", _sound, "tls_failure", said="self-signed", scheme="https", tls="self_signed"),
        Fault("wrong-host", _sound, "tls_failure", said="not valid for", scheme="https", tls="wrong_host"),
        Fault("no-tls", _sound, "tls_failure", scheme="https"),
        Fault("good-tls", _sound, "ok", entries=2, scheme="https", tls="good"),
        Fault("dns-failure", None, "dns_failure", said="nowhere.invalid", host="nowhere.invalid"),
        Fault("refused", None, "refused"),
        Fault("reset", _reset, "reset"),
        Fault("slow-drip", _drip, "timeout"),
        Fault("gzip-bomb", says(_gzip_bomb, Content_Encoding="gzip"), "too_large"),
        Fault("not-gzip", says(SOUND, Content_Encoding="gzip"), "bad_encoding"),
        Fault("60-megabytes", _sixty_megabytes, "too_large"),
        Fault("two-million-items", says(_two_million_items, Content_Encoding="gzip"), "too_large"),
        Fault("most-items-that-fit", says(document(*("<item><title>x</title></item>",) * 160_000)), "ok", entries=1),
        Fault(
            "200k-tags", says(document(item(text=_nested(1).replace("They", "<b>a</b>" * 200_000)))), "ok", entries=1
        ),
        Fault("200k-bare-tags", says(document(item(text="<b>a</b>" * 200_000))), "ok", entries=1),
        Fault("billion-laughs", says(_laughs()), "ok", entries=1),
        Fault("external-entity", says(_external(secret_file)), "ok", entries=1),
        Fault("html-page", says(b"<!DOCTYPE html><html><body>Sign in</body></html>", "text/html"), "not_a_feed"),
        Fault("empty-body", says(b""), "empty"),
        Fault(
            "wrong-charset",
            says(document(item(title="Переговоры прошли")), "text/xml; charset=iso-8859-1"),
            "ok",
            entries=1,
            text="Переговоры прошли",
        ),
        Fault("nuls", says(SOUND.replace(b"Envoys", b"En\0vo\x01ys")), "ok", entries=2, text="Envoys"),
        Fault("invalid-dates", says(document(item(1, date="yesterday"), item(2, date="99 Foo 2026"))), "ok", entries=2),
        Fault("duplicate-guids", says(document(item(1, guid="same"), item(2, guid="same"))), "ok", entries=2),
        Fault("changing-guids", says(_changing_guids), "ok", entries=3),
        Fault("nested-content", says(document(item(text=_nested(10)))), "ok", entries=1, text="They spoke."),
        Fault("deeply-nested", says(document(item(text=_nested(50_000)))), "ok", entries=1),
        Fault("breaks-off", says(SOUND[:-40]), "truncated", entries=2),
    )


@dataclass(frozen=True, slots=True)
class Served:
    """The faults as they can be reached: their addresses by name."""

    faults: tuple[Fault, ...]
    addresses: dict[str, str]
    trusted: str
    """The authority to trust (SSL_CERT_FILE)."""


@contextmanager
def served(all_faults: tuple[Fault, ...], authority: Authority) -> Iterator[Served]:
    """Serve the faults from a thread of its own."""
    _gzip_bomb(), _two_million_items()  # made beforehand: it takes longer than a fetch may
    started: threading.Event = threading.Event()
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    addresses: dict[str, str] = {}

    async def serve() -> None:
        stop = asyncio.Event()
        runners = [
            await _site(fault, f"127.0.1.{number}", authority, addresses)
            for number, fault in enumerate(all_faults, start=1)
        ]
        running.append((asyncio.get_running_loop(), stop))
        started.set()
        await stop.wait()
        await asyncio.gather(*(runner.cleanup() for runner in runners))

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert started.wait(60)
    try:
        yield Served(all_faults, addresses, str(authority.file))
    finally:
        loop, stop = running[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)


async def _site(fault: Fault, address: str, authority: Authority, addresses: dict[str, str]) -> web.AppRunner:
    """Serve one fault at its own address and port; where nobody is to answer, the port is closed again."""
    app = web.Application()
    app.router.add_get("/{path:.*}", fault.answer or _sound)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    context = None
    if fault.tls:
        of = "127.0.1.250" if fault.tls == "wrong_host" else address
        context = authority.context(
            fault.name, of, expired=fault.tls == "expired", self_signed=fault.tls == "self_signed"
        )
    site = web.TCPSite(runner, address, 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    if fault.answer is None:
        await site.stop()
    addresses[fault.name] = f"{fault.scheme}://{fault.host or address}:{port}/"
    return runner
