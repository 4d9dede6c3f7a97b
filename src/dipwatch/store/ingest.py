"""Transaction 1: a fetched feed's new items and revisions are stored as pending, and the feed's memory with them.

What several polls brought may share a transaction; each update is one bulk statement a table, and the memories of all
feeds are written at the end, again in bulk. Ingesting the same update twice changes nothing, so a crash or a second
host that polled the same feed does no harm.

Identity: an entry seen before in this feed (by its guid, else its link, else its content) is the same item. So is one
whose link is known from the same publisher, in whichever of its feeds. Two entries that stand side by side in one fetch
with different guids and different texts are two items even at one link: a live page, or an office that links
everything to its front page; one item too many costs less than one lost.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from dipwatch.errors import StoreError
from dipwatch.store.feed_events import FeedEvent, add_feed_events
from dipwatch.store.feeds import hold_host
from dipwatch.store.schema import feed_table, item_table, reading_table, revision_table, sighting_table
from dipwatch.store.sql import hold, insert_unless_there

MOST_REVISIONS = 20
"""Wordings kept of one item; what a page with a running counter in its headline adds beyond is noise."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a fetched feed, cleaned to plain text.

    ``guid`` and ``link_key`` are empty where the feed gives none or where it doesn't tell entries apart;
    ``content_hash`` stands for title and summary; ``date_note`` says why ``published_at`` isn't what the feed gave.
    """

    guid: str
    link: str
    link_key: str
    title: str
    summary: str
    content_hash: str
    published_at: datetime | None = None
    language: str | None = None
    date_note: str | None = None


@dataclass(frozen=True, slots=True)
class FeedUpdate:
    """What a poll of a feed brought.

    ``memory`` holds the columns of ``schema.feed_table`` that the poll sets, ``next_poll_at`` among them (for the rest
    see ``feeds.FeedMemory.columns``); first contact, the latest new item and the claim are the store's own to set.
    ``contacted`` is False when no document was read (an error, a 304): the first one read is the first contact. Entries
    stand in the feed's order; where one identity occurs twice, the first counts.
    """

    feed: str
    now: datetime
    entries: tuple[Entry, ...] = ()
    memory: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[FeedEvent, ...] = ()
    contacted: bool = True
    hold: tuple[str, datetime] | None = None
    """A host that asked to be left alone, and until when."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an update added."""

    new_items: tuple[str, ...] = ()
    revisions: int = 0
    sightings: int = 0
    first_contact: bool = False


@dataclass(frozen=True, slots=True)
class _Feed:
    """What of a feed's row matters here."""

    id: str
    source: str
    source_kind: str
    language: str | None
    subjects: tuple[str, ...]
    first_contact_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Known:
    """An item as the database has it."""

    revision: int
    hashes: frozenset[str]


@dataclass(slots=True)
class _Additions:
    """The rows to be written, table by table."""

    feed: _Feed
    now: datetime
    history: bool
    items: list[dict[str, Any]] = field(default_factory=list)
    revisions: list[dict[str, Any]] = field(default_factory=list)
    rewordings: list[dict[str, Any]] = field(default_factory=list)
    sightings: list[dict[str, Any]] = field(default_factory=list)
    readings: list[tuple[str, int]] = field(default_factory=list)

    def add_sighting(self, guid_hash: str, item: str) -> None:
        seen = {"feed_id": self.feed.id, "guid_hash": guid_hash, "item_id": item, "first_seen_at": self.now}
        self.sightings.append(seen)

    def add_item(self, entry: Entry, item: str) -> None:
        row = {
            "id": item,
            "feed_id": self.feed.id,
            "source": self.feed.source,
            "source_kind": self.feed.source_kind,
            "link": entry.link,
            "link_key": entry.link_key,
            "title": entry.title,
            "summary": entry.summary,
            "language": entry.language or self.feed.language,
            "published_at": entry.published_at,
            "date_note": entry.date_note,
            "first_seen_at": self.now,
            "revision": 0,
            "history": self.history,
        }
        self.items.append(row)
        self.add_revision(entry, item, 0)

    def add_revision(self, entry: Entry, item: str, number: int) -> None:
        text = {"title": entry.title, "summary": entry.summary}
        wording = {"item_id": item, "number": number, "content_hash": entry.content_hash, "seen_at": self.now}
        self.revisions.append(wording | text)
        self.readings.append((item, number))
        if number:
            self.rewordings.append({"item": item, "revision": number} | text)


def ingest(connection: Connection, batch: FeedUpdate) -> Ingested:
    """Store what a poll brought and queue it for detection, in the caller's write transaction.

    Raises StoreError for a feed that is not in the table.
    """
    return ingest_all(connection, (batch,))[0]


