"""What is remembered of a feed between two polls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from dipwatch.feeds.feed import Feed


@dataclass(frozen=True, slots=True)
class FeedMemory:
    """The part of a feed's state that polling reads and writes; the names are columns of ``store.schema.feed_table``.

    ``hints``, all in seconds: what the feed asked for (``ttl``, ``update_period``, ``max_age``) and what was learned of
    its dates (``newest``: the time of its newest entry; ``heard``: when we last saw an entry that was new; ``patience``
    and ``silence``: see ``feeds.health``; ``shift``, in hours, and ``shift_seen``: see ``feeds.dates``). Times are
    seconds since 1970.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    moved_to: str | None = None
    moved_polls: int = 0
    gone_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    error_streak: int = 0
    last_outcome: str | None = None
    last_detail: str | None = None
    last_status: int | None = None
    rhythm_seconds: float | None = None
    failing_since: datetime | None = None
    broken_at: datetime | None = None
    silent_at: datetime | None = None
    hole_at: datetime | None = None
    window: tuple[str, ...] | None = None
    """Marks of the entries shown last (``feeds.window``); None before the first contact."""
    hints: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def fresh(cls, feed: Feed) -> FeedMemory:
        """Return the memory of a feed that was never polled."""
        return cls(url=feed.url)

    @classmethod
    def of(cls, state: object) -> FeedMemory:
        """Take the memory out of anything that has these attributes, such as the store's state of a feed."""
        return cls(**{name: getattr(state, name) for name in _COLUMNS})

    def columns(self) -> dict[str, Any]:
        """Return the values to write back, by column."""
        return {name: getattr(self, name) for name in _COLUMNS}


_COLUMNS = tuple(item.name for item in fields(FeedMemory))
