"""Polling: due feeds are claimed together, polled side by side, and what they bring is stored together."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dipwatch.clock import Clock
from dipwatch.daemon.storing import Storing
from dipwatch.errors import DipwatchError
from dipwatch.feeds.entries import Entry
from dipwatch.feeds.feed import Feed
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.poll import Parse, PollOutcome, poll_feed
from dipwatch.feeds.request import Fetcher
from dipwatch.settings import Polling
from dipwatch.store import feeds as stored
from dipwatch.store.feed_events import FeedEvent
from dipwatch.store.feeds import FeedState, claim_due
from dipwatch.store.ingest import Entry as StoredEntry
from dipwatch.store.ingest import FeedUpdate, Ingested
from dipwatch.store.store import Store

log = logging.getLogger(__name__)

LONGEST_POLL = timedelta(minutes=5)
"""A poll that takes longer, waiting for its turn included, is given up; the claim on its feed ends then too."""
_MOMENT = 0.02
"""Seconds; polls that end within them make room for others that are claimed in one transaction."""
_AHEAD = 4
"""As many times the polls that run side by side are claimed, those included that wait for being stored.

They are claimed by the dozen, because a claim costs as much as several polls that bring nothing; and not by the
hundred, because other hosts could poll them, and what they brought lies in memory.
"""
_READ = frozenset({Outcome.OK, Outcome.TRUNCATED})


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll of one feed, and what it brought."""

    feed: str
    outcome: str
    detail: str
    fine: bool
    entries: int = 0
    new_items: int = 0
    revisions: int = 0
    first_contact: bool = False
    seconds: float = 0.0
    """From its beginning until it was stored."""


Listener = Callable[[Poll], None]


class Poller:
    """Polls the feeds of a configuration that are due."""

    def __init__(
        self,
        feeds: tuple[Feed, ...],
        settings: Polling,
        store: Store,
        *,
        fetcher: Fetcher,
        parse: Parse,
        holder: str,
        clock: Clock,
        listener: Listener,
        rng: random.Random | None = None,
    ) -> None:
        """Poll ``feeds``; ``listener`` hears of every poll that has ended."""
        self._feeds = {feed.id: feed for feed in feeds}
        self._settings = settings
        self._store = store
        self._fetcher = fetcher
        self._parse = parse
        self._holder = holder
        self._clock = clock
        self._listener = listener
        self._rng = rng or random.Random()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._begun: set[str] = set()
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._storing = Storing(store)
        self._freed = asyncio.Event()

    @property
    def busy(self) -> tuple[str, ...]:
        """The feeds that are being polled, or claimed to be polled next."""
        return tuple(self._running)

    async def start_due(self, by: datetime | None = None) -> int:
        """Take on what is due now, or was ``by`` a time, once there is room for a good number.

        Returns how many feeds were taken on; ``polling.concurrency`` of them are polled at a time. Raises StoreError.
        """
        most = _AHEAD * self._settings.concurrency
        room = most - len(self._running)
        if 2 * room < most:
            return 0
        states = await asyncio.to_thread(self._claim, room, by or self._clock.now())
        for state in states:
            task = asyncio.create_task(self._poll_guarded(state), name=f"poll {state.id}")
            self._running[state.id] = task
            task.add_done_callback(lambda _task, feed=state.id: self._ended(feed))  # type: ignore[misc] # (mypy can't type a lambda's default)
        return len(states)

    async def wait(self) -> None:
        """Wait until a poll has ended, and a moment for others that end with it."""
        if self._running:
            await self._freed.wait()
            await asyncio.sleep(_MOMENT)
            self._freed.clear()

    def _ended(self, feed: str) -> None:
        self._running.pop(feed, None)
        self._begun.discard(feed)
        self._freed.set()

    async def finish(self, patience: float) -> None:
        """Wait for the running polls, at most ``patience`` seconds; then give the rest up and their feeds back.

        Feeds whose polls have not begun are given back at once.
        """
        await self._give_back([feed for feed in self._running if feed not in self._begun])
        if not self._running:
            return
        running = dict(self._running)
        _, late = await asyncio.wait(running.values(), timeout=patience)
        given_up = [feed for feed, task in running.items() if task in late]
        if given_up:
            log.warning("polls were given up", extra={"feeds": given_up})
        await self._give_back(given_up)

    async def _give_back(self, feeds: list[str]) -> None:
        tasks = [self._running[feed] for feed in feeds]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if feeds:
            await asyncio.to_thread(self._release, feeds)

    def _claim(self, room: int, due: datetime) -> list[FeedState]:
        until = self._clock.now() + LONGEST_POLL
        with self._store.begin() as connection:
            states = claim_due(connection, due, room, self._holder, until)
            for state in states:
                if state.id not in self._feeds:  # another host's newer configuration has it
                    stored.release(connection, state.id, self._holder)
        # the clock may have jumped over the end of a claim whose poll still runs
        return [state for state in states if state.id in self._feeds and state.id not in self._running]

    def _release(self, feeds: list[str]) -> None:
        with self._store.begin() as connection:
            for feed in feeds:
                stored.release(connection, feed, self._holder)

    async def _poll_guarded(self, state: FeedState) -> None:
        """Poll a feed; whatever goes wrong stays with this feed. Its claim runs out by itself, so no tight loop."""
        try:
            async with asyncio.timeout(LONGEST_POLL.total_seconds()):
                await self._poll(state)
        except (DipwatchError, TimeoutError) as error:
            log.error("a poll could not be finished", extra={"feed": state.id, "error": str(error)})  # noqa: TRY400 (the machine's fault, no defect to trace)
        except Exception:  # the edge of a feed's task: other feeds must go on
            log.exception("a poll broke off", extra={"feed": state.id})

    async def _poll(self, state: FeedState) -> None:
        async with self._slots:
            self._begun.add(state.id)
            started = time.monotonic()
            outcome = await poll_feed(
                self._feeds[state.id],
                FeedMemory.of(state),
                self._fetcher,
                self._clock.now(),
                self._settings,
                parse=self._parse,
                rng=self._rng,
            )
        ingested = await self._storing.put(update_of(state, outcome, self._clock))
        poll = replace(_summary(state.id, outcome, ingested), seconds=round(time.monotonic() - started, 3))
        level = logging.INFO if poll.fine else logging.WARNING
        log.log(level, "polled", extra=_fields(poll))
        self._listener(poll)