def ingest_all(connection: Connection, batches: Sequence[FeedUpdate]) -> list[Ingested]:
    """Store what polls of different feeds brought, as ``ingest`` does, and return what each added.

    All or nothing: raises StoreError where one of the feeds is not in the table.
    """
    feeds = _held_feeds(connection, batches)
    added: list[_Additions] = []
    written = 0
    for batch in batches:
        feed = feeds[batch.feed]
        if any(each.feed.source == feed.source for each in added[written:]):  # what they brought must be known
            _write(connection, added[written:])
            written = len(added)
        added.append(_added(connection, feed, batch))
    _write(connection, added[written:])
    _remember(connection, batches, added)
    return [
        Ingested(
            new_items=tuple(row["id"] for row in each.items),
            revisions=len(each.rewordings),
            sightings=len(each.sightings),
            first_contact=each.history,
        )
        for each in added
    ]


def _held_feeds(connection: Connection, batches: Sequence[FeedUpdate]) -> dict[str, _Feed]:
    """Return the feeds, publishers held: two feeds of one must not both store an article as new.

    They are held in the order of their names, so that two hosts never wait for each other. Where no document was read
    there is nothing to be stored twice.
    """
    feeds = _feeds(connection, batches)
    if missing := sorted(batch.feed for batch in batches if batch.feed not in feeds):
        raise StoreError(f"feed {', '.join(missing)} is not in the database")
    sources = sorted({feeds[batch.feed].source for batch in batches if batch.contacted or batch.entries})
    for source in sources:
        hold(connection, f"ingest {source}")
    return _feeds(connection, batches) if sources else feeds


def _feeds(connection: Connection, batches: Sequence[FeedUpdate]) -> dict[str, _Feed]:
    columns = (
        feed_table.c.id,
        feed_table.c.source,
        feed_table.c.source_kind,
        feed_table.c.language,
        feed_table.c.subjects,
    )
    query = select(*columns, feed_table.c.first_contact_at).where(
        feed_table.c.id.in_([batch.feed for batch in batches])
    )
    return {
        name: _Feed(name, source, kind, language, tuple(subjects), contact)
        for name, source, kind, language, subjects, contact in connection.execute(query)
    }


def _added(connection: Connection, feed: _Feed, batch: FeedUpdate) -> _Additions:
    """Return what is new in a fetch."""
    added = _Additions(feed, batch.now, history=batch.contacted and feed.first_contact_at is None)
    entries: dict[str, Entry] = {}
    for entry in map(_storable, batch.entries):
        entries.setdefault(_guid_hash(entry), entry)
    if entries:  # most polls bring none
        sighted = _sighted(connection, feed, entries)
        items = _identities(feed, entries, sighted, _links(connection, feed, entries.values()))
        known = _known_items(connection, sorted(set(items.values())))
        _gather(added, entries, items, sighted, known)
    return added


def _storable(entry: Entry) -> Entry:
    """Leave out what PostgreSQL (a zero byte) or UTF-8 (half a surrogate pair) can't hold: same text on both."""
    if _is_clean(f"{entry.guid}{entry.link}{entry.link_key}{entry.title}{entry.summary}"):
        return entry
    return replace(
        entry,
        guid=_clean(entry.guid),
        link=_clean(entry.link),
        link_key=_clean(entry.link_key),
        title=_clean(entry.title),
        summary=_clean(entry.summary),
    )


def _is_clean(text: str) -> bool:
    try:
        return "\0" not in text and bool(text.isascii() or text.encode())
    except UnicodeEncodeError:
        return False


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _guid_hash(entry: Entry) -> str:
    """Return what tells an entry from the others of its feed."""
    if entry.guid:
        return _digest("guid", entry.guid)
    return _digest("link", entry.link_key) if entry.link_key else _digest("content", entry.content_hash)


def _item_id(feed: _Feed, entry: Entry) -> str:
    if entry.guid:
        parts = ("guid", feed.id, entry.guid)
    elif entry.link_key:
        parts = ("link", feed.source, entry.link_key)
    else:
        parts = ("content", feed.id, entry.content_hash)
    return "i" + _digest(*parts)[:16]


def _identities(
    feed: _Feed, entries: dict[str, Entry], sighted: dict[str, str], links: dict[str, str]
) -> dict[str, str]:
    """Return the item id of each entry, by guid hash."""
    ambiguous = _ambiguous_links(entries.values())
    items: dict[str, str] = {}
    for key, entry in entries.items():
        link = entry.link_key if entry.link_key not in ambiguous else ""
        items[key] = sighted.get(key) or links.get(link) or _item_id(feed, entry)
        if link:
            links.setdefault(link, items[key])
    return items


