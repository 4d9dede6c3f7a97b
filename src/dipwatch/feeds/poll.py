"""One poll of one feed: fetch, parse, entries, and what is to be remembered.

No database and no clock: the feed's memory and ``now`` go in, entries, the new memory and events come out.
"""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from dipwatch.errors import ConfigError
from dipwatch.feeds.dates import recognise_shift
from dipwatch.feeds.entries import Entry, to_entries
from dipwatch.feeds.events import FeedEvent, FeedEventName
from dipwatch.feeds.feed import Feed
from dipwatch.feeds.health import judge
from dipwatch.feeds.learning import known_shift, learn
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parse import parse_feed
from dipwatch.feeds.parsed import ParsedFeed, ParseLimits
from dipwatch.feeds.request import Fetcher, FetchResult, request_for
from dipwatch.feeds.schedule import LONGEST_WAIT, Polled, cache_seconds, has_hole, next_poll
from dipwatch.settings import Polling

MOVED_AFTER = 3
"""Polls in a row that must lead to the same new address before it is taken for the feed's."""
ASK_HOME_EVERY = 5
"""Failures in a row after which the configured address is asked again, where a redirect had led elsewhere."""

Parse = Callable[[bytes, str, str, ParseLimits], Awaitable[ParsedFeed]]
"""Parses (body, content type, address, limits), wherever and under whatever deadline; may raise TimeoutError."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What came of a poll."""

    outcome: Outcome
    entries: tuple[Entry, ...]
    state: dict[str, Any]
    """Values for the feed's row, by column; without ``next_poll_at`` where the feed has ended (``gone_at``)."""
    events: tuple[FeedEvent, ...]
    detail: str = ""
    hold: tuple[str, datetime] | None = None
    """A host that asked to be left alone, and until when: no feed of it is due before."""


async def parse_here(body: bytes, content_type: str, url: str, limits: ParseLimits) -> ParsedFeed:
    """Parse in this process, with no deadline: for tests and one-off commands."""
    return parse_feed(body, content_type=content_type, url=url, limits=limits)


async def poll_feed(
    feed: Feed,
    memory: FeedMemory,
    fetcher: Fetcher,
    now: datetime,
    settings: Polling,
    *,
    parse: Parse = parse_here,
    rng: random.Random | None = None,
) -> PollOutcome:
    """Poll ``feed`` at ``now``; what is wrong with it, or with reading it, is in the outcome, and nothing is raised."""
    result = await _fetched(feed, memory, fetcher, settings)
    unchanged = result.outcome is Outcome.OK and _digest(result.body) == memory.body_hash
    if unchanged:
        result = replace(result, outcome=Outcome.UNCHANGED)
    parsed = None
    if result.outcome is Outcome.OK:
        parsed = await _parsed(feed, result, parse, settings)
        result = replace(result, outcome=parsed.outcome, detail="; ".join(parsed.notes))
    return _Poll(feed, now, memory).conclude(result, parsed, settings, rng or random.Random())


async def _fetched(feed: Feed, memory: FeedMemory, fetcher: Fetcher, settings: Polling) -> FetchResult:
    try:
        request = request_for(feed, memory, settings)
    except ConfigError as error:
        return FetchResult(Outcome.MISCONFIGURED, memory.url, detail=str(error))
    try:
        return await fetcher.fetch(request)
    except Exception as error:  # noqa: BLE001 (the edge: what nobody thought of must not fell the poller)
        _log.exception("a feed could not be fetched", extra={"feed": feed.id, "url": memory.url})
        return FetchResult(Outcome.FETCH_FAILED, memory.url, detail=type(error).__name__)


async def _parsed(feed: Feed, result: FetchResult, parse: Parse, settings: Polling) -> ParsedFeed:
    limits = ParseLimits(max_items=settings.max_items)
    try:
        return await parse(result.body, result.headers.get("content-type", ""), result.url, limits)
    except TimeoutError:
        return ParsedFeed(Outcome.PARSE_TIMEOUT, notes=("reading it took too long",))
    except Exception as error:  # noqa: BLE001 (the edge: a document that fells the parser must not fell the poller)
        _log.exception("a document could not be parsed", extra={"feed": feed.id, "url": result.url})
        return ParsedFeed(Outcome.PARSE_FAILED, notes=(f"{type(error).__name__} while reading it",))


