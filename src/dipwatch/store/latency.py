"""How long what was sent had been on its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from dipwatch.store.schema import ChangeRow, DeliveryRow, ItemRow, OutboxRow, RevisionRow


@dataclass(frozen=True, slots=True)
class Latency:
    """From the publication of an item to the receiver's taking of its alert, and from its fetch; None: no date."""

    since_publication: timedelta | None
    since_fetch: timedelta


def latencies(connection: Connection, keys: Sequence[str]) -> list[Latency]:
    """Return how long each change of these messages had been on its way, in the order of the log.

    A later wording counts from when it was seen: when it was published nobody knows.
    """
    query = (
        select(DeliveryRow.at, RevisionRow.seen_at, RevisionRow.number, ItemRow.published_at)
        .join(OutboxRow, OutboxRow.message_key == DeliveryRow.message_key)
        .join(ChangeRow, ChangeRow.seq == OutboxRow.change_seq)
        .join(RevisionRow, (RevisionRow.item_id == ChangeRow.item_id) & (RevisionRow.number == ChangeRow.revision))
        .join(ItemRow, ItemRow.id == ChangeRow.item_id)
        .where(DeliveryRow.message_key.in_(keys), DeliveryRow.outcome == "sent")
        .order_by(ChangeRow.seq)
    )
    return [
        Latency(_since(row.published_at, row.at) if row.number == 0 else None, row.at - row.seen_at)
        for row in connection.execute(query)
    ]


def _since(published: datetime | None, at: datetime) -> timedelta | None:
    return None if published is None or published > at else at - published
