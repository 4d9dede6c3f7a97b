"""What outlasts the window: what a user has called false, and texts that were told before. Both are bounded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dipwatch.detect.known import Trace

_FALSE_FOR = timedelta(days=180)
"""How long a user's "false" keeps its like from being told."""
_MOST_FALSE = 200
_TEXTS_FOR = timedelta(days=400)
"""How long a text is known again word by word: feeds bring old ones back on anniversaries."""
_ENOUGH_WORDS = 12
"""Shorter texts come again with every round of talks."""


@dataclass(frozen=True, slots=True)
class Condemned:
    """The first report of a development that a user has called false, and when he did."""

    trace: Trace
    at: datetime


@dataclass(slots=True)
class Memory:
    """Developments called false, by id, in the order of the marks; texts by their digest, with when they were told."""

    false: dict[str, Condemned] = field(default_factory=dict)
    texts: dict[str, datetime] = field(default_factory=dict)

    def condemn(self, development: str, trace: Trace | None, at: datetime) -> None:
        """Remember what a development called false was like."""
        if trace is None:
            return
        self.absolve(development)
        self.false[development] = Condemned(trace, at)
        if len(self.false) > _MOST_FALSE:
            del self.false[next(iter(self.false))]

    def absolve(self, development: str) -> None:
        """Forget that a development was called false."""
        self.false.pop(development, None)

    def read(self, words: tuple[str, ...], at: datetime) -> None:
        """Remember a text by its words."""
        if len(words) >= _ENOUGH_WORDS:
            digest = _digest(words)
            self.texts.pop(digest, None)  # the oldest stand first
            self.texts[digest] = at

    def has_read(self, words: tuple[str, ...]) -> bool:
        """Tell whether the very same words were read before."""
        return len(words) >= _ENOUGH_WORDS and _digest(words) in self.texts

    def prune(self, now: datetime) -> None:
        """Let go of what is too old; the oldest stand first, so that nothing else is looked at."""
        while self.false and now - next(iter(self.false.values())).at >= _FALSE_FOR:
            del self.false[next(iter(self.false))]
        while self.texts and now - next(iter(self.texts.values())) >= _TEXTS_FOR:
            del self.texts[next(iter(self.texts))]


def _digest(words: tuple[str, ...]) -> str:
    return hashlib.blake2b("\0".join(words).encode(), digest_size=12).hexdigest()
