from __future__ import annotations

import asyncio
import base64
import json
import resource
import time
from collections.abc import Mapping
from datetime import timedelta

import pytest

from dipwatch import __version__
from dipwatch.feeds.feed import Feed
from dipwatch.feeds.fetch import HttpFetcher
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.request import FetchRequest, FetchResult, request_for
from dipwatch.model import SourceKind
from dipwatch.settings import Polling

LOOPBACK = ("127.0.0.0/8",)
QUICK = Polling(
    allow_networks=LOOPBACK,
    host_spacing=timedelta(0),
    deadline=timedelta(seconds=5),
    connect_timeout=timedelta(seconds=2),
    read_timeout=timedelta(seconds=2),
    max_bytes=1_000_000,
)
NAME_WITH_LOOPBACK_ADDRESS = "localhost"


def fetch(*requests: FetchRequest | str, settings: Polling = QUICK) -> list[FetchResult]:
    """Fetch one after the other with one fetcher."""

    async def run() -> list[FetchResult]:
        async with HttpFetcher(settings) as fetcher:
            return [await fetcher.fetch(ask(one) if isinstance(one, str) else one) for one in requests]

    return asyncio.run(run())


def ask(url: str, private: Mapping[str, str] | None = None, etag: str | None = None) -> FetchRequest:
    return FetchRequest(url, "test/1", etag=etag, private=private or {})


def settings(**changes: object) -> Polling:
    return Polling.model_validate(QUICK.model_dump() | changes)


def elsewhere(server: str) -> str:
    """Return another host that leads to the same server."""
    return server.replace("127.0.0.1", "127.0.0.2")


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/status/401", Outcome.UNAUTHORIZED),
        ("/status/403", Outcome.FORBIDDEN),
        ("/status/404", Outcome.NOT_FOUND),
        ("/status/410", Outcome.GONE),
        ("/status/418", Outcome.CLIENT_ERROR),
        ("/status/429", Outcome.TOO_MANY_REQUESTS),
        ("/status/500", Outcome.SERVER_ERROR),
        ("/status/502", Outcome.SERVER_ERROR),
        ("/status/503", Outcome.UNAVAILABLE),
        ("/status/301", Outcome.BAD_RESPONSE),
        ("/chain/4", Outcome.OK),
        ("/chain/5", Outcome.REDIRECT_LOOP),
        ("/redirect/302?to=/redirect/302?to=/feed", Outcome.OK),
        ("/redirect/301?to=file:///etc/passwd", Outcome.UNSUPPORTED_SCHEME),
        ("/redirect/301?to=javascript:0", Outcome.UNSUPPORTED_SCHEME),
        ("/redirect/301?to=http://[", Outcome.BAD_URL),
        ("/redirect/301?to=http://10.0.0.1/feed", Outcome.BLOCKED_ADDRESS),
        ("/redirect/301?to=http://[::1]/feed", Outcome.BLOCKED_ADDRESS),
        ("/redirect/301?to=http://[::ffff:10.0.0.1]/feed", Outcome.BLOCKED_ADDRESS),
        ("/redirect/301?to=http://169.254.169.254/latest/meta-data", Outcome.BLOCKED_ADDRESS),
        ("/half", Outcome.RESET),
        ("/stall", Outcome.TIMEOUT),
        ("/endless", Outcome.TOO_LARGE),
        ("/body/big-announced", Outcome.TOO_LARGE),
        ("/body/bomb", Outcome.TOO_LARGE),
        ("/body/br-bomb", Outcome.TOO_LARGE),
        ("/body/not-gzip", Outcome.BAD_ENCODING),
        ("/body/unknown-encoding", Outcome.BAD_ENCODING),
    ],
)
def test_every_answer_has_its_name(server: str, path: str, outcome: Outcome) -> None:
    (result,) = fetch(server + path)
    assert (result.outcome, result.body and outcome) == (outcome, result.body and Outcome.OK)


