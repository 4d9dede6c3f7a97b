"""What comes in: feeds and what happened to them, items with all their wordings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Double, ForeignKey, Integer, Named, Table, Text, TypedColumns

from dipwatch.store.columns import BigId, Json, UtcDateTime
from dipwatch.store.schema.metadata import METADATA


class FeedColumns(TypedColumns):
    """A polled URL and what was learned of it. Which feeds there are is configuration; this is their memory."""

    id: Named[str] = Column(Text, primary_key=True)
    url: Named[str] = Column(Text)
    """Where it is polled: the configured address, or where a permanent redirect has led."""
    configured_url: Named[str] = Column(Text)
    source: Named[str] = Column(Text)
    source_kind: Named[str] = Column(Text)
    language: Named[str | None] = Column(Text)
    country: Named[str | None] = Column(Text)
    subjects: Named[list[Any]] = Column(Json)
    enabled: Named[bool] = Column(Boolean, default=True)
    etag: Named[str | None] = Column(Text)
    last_modified: Named[str | None] = Column(Text)
    body_hash: Named[str | None] = Column(Text)
    moved_to: Named[str | None] = Column(Text)
    moved_polls: Named[int] = Column(Integer, default=0)
    gone_at: Named[datetime | None] = Column(UtcDateTime)
    next_poll_at: Named[datetime] = Column(UtcDateTime, index=True)
    first_contact_at: Named[datetime | None] = Column(UtcDateTime)
    last_polled_at: Named[datetime | None] = Column(UtcDateTime)
    last_success_at: Named[datetime | None] = Column(UtcDateTime)
    last_new_item_at: Named[datetime | None] = Column(UtcDateTime)
    error_streak: Named[int] = Column(Integer, default=0)
    last_outcome: Named[str | None] = Column(Text)
    last_detail: Named[str | None] = Column(Text)
    last_status: Named[int | None] = Column(Integer)
    rhythm_seconds: Named[float | None] = Column(Double)
    hints: Named[dict[str, Any]] = Column(Json, default=dict)
    """What the feed asked for (ttl, update period, cache lifetime), in seconds."""
    claimed_by: Named[str | None] = Column(Text)
    claimed_until: Named[datetime | None] = Column(UtcDateTime)
    failing_since: Named[datetime | None] = Column(UtcDateTime)
    broken_at: Named[datetime | None] = Column(UtcDateTime)
    """When it was told that it is broken; None while it isn't. So with the next one."""
    silent_at: Named[datetime | None] = Column(UtcDateTime)
    hole_at: Named[datetime | None] = Column(UtcDateTime)
    """When its window was last found to have rolled over."""
    window: Named[list[Any] | None] = Column(Json)
    """Marks of the entries it showed last: see ``feeds.window``."""


feed_table = Table("feeds", METADATA, FeedColumns)


class FeedEventColumns(TypedColumns):
    """What happened to a feed: moved, gone, broken, silent, recovered, a hole in its window. Written once."""

    id: Named[int] = Column(BigId, primary_key=True)
    feed_id: Named[str] = Column(Text, ForeignKey("feeds.id"), index=True)
    at: Named[datetime] = Column(UtcDateTime)
    event: Named[str] = Column(Text)
    detail: Named[str] = Column(Text, default="")


feed_event_table = Table("feed_events", METADATA, FeedEventColumns)


class ItemColumns(TypedColumns):
    """One item in its latest revision."""

    id: Named[str] = Column(Text, primary_key=True)
    feed_id: Named[str] = Column(Text, ForeignKey("feeds.id"), index=True)
    source: Named[str] = Column(Text)
    source_kind: Named[str] = Column(Text)
    link: Named[str] = Column(Text)
    link_key: Named[str] = Column(Text, index=True)
    """The link without what differs from poll to poll; empty where there is none."""
    title: Named[str] = Column(Text)
    summary: Named[str] = Column(Text)
    language: Named[str | None] = Column(Text)
    published_at: Named[datetime | None] = Column(UtcDateTime)
    date_note: Named[str | None] = Column(Text)
    """Why the date is not the one the feed gave."""
    first_seen_at: Named[datetime] = Column(UtcDateTime, index=True)
    revision: Named[int] = Column(Integer, default=0)
    history: Named[bool] = Column(Boolean, default=False)


item_table = Table("items", METADATA, ItemColumns)


class RevisionColumns(TypedColumns):
    """A wording of an item; number 0 is the first. ``content_hash`` damps edits that flip back and forth."""

    item_id: Named[str] = Column(Text, ForeignKey("items.id"), primary_key=True)
    number: Named[int] = Column(Integer, primary_key=True)
    title: Named[str] = Column(Text)
    summary: Named[str] = Column(Text)
    content_hash: Named[str] = Column(Text)
    seen_at: Named[datetime] = Column(UtcDateTime)


revision_table = Table("revisions", METADATA, RevisionColumns)


class SightingColumns(TypedColumns):
    """An item seen in a feed, under the feed's own id for it."""

    feed_id: Named[str] = Column(Text, ForeignKey("feeds.id"), primary_key=True)
    guid_hash: Named[str] = Column(Text, primary_key=True)
    item_id: Named[str] = Column(Text, ForeignKey("items.id"), index=True)
    first_seen_at: Named[datetime] = Column(UtcDateTime)


sighting_table = Table("sightings", METADATA, SightingColumns)
