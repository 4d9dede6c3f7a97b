"""A store with changes and messages in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select
from tests.alerts.samples import NOW

from dipwatch.model import Change, Item, Tick, Versions
from dipwatch.store import leases
from dipwatch.store.leases import detection_lease
from dipwatch.store.outbox import OutboxEntry
from dipwatch.store.schema import feed_table, item_table, revision_table, tick_table
from dipwatch.store.sql import insert_unless_there
from dipwatch.store.store import Store
from dipwatch.store.ticks import write_tick

VERSIONS = Versions("1", "a", "b", "c", "d")


def stock(
    store: Store,
    changes: Sequence[Change],
    entries: Sequence[OutboxEntry],
    items: Sequence[Item] = (),
    at: datetime = NOW,
) -> list[int]:
    """Write one tick with these changes and messages; the items they come from are stored first."""
    with store.begin() as connection:
        for item in items:
            _add_item(connection, item)
        number = connection.execute(select(func.count()).select_from(tick_table)).scalar_one() + 1
        lease = leases.take(connection, detection_lease("ukraine"), "test", at, timedelta(hours=1))
        assert lease is not None
        return write_tick(connection, lease, Tick("ukraine", number, at), VERSIONS, (), changes, outbox=entries)


def _add_item(connection: Connection, item: Item) -> None:
    url = f"https://{item.feed}.example/rss"
    feed: dict[str, object] = {
        "id": item.feed,
        "url": url,
        "configured_url": url,
        "source": item.source,
        "source_kind": item.source_kind,
    }
    feed |= {
        "subjects": ["ukraine"],
        "next_poll_at": NOW,
        "hints": {},
        "enabled": True,
        "moved_polls": 0,
        "error_streak": 0,
    }
    insert_unless_there(connection, feed_table, [feed])
    text: dict[str, object] = {"title": item.title, "summary": item.summary}
    row: dict[str, object] = {
        "id": item.id,
        "feed_id": item.feed,
        "source": item.source,
        "source_kind": item.source_kind,
    }
    row |= {"link": item.link, "link_key": item.link, "language": item.language, "published_at": item.published}
    row |= {"first_seen_at": item.first_seen, "revision": 0, "history": item.history}
    connection.execute(insert(item_table).values(row | text))
    wording: dict[str, object] = {"item_id": item.id, "number": 0, "content_hash": "x", "seen_at": item.first_seen}
    connection.execute(insert(revision_table).values(wording | text))


def alert_to(receiver: str, change: int | None = 0, **values: object) -> OutboxEntry:
    """Return an alert that is due now."""
    settings: dict[str, object] = {"group_key": "dev-1", "purpose": "alert", "next_attempt_at": NOW} | values
    return OutboxEntry(change=change, receiver=receiver, **settings)  # type: ignore[arg-type] # fields of several types
