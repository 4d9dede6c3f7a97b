"""The port of the network: what is asked of a feed's address and what comes back."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from dipwatch import __version__
from dipwatch.feeds.feed import Feed
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.outcome import Outcome
from dipwatch.secret_reference import resolve_secret
from dipwatch.settings import Polling


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch. ``private`` headers hold secrets: they go to the origin of ``url`` only and into no log."""

    url: str
    user_agent: str
    etag: str | None = None
    last_modified: str | None = None
    private: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What came of it. ``body`` is unpacked; ``headers`` are the few that matter, names in lower case."""

    outcome: Outcome
    url: str
    """The address that answered last."""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    moved_to: str | None = None
    """Where it lives now, when every redirect on the way was permanent (301, 308)."""
    retry_after: timedelta | None = None
    seconds: float = 0.0
    detail: str = ""


class Fetcher(Protocol):
    """Something that fetches; it never raises for what a feed or a network does."""

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Return what came of the request."""
        ...


def request_for(feed: Feed, memory: FeedMemory, settings: Polling) -> FetchRequest:
    """Return the request that polls ``feed``, secrets looked up.

    Raises ConfigError when a secret can't be found.
    """
    private = {name: resolve_secret(value) for name, value in feed.headers}
    if feed.username:
        private["Authorization"] = basic_auth(resolve_secret(feed.username), resolve_secret(feed.password))
    return FetchRequest(
        url=memory.url,
        user_agent=feed.user_agent or settings.user_agent or own_user_agent(settings.contact),
        etag=memory.etag,
        last_modified=memory.last_modified,
        private=private,
    )


def basic_auth(user: str, password: str) -> str:
    """Return the value of an Authorization header (RFC 7617, in UTF-8)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def own_user_agent(contact: str) -> str:
    """Return our name, with the operator's contact for publishers who want to complain."""
    return f"dipwatch/{__version__}" + (f" (+{contact})" if contact else "")
