"""What alerts need to know from the store beside the outbox itself: read only, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from dipwatch.alerts.message import Purpose, Source
from dipwatch.alerts.plan import Saying, Told
from dipwatch.model import ChangeType, Severity, SourceKind
from dipwatch.store import outbox
from dipwatch.store.outgoing import read_bodies
from dipwatch.store.schema import change_table, delivery_table, item_table, outbox_table
from dipwatch.store.waiting import ROUTE

_TOLD = (Purpose.ALERT.value, Purpose.DIGEST.value)


def read_told(connection: Connection, developments: Sequence[str], since: datetime) -> Told:
    """Return what was said of these developments (or is about to be), and the last message of each group ``since``.

    A message that was dropped, withheld or died told nobody anything.
    """
    live = outbox_table.c.state.in_(("waiting", "sending", "sent"))
    said = (
        select(
            change_table.c.development_id,
            change_table.c.severity,
            outbox_table.c.receiver,
            outbox_table.c.next_attempt_at,
            outbox_table.c.id,
        )
        .join(change_table, change_table.c.seq == outbox_table.c.change_seq)
        .where(change_table.c.development_id.in_(developments), outbox_table.c.purpose.in_(_TOLD), live)
        .order_by(outbox_table.c.id)
    )
    sayings: dict[str, list[Saying]] = {}
    rows = connection.execute(said).all()
    bodies = read_bodies(connection, [row.id for row in rows])
    for row in rows:
        told = Saying(row.receiver, Severity(row.severity), row.next_attempt_at, bodies.get(row.id, {}).get(ROUTE, ""))
        sayings.setdefault(row.development_id, []).append(told)
    return Told(sayings, _latest(connection, since))


def read_sent(connection: Connection, development: str) -> dict[str, datetime]:
    """Return when each receiver took the latest news of a development; without those that did not."""
    news = change_table.c.type.in_((ChangeType.NEW.value, ChangeType.UPDATE.value))
    latest = select(func.max(change_table.c.seq)).where(change_table.c.development_id == development, news)
    taken = (
        select(outbox_table.c.receiver, func.max(delivery_table.c.at, type_=delivery_table.c.at.type))
        .join(
            delivery_table,
            (delivery_table.c.message_key == outbox_table.c.message_key) & (delivery_table.c.outcome == "sent"),
        )
        .where(outbox_table.c.change_seq == latest.scalar_subquery(), outbox_table.c.purpose.in_(_TOLD))
        .group_by(outbox_table.c.receiver)
    )
    return {row[0]: row[1] for row in connection.execute(taken)}


def _latest(connection: Connection, since: datetime) -> dict[tuple[str, str], datetime]:
    newest = func.max(delivery_table.c.at, type_=delivery_table.c.at.type)
    groups = (
        select(outbox_table.c.receiver, outbox_table.c.group_key, newest)
        .join(
            delivery_table,
            (delivery_table.c.message_key == outbox_table.c.message_key) & (delivery_table.c.outcome == "sent"),
        )
        .where(
            outbox_table.c.purpose == Purpose.ALERT.value,
            outbox_table.c.state == "sent",
            outbox_table.c.next_attempt_at >= since,
        )
        .group_by(outbox_table.c.receiver, outbox_table.c.group_key)
    )
    return {(receiver, group): at for receiver, group, at in connection.execute(groups)}


def read_sources(connection: Connection, developments: Sequence[str]) -> dict[str, tuple[Source, ...]]:
    """Return the publishers that carry each development, in the order in which they came to it."""
    query = (
        select(change_table.c.development_id, item_table.c.source, item_table.c.source_kind)
        .join(item_table, item_table.c.id == change_table.c.item_id)
        .where(change_table.c.development_id.in_(developments))
        .group_by(change_table.c.development_id, item_table.c.source, item_table.c.source_kind)
        .order_by(change_table.c.development_id, func.min(change_table.c.seq))
    )
    sources: dict[str, tuple[Source, ...]] = {}
    for development, name, kind in connection.execute(query):
        sources[development] = (*sources.get(development, ()), Source(name, SourceKind(kind)))
    return sources


def receivers_due(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Return the receivers that something is due at, those no longer configured among them, by name.

    A message whose claim has run out counts: the process that sent it is gone. Those that asked for a pause have it.
    """
    waiting = (outbox_table.c.state == "waiting") & (outbox_table.c.next_attempt_at <= now)
    expired = (outbox_table.c.state == "sending") & (outbox_table.c.claimed_until <= now)
    query = select(outbox_table.c.receiver).where(waiting | expired, outbox.not_paused(now)).distinct()
    return tuple(connection.execute(query.order_by(outbox_table.c.receiver)).scalars())
