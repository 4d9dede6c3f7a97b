"""What can happen to a feed that its operator should know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FeedEventName(StrEnum):
    """The name of an event; each is told once, when it begins."""

    MOVED = "moved"
    """Permanent redirects held for several polls: it is polled at its new address."""
    GONE = "gone"
    """410: it is not polled any more."""
    BROKEN = "broken"
    """It has failed for long, and several times."""
    SILENT = "silent"
    """It answers, but has had nothing new for far longer than its rhythm."""
    RECOVERED = "recovered"
    """It works again after it was broken, or has news again after it was silent."""
    HOLE = "hole"
    """Its window has rolled over between two polls: entries may have come and gone."""


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """Something that happened to a feed; ``detail`` says in plain words what it was and what to do about it."""

    event: FeedEventName
    detail: str = ""
