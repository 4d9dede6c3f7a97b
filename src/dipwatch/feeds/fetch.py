"""Fetching over HTTP: polite to publishers, hard to hurt by them.

What follows redirects, unpacks and chooses proxies is ours rather than aiohttp's, because each needs a bound or a check
that the library doesn't offer: the guard on every hop, credentials that stay at their origin, sizes that are enforced
while streaming.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from types import TracebackType
from typing import Self
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from dipwatch.clock import Clock, SystemClock
from dipwatch.errors import FeedError
from dipwatch.feeds.guard import AddressGuard, BlockedAddressError
from dipwatch.feeds.hosts import HostGate
from dipwatch.feeds.http_dates import parse_retry_after
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.request import Fetcher, FetchRequest, FetchResult, basic_auth
from dipwatch.feeds.unpack import BadEncodingError, TooLargeError, Unpacker
from dipwatch.settings import Polling

__all__ = ["FetchRequest", "FetchResult", "Fetcher", "HttpFetcher"]

MAX_REDIRECTS = 5
LONGEST_HOLD = timedelta(days=1)
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_ASKING_TO_WAIT = frozenset({429, 503})
_KEPT_HEADERS = ("etag", "last-modified", "cache-control", "expires", "date", "age", "content-type", "retry-after")
_BY_STATUS = {
    304: Outcome.NOT_MODIFIED,
    401: Outcome.UNAUTHORIZED,
    403: Outcome.FORBIDDEN,
    404: Outcome.NOT_FOUND,
    410: Outcome.GONE,
    429: Outcome.TOO_MANY_REQUESTS,
    503: Outcome.UNAVAILABLE,
}
_BY_HUNDRED = {2: Outcome.OK, 4: Outcome.CLIENT_ERROR, 5: Outcome.SERVER_ERROR}


@dataclass(slots=True)
class _Trip:
    """One fetch on its way through redirects."""

    request: FetchRequest
    url: URL
    hops: int = 0
    permanent: bool = True
    seen: list[URL] = field(default_factory=list)
    spent: float = 0.0
    """Seconds spent on requests; waiting for a host's turn does not count against the deadline."""

    def headers(self) -> dict[str, str]:
        """Return what to send to the present address; what is private goes to its origin only."""
        request = self.request
        headers = {"User-Agent": request.user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate, br"}
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        if _same_origin(URL(request.url), self.url):
            headers.update(request.private)
        return headers

    def follow(self, location: str, status: int) -> None:
        """Go where a redirect points; raises FeedError when it leads round in circles or nowhere."""
        self.seen.append(self.url)
        self.hops += 1
        self.permanent = self.permanent and status in _PERMANENT
        target = self.url.join(_parsed_url(location))
        _check_scheme(target)
        self.url = target.with_user(None).with_fragment(None)
        if self.url in self.seen or self.hops > MAX_REDIRECTS:
            raise FeedError(Outcome.REDIRECT_LOOP, f"after {self.hops} redirects, at {self.url.host}")

    def ended(self, outcome: Outcome, detail: str = "", *, answer: _Answer | None = None) -> FetchResult:
        """Return the result of the trip."""
        return FetchResult(
            outcome=outcome,
            url=str(self.url),
            status=answer.status if answer else None,
            headers=answer.headers if answer else {},
            body=answer.body if answer else b"",
            moved_to=str(self.url) if self.hops and self.permanent else None,
            retry_after=answer.retry_after if answer else None,
            seconds=round(self.spent, 3),
            detail=detail,
        )


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    location: str | None
    retry_after: timedelta | None
    body: bytes


class HttpFetcher:
    """The real fetcher: an async context manager that keeps connections open between fetches."""

    def __init__(self, settings: Polling, *, clock: Clock | None = None) -> None:
        """Proxies are taken from the environment (``http_proxy``, ``https_proxy``, ``no_proxy``)."""
        self._settings = settings
        self._clock = clock or SystemClock()
        self._guard = AddressGuard(settings.allow_networks)
        self._gate = HostGate(settings.host_spacing)
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._proxies = getproxies()
        self._stack = AsyncExitStack()
        self._direct: aiohttp.ClientSession
        self._proxied: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        """Open the pools of connections; one is for proxies, which may well have private addresses."""
        guarded = aiohttp.TCPConnector(limit=0, socket_factory=self._guard)
        self._direct = await self._stack.enter_async_context(self._session(guarded))
        self._proxied = await self._stack.enter_async_context(self._session(aiohttp.TCPConnector(limit=0)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        await self._stack.aclose()

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Return what came of the request; what feeds, networks and publishers do wrong is in the outcome."""
        try:
            trip = _Trip(request, _parsed_url(request.url))
            _check_scheme(trip.url)
        except FeedError as error:
            return FetchResult(Outcome(error.outcome), request.url, detail=error.detail)
        try:
            return await self._travel(trip)
        except (FeedError, TooLargeError, BadEncodingError, aiohttp.ClientError, OSError, ValueError) as error:
            outcome, detail = _named(error)
            return trip.ended(outcome, detail)

    async def _travel(self, trip: _Trip) -> FetchResult:
        while True:
            host = trip.url.host or ""
            async with self._gate.turn(host) as held:
                if held:
                    return FetchResult(Outcome.HELD, str(trip.url), retry_after=held, detail=f"{host} asked to wait")
                answer = await self._within_bounds(trip)
            if answer.retry_after and answer.status in _ASKING_TO_WAIT:
                self._gate.hold(host, min(answer.retry_after, LONGEST_HOLD))
            if answer.location is None:
                return trip.ended(_outcome_of(answer.status), _detail_of(answer.status), answer=answer)
            trip.follow(answer.location, answer.status)

    async def _within_bounds(self, trip: _Trip) -> _Answer:
        async with self._slots:
            started = time.monotonic()
            try:
                async with asyncio.timeout(max(0.0, self._settings.deadline.total_seconds() - trip.spent)):
                    return await self._exchange(trip)
            finally:
                trip.spent += time.monotonic() - started

    async def _exchange(self, trip: _Trip) -> _Answer:
        proxy = self._proxy(trip.url)
        session = self._proxied if proxy else self._direct
        ours = _proxy_headers(proxy)
        async with session.get(
            trip.url,
            headers=trip.headers() | (ours if trip.url.scheme == "http" else {}),
            allow_redirects=False,
            proxy=proxy.with_user(None) if proxy else None,
            proxy_headers=ours,  # sent where a tunnel is asked for: https
        ) as response:
            good = response.status // 100 == 2  # noqa: PLR2004 (2xx)
            return _Answer(
                status=response.status,
                headers={name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
                location=response.headers.get("location") if response.status in _REDIRECTS else None,
                retry_after=parse_retry_after(response.headers.get("retry-after"), self._clock.now()),
                body=await self._body(response) if good else b"",
            )

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        limit = self._settings.max_bytes
        if (response.content_length or 0) > limit:
            raise TooLargeError(f"{response.content_length} bytes announced, {limit} allowed")
        unpacker = Unpacker(response.headers.get("content-encoding", ""), limit)
        async for chunk in response.content.iter_any():
            unpacker.add(chunk)
        return unpacker.body()

    def _proxy(self, url: URL) -> URL | None:
        """Return the proxy for ``url``.

        A proxy looks names up itself, so of what it connects to only literal addresses can be checked here.
        """
        host = url.host or ""
        address = self._proxies.get(url.scheme) or self._proxies.get("all")
        if not address or proxy_bypass(host):
            return None
        if _is_address(host) and not self._guard.allows(host):
            raise BlockedAddressError(host)
        return URL(address)

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        settings = self._settings
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,  # it would also send what .netrc holds
            timeout=aiohttp.ClientTimeout(
                total=None,
                sock_connect=settings.connect_timeout.total_seconds(),
                sock_read=settings.read_timeout.total_seconds(),
            ),
        )


def _parsed_url(text: str) -> URL:
    try:
        return URL(text)
    except ValueError as error:
        raise FeedError(Outcome.BAD_URL, str(error)) from error


def _check_scheme(url: URL) -> None:
    if url.scheme not in {"http", "https"}:
        raise FeedError(Outcome.UNSUPPORTED_SCHEME, f"{url.scheme or 'no scheme'}: only http and https are fetched")
    if not url.host:
        raise FeedError(Outcome.BAD_URL, "no host in the address")


def _same_origin(home: URL, url: URL) -> bool:
    """Tell whether ``url`` is where the secrets belong: the same origin, or its own step up to https."""
    upgraded = home.scheme == "http" and url.scheme == "https" and home.is_default_port() and url.is_default_port()
    return home.host == url.host and (home.origin() == url.origin() or upgraded)


def _proxy_headers(proxy: URL | None) -> dict[str, str]:
    return {"Proxy-Authorization": basic_auth(proxy.user, proxy.password or "")} if proxy and proxy.user else {}


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _outcome_of(status: int) -> Outcome:
    return _BY_STATUS.get(status) or _BY_HUNDRED.get(status // 100, Outcome.BAD_RESPONSE)


def _detail_of(status: int) -> str:
    return "" if _outcome_of(status).fine else f"HTTP {status}"


def _named(error: Exception) -> tuple[Outcome, str]:  # noqa: PLR0911 (one line for each name is the shortest to read)
    """Return the outcome an error stands for, and what to tell about it."""
    if isinstance(error, FeedError):
        return Outcome(error.outcome), error.detail
    if isinstance(error, TooLargeError):
        return Outcome.TOO_LARGE, str(error)
    if isinstance(error, BadEncodingError):
        return Outcome.BAD_ENCODING, str(error)
    if isinstance(error, TimeoutError):
        return Outcome.TIMEOUT, str(error) or "the deadline passed"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return Outcome.TLS_FAILURE, _tls_fault(error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return _named_connection(error)
    if isinstance(error, BlockedAddressError):
        return Outcome.BLOCKED_ADDRESS, _blocked(error.address, error.address)
    if isinstance(error, aiohttp.InvalidURL | UnicodeError):  # the latter from host names that can't be written in DNS
        return Outcome.BAD_URL, str(error)
    if isinstance(error, aiohttp.ClientResponseError | ValueError):
        return Outcome.BAD_RESPONSE, str(error)
    return Outcome.RESET, str(error) or type(error).__name__


def _blocked(host: str, address: str) -> str:
    """Say which address was refused and what would allow it; of a name, where it leads."""
    what = "is not public" if host == address else f"leads to {address}, which is not public"
    return f"{host} {what}: feeds may lie in a network of your own only where polling.allow_networks opens it"


def _tls_fault(error: Exception) -> str:
    """Return what is wrong with the connection's encryption: an expired certificate, another host's, nobody's."""
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    host = getattr(error, "host", "")
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"{host}: its certificate is refused: {cause.verify_message.rstrip('.')}"
    reason = getattr(cause, "reason", None)
    return f"{host}: {reason.replace('_', ' ').lower()}" if isinstance(reason, str) else str(error)


def _named_connection(error: aiohttp.ClientConnectorError) -> tuple[Outcome, str]:
    cause = error.os_error
    if isinstance(cause, BlockedAddressError):
        return Outcome.BLOCKED_ADDRESS, _blocked(error.host, cause.address)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Outcome.DNS_FAILURE, f"{error.host}: {cause}"
    if isinstance(cause, ConnectionRefusedError):
        return Outcome.REFUSED, f"{error.host}:{error.port}"
    return Outcome.UNREACHABLE, f"{error.host}: {cause}"
