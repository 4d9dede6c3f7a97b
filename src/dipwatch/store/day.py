"""What happened within a stretch of time, in numbers: for the daily line of assurance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from dipwatch.model import Reason
from dipwatch.store.schema import (
    change_table,
    delivery_table,
    development_table,
    feed_table,
    outbox_table,
    reading_table,
    tick_table,
)


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Feeds as they are now; within a time: items read, developments that alerted, those below the threshold."""

    feeds: int
    feeds_fine: int
    items: int
    developments: int
    below_threshold: int


def day_counts(connection: Connection, since: datetime, until: datetime) -> DayCounts:
    """Count what came between two times, the first included."""
    feeds = select(feed_table.c.id).where(feed_table.c.enabled)
    fine = feeds.where(
        feed_table.c.error_streak == 0, feed_table.c.last_success_at.is_not(None), feed_table.c.gone_at.is_(None)
    )
    items = (
        select(reading_table.c.item_id)
        .join(tick_table, tick_table.c.id == reading_table.c.tick_id)
        .where(tick_table.c.at >= since, tick_table.c.at < until)
        .distinct()
    )
    opened = select(development_table.c.id).where(
        development_table.c.opened_at >= since, development_table.c.opened_at < until
    )
    change = change_table.alias()
    kept_back = change.c.body["kept_back"].as_string().contains(f'"{Reason.BELOW_THRESHOLD}"', autoescape=True)
    below = opened.where(
        ~development_table.c.alerted, exists().where(change.c.development_id == development_table.c.id, kept_back)
    )
    return DayCounts(
        *(
            connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
            for query in (feeds, fine, items, opened.where(development_table.c.alerted), below)
        )
    )


def was_told(connection: Connection, receiver: str, since: datetime, until: datetime) -> bool:
    """Tell whether a receiver was sent anything but lines of assurance between two times."""
    row = outbox_table.alias().c
    told = (
        select(delivery_table.c.id)
        .where(delivery_table.c.receiver == receiver, delivery_table.c.at >= since, delivery_table.c.at < until)
        .where(delivery_table.c.outcome == "sent")
        .where(exists().where(row.message_key == delivery_table.c.message_key, row.purpose != "assurance"))
        .limit(1)
    )
    return connection.execute(told).one_or_none() is not None


def is_queued(connection: Connection, receiver: str, group_key: str) -> bool:
    """Tell whether a receiver has, or had, a message of this group."""
    query = (
        select(outbox_table.c.id)
        .where(outbox_table.c.receiver == receiver, outbox_table.c.group_key == group_key)
        .limit(1)
    )
    return connection.execute(query).one_or_none() is not None