def test_a_circle_of_redirects_is_seen_at_once(server: str) -> None:
    (result,) = fetch(f"{server}/redirect/301?to=/redirect/301?to=/redirect/301")
    assert result.outcome in {Outcome.REDIRECT_LOOP, Outcome.SERVER_ERROR}
    (itself,) = fetch(f"{server}/redirect/302?to=")
    assert itself.outcome is Outcome.REDIRECT_LOOP


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("file:///etc/passwd", Outcome.UNSUPPORTED_SCHEME),
        ("feed://paper.example/rss", Outcome.UNSUPPORTED_SCHEME),
        ("http:///feed", Outcome.BAD_URL),
        ("http://paper.example:port/", Outcome.BAD_URL),
        ("http://nowhere.invalid/feed", Outcome.DNS_FAILURE),
        ("http://127.1/feed", Outcome.BAD_URL),
        ("http://paper..example/feed", Outcome.BAD_URL),
        (f"http://{'a' * 70}.example/feed", Outcome.BAD_URL),
    ],
)
def test_addresses_that_lead_nowhere_have_names(url: str, outcome: Outcome) -> None:
    assert [result.outcome for result in fetch(url)] == [outcome]


def test_a_closed_port_is_refused_and_plain_http_is_no_tls(server: str, closed_port: int) -> None:
    refused, no_tls = fetch(f"http://127.0.0.1:{closed_port}/", server.replace("http:", "https:") + "/feed")
    assert (refused.outcome, no_tls.outcome) == (Outcome.REFUSED, Outcome.TLS_FAILURE)


@pytest.mark.parametrize("host", ["127.0.0.1", NAME_WITH_LOOPBACK_ADDRESS])
def test_by_default_only_public_addresses_are_connected_to(server: str, host: str) -> None:
    url = server.replace("127.0.0.1", host) + "/feed"
    blocked = fetch(url, settings=settings(allow_networks=()))[0]
    assert (blocked.outcome, blocked.status) == (Outcome.BLOCKED_ADDRESS, None)
    allowed = fetch(url, settings=settings(allow_networks=("127.0.0.0/8", "::1/128")))[0]
    assert allowed.outcome is Outcome.OK


def test_a_redirect_inside_is_blocked_where_only_its_origin_is_allowed(server: str) -> None:
    (result,) = fetch(
        f"{server}/redirect/301?to={elsewhere(server)}/feed", settings=settings(allow_networks=("127.0.0.1/32",))
    )
    assert result.outcome is Outcome.BLOCKED_ADDRESS
    assert "127.0.0.2" in result.detail


def test_validators_are_sent_back_and_a_304_has_no_body(server: str) -> None:
    first = fetch(f"{server}/feed")[0]
    assert (first.headers["etag"], first.headers["cache-control"]) == ('"v1"', "max-age=600")
    again = fetch(ask(f"{server}/feed", etag=first.headers["etag"]))[0]
    assert (again.outcome, again.status, again.body) == (Outcome.NOT_MODIFIED, 304, b"")


@pytest.mark.parametrize("name", ["gzip", "gzip-members", "deflate", "raw-deflate", "br"])
def test_compressed_bodies_are_unpacked(server: str, name: str) -> None:
    plain, packed = fetch(f"{server}/feed", f"{server}/body/{name}")
    assert packed.body == plain.body


def test_a_bomb_of_300_megabytes_costs_next_to_nothing(server: str) -> None:
    fetch(f"{server}/body/bomb")  # the server's own cost of making it is in this one
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (result,) = fetch(f"{server}/body/bomb", settings=settings(max_bytes=5_000_000))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert (result.outcome, grown < 50_000) == (Outcome.TOO_LARGE, True)


def test_the_deadline_ends_a_drip_that_no_read_timeout_would(server: str) -> None:
    started = time.monotonic()
    (result,) = fetch(f"{server}/drip", settings=settings(deadline=timedelta(seconds=0.5)))
    assert (result.outcome, time.monotonic() - started < 3) == (Outcome.TIMEOUT, True)


def test_only_a_chain_of_permanent_redirects_moves_a_feed(server: str) -> None:
    moved, passing = fetch(f"{server}/chain/2", f"{server}/redirect/301?to=/redirect/302?to=/feed")
    assert (moved.moved_to, passing.moved_to) == (f"{server}/feed", None)
    assert passing.url == f"{server}/feed"


@pytest.mark.parametrize(("path", "least"), [("/status/429?Retry-After=3600", 3590), ("/until/503", 3590)])
def test_a_host_that_asks_to_wait_is_left_alone_by_all_its_feeds(server: str, path: str, least: int) -> None:
    asked, held, other = fetch(server + path, f"{server}/feed", f"{elsewhere(server)}/feed")
    assert asked.retry_after is not None
    assert least <= asked.retry_after.total_seconds() <= 3600
    assert (held.outcome, held.retry_after is not None, held.status) == (Outcome.HELD, True, None)
    assert other.outcome is Outcome.OK


