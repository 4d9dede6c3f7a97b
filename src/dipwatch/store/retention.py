"""What goes after a time, so that no table grows for ever: bit by bit, so that nobody waits for it.

The change log, the claims with their quoted evidence, and all that was told of a development stay: history is read,
corrected and decided again from them. Pages are read in transactions of their own and written in short ones, which look
again at what they take, because detection and polls go on meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, delete, exists, func, or_, select, tuple_, update

from dipwatch.store.schema import (
    change_table,
    claim_table,
    delivery_table,
    feed_event_table,
    feed_table,
    item_table,
    outbox_table,
    reading_table,
    revision_table,
    sighting_table,
)
from dipwatch.store.store import Store

BATCH = 500
"""Rows of one transaction: a few milliseconds for whoever waits to write."""
_MARK_LENGTH = 8  # of feeds.window, which the store may not ask


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is older than these times goes; None: it stays.

    ``texts``: summaries of items, and of their older wordings, once detection is done with them. ``noise``: items in
    which nothing was read. ``deliveries``: attempts, and messages behind which no change stands or that told nobody.
    ``feed_events``: what happened to feeds.
    """

    texts: datetime | None = None
    noise: datetime | None = None
    deliveries: datetime | None = None
    feed_events: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many went, or would go."""

    texts: int = 0
    """Items whose texts were emptied."""
    noise: int = 0
    messages: int = 0
    deliveries: int = 0
    feed_events: int = 0

    def __add__(self, other: Pruned) -> Pruned:
        return Pruned(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def __str__(self) -> str:
        return (
            f"the texts of {self.texts} items, {self.noise} items without news, {self.messages} messages, "
            f"{self.deliveries} attempts to deliver, {self.feed_events} events of feeds"
        )


def prune(store: Store, bounds: Bounds, *, dry_run: bool = False, goes_on: Callable[[], bool] = lambda: True) -> Pruned:
    """Let go what is beyond bounds, and return how much that was (or would be, with ``dry_run``).

    ``goes_on`` is asked after each batch: what is left then is for the next time. Raises StoreError.
    """
    done = Pruned()
    for step in _steps(store, bounds, dry_run=dry_run):
        done += step
        if not goes_on():
            break
    return done


def _steps(store: Store, bounds: Bounds, *, dry_run: bool) -> Iterator[Pruned]:
    """Noise goes before texts: what goes whole need not be emptied first."""
    if bounds.noise is not None:
        for page in _pages(store, _is_noise() & (item_table.c.first_seen_at < bounds.noise)):
            yield Pruned(noise=_drop_noise(store, page, dry_run=dry_run))
    if bounds.texts is not None:
        for page in _pages(store, _worded(bounds.texts, bounds.noise if dry_run else None)):
            yield Pruned(texts=len(page) if dry_run else _empty_texts(store, page))
    if bounds.deliveries is not None:
        for count in _rows(store, outbox_table, _spent(bounds.deliveries), dry_run=dry_run):
            yield Pruned(messages=count)
        for count in _rows(store, delivery_table, delivery_table.c.at < bounds.deliveries, dry_run=dry_run):
            yield Pruned(deliveries=count)
    if bounds.feed_events is not None:
        for count in _rows(store, feed_event_table, feed_event_table.c.at < bounds.feed_events, dry_run=dry_run):
            yield Pruned(feed_events=count)


def _pages(store: Store, which: ColumnElement[bool]) -> Iterator[list[str]]:
    """Yield the ids of items, the oldest first."""
    query = (
        select(item_table.c.first_seen_at, item_table.c.id)
        .where(which)
        .order_by(item_table.c.first_seen_at, item_table.c.id)
    )
    after: tuple[Any, ...] | None = None
    while True:
        beyond = query if after is None else query.where(tuple_(item_table.c.first_seen_at, item_table.c.id) > after)
        with store.connect() as connection:
            page = connection.execute(beyond.limit(BATCH)).all()
        if page:
            yield [row.id for row in page]
            after = tuple(page[-1])
        if len(page) < BATCH:
            return


def _is_read() -> ColumnElement[bool]:
    return ~exists().where(reading_table.c.item_id == item_table.c.id, reading_table.c.tick_id.is_(None))


def _is_noise() -> ColumnElement[bool]:
    claimed = exists().where(claim_table.c.item_id == item_table.c.id)
    told = exists().where(change_table.c.item_id == item_table.c.id)
    return and_(_is_read(), ~claimed, ~told)


def _has_texts() -> ColumnElement[bool]:
    reworded = exists().where(revision_table.c.item_id == item_table.c.id, revision_table.c.summary != "")
    return and_(_is_read(), or_(item_table.c.summary != "", reworded))


def _worded(before: datetime, gone: datetime | None) -> ColumnElement[bool]:
    """Whether an item seen ``before`` has texts; what will have gone as noise seen before ``gone`` is left out."""
    which = _has_texts() & (item_table.c.first_seen_at < before)
    return which if gone is None else which & ~(_is_noise() & (item_table.c.first_seen_at < gone))


def _spent(before: datetime) -> ColumnElement[bool]:
    """Whether a message is over and done with. What told of a change stays: its corrections go to who was told."""
    untold = outbox_table.c.state.in_(("dropped", "withheld", "dead"))
    over = untold | ((outbox_table.c.state == "sent") & outbox_table.c.change_seq.is_(None))
    return (outbox_table.c.created_at < before) & over


def _empty_texts(store: Store, items: Sequence[str]) -> int:
    with store.begin() as connection:
        meant = _still(connection, items, _has_texts())
        connection.execute(update(revision_table).where(revision_table.c.item_id.in_(meant)).values(summary=""))
        connection.execute(update(item_table).where(item_table.c.id.in_(meant)).values(summary=""))
    return len(meant)


def _drop_noise(store: Store, items: Sequence[str], *, dry_run: bool) -> int:
    with store.connect() if dry_run else store.begin() as connection:
        meant = _unshown(connection, _still(connection, items, _is_noise()))
        if not dry_run:
            for table in (reading_table, sighting_table, revision_table):
                connection.execute(delete(table).where(table.c.item_id.in_(meant)))
            connection.execute(delete(item_table).where(item_table.c.id.in_(meant)))
    return len(meant)


def _still(connection: Connection, items: Sequence[str], which: ColumnElement[bool]) -> list[str]:
    query: Select[str] = select(item_table.c.id).where(item_table.c.id.in_(items), which).order_by(item_table.c.id)
    return list(connection.execute(query).scalars())


def _unshown(connection: Connection, items: Sequence[str]) -> list[str]:
    """Leave out what a feed that is polled still shows, or may: it would come again as news."""
    query = (
        select(item_table.c.id, item_table.c.link_key, revision_table.c.content_hash, feed_table.c.id.label("feed"))
        .join(revision_table, revision_table.c.item_id == item_table.c.id)
        .join(sighting_table, sighting_table.c.item_id == item_table.c.id)
        .join(feed_table, feed_table.c.id == sighting_table.c.feed_id)
        .where(item_table.c.id.in_(items), feed_table.c.enabled, feed_table.c.gone_at.is_(None))
    )
    rows = connection.execute(query).all()
    windows = _windows(connection, sorted({row.feed for row in rows}))
    shown = {row.id for row in rows if not windows[row.feed].isdisjoint(_marks(row)) or not windows[row.feed]}
    return [item for item in items if item not in shown]


def _windows(connection: Connection, feeds: Sequence[str]) -> dict[str, frozenset[str]]:
    rows = connection.execute(select(feed_table.c.id, feed_table.c.window).where(feed_table.c.id.in_(feeds)))
    return {row.id: frozenset(row.window or ()) for row in rows}


def _marks(row: Any) -> frozenset[str]:  # noqa: ANN401 (a row of the query above)
    """Return how ``feeds.window`` may mark an item."""
    link = hashlib.sha256(row.link_key.encode("utf-8", "replace")).hexdigest()[:_MARK_LENGTH]
    return frozenset({link, row.content_hash[:_MARK_LENGTH]})


def _rows(
    store: Store,
    table: Table[Any],
    which: ColumnElement[bool],
    *,
    dry_run: bool,
) -> Iterator[int]:
    """Delete numbered rows and yield how many each time.

    The newest stays: SQLite counts on from it, and a number that came again would be taken for one that was read.
    """
    meant = which & (table.c.id < select(func.max(table.c.id)).scalar_subquery())
    if dry_run:
        with store.connect() as connection:
            yield connection.execute(select(func.count()).select_from(table).where(meant)).scalar_one()
        return
    oldest = select(table.c.id).where(meant).order_by(table.c.id).limit(BATCH)
    while True:
        with store.begin() as connection:
            ids = connection.execute(oldest).scalars().all()
            connection.execute(delete(table).where(table.c.id.in_(ids)))
        yield len(ids)
        if len(ids) < BATCH:
            return
