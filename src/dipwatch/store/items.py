"""Items as they were worded in one of their revisions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, tuple_

from dipwatch.model import Item, SourceKind
from dipwatch.store.schema import item_table, reading_table, revision_table


def worded_items(
    history: ColumnElement[bool] = item_table.c.history,
) -> Select[*tuple[Any, ...]]:
    """Return the query of every item in every revision, with the columns that ``item_of`` reads.

    ``history`` is where the flag comes from: a reading has its own.
    """
    query: Select[*tuple[Any, ...]] = select(
        item_table.c.id,
        item_table.c.feed_id,
        item_table.c.source,
        item_table.c.source_kind,
        item_table.c.link,
        item_table.c.published_at,
        item_table.c.language,
        history.label("history"),
        revision_table.c.number,
        revision_table.c.title,
        revision_table.c.summary,
        revision_table.c.seen_at,
    )
    return query.join(revision_table, revision_table.c.item_id == item_table.c.id)


def item_of(row: Any) -> Item:  # noqa: ANN401 (a row of worded_items)
    """Return the item of a row; ``first_seen`` is when this wording was first seen."""
    return Item(
        id=row.id,
        feed=row.feed_id,
        source=row.source,
        source_kind=SourceKind(row.source_kind),
        title=row.title,
        summary=row.summary,
        link=row.link,
        published=row.published_at,
        first_seen=row.seen_at,
        language=row.language,
        revision=row.number,
        history=row.history,
    )


def read_items(connection: Connection, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Item]:
    """Return items by id and revision number; what isn't known is left out."""
    keys = sorted(set(wanted))
    query = worded_items().where(tuple_(revision_table.c.item_id, revision_table.c.number).in_(keys))
    return {(row.id, row.number): item_of(row) for row in connection.execute(query)}


def pending_readings(connection: Connection) -> int:
    """Return how many items wait for detection, those of all subjects together."""
    query = select(func.count()).select_from(reading_table).where(reading_table.c.tick_id.is_(None))
    return connection.execute(query).scalar_one()
