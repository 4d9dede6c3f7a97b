"""Small makers of the values that the store's tests are about."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from dipwatch.feeds.feed import Feed
from dipwatch.model import (
    Change,
    ChangeType,
    Claim,
    Direction,
    EventType,
    Item,
    Kind,
    Part,
    Quantity,
    Quote,
    Reason,
    Role,
    Severity,
    Shift,
    SourceKind,
    Span,
    Status,
    Tick,
    Versions,
    When,
)
from dipwatch.store import leases
from dipwatch.store.feeds import sync_feeds
from dipwatch.store.ingest import Entry, FeedUpdate, Ingested, ingest
from dipwatch.store.leases import Lease, detection_lease
from dipwatch.store.outbox import OutboxEntry
from dipwatch.store.store import Store
from dipwatch.store.ticks import CommandInput, TickInput, next_tick, write_tick

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SUBJECT = "ukraine"
VERSIONS = Versions(program="0.1", config="c1", lexicon="l1", baseline="b1", model="m1")

CLAIM = Claim(
    kind=Kind.MEETING,
    event=EventType.CONSULT,
    status=Status.PLANNED,
    parts=(Part("russia", Role.SOURCE), Part("united-states", Role.TARGET, "an envoy"), Part("russia", Role.SPEAKER)),
    span=Span("title", 0, 20),
    evidence="Envoys will meet in Vienna.",
    venue="vienna",
    issue="territory",
    when=When(date(2026, 3, 2), date(2026, 3, 3)),
    quantities=(Quantity(90e9, "EUR"), Quantity(1e300, "drops")),
    quote=Quote("We will come.", "russia", Span("summary", 3, 16)),
    cues=("meet",),
    score=0.875,
)


def make_feed(name: str = "one", **values: Any) -> Feed:  # noqa: ANN401 (any of its fields)
    feed = Feed(
        id=name,
        url=f"https://{name}.example/feed",
        source="Example Post",
        source_kind=SourceKind.INDEPENDENT,
        language="en",
        subjects=(SUBJECT,),
    )
    return replace(feed, **values)


def make_entry(guid: str, title: str = "", *, link: str | None = None, published: datetime | None = None) -> Entry:
    title = title or f"Headline of {guid}"
    link = f"https://example/{guid}" if link is None else link
    return Entry(
        guid=guid,
        link=link,
        link_key=link,
        title=title,
        summary=f"More on: {title}",
        content_hash=hashlib.sha256(title.encode("utf-8", "surrogatepass")).hexdigest(),
        published_at=published,
    )


def add_feeds(store: Store, *feeds: Feed, now: datetime = NOW) -> None:
    with store.begin() as connection:
        sync_feeds(connection, feeds or (make_feed(),), now)


def bring(store: Store, *entries: Entry, feed: str = "one", now: datetime = NOW) -> Ingested:
    """Ingest a fetch of a feed."""
    with store.begin() as connection:
        return ingest(connection, FeedUpdate(feed, now, entries))


def lead(store: Store, holder: str = "host-1", ttl: timedelta = 10 * MINUTE, now: datetime = NOW) -> Lease:
    with store.begin() as connection:
        lease = leases.take(connection, detection_lease(SUBJECT), holder, now, ttl)
    assert lease is not None
    return lease


def make_change(development: str = "d1", item: Item | None = None, **values: Any) -> Change:  # noqa: ANN401 (any of its fields)
    change = Change(
        type=ChangeType.NEW,
        development=development,
        at=NOW,
        alert=True,
        kind=Kind.MEETING,
        status=Status.PLANNED,
        severity=Severity.HIGH,
        confidence=0.9,
        title="Envoys to meet in Vienna",
        reasons=(Reason.FIRST_REPORT, Reason.NOT_IN_BASELINE),
        item=item.id if item else None,
        revision=item.revision if item else 0,
        claim=CLAIM,
        shift=Shift("russia", "territory", Direction.SOFTER, stance="open", was="closed"),
    )
    return replace(change, **values)


def make_outbox(change: int | None = 0, receiver: str = "desk", group: str = "g", **values: Any) -> OutboxEntry:  # noqa: ANN401 (any of its fields)
    entry = OutboxEntry(change, receiver, group, "alert", NOW)
    return replace(entry, **values)


def tick_on(
    connection: Connection,
    lease: Lease,
    changes: Sequence[Change] | None = None,
    *,
    outbox: Sequence[OutboxEntry] = (),
    commands: Sequence[CommandInput] = (),
    limit: int = 100,
) -> list[int]:
    """Take what is pending through a tick; by default each item opens a development of its own."""
    batch = next_tick(connection, SUBJECT, limit)
    inputs = [TickInput(item, (CLAIM,), "new") for item in batch.items]
    if changes is None:
        changes = [make_change(f"d-{item.id}-{item.revision}", item) for item in batch.items]
    tick = Tick(SUBJECT, batch.number, NOW)
    return write_tick(connection, lease, tick, VERSIONS, inputs, changes, outbox=outbox, commands=commands)


def log_changes(store: Store, changes: Sequence[Change], outbox: Sequence[OutboxEntry] = ()) -> list[int]:
    """Write changes, and messages about them, in a tick without items."""
    lease = lead(store)
    with store.begin() as connection:
        return tick_on(connection, lease, changes, outbox=outbox)
