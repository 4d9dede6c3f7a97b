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

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, or_, select, tuple_, update

from dipwatch.store.schema import (
    ChangeRow,
    ClaimRow,
    DeliveryRow,
    FeedEventRow,
    FeedRow,
    ItemRow,
    OutboxRow,
    ReadingRow,
    RevisionRow,
    SightingRow,
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
        for page in _pages(store, _is_noise() & (ItemRow.first_seen_at < bounds.noise)):
            yield Pruned(noise=_drop_noise(store, page, dry_run=dry_run))
    if bounds.texts is not None:
        for page in _pages(store, _worded(bounds.texts, bounds.noise if dry_run else None)):
            yield Pruned(texts=len(page) if dry_run else _empty_texts(store, page))
    if bounds.deliveries is not None:
        for count in _rows(store, OutboxRow, _spent(bounds.deliveries), dry_run=dry_run):
            yield Pruned(messages=count)
        for count in _rows(store, DeliveryRow, DeliveryRow.at < bounds.deliveries, dry_run=dry_run):
            yield Pruned(deliveries=count)
    if bounds.feed_events is not None:
        for count in _rows(store, FeedEventRow, FeedEventRow.at < bounds.feed_events, dry_run=dry_run):
            yield Pruned(feed_events=count)


def _pages(store: Store, which: ColumnElement[bool]) -> Iterator[list[str]]:
    """Yield the ids of items, the oldest first."""
    query = select(ItemRow.first_seen_at, ItemRow.id).where(which).order_by(ItemRow.first_seen_at, ItemRow.id)
    after: tuple[Any, ...] | None = None
    while True:
        beyond = query if after is None else query.where(tuple_(ItemRow.first_seen_at, ItemRow.id) > after)
        with store.connect() as connection:
            page = connection.execute(beyond.limit(BATCH)).all()
        if page:
            yield [row.id for row in page]
            after = tuple(page[-1])
        if len(page) < BATCH:
            return


def _is_read() -> ColumnElement[bool]:
    return ~exists().where(ReadingRow.item_id == ItemRow.id, ReadingRow.tick_id.is_(None))


def _is_noise() -> ColumnElement[bool]:
    claimed = exists().where(ClaimRow.item_id == ItemRow.id)
    told = exists().where(ChangeRow.item_id == ItemRow.id)
    return and_(_is_read(), ~claimed, ~told)


def _has_texts() -> ColumnElement[bool]:
    reworded = exists().where(RevisionRow.item_id == ItemRow.id, RevisionRow.summary != "")
    return and_(_is_read(), or_(ItemRow.summary != "", reworded))


def _worded(before: datetime, gone: datetime | None) -> ColumnElement[bool]:
    """Whether an item seen ``before`` has texts; what will have gone as noise seen before ``gone`` is left out."""
    which = _has_texts() & (ItemRow.first_seen_at < before)
    return which if gone is None else which & ~(_is_noise() & (ItemRow.first_seen_at < gone))


def _spent(before: datetime) -> ColumnElement[bool]:
    """Whether a message is over and done with. What told of a change stays: its corrections go to who was told."""
    untold = OutboxRow.state.in_(("dropped", "withheld", "dead"))
    over = untold | ((OutboxRow.state == "sent") & OutboxRow.change_seq.is_(None))
    return (OutboxRow.created_at < before) & over


def _empty_texts(store: Store, items: Sequence[str]) -> int:
    with store.begin() as connection:
        meant = _still(connection, items, _has_texts())
        connection.execute(update(RevisionRow).where(RevisionRow.item_id.in_(meant)).values(summary=""))
        connection.execute(update(ItemRow).where(ItemRow.id.in_(meant)).values(summary=""))
    return len(meant)


def _drop_noise(store: Store, items: Sequence[str], *, dry_run: bool) -> int:
    with store.connect() if dry_run else store.begin() as connection:
        meant = _unshown(connection, _still(connection, items, _is_noise()))
        if not dry_run:
            for row in (ReadingRow, SightingRow, RevisionRow):
                connection.execute(delete(row).where(row.item_id.in_(meant)))
            connection.execute(delete(ItemRow).where(ItemRow.id.in_(meant)))
    return len(meant)


def _still(connection: Connection, items: Sequence[str], which: ColumnElement[bool]) -> list[str]:
    query: Select[str] = select(ItemRow.id).where(ItemRow.id.in_(items), which).order_by(ItemRow.id)
    return list(connection.execute(query).scalars())


def _unshown(connection: Connection, items: Sequence[str]) -> list[str]:
    """Leave out what a feed that is polled still shows, or may: it would come again as news."""
    query = (
        select(ItemRow.id, ItemRow.link_key, RevisionRow.content_hash, FeedRow.id.label("feed"))
        .join(RevisionRow, RevisionRow.item_id == ItemRow.id)
        .join(SightingRow, SightingRow.item_id == ItemRow.id)
        .join(FeedRow, FeedRow.id == SightingRow.feed_id)
        .where(ItemRow.id.in_(items), FeedRow.enabled, FeedRow.gone_at.is_(None))
    )
    rows = connection.execute(query).all()
    windows = _windows(connection, sorted({row.feed for row in rows}))
    shown = {row.id for row in rows if not windows[row.feed].isdisjoint(_marks(row)) or not windows[row.feed]}
    return [item for item in items if item not in shown]


def _windows(connection: Connection, feeds: Sequence[str]) -> dict[str, frozenset[str]]:
    rows = connection.execute(select(FeedRow.id, FeedRow.window).where(FeedRow.id.in_(feeds)))
    return {row.id: frozenset(row.window or ()) for row in rows}


def _marks(row: Any) -> frozenset[str]:  # noqa: ANN401 (a row of the query above)
    """Return how ``feeds.window`` may mark an item."""
    link = hashlib.sha256(row.link_key.encode("utf-8", "replace")).hexdigest()[:_MARK_LENGTH]
    return frozenset({link, row.content_hash[:_MARK_LENGTH]})


def _rows(
    store: Store,
    table: type[OutboxRow | DeliveryRow | FeedEventRow],
    which: ColumnElement[bool],
    *,
    dry_run: bool,
) -> Iterator[int]:
    """Delete numbered rows and yield how many each time.

    The newest stays: SQLite counts on from it, and a number that came again would be taken for one that was read.
    """
    meant = which & (table.id < select(func.max(table.id)).scalar_subquery())
    if dry_run:
        with store.connect() as connection:
            yield connection.execute(select(func.count()).select_from(table).where(meant)).scalar_one()
        return
    oldest = select(table.id).where(meant).order_by(table.id).limit(BATCH)
    while True:
        with store.begin() as connection:
            ids = connection.execute(oldest).scalars().all()
            connection.execute(delete(table).where(table.id.in_(ids)))
        yield len(ids)
        if len(ids) < BATCH:
            return
