"""The daemon as a whole: starts, keeps jobs going, reloads on SIGHUP, stops on SIGTERM.

    lead      keeps the leases of the subjects, shows life  every 2 s
    poll      begins to poll what is due                    every second
    detect    takes pending items through detection         every ``detection.interval``
    deliver   sends what is due                             every second
    watch     tells the operator of troubles                every 5 s
    retain    lets go what is too old                       every 10 minutes, once a day
    report    writes the report that is due                 every minute
    heartbeat calls the dead man's switch                   every ``heartbeat.interval``

A job that is still at work when it is due again is left alone. What one job brings hastens the next: new items
detection, changes delivery.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from dipwatch.daemon.health import health_endpoint
from dipwatch.daemon.heartbeat import Heart
from dipwatch.daemon.jobs import Jobs
from dipwatch.daemon.leadership import RENEWAL, claim_alone
from dipwatch.daemon.measured import Measured
from dipwatch.daemon.notify import READY, STOPPING, WATCHDOG, Notifier
from dipwatch.daemon.poller import Poll
from dipwatch.daemon.progress import Progress
from dipwatch.daemon.setup import Setup
from dipwatch.daemon.work import GRACE, Host, Work, working
from dipwatch.errors import DipwatchError

log = logging.getLogger(__name__)

EVERY_SECOND = timedelta(seconds=1)
MISFIRE_GRACE = 3600
"""Seconds by which a run may be late and still take place: APScheduler would drop it after one."""
STUCK_AFTER = {
    "lead": 60.0,
    "poll": 60.0,
    "detect": 300.0,
    "deliver": 120.0,
    "watch": 300.0,
    "retain": 3600.0,
    "report": 1800.0,
}
"""Seconds without progress after which a job counts as hung; a tick may read 500 items on a slow machine."""
WATCH = timedelta(seconds=5)
RETAIN = timedelta(minutes=10)
REPORT = timedelta(minutes=1)
FIRST_BEAT = timedelta(seconds=10)
"""When the first sign of life is sent: every job has run by then, and a wrong address shows at once."""
STOP_WITHIN = 10.0
"""Seconds in which what is in flight may end after SIGTERM."""
HEARTBEAT = 1.0
CLOCK_STEP = 5.0
"""Seconds by which the clock may move against the monotonic one before jobs are planned anew."""

Reload = Callable[[], Setup]


class Service:
    """The daemon. ``reload`` loads the configuration again, when SIGHUP asks for it, or raises a DipwatchError."""

    def __init__(self, setup: Setup, host: Host, *, reload: Reload, notifier: Notifier | None = None) -> None:
        self._setup = setup
        self._host = host
        self._reload = reload
        self._notifier = notifier or Notifier()
        self._progress = Progress()
        self._jobs = Jobs(self._progress)
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._stop = asyncio.Event()
        self._reload_asked = asyncio.Event()
        self._work: Work
        self._heart: Heart
        self._work_stack = AsyncExitStack()
        self._digest_due = True
        self._reached: bool | None = None  # whether a poll went well; None until one has ended
        self._ready = False
        for name, patience in STUCK_AFTER.items():
            self._progress.watch(name, patience)

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT. Raises MachineError when it can't start."""
        await asyncio.to_thread(
            claim_alone, self._host.leadership, self._host.store, tuple(self._setup.subjects), self._host.clock
        )
        host = self._host
        host.metrics.add(Measured(host.store, host.leadership, self._progress, host.clock, lambda: self._setup))
        listen = self._setup.config.health.listen
        health = health_endpoint(listen, self._progress, lambda: self._ready, host.metrics.render)
        async with health as address, self._working(), self._signals(), self._scheduled():
            self._ready = True
            self._notifier.say(READY, "STATUS=watching")
            log.info("ready", extra={**self._setup.counts, "health": address})
            await self._watch()
            await self._wind_down()
        log.info("stopped")

    def stop(self) -> None:
        """Begin to stop, as SIGTERM does."""
        self._stop.set()

    async def _watch(self) -> None:
        """Feed the watchdog while jobs make progress, mind the clock, reload when asked, until it is time to stop."""
        steps = ClockSteps()
        while not self._stop.is_set():
            if steps.stepped():
                log.warning("the clock was set; jobs are planned anew")
                self._hasten("lead", "poll", "detect", "deliver")
            stuck = self._progress.stuck()
            if stuck:
                log.critical("jobs hang", extra={"jobs": stuck})
            elif self._notifier.watchdog:
                self._notifier.say(WATCHDOG)
            self._notifier.status(self._progress.summary())
            if self._reload_asked.is_set():
                self._reload_asked.clear()
                await self._reloaded()
            await _either(self._stop, self._reload_asked, patience=HEARTBEAT)

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[None]:
        self._work = await self._work_stack.enter_async_context(working(self._setup, self._host, self._polled))
        try:
            yield
        finally:
            await self._work_stack.aclose()

    @asynccontextmanager
    async def _signals(self) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        handlers: dict[int, Callable[[], None]] = {
            signal.SIGTERM: self._stop.set,
            signal.SIGINT: self._stop.set,
            signal.SIGHUP: self._reload_asked.set,
        }
        for number, handler in handlers.items():
            loop.add_signal_handler(number, handler)
        try:
            yield
        finally:
            for number in handlers:
                loop.remove_signal_handler(number)

    @asynccontextmanager
    async def _scheduled(self) -> AsyncIterator[None]:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of what is meant here: see the module
        self._add("lead", self._lead, RENEWAL)
        self._add("poll", self._poll, EVERY_SECOND)
        self._add("detect", self._detect, max(self._setup.config.detection.interval, EVERY_SECOND / 10))
        self._add("deliver", self._deliver, EVERY_SECOND)
        self._add("watch", self._watch_troubles, WATCH)
        self._add("retain", self._retain, RETAIN, first=RETAIN)
        self._add("report", self._report, REPORT, first=REPORT)
        if self._setup.config.heartbeat.url:
            self._add_heartbeat(self._setup.config.heartbeat.interval)
        self._scheduler.start()
        try:
            yield
        finally:
            self._scheduler.shutdown(wait=False)

    def _add_heartbeat(self, every: timedelta) -> None:
        """Add the heartbeat; a job that runs that seldom is stuck only after it has missed a turn."""
        self._progress.watch("heartbeat", every.total_seconds() + STUCK_AFTER["deliver"])
        self._heart = Heart(self._setup.config, self._host.store, self._progress, self._host.clock)
        self._add("heartbeat", self._beat, every, first=min(every, FIRST_BEAT))

    def _add(
        self, name: str, job: Callable[[], Awaitable[None]], every: timedelta, first: timedelta = timedelta()
    ) -> None:
        self._scheduler.add_job(
            self._jobs.run,
            "interval",
            (name, job),
            id=name,
            seconds=every.total_seconds(),
            next_run_time=datetime.now(UTC) + first,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=MISFIRE_GRACE,
        )

    def _hasten(self, *names: str) -> None:
        for name in names:
            if self._scheduler.get_job(name):
                self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))

    def _polled(self, poll: Poll) -> None:
        self._host.metrics.polled(poll)
        self._reached = bool(self._reached) or poll.fine
        if poll.first_contact:
            self._digest_due = True
        if poll.new_items or poll.revisions:
            self._hasten("detect")

    async def _lead(self) -> None:
        leadership, now = self._host.leadership, self._host.clock.now()
        await asyncio.to_thread(leadership.keep, tuple(self._work.setup.subjects), now)
        await asyncio.to_thread(leadership.show_life, now)

    async def _poll(self) -> None:
        await self._work.poller.start_due()

    async def _detect(self) -> None:
        work = self._work
        ticks = await asyncio.to_thread(work.detection.run, lambda: self._progress.step("detect"))
        if self._digest_due and not work.poller.busy and await asyncio.to_thread(work.flush_digest):
            self._digest_due = False
            if self._reached is False:
                log.error("no feed could be reached; trying on", extra=work.setup.counts)
        if any(ticked.messages for ticked in ticks):
            self._hasten("deliver")

    async def _deliver(self) -> None:
        await asyncio.to_thread(self._work.delivery.run)

    async def _watch_troubles(self) -> None:
        await asyncio.to_thread(self._work.watch.run)

    async def _retain(self) -> None:
        await asyncio.to_thread(self._work.retention.run)

    async def _report(self) -> None:
        if await asyncio.to_thread(self._work.reporting.run):
            self._hasten("deliver")

    async def _beat(self) -> None:
        await self._heart.beat()

    async def _refused(self, said: str, error: DipwatchError) -> None:
        """Log that a new configuration was refused, and tell the operator, who may not be looking at the log."""
        log.error(said, extra={"error": str(error)})
        await self._note_reload(str(error))

    async def _note_reload(self, detail: str) -> None:
        try:
            await asyncio.to_thread(self._work.watch.note, "reload", detail)
        except DipwatchError as error:
            log.warning("the operator can't be told of a reload", extra={"error": str(error)})

    async def _reloaded(self) -> None:
        """Put a new configuration to work, whole; one with a fault is named and changes nothing."""
        self._notifier.status("reloading")
        try:
            setup = await asyncio.to_thread(self._reload)
        except DipwatchError as error:
            await self._refused("the new configuration can't be used; the old one stays", error)
            return
        for name in _needs_restart(self._setup, setup):
            log.warning("this change takes effect after a restart", extra={"key": name})
        stack = AsyncExitStack()
        try:
            work = await stack.enter_async_context(working(setup, self._host, self._polled))
        except DipwatchError as error:
            await self._refused("the new configuration can't be put to work; the old one stays", error)
            return
        await self._swap(work, stack)
        await self._note_reload("")
        log.info("reloaded", extra={**setup.counts, "subjects": list(setup.subjects)})

    async def _swap(self, work: Work, stack: AsyncExitStack) -> None:
        """Let what the old configuration is at end, then go on with the new one."""
        self._scheduler.pause()
        self._work.detection.stop()
        await self._work.poller.finish(STOP_WITHIN)
        await self._jobs.finish(STOP_WITHIN)
        old, self._work_stack = self._work_stack, stack
        self._work, self._setup, self._digest_due = work, work.setup, True
        self._scheduler.resume()
        await old.aclose()

    async def _wind_down(self) -> None:
        """Stop beginning things, let what is in flight end within bounds, and let others take over."""
        self._ready = False
        self._notifier.say(STOPPING, "STATUS=stopping")
        log.info("stopping")
        self._scheduler.pause()
        self._work.detection.stop()
        await asyncio.gather(
            self._work.poller.finish(STOP_WITHIN),
            self._jobs.finish(STOP_WITHIN),
            asyncio.to_thread(self._work.delivery.finish, GRACE),
        )
        try:
            await asyncio.to_thread(self._host.leadership.give_up)
        except DipwatchError as error:
            log.warning("leases were not released and will run out", extra={"error": str(error)})


class ClockSteps:
    """Notices when the wall clock was set, or ran on while the machine slept: APScheduler plans by it."""

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._offset = wall() - monotonic()

    def stepped(self) -> bool:
        """Tell whether the clock was set since the last call."""
        offset = self._wall() - self._monotonic()
        moved = abs(offset - self._offset) > CLOCK_STEP
        if moved:
            self._offset = offset
        return moved


async def _either(*events: asyncio.Event, patience: float) -> None:
    """Wait until one of the events is set, at most ``patience`` seconds."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


def _needs_restart(old: Setup, new: Setup) -> list[str]:
    fixed = {
        "database": (old.config.database, new.config.database),
        "health.listen": (old.config.health.listen, new.config.health.listen),
        "logging": (old.config.logging, new.config.logging),
        "heartbeat": (old.config.heartbeat, new.config.heartbeat),
        "detection.interval": (old.config.detection.interval, new.config.detection.interval),
    }
    return [name for name, (before, after) in fixed.items() if before != after]
