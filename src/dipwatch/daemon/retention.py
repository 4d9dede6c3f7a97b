"""Letting go, once a day, what is older than the configuration says."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict
from datetime import datetime, timedelta

from dipwatch.alerts.policy import longest_interval
from dipwatch.clock import Clock
from dipwatch.config import Config
from dipwatch.daemon.leadership import Leadership
from dipwatch.store import retention, troubles
from dipwatch.store.retention import Bounds, Pruned
from dipwatch.store.store import Store

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
TURN = 20.0
"""Seconds that a run may take; what is left then is for the next one, an hour later or less."""
_PRUNED = "pruned"


class Retention:
    """Prunes where this process leads, so that one of several hosts does."""

    def __init__(self, config: Config, store: Store, leadership: Leadership, clock: Clock) -> None:
        self._config = config
        self._store = store
        self._leadership = leadership
        self._clock = clock

    def run(self) -> Pruned | None:
        """Prune where it is time; return what went, None where it isn't time. Raises StoreError."""
        now = self._clock.now()
        if self._leadership.lease(self._config.subjects[0]) is None or not self._is_due(now):
            return None
        deadline = time.monotonic() + TURN
        over = False

        def goes_on() -> bool:
            nonlocal over
            over = time.monotonic() > deadline
            return not over

        pruned = retention.prune(self._store, bounds_of(self._config, now), goes_on=goes_on)
        if not over:
            with self._store.begin() as connection:
                troubles.set_watermark(connection, _PRUNED, now.isoformat())
        log.info("pruned", extra={**asdict(pruned), "whole": not over})
        return pruned

    def _is_due(self, now: datetime) -> bool:
        with self._store.connect() as connection:
            last = troubles.watermark(connection, _PRUNED)
        return last is None or abs(now - datetime.fromisoformat(last)) >= EVERY  # also after a clock was set back


def bounds_of(config: Config, now: datetime) -> Bounds:
    """Return the times before which things go; messages are kept as long as limits and intervals look back."""
    ages = config.retention
    windows = [rate.per for receiver in config.alerts.receivers for rate in receiver.limits]
    least = max([longest_interval(config.alerts), *windows])
    return Bounds(
        texts=_before(now, ages.texts),
        noise=_before(now, ages.noise),
        deliveries=_before(now, ages.deliveries and max(ages.deliveries, least)),
        feed_events=_before(now, ages.feed_events),
    )


def _before(now: datetime, age: timedelta) -> datetime | None:
    return now - age if age else None
