"""The window of a feed: the entries it shows at a time, and whether it has rolled over between two polls.

A feed shows its latest entries only. Where none of those it shows now was there at the last poll, some may have come
and gone in between: there is a hole. Entries are told apart as they are for the store, by their links where these tell
them apart, so that guids that change with each poll don't look like news.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from dipwatch.feeds.entries import Entry

SMALLEST = 3
"""Entries; a feed of one or two shows so little that each new entry would look like a hole."""
_MARK_LENGTH = 8


def marks_of(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return a short mark of each entry, the same in the next poll; 32 bits, for comparing a few hundred."""
    links = Counter(entry.link_key for entry in entries)
    return tuple(_mark(entry, unique_link=links[entry.link_key] == 1) for entry in entries)


def _mark(entry: Entry, *, unique_link: bool) -> str:
    if entry.link_key and unique_link:
        return hashlib.sha256(entry.link_key.encode("utf-8", "replace")).hexdigest()[:_MARK_LENGTH]
    return entry.content_hash[:_MARK_LENGTH]


def news_in(known: Iterable[str], marks: Iterable[str]) -> int:
    """Return how many of ``marks`` are not among those ``known`` from the last poll."""
    return len(set(marks).difference(known))


def rolled_over(known: Sequence[str], marks: Sequence[str], dates: Iterable[datetime], newest: datetime | None) -> bool:
    """Tell whether a feed's window has rolled over since the last poll, when it showed ``known``.

    ``dates`` are those of the entries it shows now, ``newest`` is the newest date known before. A feed that shows far
    fewer entries than before has begun a new page rather than run over. Where there are dates they must agree: an older
    entry shows that the feed lists other things now, or names them otherwise.
    """
    if len(known) < SMALLEST or 2 * len(marks) < len(known) or not set(known).isdisjoint(marks):
        return False
    oldest = min(dates, default=None)
    return oldest is None or newest is None or oldest > newest
