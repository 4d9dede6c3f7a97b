"""When a message that was not taken is tried again."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from dipwatch.alerts.sending import SendResult
from dipwatch.settings import Alerts


def next_attempt(
    result: SendResult, *, attempt: int, since: datetime, now: datetime, alerts: Alerts, chance: random.Random
) -> datetime | None:
    """Return when to try again after the ``attempt``-th (from 1) attempt of a message that waits since ``since``.

    Exponential backoff with full jitter between ``retry_first`` and ``retry_longest``, so that receivers that failed
    together are not tried together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), no
    sooner than the receiver asked for, and one last time at ``retry_until``. None: never again.
    """
    last_chance = since + alerts.retry_until
    if result.permanent or now >= last_chance:
        return None
    least = alerts.retry_first.total_seconds()
    most = min(least * 2.0 ** min(attempt, 60), max(alerts.retry_longest.total_seconds(), least))
    wait = timedelta(seconds=chance.uniform(least, most))
    asked = result.retry_after or timedelta(0)
    return min(now + max(wait, min(asked, alerts.retry_until)), last_chance)
