"""What goes out: messages that are due, attempts to deliver them, how receivers fare, silences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, Named, Table, Text, TypedColumns

from dipwatch.store.columns import BigId, Json, UtcDateTime
from dipwatch.store.schema.metadata import METADATA


class OutboxColumns(TypedColumns):
    """A change that is due at a receiver. Rows of one group that are due together become one message."""

    id: Named[int] = Column(BigId, primary_key=True)
    subject: Named[str | None] = Column(Text)
    change_seq: Named[int | None] = Column(BigId, ForeignKey("changes.seq"), index=True)
    receiver: Named[str] = Column(Text)
    group_key: Named[str] = Column(Text)
    purpose: Named[str] = Column(Text)
    """alert | digest | correction | reminder | assurance | operator | report | test"""
    body: Named[dict[str, Any]] = Column(Json)
    """What to say where no change stands behind it; else its route, and why it waits or is withheld."""
    created_at: Named[datetime] = Column(UtcDateTime)
    next_attempt_at: Named[datetime] = Column(UtcDateTime)
    state: Named[str] = Column(Text)
    """waiting | sending | sent | dead | dropped | withheld"""
    attempts: Named[int] = Column(Integer, default=0)
    message_key: Named[str | None] = Column(Text, index=True)
    """The idempotency key of the message it is part of, fixed before the first attempt."""
    claimed_by: Named[str | None] = Column(Text)
    claimed_until: Named[datetime | None] = Column(UtcDateTime)


outbox_table = Table(
    "outbox", METADATA, OutboxColumns, Index("ix_outbox_due", "state", "next_attempt_at"), sqlite_autoincrement=True
)


class DeliveryColumns(TypedColumns):
    """One attempt to hand a message to a receiver, written after the attempt."""

    id: Named[int] = Column(BigId, primary_key=True)
    message_key: Named[str] = Column(Text, index=True)
    receiver: Named[str] = Column(Text)
    attempt: Named[int] = Column(Integer)
    at: Named[datetime] = Column(UtcDateTime)
    outcome: Named[str] = Column(Text)
    """sent | failed | refused | unknown | interrupted | unreadable"""
    detail: Named[str] = Column(Text)
    seconds: Named[float] = Column(Double)


delivery_table = Table("deliveries", METADATA, DeliveryColumns, Index("ix_deliveries_receiver_at", "receiver", "at"))


class ReceiverColumns(TypedColumns):
    """How a receiver fares: since when it fails, until when it asked to be left alone."""

    name: Named[str] = Column(Text, primary_key=True)
    last_sent_at: Named[datetime | None] = Column(UtcDateTime)
    failing_since: Named[datetime | None] = Column(UtcDateTime)
    failures: Named[int] = Column(Integer, default=0)
    last_detail: Named[str] = Column(Text, default="")
    paused_until: Named[datetime | None] = Column(UtcDateTime)


receiver_table = Table("receivers", METADATA, ReceiverColumns)


class SilenceColumns(TypedColumns):
    """A mute of what matches, from one time until another, by somebody for a reason."""

    id: Named[int] = Column(BigId, primary_key=True)
    matchers: Named[dict[str, Any]] = Column(Json)
    starts_at: Named[datetime] = Column(UtcDateTime)
    ends_at: Named[datetime] = Column(UtcDateTime)
    author: Named[str] = Column(Text)
    comment: Named[str] = Column(Text)
    created_at: Named[datetime] = Column(UtcDateTime)


silence_table = Table("silences", METADATA, SilenceColumns)
