"""What alerts need to know from the store beside the outbox itself: read only, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from dipwatch.alerts.message import Purpose, Source
from dipwatch.alerts.plan import Saying, Told
from dipwatch.model import Severity, SourceKind
from dipwatch.store import outbox
from dipwatch.store.holding import ROUTE
from dipwatch.store.schema import ChangeRow, DeliveryRow, ItemRow, OutboxRow

_TOLD = (Purpose.ALERT.value, Purpose.DIGEST.value)


def read_told(connection: Connection, developments: Sequence[str], since: datetime) -> Told:
    """Return what was said of these developments (or is about to be), and the last message of each group ``since``.

    A message that was dropped, withheld or died told nobody anything.
    """
    live = OutboxRow.state.in_(("waiting", "sending", "sent"))
    said = (
        select(
            ChangeRow.development_id, ChangeRow.severity, OutboxRow.receiver, OutboxRow.next_attempt_at, OutboxRow.body
        )
        .join(ChangeRow, ChangeRow.seq == OutboxRow.change_seq)
        .where(ChangeRow.development_id.in_(developments), OutboxRow.purpose.in_(_TOLD), live)
        .order_by(OutboxRow.id)
    )
    sayings: dict[str, list[Saying]] = {}
    for row in connection.execute(said):
        told = Saying(row.receiver, Severity(row.severity), row.next_attempt_at, row.body.get(ROUTE, ""))
        sayings.setdefault(row.development_id, []).append(told)
    return Told(sayings, _latest(connection, since))


def _latest(connection: Connection, since: datetime) -> dict[tuple[str, str], datetime]:
    newest = func.max(DeliveryRow.at, type_=DeliveryRow.at.type)
    groups = (
        select(OutboxRow.receiver, OutboxRow.group_key, newest)
        .join(DeliveryRow, (DeliveryRow.message_key == OutboxRow.message_key) & (DeliveryRow.outcome == "sent"))
        .where(OutboxRow.purpose == Purpose.ALERT.value, OutboxRow.state == "sent", OutboxRow.next_attempt_at >= since)
        .group_by(OutboxRow.receiver, OutboxRow.group_key)
    )
    return {(receiver, group): at for receiver, group, at in connection.execute(groups)}


def read_sources(connection: Connection, developments: Sequence[str]) -> dict[str, tuple[Source, ...]]:
    """Return the publishers that carry each development, in the order in which they came to it."""
    query = (
        select(ChangeRow.development_id, ItemRow.source, ItemRow.source_kind)
        .join(ItemRow, ItemRow.id == ChangeRow.item_id)
        .where(ChangeRow.development_id.in_(developments))
        .group_by(ChangeRow.development_id, ItemRow.source, ItemRow.source_kind)
        .order_by(ChangeRow.development_id, func.min(ChangeRow.seq))
    )
    sources: dict[str, tuple[Source, ...]] = {}
    for development, name, kind in connection.execute(query):
        sources[development] = (*sources.get(development, ()), Source(name, SourceKind(kind)))
    return sources


def receivers_due(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Return the receivers that something is due at, those no longer configured among them, by name.

    A message whose claim has run out counts: the process that sent it is gone. Those that asked for a pause have it.
    """
    waiting = (OutboxRow.state == "waiting") & (OutboxRow.next_attempt_at <= now)
    expired = (OutboxRow.state == "sending") & (OutboxRow.claimed_until <= now)
    query = select(OutboxRow.receiver).where(waiting | expired, outbox.not_paused(now)).distinct()
    return tuple(connection.execute(query.order_by(OutboxRow.receiver)).scalars())
