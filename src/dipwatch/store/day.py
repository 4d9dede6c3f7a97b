"""What happened within a stretch of time, in numbers: for the daily line of assurance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, select
from sqlalchemy.orm import aliased

from dipwatch.model import Reason
from dipwatch.store.schema import ChangeRow, DeliveryRow, DevelopmentRow, FeedRow, OutboxRow, ReadingRow, TickRow


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
    feeds = select(FeedRow.id).where(FeedRow.enabled)
    fine = feeds.where(FeedRow.error_streak == 0, FeedRow.last_success_at.is_not(None), FeedRow.gone_at.is_(None))
    items = (
        select(ReadingRow.item_id)
        .join(TickRow, TickRow.id == ReadingRow.tick_id)
        .where(TickRow.at >= since, TickRow.at < until)
        .distinct()
    )
    opened = select(DevelopmentRow.id).where(DevelopmentRow.opened_at >= since, DevelopmentRow.opened_at < until)
    change = aliased(ChangeRow)
    kept_back = change.body["kept_back"].as_string().contains(f'"{Reason.BELOW_THRESHOLD}"', autoescape=True)
    below = opened.where(~DevelopmentRow.alerted, exists().where(change.development_id == DevelopmentRow.id, kept_back))
    return DayCounts(
        *(
            connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
            for query in (feeds, fine, items, opened.where(DevelopmentRow.alerted), below)
        )
    )


def was_told(connection: Connection, receiver: str, since: datetime, until: datetime) -> bool:
    """Tell whether a receiver was sent anything but lines of assurance between two times."""
    row = aliased(OutboxRow)
    told = (
        select(DeliveryRow.id)
        .where(DeliveryRow.receiver == receiver, DeliveryRow.at >= since, DeliveryRow.at < until)
        .where(DeliveryRow.outcome == "sent")
        .where(exists().where(row.message_key == DeliveryRow.message_key, row.purpose != "assurance"))
        .limit(1)
    )
    return connection.execute(told).one_or_none() is not None


def is_queued(connection: Connection, receiver: str, group_key: str) -> bool:
    """Tell whether a receiver has, or had, a message of this group."""
    query = select(OutboxRow.id).where(OutboxRow.receiver == receiver, OutboxRow.group_key == group_key).limit(1)
    return connection.execute(query).one_or_none() is not None
