"""One round of everything the daemon does: poll what is due, detect, deliver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from dipwatch.alerts.deliver import Attempt, DeliverySummary
from dipwatch.alerts.sending import Outcome
from dipwatch.daemon.leadership import RENEWAL, claim_alone
from dipwatch.daemon.poller import Poll
from dipwatch.daemon.setup import Setup
from dipwatch.daemon.subject import Ticked
from dipwatch.daemon.work import Host, Work, working
from dipwatch.store import feeds as stored


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did."""

    polls: tuple[Poll, ...]
    ticks: tuple[Ticked, ...]
    attempts: tuple[Attempt, ...]
    led: bool
    """Whether this process led every subject; another host detects the rest."""

    @property
    def failed_polls(self) -> tuple[Poll, ...]:
        """The polls that brought nothing because something was wrong."""
        return tuple(poll for poll in self.polls if not poll.fine)

    @property
    def failed_attempts(self) -> tuple[Attempt, ...]:
        """The messages that were not taken."""
        return tuple(attempt for attempt in self.attempts if attempt.result.outcome is not Outcome.SENT)


async def poll_once(setup: Setup, host: Host, *, every_feed: bool) -> Round:
    """Poll the feeds that are due (or every one), detect what came, deliver what is due.

    Raises MachineError when another process works on this SQLite database, StoreError when the database is in the way.
    """
    await asyncio.to_thread(claim_alone, host.leadership, host.store, tuple(setup.subjects), host.clock)
    polls: list[Poll] = []
    try:
        async with working(setup, host, polls.append) as work, leading(setup, host):
            ticks, summary = await one_round(work, host, every_feed=every_feed)
        led = all(host.leadership.lease(subject) for subject in setup.subjects)
    finally:
        await asyncio.to_thread(host.leadership.give_up)
    return Round(tuple(polls), tuple(ticks), summary.attempts, led)


async def one_round(work: Work, host: Host, *, every_feed: bool) -> tuple[list[Ticked], DeliverySummary]:
    """Do a round of a configuration at work. Raises StoreError."""
    await _poll(work, host, every_feed=every_feed)
    ticks = await asyncio.to_thread(work.detection.run, lambda: None)
    await asyncio.to_thread(work.flush_digest)
    await asyncio.to_thread(work.watch.run)
    await asyncio.to_thread(work.retention.run)
    return ticks, await asyncio.to_thread(work.delivery.run, None)


async def _poll(work: Work, host: Host, *, every_feed: bool) -> None:
    """Poll each feed that is due at the start once; new ones, whose first polls are spread, are among them."""
    due = host.clock.now()
    await asyncio.to_thread(_make_due, host, due, only_new=not every_feed)
    while await work.poller.start_due(due) or work.poller.busy:
        await work.poller.wait()


def _make_due(host: Host, due: datetime, *, only_new: bool) -> None:
    with host.store.begin() as connection:
        stored.make_due(connection, due, only_new=only_new)


@asynccontextmanager
async def leading(setup: Setup, host: Host) -> AsyncIterator[None]:
    """Keep the leases while the block runs."""

    async def keep() -> None:
        while True:
            await asyncio.to_thread(host.leadership.keep, tuple(setup.subjects), host.clock.now())
            await asyncio.sleep(RENEWAL.total_seconds())

    task = asyncio.create_task(keep(), name="lead")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
