"""What a document says: the values between parsing and items. All can be pickled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dipwatch.feeds.outcome import Outcome


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Bounds on what is parsed: items, characters of a raw title or text before it is cleaned, tags, entities."""

    max_items: int = 500
    max_field: int = 32_768
    max_tags: int = 50_000
    max_entities: int = 300_000


DEFAULT_LIMITS = ParseLimits()


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An entry as its feed gives it, texts cleaned; nothing is judged or corrected yet."""

    guid: str
    link: str
    title: str
    summary: str
    language: str | None
    published: datetime | None
    """Aware UTC; None where there is no date or none that can be read."""
    date_text: str
    """The date as written; empty where there is none."""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document read as far as possible. ``hints`` as in ``FeedMemory``: ``ttl`` and ``update_period`` in seconds."""

    outcome: Outcome
    entries: tuple[RawEntry, ...] = ()
    title: str = ""
    language: str | None = None
    hints: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """What was wrong with it, in words."""
