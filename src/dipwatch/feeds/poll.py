"""One poll of one feed: fetch, parse, entries, and what is to be remembered.

No database and no clock: the feed's memory and ``now`` go in, entries, the new memory and events come out.
"""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from dipwatch.errors import ConfigError
from dipwatch.feeds.dates import Shift, recognise_shift
from dipwatch.feeds.entries import Entry, to_entries
from dipwatch.feeds.feed import Feed
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parse import parse_feed
from dipwatch.feeds.parsed import ParsedFeed, ParseLimits
from dipwatch.feeds.request import Fetcher, FetchResult, request_for
from dipwatch.feeds.schedule import Polled, cache_seconds, next_poll, rhythm_of
from dipwatch.settings import Polling

MOVED_AFTER = 3
"""Polls in a row that must lead to the same new address before it is taken for the feed's."""
BROKEN_AFTER = 5
"""Failures in a row after which the operator is told."""

Parse = Callable[[bytes, str, str, ParseLimits], Awaitable[ParsedFeed]]
"""Parses (body, content type, address, limits), wherever and under whatever deadline; may raise TimeoutError."""

_log = logging.getLogger(__name__)


class FeedEventName(StrEnum):
    """What can happen to a feed that its operator should know."""

    MOVED = "moved"
    GONE = "gone"
    BROKEN = "broken"
    RECOVERED = "recovered"
    HOLE = "hole"


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """Something that happened to a feed."""

    event: FeedEventName
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What came of a poll."""

    outcome: Outcome
    entries: tuple[Entry, ...]
    state: dict[str, Any]
    """Values for the feed's row, by column; without ``next_poll_at`` where the feed has ended (``gone_at``)."""
    events: tuple[FeedEvent, ...]
    detail: str = ""


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
        self._count(result)
        entries: tuple[Entry, ...] = ()
        if result.outcome.fine:
            self._remember(result)
            entries = self._learn(parsed, result.url) if parsed else ()
        hole = any(event.event is FeedEventName.HOLE for event in self.events)
        due = next_poll(self.now, self.memory, Polled(result.outcome, result.retry_after, hole), settings, rng)
        state = self.memory.columns() | ({"next_poll_at": due} if due else {})
        return PollOutcome(result.outcome, entries, state, tuple(self.events), result.detail)

    def _tell(self, event: FeedEventName, detail: str) -> None:
        self.events.append(FeedEvent(event, detail))

    def _count(self, result: FetchResult) -> None:
        """Note the outcome, and count it where it is a failure."""
        fine, gone = result.outcome.fine, result.outcome is Outcome.GONE
        before = self.memory.error_streak
        streak = 0 if fine else before + 1
        if gone:
            self._tell(FeedEventName.GONE, f"{result.url} answers 410: the publisher has ended it")
        elif streak == BROKEN_AFTER:
            self._tell(FeedEventName.BROKEN, f"{streak} failures in a row, the last {_said(result)}")
        elif fine and before >= BROKEN_AFTER:
            self._tell(FeedEventName.RECOVERED, f"after {before} failures")
        self.memory = replace(
            self.memory,
            # An address that a redirect had led to may go bad: now and then the configured one is asked again.
            url=self.feed.url if streak and streak % BROKEN_AFTER == 0 else self.memory.url,
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
            self._tell(FeedEventName.MOVED, f"from {memory.url} to {moved_to} for good; correct the feed list")
            self.memory = replace(memory, url=moved_to, moved_to=None, moved_polls=0)

    def _learn(self, parsed: ParsedFeed, url: str) -> tuple[Entry, ...]:
        """Return the entries, and keep what they say of the feed: its hints, its dates, its rhythm."""
        memory = self.memory
        given = (raw.published for raw in parsed.entries if raw.published)
        shift = recognise_shift(given, self.now, _known_shift(memory.hints))
        entries = to_entries(parsed, url=url, language=self.feed.language, now=self.now, shift=shift)
        # An entry dated "now" is one whose date was in the future: it says nothing about when the feed publishes.
        dates = [entry.published_at for entry in entries if entry.published_at and entry.published_at < self.now]
        if parsed.outcome is Outcome.OK:
            self._look_for_hole(dates)
        hints = {name: value for name, value in memory.hints.items() if name in {"max_age", "newest"}} | parsed.hints
        if dates:
            hints["newest"] = max(memory.hints.get("newest", 0.0), max(dates).timestamp())
        if shift.seen_at is not None:
            hints |= {"shift": shift.hours, "shift_seen": shift.seen_at.timestamp()}
        rhythm = rhythm_of(dates)
        self.memory = replace(
            memory,
            rhythm_seconds=memory.rhythm_seconds if rhythm is None else rhythm,
            hints=hints,
        )
        return entries

    def _look_for_hole(self, dates: list[datetime]) -> None:
        """Tell of a hole: the oldest entry is newer than the newest one known, so some may have come and gone."""
        newest = self.memory.hints.get("newest")
        if newest is not None and dates and min(dates).timestamp() > newest:
            known = datetime.fromtimestamp(newest, UTC)
            between = f"{known:%Y-%m-%d %H:%M} and {min(dates):%Y-%m-%d %H:%M} UTC"
            self._tell(FeedEventName.HOLE, f"what it published between {between} may have been missed")


def _said(result: FetchResult) -> str:
    return f"{result.outcome}: {result.detail}" if result.detail else str(result.outcome)


def _known_shift(hints: Mapping[str, float]) -> Shift:
    seen = hints.get("shift_seen")
    return Shift() if seen is None else Shift(int(hints.get("shift", 0)), datetime.fromtimestamp(seen, UTC))


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _printable(value: str | None) -> str | None:
    """Return a validator that can be sent back as it came, or None."""
    return value if value and value.isascii() and value.isprintable() else None
