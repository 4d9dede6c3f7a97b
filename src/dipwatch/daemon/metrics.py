"""What this process has done, counted for Prometheus since its start; for how things stand see ``daemon.measured``.

Labels have few values, all known beforehand or from the configuration; none holds an address. Names follow
https://prometheus.io/docs/practices/naming/.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.registry import Collector

from dipwatch.alerts.deliver import Attempt
from dipwatch.alerts.message import Purpose
from dipwatch.alerts.sending import Outcome
from dipwatch.daemon.poller import Poll
from dipwatch.daemon.subject import Ticked
from dipwatch.errors import DipwatchError
from dipwatch.model import ChangeType
from dipwatch.store.latency import latencies
from dipwatch.store.store import Store

log = logging.getLogger(__name__)

disable_created_metrics()  # type: ignore[no-untyped-call] # (has no types) a series more for each counter, which nobody asks for

_POLL_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_TICK_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_FETCH_TO_ALERT = (0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400)
_PUBLICATION_TO_ALERT = (30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400)


class Metrics:
    """The counters of a process, and whatever else is asked when they are read."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._polls = self._counter("polls", "Polls of feeds, by how they ended.", "outcome")
        self._poll_seconds = self._histogram("poll_seconds", "How long a poll took, waiting included.", _POLL_SECONDS)
        self._items = self._counter("items", "Items that feeds brought: new ones and later wordings.", "sort")
        self._tick_seconds = self._histogram(
            "tick_seconds", "How long a batch took through detection.", _TICK_SECONDS, "subject"
        )
        self._readings = self._counter("readings", "What became of items in detection.", "subject", "outcome")
        self._changes = self._counter("changes", "Entries of the change log.", "subject", "type", "kind")
        self._alerts = self._counter("alerts", "Changes that are worth an alert.", "subject", "kind", "severity")
        self._reasons = self._counter(
            "change_reasons", "Why changes are new, and why they are kept back.", "subject", "reason"
        )
        self._deliveries = self._counter(
            "deliveries", "Attempts to hand a message to a receiver.", "receiver", "outcome"
        )
        self._given_up = self._counter("messages_given_up", "Messages that will not be tried again.", "receiver")
        self._since_publication = self._histogram(
            "publication_to_alert_seconds", "From publication to the receiver's taking.", _PUBLICATION_TO_ALERT
        )
        self._since_fetch = self._histogram(
            "fetch_to_alert_seconds", "From the first sight of an item to the receiver's taking.", _FETCH_TO_ALERT
        )

    def polled(self, poll: Poll) -> None:
        """Count a poll and what it brought."""
        self._polls.labels(poll.outcome).inc()
        self._poll_seconds.observe(poll.seconds)
        self._items.labels("new").inc(poll.new_items)
        self._items.labels("revision").inc(poll.revisions)

    def ticked(self, subject: str, ticked: Ticked) -> None:
        """Count a tick and what was decided in it."""
        self._tick_seconds.labels(subject).observe(ticked.seconds)
        for outcome in ticked.outcomes:
            self._readings.labels(subject, _outcome_class(outcome)).inc()
        for change in ticked.made:
            self._changes.labels(subject, str(change.type), str(change.kind)).inc()
            if change.alert:
                self._alerts.labels(subject, str(change.kind), str(change.severity)).inc()
            for reason in (*change.reasons, *change.kept_back):
                self._reasons.labels(subject, str(reason)).inc()

    def delivered(self, store: Store, attempts: Sequence[Attempt]) -> None:
        """Count attempts at deliveries, and how long what arrived had been on its way."""
        for attempt in attempts:
            self._deliveries.labels(attempt.receiver, attempt.result.outcome.value).inc()
            if attempt.dead:
                self._given_up.labels(attempt.receiver).inc()
        arrived = [
            each.key for each in attempts if each.purpose == Purpose.ALERT and each.result.outcome is Outcome.SENT
        ]
        if not arrived:
            return
        try:
            with store.connect() as connection:
                found = latencies(connection, arrived)
        except DipwatchError as error:
            log.warning("latencies were not counted", extra={"error": str(error)})
            return
        for latency in found:
            self._since_fetch.observe(latency.since_fetch.total_seconds())
            if latency.since_publication is not None:
                self._since_publication.observe(latency.since_publication.total_seconds())

    def add(self, collector: Collector) -> None:
        """Ask a collector as well when metrics are read."""
        self.registry.register(collector)

    def render(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"dipwatch_{name}", about, labels, registry=self.registry)

    def _histogram(self, name: str, about: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"dipwatch_{name}", about, labels, buckets=buckets, registry=self.registry)


def _outcome_class(outcome: str) -> str:
    """Return an outcome without its numbers."""
    if outcome in list(ChangeType):
        return outcome
    if outcome == "no claim":
        return "no_claim"
    return "below_record_threshold" if outcome.startswith("score ") else "other"
