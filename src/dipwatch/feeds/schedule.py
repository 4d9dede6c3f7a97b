"""When a feed is polled next: one pure function.

How often follows the feed's own rhythm: intervals grow with the square root of the time between its entries, which
loses the least delay over all feeds for a given number of requests (Sia, Cho, Cho: "Efficient Monitoring Algorithm for
Fast News Alerts", IEEE TKDE 19(7), 2007). Failures back off exponentially with full jitter (Brooker, "Exponential
Backoff and Jitter", AWS Architecture Blog, 2015).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import fmean

from dipwatch.feeds.http_dates import parse_http_date
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.outcome import Outcome
from dipwatch.settings import Polling

LONGEST_WAIT = timedelta(days=1)
"""No failure and no Retry-After keeps a feed away for longer."""
HOLE_REMEMBERED = timedelta(days=1)
"""For so long a feed whose window has rolled over is polled sooner, and its health says so."""
REFERENCE_RHYTHM = timedelta(hours=1)
"""A feed with an entry an hour is polled at ``polling.interval``."""
_JITTER = 0.1
_LARGEST_STREAK = 20
_RHYTHM_ENTRIES = 20
_SILENCE_SHARE = 4
"""A feed that has been silent for long is slower than its past entries say: a quarter of the silence counts."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What the schedule asks of a poll that has just ended."""

    outcome: Outcome
    retry_after: timedelta | None = None
    hole: bool = False
    """The feed's window has rolled over between two polls of the last day."""


def next_poll(
    now: datetime, memory: FeedMemory, polled: Polled, settings: Polling, rng: random.Random
) -> datetime | None:
    """Return when to poll next, or None for never: the publisher says that the feed has ended.

    ``memory`` is the feed's after the poll: its error streak counts this one.
    """
    if polled.outcome is Outcome.GONE:
        return None
    if polled.outcome is Outcome.HELD:
        wait = polled.retry_after or settings.interval
        return now + min(wait, LONGEST_WAIT) * rng.uniform(1, 1 + _JITTER)
    if polled.outcome.fine:
        return now + _regular(now, memory, polled, settings, rng)
    return now + _after_failure(memory, polled, settings, rng)


def has_hole(memory: FeedMemory, now: datetime) -> bool:
    """Tell whether the feed's window was found rolled over of late."""
    return memory.hole_at is not None and now - memory.hole_at < HOLE_REMEMBERED


def _regular(now: datetime, memory: FeedMemory, polled: Polled, settings: Polling, rng: random.Random) -> timedelta:
    wait = settings.interval * math.sqrt(_rhythm(now, memory) / REFERENCE_RHYTHM)
    if polled.hole:
        wait /= 2
    else:
        asked = max(memory.hints.get("ttl", 0.0), memory.hints.get("max_age", 0.0))
        wait = max(wait, timedelta(seconds=min(asked, settings.slowest.total_seconds())))
    wait = _between(settings.fastest, wait, settings.slowest) * rng.uniform(1 - _JITTER, 1 + _JITTER)
    return _between(settings.fastest, wait, settings.slowest)


def _rhythm(now: datetime, memory: FeedMemory) -> timedelta:
    """Return the time to expect between two entries; what the feed declares counts only until it is observed."""
    declared = memory.hints.get("update_period", REFERENCE_RHYTHM.total_seconds())
    seconds = memory.rhythm_seconds if memory.rhythm_seconds is not None else declared
    silence = now.timestamp() - memory.hints.get("newest", now.timestamp())
    return timedelta(seconds=min(max(seconds, silence / _SILENCE_SHARE), 1e8))


def _after_failure(memory: FeedMemory, polled: Polled, settings: Polling, rng: random.Random) -> timedelta:
    longest = backoff(memory.error_streak, settings.interval)
    wait = timedelta(seconds=rng.uniform(0, longest.total_seconds()))
    if polled.retry_after:
        wait = max(wait, polled.retry_after * rng.uniform(1, 1 + _JITTER))
    return _between(settings.fastest, wait, LONGEST_WAIT)


def backoff(streak: int, interval: timedelta) -> timedelta:
    """Return the longest wait after ``streak`` failures in a row: doubled each time, up to a day."""
    return min(interval * (1 << min(streak, _LARGEST_STREAK)), LONGEST_WAIT)


def _between(least: timedelta, wait: timedelta, most: timedelta) -> timedelta:
    return min(max(least, wait), max(least, most))


def rhythm_of(dates: Iterable[datetime]) -> float | None:
    """Return the mean number of seconds between a feed's latest entries, or None where it can't be told."""
    latest = sorted(dates, reverse=True)[:_RHYTHM_ENTRIES]
    gaps = [(newer - older).total_seconds() for newer, older in pairwise(latest)]
    return round(fmean(gaps), 1) if gaps else None


def cache_seconds(headers: Mapping[str, str]) -> float | None:
    """Return for how long the response may be kept (RFC 9111), in seconds; None where it does not say."""
    directives = [part.strip().lower() for part in headers.get("cache-control", "").split(",")]
    if {"no-cache", "no-store"}.intersection(directives):
        return 0.0
    ages = [part.partition("=")[2].strip('" ') for part in directives if part.startswith("max-age=")]
    if ages:
        return max(0.0, _seconds(ages[0]) - _seconds(headers.get("age", "")))
    expires, date = parse_http_date(headers.get("expires", "")), parse_http_date(headers.get("date", ""))
    return max(0.0, (expires - date).total_seconds()) if expires and date else None


def _seconds(text: str) -> float:
    return float(text[:9]) if text.isascii() and text.isdigit() else 0.0
