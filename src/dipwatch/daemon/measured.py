"""How things stand, measured each time Prometheus asks: jobs, queues, leases, feeds, room."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from dipwatch import __version__
from dipwatch.clock import Clock
from dipwatch.daemon.leadership import Leadership
from dipwatch.daemon.progress import Progress
from dipwatch.daemon.setup import Setup
from dipwatch.errors import DipwatchError
from dipwatch.review.operation import FeedHealth, feed_views
from dipwatch.store.disk_space import free_space, taken_space
from dipwatch.store.feeds import feed_states
from dipwatch.store.gauges import Gauges, read_gauges
from dipwatch.store.leases import detection_lease
from dipwatch.store.receivers import receiver_states
from dipwatch.store.schema import REVISION
from dipwatch.store.store import Store


class Measured(Collector):
    """The collector; ``setup`` gives the configuration at work."""

    def __init__(
        self, store: Store, leadership: Leadership, progress: Progress, clock: Clock, setup: Callable[[], Setup]
    ) -> None:
        self._store = store
        self._leadership = leadership
        self._progress = progress
        self._clock = clock
        self._setup = setup

    def describe(self) -> list[Metric]:
        """Return nothing: the database is not asked before the first reading."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield everything; without a database what can be known without it."""
        yield self._build()
        yield from self._jobs()
        up = _gauge("database_up", "Whether the database answers.")
        try:
            found = list(self._standing(self._clock.now()))
        except DipwatchError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from found

    def _build(self) -> Metric:
        info = InfoMetricFamily("dipwatch_build", "The program and what it works with.")
        parts = {
            "version": __version__,
            "schema": REVISION,
            "python": platform.python_version(),
            "database": self._store.engine.dialect.name,
        }
        info.add_metric([], parts)
        return info

    def _jobs(self) -> Iterator[Metric]:
        runs = CounterMetricFamily("dipwatch_job_runs", "Runs of the daemon's jobs.", labels=["job"])
        failures = CounterMetricFamily("dipwatch_job_failures", "Runs that failed.", labels=["job"])
        failing = _gauge("job_failing", "Whether a job's last run failed.", "job")
        stuck = _gauge("job_stuck", "Whether a job has made no progress for too long.", "job")
        hung = self._progress.stuck()
        for name, job in self._progress.jobs.items():
            runs.add_metric([name], job.runs)
            failures.add_metric([name], job.failures)
            failing.add_metric([name], bool(job.failure))
            stuck.add_metric([name], name in hung)
        yield from (runs, failures, failing, stuck)

    def _standing(self, now: datetime) -> Iterator[Metric]:
        setup = self._setup()
        with self._store.connect() as connection:
            gauges = read_gauges(connection, tuple(setup.subjects), now)
            feeds = Counter(str(view.health) for view in feed_views(setup.feeds, feed_states(connection)))
            receivers = receiver_states(connection)
            taken = taken_space(connection)
        yield from _queues(gauges, now)
        yield from self._leads(gauges)
        yield _counts("feeds", "Feeds, by how they fare.", "health", {health: feeds[health] for health in FeedHealth})
        failing = _gauge("receiver_failing", "Whether a receiver did not take the last message.", "receiver")
        for state in receivers:
            failing.add_metric([state.name], state.failing_since is not None)
        yield failing
        yield _one("last_poll_age_seconds", "Since the latest poll of any feed.", _age(gauges.last_polled_at, now))
        yield _one("newest_item_age_seconds", "Since a new item was seen.", _age(gauges.newest_seen_at, now))
        yield _one(
            "newest_publication_age_seconds",
            "Since the newest known publication.",
            _age(gauges.newest_published_at, now),
        )
        yield _counts("troubles", "Troubles that the operator hears of.", "sort", gauges.troubles)
        yield _one("database_bytes", "What the database takes.", taken)
        yield _one("database_free_bytes", "What is free on the disk of an SQLite database.", free_space(self._store))

    def _leads(self, gauges: Gauges) -> Iterator[Metric]:
        led = _gauge("led", "Whether any host leads detection of a subject.", "subject")
        leader = _gauge("leader", "Whether this process leads detection of a subject.", "subject")
        names = {lease.name for lease in gauges.leases}
        for subject in gauges.queues:
            led.add_metric([subject], detection_lease(subject) in names)
            leader.add_metric([subject], self._leadership.lease(subject) is not None)
        yield from (led, leader)
        yield _one("hosts", "Processes that hold leases.", len({lease.holder for lease in gauges.leases}))


def _queues(gauges: Gauges, now: datetime) -> Iterator[Metric]:
    pending = _gauge("pending_readings", "Items that wait for detection.", "subject")
    oldest = _gauge("oldest_pending_seconds", "Since when the oldest of them waits.", "subject")
    commands = _gauge("pending_commands", "Marks of users that wait for detection.", "subject")
    for subject, queue in gauges.queues.items():
        pending.add_metric([subject], queue.readings)
        oldest.add_metric([subject], _age(queue.oldest, now) or 0)
        commands.add_metric([subject], queue.commands)
    yield from (pending, oldest, commands)
    yield _counts("outbox_rows", "Rows of the outbox, by state.", "state", gauges.outbox)
    yield _one("outbox_oldest_seconds", "Since when the oldest open row waits.", _age(gauges.oldest_message, now) or 0)
    yield _one("outbox_overdue_seconds", "By how much the longest due row is late.", _age(gauges.oldest_due, now) or 0)


def _age(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else max((now - moment).total_seconds(), 0.0)


def _gauge(name: str, about: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"dipwatch_{name}", about, labels=labels)


def _one(name: str, about: str, value: float | None) -> GaugeMetricFamily:
    """Return a gauge without labels; one whose value isn't known has no sample."""
    gauge = _gauge(name, about)
    if value is not None:
        gauge.add_metric([], value)
    return gauge


def _counts(name: str, about: str, label: str, counts: dict[str, int]) -> GaugeMetricFamily:
    gauge = _gauge(name, about, label)
    for value, count in counts.items():
        gauge.add_metric([value], count)
    return gauge