def update_of(state: FeedState, outcome: PollOutcome, clock: Clock) -> FeedUpdate:
    """Return what the store is told of a poll: of the memory only what has changed since ``state`` was read.

    The first contact is the store's own to note.
    """
    return FeedUpdate(
        feed=state.id,
        now=clock.now(),
        entries=tuple(map(_stored, outcome.entries)),
        memory={name: value for name, value in outcome.state.items() if value != getattr(state, name)},
        events=tuple(FeedEvent(str(event.event), event.detail) for event in outcome.events),
        contacted=outcome.outcome in _READ,
        hold=outcome.hold,
    )


def _stored(entry: Entry) -> StoredEntry:
    """Hand an entry to the store, with what tells it apart in its feed (its guid only where that does) as its guid."""
    return StoredEntry(
        guid=entry.guid_hash,
        link=entry.link,
        link_key=entry.link_key,
        title=entry.title,
        summary=entry.summary,
        content_hash=entry.content_hash,
        published_at=entry.published_at,
        language=entry.language,
        date_note=entry.date_note,
    )


def _summary(feed: str, outcome: PollOutcome, ingested: Ingested) -> Poll:
    return Poll(
        feed=feed,
        outcome=str(outcome.outcome),
        detail=outcome.detail,
        fine=outcome.outcome.fine,
        entries=len(outcome.entries),
        new_items=len(ingested.new_items),
        revisions=ingested.revisions,
        first_contact=ingested.first_contact,
    )


def _fields(poll: Poll) -> dict[str, object]:
    return {
        "feed": poll.feed,
        "outcome": poll.outcome,
        "detail": poll.detail,
        "new_items": poll.new_items,
        "revisions": poll.revisions,
        "seconds": poll.seconds,
    }
