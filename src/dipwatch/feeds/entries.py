"""From what a feed says to entries that can be stored: identity, dates, links."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dipwatch.feeds.dates import Shift, corrected
from dipwatch.feeds.links import link_key, usable_link
from dipwatch.feeds.parsed import ParsedFeed, RawEntry

_HASH_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed, ready for the store.

    ``guid_hash`` identifies it within its feed; ``link_key`` identifies the text among a publisher's feeds and survives
    guids that change; ``content_hash`` changes with its wording.
    """

    guid: str
    guid_hash: str
    link: str
    link_key: str
    title: str
    summary: str
    language: str | None
    published_at: datetime | None
    date_note: str | None
    """Why ``published_at`` is not what the feed gave."""
    content_hash: str


def to_entries(parsed: ParsedFeed, *, url: str, language: str | None, now: datetime, shift: Shift) -> tuple[Entry, ...]:
    """Return the entries of a document fetched from ``url`` at ``now``, in its order, each once.

    ``language`` is the feed's as configured; where it is None, what entry or document declare counts. An entry without
    a title and a summary tells nothing and is left out.
    """
    worded = [raw for raw in parsed.entries if raw.title or raw.summary]
    links = [usable_link(raw.link, url) for raw in worded]
    linked = list(zip(worded, links, map(link_key, links), strict=True))
    shared = _shared_guids(linked)
    entries: dict[str, Entry] = {}
    for each in linked:
        entry = _entry(each, language, now, shift, guid_counts=each[0].guid not in shared)
        entries.setdefault(entry.guid_hash, entry)
    return tuple(entries.values())


_Linked = tuple[RawEntry, str, str]
"""An entry with its usable link and that link's key."""


def _entry(linked: _Linked, language: str | None, now: datetime, shift: Shift, *, guid_counts: bool) -> Entry:
    raw, link, key = linked
    published_at, date_note = corrected(raw.published, raw.date_text, now, shift)
    content = _hash(raw.title, raw.summary)
    return Entry(
        guid=raw.guid,
        guid_hash=_identity(raw.guid if guid_counts else "", key, content),
        link=link,
        link_key=key,
        title=raw.title,
        summary=raw.summary,
        language=language or _primary(raw.language),
        published_at=published_at,
        date_note=date_note,
        content_hash=content,
    )


def _identity(guid: str, key: str, content: str) -> str:
    """Return what identifies an entry in its feed: its guid, else its link, else its wording.

    A guid that is an address loses its tracking parameters like a link.
    """
    if guid:
        return _hash("guid", link_key(usable_link(guid, "")) or guid)
    return _hash("link", key) if key else _hash("content", content)


def _shared_guids(entries: Iterable[_Linked]) -> frozenset[str]:
    """Return the guids that a document gives to entries with different links: such a guid identifies nothing."""
    keys: dict[str, str] = {}
    shared = set()
    for raw, _, key in entries:
        if keys.setdefault(raw.guid, key) != key:
            shared.add(raw.guid)
    return frozenset(shared)


def _primary(tag: str | None) -> str | None:
    """Return the language of a tag such as ``en-GB``."""
    code = (tag or "").replace("_", "-").partition("-")[0].strip().lower()
    return code if code.isascii() and code.isalpha() and len(code) in {2, 3} else None


def _hash(*parts: str) -> str:
    text = "\x1f".join(parts)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_HASH_LENGTH]
