"""How long what was sent had been on its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from dipwatch.store.schema import change_table, delivery_table, item_table, outbox_table, revision_table


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
        select(delivery_table.c.at, revision_table.c.seen_at, revision_table.c.number, item_table.c.published_at)
        .join(outbox_table, outbox_table.c.message_key == delivery_table.c.message_key)
        .join(change_table, change_table.c.seq == outbox_table.c.change_seq)
        .join(
            revision_table,
            (revision_table.c.item_id == change_table.c.item_id) & (revision_table.c.number == change_table.c.revision),
        )
        .join(item_table, item_table.c.id == change_table.c.item_id)
        .where(delivery_table.c.message_key.in_(keys), delivery_table.c.outcome == "sent")
        .order_by(change_table.c.seq)
    )
    return [
        Latency(_since(row.published_at, row.at) if row.number == 0 else None, row.at - row.seen_at)
        for row in connection.execute(query)
    ]


def _since(published: datetime | None, at: datetime) -> timedelta | None:
    return None if published is None or published > at else at - published