def test_secrets_stay_at_their_origin(server: str) -> None:
    private = {"Authorization": "Basic eDp5", "X-Token": "secret"}
    home, away = fetch(
        ask(f"{server}/redirect/302?to=/echo", private),
        ask(f"{server}/redirect/302?to={elsewhere(server)}/echo", private),
    )
    assert json.loads(home.body).items() >= private.items()
    assert not set(json.loads(away.body)) & set(private)


def test_another_port_of_the_same_host_is_not_trusted_with_secrets(server: str, closed_port: int) -> None:
    request = ask(f"http://127.0.0.1:{closed_port}/", {"X-Token": "secret"})
    assert "secret" not in repr(request)
    origin = ask(f"{server}/redirect/302?to={server.replace('127.0.0.1', 'localhost')}/echo", {"X-Token": "secret"})
    (result,) = fetch(origin, settings=settings(allow_networks=("127.0.0.0/8", "::1/128")))
    assert "X-Token" not in json.loads(result.body)


def test_a_feeds_own_headers_and_password_come_from_secrets(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    monkeypatch.setenv("FEED_PASSWORD", "open sesame")
    password = "env:FEED_PASSWORD"  # noqa: S105 (a reference)
    headers = (("X-Key", password),)
    address = f"{server}/echo"
    feed = Feed("a", address, "Paper", SourceKind.WIRE, headers=headers, username="ann", password=password)
    request = request_for(feed, FeedMemory.fresh(feed), settings(contact="ops@ngo.example"))
    sent = json.loads(fetch(request)[0].body)
    assert sent["User-Agent"] == f"dipwatch/{__version__} (+ops@ngo.example)"
    assert base64.b64decode(sent["Authorization"].removeprefix("Basic ")) == b"ann:open sesame"
    assert sent["X-Key"] == "open sesame"
    assert "sesame" not in repr(request)


def test_a_proxy_of_the_environment_is_used_though_its_address_is_private(
    monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    monkeypatch.setenv("http_proxy", server.replace("http://", "http://ann:secret@"))
    monkeypatch.setenv("no_proxy", "direct.invalid")
    closed = settings(allow_networks=())
    through, literal, direct = fetch(
        "http://paper.example/echo", "http://10.0.0.1/echo", "http://direct.invalid/echo", settings=closed
    )
    assert (through.outcome, json.loads(through.body)["Host"]) == (Outcome.OK, "paper.example")
    assert "Proxy-Authorization" in json.loads(through.body)
    assert (literal.outcome, direct.outcome) == (Outcome.BLOCKED_ADDRESS, Outcome.DNS_FAILURE)


def test_one_request_at_a_time_goes_to_a_host_with_a_pause_between(server: str) -> None:
    async def run() -> tuple[float, float]:
        async with HttpFetcher(settings(host_spacing=timedelta(seconds=0.2))) as fetcher:
            started = time.monotonic()
            await asyncio.gather(*(fetcher.fetch(ask(f"{server}/feed")) for _ in range(3)))
            same_host = time.monotonic() - started
            hosts = [server.replace("127.0.0.1", f"127.0.1.{n}") for n in range(1, 4)]
            await asyncio.gather(*(fetcher.fetch(ask(f"{host}/feed")) for host in hosts))
            return same_host, time.monotonic() - started - same_host

    same_host, other_hosts = asyncio.run(run())
    assert same_host >= 0.4
    assert other_hosts < 0.4


def test_a_slow_host_keeps_nobody_waiting_but_its_own_feeds(server: str) -> None:
    async def run() -> Outcome:
        async with HttpFetcher(settings(concurrency=2, host_spacing=timedelta(seconds=30))) as fetcher:
            slow = [asyncio.create_task(fetcher.fetch(ask(f"{server}/feed"))) for _ in range(5)]
            result = await asyncio.wait_for(fetcher.fetch(ask(f"{elsewhere(server)}/feed")), timeout=5)
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
            return result.outcome

    assert asyncio.run(run()) is Outcome.OK
