"""How many messages a receiver may still be sent, and when it may be sent more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dipwatch.settings import Rate


@dataclass(frozen=True, slots=True)
class Room:
    """How many messages may go now; where none may, from when on and by which limit."""

    messages: int
    free_at: datetime
    limit: str = ""


def room(limits: Sequence[Rate], arrived: Sequence[datetime], now: datetime) -> Room:
    """Return what limits leave after messages that arrived at these times.

    A stretch of a limit's length is open at its beginning and closed at its end: what arrived that long ago is over.
    ``limits`` must not be empty.
    """
    latest = sorted((min(at, now) for at in arrived), reverse=True)  # ahead of now: the clock was set back since
    return min(
        (_room(limit, latest, now) for limit in limits), key=lambda left: (left.messages, -left.free_at.timestamp())
    )


def longest(limits: Sequence[Rate]) -> timedelta:
    """Return how far back messages count; ``limits`` must not be empty."""
    return max(limit.per for limit in limits)


def _room(limit: Rate, latest: Sequence[datetime], now: datetime) -> Room:
    used = sum(at > now - limit.per for at in latest)
    if used < limit.messages:
        return Room(limit.messages - used, now, str(limit))
    return Room(0, latest[limit.messages - 1] + limit.per, str(limit))
