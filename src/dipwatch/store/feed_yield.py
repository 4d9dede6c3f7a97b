"""What feeds are worth: how many of their items led to developments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from dipwatch.model import ChangeType
from dipwatch.store.schema import change_table, item_table

_LED = tuple(str(kind) for kind in ChangeType if kind is not ChangeType.CORRECTION)


@dataclass(frozen=True, slots=True)
class FeedYield:
    """The items that a feed was the first to bring, and how many of them tell of a development."""

    items: int = 0
    led: int = 0

    @property
    def share(self) -> float | None:
        """The part of the items that led to developments, 0 to 1; None where there are none."""
        return round(self.led / self.items, 3) if self.items else None


def feed_yields(connection: Connection, since: datetime) -> dict[str, FeedYield]:
    """Return the yield of each feed that brought an item ``since`` a time."""
    recent = item_table.c.first_seen_at >= since
    items = select(item_table.c.feed_id, func.count()).where(recent).group_by(item_table.c.feed_id)
    led = (
        select(item_table.c.feed_id, func.count(item_table.c.id.distinct()))
        .join(change_table, change_table.c.item_id == item_table.c.id)
        .where(recent, change_table.c.type.in_(_LED))
        .group_by(item_table.c.feed_id)
    )
    telling = {row[0]: int(row[1]) for row in connection.execute(led)}
    return {feed: FeedYield(count, telling.get(feed, 0)) for feed, count in connection.execute(items)}