def _sighted(connection: Connection, feed: _Feed, keys: Iterable[str]) -> dict[str, str]:
    query = select(sighting_table.c.guid_hash, sighting_table.c.item_id)
    query = query.where(sighting_table.c.feed_id == feed.id, sighting_table.c.guid_hash.in_(list(keys)))
    return {row.guid_hash: row.item_id for row in connection.execute(query)}


def _links(connection: Connection, feed: _Feed, entries: Iterable[Entry]) -> dict[str, str]:
    """Return the first item known at each link from this publisher."""
    keys = [entry.link_key for entry in entries if entry.link_key]
    query = select(item_table.c.link_key, item_table.c.id).where(
        item_table.c.source == feed.source, item_table.c.link_key.in_(keys)
    )
    query = query.order_by(item_table.c.first_seen_at.desc(), item_table.c.id.desc())
    return {row.link_key: row.id for row in connection.execute(query)}


def _ambiguous_links(entries: Iterable[Entry]) -> frozenset[str]:
    texts: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        texts[entry.link_key].add(entry.content_hash)
    return frozenset(link for link, hashes in texts.items() if len(hashes) > 1)


def _known_items(connection: Connection, items: Sequence[str]) -> dict[str, _Known]:
    query = select(revision_table.c.item_id, revision_table.c.number, revision_table.c.content_hash)
    numbers: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for row in connection.execute(query.where(revision_table.c.item_id.in_(items))):
        numbers[row.item_id][row.number] = row.content_hash
    return {item: _Known(max(hashes), frozenset(hashes.values())) for item, hashes in numbers.items()}


def _gather(
    added: _Additions,
    entries: dict[str, Entry],
    items: dict[str, str],
    sighted: dict[str, str],
    known: dict[str, _Known],
) -> None:
    """Decide what of a fetch is new."""
    handled: set[str] = set()
    for key, entry in entries.items():
        item = items[key]
        if key not in sighted:
            added.add_sighting(key, item)
        if item in handled:
            continue
        handled.add(item)
        before = known.get(item)
        if before is None:
            added.add_item(entry, item)
        elif entry.content_hash not in before.hashes and before.revision + 1 < MOST_REVISIONS:
            added.add_revision(entry, item, before.revision + 1)
        elif key not in sighted:
            added.readings.append((item, before.revision))  # another feed may bring it to another subject


def _write(connection: Connection, additions: Sequence[_Additions]) -> None:
    """Write what is new in several fetches, table by table."""
    for table, rows in (
        (item_table, [row for added in additions for row in added.items]),
        (revision_table, [row for added in additions for row in added.revisions]),
    ):
        if rows:
            connection.execute(insert(table), rows)
    if rewordings := [row for added in additions for row in added.rewordings]:
        connection.execute(update(item_table).where(item_table.c.id == bindparam("item")), rewordings)
    insert_unless_there(connection, sighting_table, [row for added in additions for row in added.sightings])
    insert_unless_there(connection, reading_table, [row for added in additions for row in _reading_rows(added)])


def _reading_rows(added: _Additions) -> list[dict[str, Any]]:
    """Return what detection is to read, for each subject of the feed."""
    queued = {"history": added.history, "queued_at": added.now, "tick_id": None, "position": None, "outcome": None}
    return [
        {"subject": subject, "item_id": item, "revision": revision} | queued
        for subject in added.feed.subjects
        for item, revision in added.readings
    ]


def _remember(connection: Connection, batches: Sequence[FeedUpdate], added: Sequence[_Additions]) -> None:
    """Write the feeds' memories, those that set the same columns in one go, and their events; the claims end here."""
    rows: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for batch, each in sorted(zip(batches, added, strict=True), key=lambda pair: pair[0].feed):
        values = _memory(batch, each)
        rows[tuple(values)].append({"polled": batch.feed} | values)
    for alike in rows.values():
        connection.execute(update(feed_table).where(feed_table.c.id == bindparam("polled")), alike)
    for batch in batches:
        began = batch.memory.get("last_polled_at", batch.now)
        add_feed_events(connection, batch.feed, batch.events, began=began, now=batch.now)
        if batch.hold:
            hold_host(connection, *batch.hold)


def _memory(batch: FeedUpdate, added: _Additions) -> dict[str, Any]:
    values: dict[str, Any] = {**batch.memory, "claimed_by": None, "claimed_until": None}
    if batch.contacted and added.feed.first_contact_at is None:
        values["first_contact_at"] = batch.now
    if added.items:
        values["last_new_item_at"] = batch.now
    return values
