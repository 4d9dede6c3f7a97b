"""What a configuration sets to work: feeds polled, subjects detected, messages delivered. Swapped whole on reload."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TextIO

from dipwatch.alerts.assurance import assurance_due, assure
from dipwatch.alerts.deliver import Deliverer, DeliverySummary
from dipwatch.alerts.example_messages import example_messages
from dipwatch.alerts.message import Purpose
from dipwatch.alerts.names import LexiconNames
from dipwatch.alerts.plan import FIRST_CONTACT
from dipwatch.alerts.process_sender import ProcessSender
from dipwatch.alerts.render import Renderer
from dipwatch.alerts.sending import ConsoleSender, SenderByUrl
from dipwatch.clock import Clock
from dipwatch.config import Config
from dipwatch.daemon.leadership import Leadership
from dipwatch.daemon.metrics import Metrics
from dipwatch.daemon.poller import Listener, Poller
from dipwatch.daemon.reporting import Reporting
from dipwatch.daemon.retention import Retention
from dipwatch.daemon.setup import Setup
from dipwatch.daemon.subject import Reads, SubjectPipeline, Ticked
from dipwatch.daemon.watch import Watch
from dipwatch.feeds.fetch import HttpFetcher
from dipwatch.feeds.poll import Parse
from dipwatch.feeds.request import Fetcher
from dipwatch.store import outbox
from dipwatch.store.feeds import any_unpolled, sync_feeds
from dipwatch.store.items import pending_readings
from dipwatch.store.store import Store

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=1)
"""How long a round of deliveries waits for a slow receiver before it lets it go on by itself."""
GRACE = timedelta(seconds=8)
"""How long a message that is being sent may take when we stop."""
_DIGESTS = 1000


@dataclass(frozen=True, slots=True)
class Host:
    """What a process brings along whatever the configuration says; ports, so that tests can bring their own.

    ``fetcher`` None takes the real one, ``readers`` holds other extraction for subjects.
    """

    store: Store
    leadership: Leadership
    holder: str
    clock: Clock
    parse: Parse
    console: TextIO
    fetcher: Fetcher | None = None
    readers: Mapping[str, Reads] | None = None
    metrics: Metrics = field(default_factory=Metrics)


class Detection:
    """Detects on every subject that this process leads."""

    def __init__(self, setup: Setup, host: Host) -> None:
        self._host = host
        readers = host.readers or {}
        alerts, batch = setup.config.alerts, setup.config.detection.batch
        self._pipelines = {
            name: SubjectPipeline(subject, alerts, batch, readers.get(name)) for name, subject in setup.subjects.items()
        }
        self._stopping = threading.Event()

    def run(self, progressed: Callable[[], None]) -> list[Ticked]:
        """Tick until nothing is pending; ``progressed`` is called after each tick. Raises StoreError."""
        ticks: list[Ticked] = []
        for name, pipeline in self._pipelines.items():
            more = True
            while more and not self._stopping.is_set() and (lease := self._host.leadership.lease(name)):
                ticked = pipeline.tick(self._host.store, lease, self._host.clock.now())
                if ticked is not None:
                    self._host.metrics.ticked(name, ticked)
                    ticks.append(ticked)
                more = ticked is not None and ticked.more
                progressed()
        return ticks

    def stop(self) -> None:
        """Let ``run`` end after the tick it is at."""
        self._stopping.set()


class Delivery:
    """Delivers what is due."""

    def __init__(self, setup: Setup, host: Host) -> None:
        alerts = setup.config.alerts
        self._alerts = alerts
        self._store = host.store
        self._metrics = host.metrics
        self._assured: tuple[datetime, datetime] | None = None  # the day whose line of assurance was seen to
        self._clock = host.clock
        self._operators = alerts.operators
        self.renderer = Renderer(setup.loaded.under_base(alerts.templates))
        self._processes = ProcessSender()
        self._threads = ThreadPoolExecutor(max(len(alerts.receivers), 1), thread_name_prefix="deliver")
        self._deliverer = Deliverer(
            host.store,
            alerts,
            names={name: LexiconNames(subject.lexicon) for name, subject in setup.subjects.items()},
            renderer=self.renderer,
            sender=SenderByUrl(ConsoleSender(host.console), self._processes),
            executor=self._threads,
            holder=host.holder,
            address=setup.config.report.address,
        )

    def run(self, patience: timedelta | None = PATIENCE) -> DeliverySummary:
        """Deliver what is due now; None waits for every receiver. Raises StoreError."""
        now = self._clock.now()
        self._assure(now)
        summary = self._deliverer.deliver_due(now, patience)
        self._metrics.delivered(self._store, summary.attempts)
        return summary

    def _assure(self, now: datetime) -> None:
        day = assurance_due(self._alerts, now)
        if day is not None and day != self._assured:
            with self._store.begin() as connection:
                assure(connection, self._alerts, now)
            self._assured = day

    def tell_operator(self, subject: str, lines: Sequence[str]) -> None:
        """Send a notice to the operator past the outbox; what comes of it is logged."""
        for name in self._operators:
            result = self._deliverer.send_notice(name, Purpose.OPERATOR, subject, lines)
            log.warning("the operator was told past the database", extra={"receiver": name, "result": result.line})

    def finish(self, patience: timedelta) -> None:
        """Begin no further message and wait for those being sent. What hangs is cut off, and will be sent again."""
        if busy := self._deliverer.finish(patience):
            log.warning("messages were cut off", extra={"receivers": busy})
            self._processes.interrupt()
        self._threads.shutdown(wait=True)
        self._processes.close()


class Work:
    """A configuration at work."""

    def __init__(self, setup: Setup, host: Host, poller: Poller, detection: Detection) -> None:
        self.setup = setup
        self.poller = poller
        self.detection = detection
        self.delivery = Delivery(setup, host)
        self.watch = Watch(
            setup.config,
            host.store,
            host.leadership,
            host.clock,
            tell=self.delivery.tell_operator,
            faults=self.delivery.renderer.check(example_messages()),
        )
        self.retention = Retention(setup.config, host.store, host.leadership, host.clock)
        self.reporting = Reporting(setup.loaded, host.store, host.leadership, host.clock)
        self._host = host

    @property
    def config(self) -> Config:
        """The configuration."""
        return self.setup.config

    def flush_digest(self) -> bool:
        """Send the first-contact digest now instead of at its time, where every feed was polled and read.

        Returns whether there is nothing left to wait for. Raises StoreError.
        """
        with self._host.store.connect() as connection:
            unread = any_unpolled(connection) or pending_readings(connection) > 0
            rows = outbox.list_outbox(connection, ("waiting",), _DIGESTS)
        if unread or self.poller.busy:
            return False
        now = self._host.clock.now()
        waiting = [row.id for row in rows if row.group_key.startswith(FIRST_CONTACT) and row.next_attempt_at > now]
        if waiting:
            with self._host.store.begin() as connection:
                outbox.retry(connection, waiting, now)
        return True


@asynccontextmanager
async def working(setup: Setup, host: Host, listener: Listener) -> AsyncIterator[Work]:
    """Set a configuration to work while the block runs; the table of feeds follows it at once. Raises StoreError."""
    detection = Detection(setup, host)
    gc.collect()
    # a lexicon is hundreds of thousands of objects that stay: without it a tenth of detection is spent on them
    gc.freeze()
    await asyncio.to_thread(_sync, setup, host)
    async with _fetcher(setup.config, host) as fetcher:
        poller = Poller(
            setup.feeds,
            setup.config.polling,
            host.store,
            fetcher=fetcher,
            parse=host.parse,
            holder=host.holder,
            clock=host.clock,
            listener=listener,
        )
        work = Work(setup, host, poller, detection)
        try:
            yield work
        finally:
            work.detection.stop()
            await asyncio.to_thread(work.delivery.finish, GRACE)


@asynccontextmanager
async def _fetcher(config: Config, host: Host) -> AsyncIterator[Fetcher]:
    if host.fetcher is not None:
        yield host.fetcher
        return
    async with HttpFetcher(config.polling, clock=host.clock) as fetcher:
        yield fetcher


def _sync(setup: Setup, host: Host) -> None:
    with host.store.begin() as connection:
        synced = sync_feeds(connection, setup.feeds, host.clock.now())
    log.info(
        "feeds configured",
        extra={**setup.counts, "added": len(synced.added), "disabled": len(synced.disabled)},
    )