@dataclass(slots=True)
class _Poll:
    """A poll that has ended, and what follows from it."""

    feed: Feed
    now: datetime
    memory: FeedMemory
    events: list[FeedEvent] = field(default_factory=list)

    def conclude(
        self, result: FetchResult, parsed: ParsedFeed | None, settings: Polling, rng: random.Random
    ) -> PollOutcome:
        """Return the outcome, with everything that is to be remembered."""
        if result.outcome is Outcome.HELD:
            due = next_poll(self.now, self.memory, Polled(Outcome.HELD, result.retry_after), settings, rng)
            return PollOutcome(Outcome.HELD, (), {"next_poll_at": due}, (), result.detail)
        last_success = self.memory.last_success_at
        self._count(result)
        entries: tuple[Entry, ...] = ()
        if result.outcome.fine:
            self._remember(result)
            entries = self._learn(parsed, result.url, last_success) if parsed else ()
        self._judge(result, settings)
        polled = Polled(result.outcome, result.retry_after, has_hole(self.memory, self.now))
        due = next_poll(self.now, self.memory, polled, settings, rng)
        state = self.memory.columns() | ({"next_poll_at": due} if due else {})
        hold = _hold(result, self.now)
        return PollOutcome(result.outcome, entries, state, tuple(self.events), result.detail, hold)

    def _tell(self, event: FeedEventName, detail: str) -> None:
        self.events.append(FeedEvent(event, detail))

    def _count(self, result: FetchResult) -> None:
        """Note the outcome, and count it where it is a failure."""
        fine, gone = result.outcome.fine, result.outcome is Outcome.GONE
        before = self.memory.error_streak
        streak = 0 if fine else before + 1
        if gone:
            what = f"{result.url} answers 410: its publisher has ended it, and it is not polled any more"
            self._tell(FeedEventName.GONE, f"{what}; `dipwatch feeds add SITE` finds another feed of its site")
        self.memory = replace(
            self.memory,
            # An address that a redirect had led to may go bad: now and then the configured one is asked again.
            url=self.feed.url if streak and streak % ASK_HOME_EVERY == 0 else self.memory.url,
            error_streak=streak,
            gone_at=self.now if gone else None,
            last_polled_at=self.now,
            last_success_at=self.now if fine else self.memory.last_success_at,
            last_outcome=str(result.outcome),
            last_detail=result.detail or None,
            last_status=result.status,
        )

    def _remember(self, result: FetchResult) -> None:
        """Keep what an answer says of itself: a new address, its cache lifetime, validators."""
        self._follow(result.moved_to)
        self._keep_cache_lifetime(result)
        if result.outcome is Outcome.TRUNCATED:
            # What is missing must come with the next poll: nothing may make the publisher say "not modified".
            self.memory = replace(self.memory, etag=None, last_modified=None, body_hash=None)
        elif result.outcome is not Outcome.NOT_MODIFIED:
            self.memory = replace(
                self.memory,
                etag=_printable(result.headers.get("etag")),
                last_modified=_printable(result.headers.get("last-modified")),
                body_hash=_digest(result.body),
            )

    def _keep_cache_lifetime(self, result: FetchResult) -> None:
        """Keep it; a 304 may leave it out where it has not changed."""
        age = cache_seconds(result.headers)
        if age is None and result.outcome is Outcome.NOT_MODIFIED:
            return
        rest = {name: value for name, value in self.memory.hints.items() if name != "max_age"}
        self.memory = replace(self.memory, hints=rest if age is None else {**rest, "max_age": age})

    def _follow(self, moved_to: str | None) -> None:
        """Count permanent redirects, and take the new address for the feed's once it has held."""
        memory = self.memory
        polls = memory.moved_polls + 1 if moved_to and moved_to == memory.moved_to else 1
        if moved_to is None:
            self.memory = replace(memory, moved_to=None, moved_polls=0)
        elif polls < MOVED_AFTER:
            self.memory = replace(memory, moved_to=moved_to, moved_polls=polls)
        else:
            what = f"from {memory.url} to {moved_to} for good, where it is polled from now on"
            self._tell(FeedEventName.MOVED, f"{what}; correct its address where it is listed")
            self.memory = replace(memory, url=moved_to, moved_to=None, moved_polls=0)

    def _learn(self, parsed: ParsedFeed, url: str, last_success: datetime | None) -> tuple[Entry, ...]:
        """Return the entries, and keep what they say of the feed: its hints, its dates, its rhythm, its window."""
        given = (raw.published for raw in parsed.entries if raw.published)
        shift = recognise_shift(given, self.now, known_shift(self.memory.hints))
        entries = to_entries(parsed, url=url, language=self.feed.language, now=self.now, shift=shift)
        self.memory, events = learn(self.memory, parsed, entries, shift, self.now, last_success=last_success)
        self.events.extend(events)
        return entries

    def _judge(self, result: FetchResult, settings: Polling) -> None:
        """Tell whether it breaks, falls silent or recovers with this poll."""
        self.memory, events = judge(
            self.memory, self.now, settings, feed=self.feed.id, fine=result.outcome.fine, said=_said(result)
        )
        self.events.extend(events)


def _hold(result: FetchResult, now: datetime) -> tuple[str, datetime] | None:
    asked = result.outcome in {Outcome.TOO_MANY_REQUESTS, Outcome.UNAVAILABLE}
    host = urlsplit(result.url).hostname
    return (host, now + min(result.retry_after, LONGEST_WAIT)) if asked and host and result.retry_after else None


def _said(result: FetchResult) -> str:
    return f"{result.outcome}: {result.detail}" if result.detail else str(result.outcome)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _printable(value: str | None) -> str | None:
    """Return a validator that can be sent back as it came, or None."""
    return value if value and value.isascii() and value.isprintable() else None
