"""What only the network can tell: the time, and whether receivers' servers can be reached. Nothing is sent to them."""

from __future__ import annotations

import asyncio
import socket
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from dipwatch.alerts import words
from dipwatch.cli.findings import Finding
from dipwatch.config import LoadedConfig
from dipwatch.errors import ConfigError, Problem
from dipwatch.feeds.feed import Feed
from dipwatch.feeds.fetch import HttpFetcher
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.request import FetchResult, request_for
from dipwatch.secret_reference import resolve_secret

_ASKED = 5
"""Feeds, each of another host: one server's clock may be wrong."""
_APART = timedelta(minutes=1)
_PATIENCE = 5.0
"""Seconds to connect."""
_DEFAULT_PORTS = {True: 443, False: 80}


def examine_clock_online(loaded: LoadedConfig, feeds: tuple[Feed, ...]) -> Finding:
    """Compare the clock with the dates that feeds' servers give in their answers."""
    asked = _of_different_hosts(feeds)
    results = asyncio.run(_fetched(loaded, asked))
    offsets = [offset for result, at in results if (offset := _offset(result, at)) is not None]
    if asked and not any(result.status for result, _ in results):
        outcomes = ", ".join(sorted({str(result.outcome) for result, _ in results}))
        mend = "look at the network, the resolver, a proxy"
        return Finding(
            "network", "", (Problem("network", f"no feed can be reached ({outcomes})", mend),), of_machine=True
        )
    if not offsets:
        return Finding("network", "no feed's server tells the time")
    apart = timedelta(seconds=statistics.median(offset.total_seconds() for offset in offsets))
    about = f"{len(offsets)} servers' clocks are {words.duration(abs(apart))} off ours"
    if abs(apart) <= _APART:
        return Finding("network", f"{len(offsets)} servers' clocks agree with ours")
    problem = Problem("clock", about, "see that it is set by the network (timedatectl)")
    return Finding("network", about, (problem,), of_machine=True)


def _of_different_hosts(feeds: tuple[Feed, ...]) -> list[Feed]:
    """Return some feeds that need no secret, which might not be there, each of another host."""
    hosts = {
        urlsplit(feed.url).hostname: feed for feed in feeds if feed.enabled and not (feed.headers or feed.password)
    }
    return list(hosts.values())[:_ASKED]


async def _fetched(loaded: LoadedConfig, feeds: list[Feed]) -> list[tuple[FetchResult, datetime]]:
    """Fetch feeds; each result with the time at which it came."""

    async def fetch(feed: Feed) -> tuple[FetchResult, datetime]:
        result = await fetcher.fetch(request_for(feed, FeedMemory.fresh(feed), loaded.config.polling))
        return result, datetime.now(UTC)

    async with HttpFetcher(loaded.config.polling) as fetcher:
        return await asyncio.gather(*map(fetch, feeds))


def _offset(result: FetchResult, at: datetime) -> timedelta | None:
    """Return how far a server's clock is ahead of ours; None where it doesn't tell, or a cache may have answered."""
    try:
        told = parsedate_to_datetime(result.headers["date"])
    except (KeyError, ValueError):
        return None
    return None if told.tzinfo is None or "age" in result.headers else told - at


def examine_receivers_online(loaded: LoadedConfig) -> Finding:
    """Try to connect to the servers of receivers."""
    problems: list[Problem] = []
    reached: list[str] = []
    for receiver in loaded.config.alerts.receivers:
        try:
            place = _server(resolve_secret(receiver.url))
        except ConfigError:
            continue  # named where receivers are checked
        if place is None:
            continue
        fault = _fault(*place)
        if fault:
            what = f"its server can't be reached ({fault})"
            problems.append(Problem(f"receiver {receiver.name}", what, "correct its URL, or look at the network"))
        else:
            reached.append(receiver.name)
    about = f"{', '.join(reached) or 'none'} can be reached"
    return Finding("servers", about, tuple(problems), of_machine=True)


def _server(url: str) -> tuple[str, int] | None:
    """Return host and port that apprise would connect to; None where that can't be told beforehand."""
    import apprise  # noqa: PLC0415 (takes a third of a second)

    plugin = apprise.Apprise.instantiate(url)
    return next(_candidates(plugin), None) if plugin else None


def _candidates(plugin: Any) -> Iterator[tuple[str, int]]:  # noqa: ANN401 (apprise is not typed)
    """Yield where a plugin connects to. Only what it is known to use as a host: in some URLs a token stands there."""
    if smtp := getattr(plugin, "smtp_host", None):
        yield str(smtp), int(plugin.port)
    for name in ("webhook_url", "notify_url"):
        parts = urlsplit(str(getattr(plugin, name, "")))
        if parts.scheme in {"http", "https"} and parts.hostname and "{" not in parts.netloc:
            yield parts.hostname, parts.port or _DEFAULT_PORTS[parts.scheme == "https"]
    if any("{host}" in str(template) for template in getattr(plugin, "templates", ())) and plugin.host:
        yield str(plugin.host), int(plugin.port or _DEFAULT_PORTS[bool(plugin.secure)])


def _fault(host: str, port: int) -> str:
    """Say why a server can't be reached, in a word that holds no address; empty where it can."""
    try:
        with socket.create_connection((host, port), timeout=_PATIENCE):
            return ""
    except OSError as error:
        return "the name is unknown" if isinstance(error, socket.gaierror) else error.strerror or type(error).__name__
