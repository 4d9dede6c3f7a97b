"""What alerts need to know from the store beside the outbox itself: read only, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from dipwatch.alerts.message import Purpose, Source
from dipwatch.alerts.plan import Told
from dipwatch.model import SourceKind
from dipwatch.store.schema import ChangeRow, ItemRow, OutboxRow

_TOLD = (Purpose.ALERT.value, Purpose.DIGEST.value)


def read_told(connection: Connection, developments: Sequence[str]) -> Told:
    """Return who was alerted to these developments (or is about to be), and the times of their groups' last messages.

    A message that was dropped or died told nobody anything.
    """
    live = OutboxRow.state.in_(("waiting", "sending", "sent"))
    alerted = (
        select(ChangeRow.development_id, OutboxRow.receiver)
        .join(ChangeRow, ChangeRow.seq == OutboxRow.change_seq)
        .where(ChangeRow.development_id.in_(developments), OutboxRow.purpose.in_(_TOLD), live)
        .group_by(ChangeRow.development_id, OutboxRow.receiver)
        .order_by(ChangeRow.development_id, func.min(OutboxRow.id))
    )
    receivers: dict[str, list[str]] = {}
    for development, receiver in connection.execute(alerted):
        receivers.setdefault(development, []).append(receiver)
    groups = (
        select(
            OutboxRow.receiver,
            OutboxRow.group_key,
            func.max(OutboxRow.next_attempt_at, type_=OutboxRow.next_attempt_at.type),
        )
        .where(
            OutboxRow.group_key.in_(developments), OutboxRow.purpose == Purpose.ALERT.value, OutboxRow.state == "sent"
        )
        .group_by(OutboxRow.receiver, OutboxRow.group_key)
    )
    latest = {(receiver, group): at for receiver, group, at in connection.execute(groups)}
    return Told(receivers=receivers, latest=latest)


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

    A message whose claim has run out counts: the process that sent it is gone.
    """
    waiting = (OutboxRow.state == "waiting") & (OutboxRow.next_attempt_at <= now)
    expired = (OutboxRow.state == "sending") & (OutboxRow.claimed_until <= now)
    query = select(OutboxRow.receiver).where(waiting | expired).distinct()
    return tuple(connection.execute(query.order_by(OutboxRow.receiver)).scalars())
