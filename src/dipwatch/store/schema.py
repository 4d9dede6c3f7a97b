"""The tables.

Declarative models are the schema; statements run on a ``Connection`` inside the two transactions (see ``store.ingest``
and ``store.ticks``). What decides is append-only: ``revisions``, ``readings`` (the inputs of a tick), ``claims``,
``commands`` and ``changes``. ``developments`` and ``positions`` are views of the change log kept up to date in the same
transaction.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, MetaData, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from dipwatch.store.columns import BigId, Json, UtcDateTime

REVISION = "0004"
"""The revision of ``migrations/`` that makes these tables."""


class Base(DeclarativeBase):
    """What the tables share: constraint names that migrations can rely on, and how Python types are stored."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, str: Text, dict[str, Any]: Json, list[Any]: Json}  # noqa: RUF012 (SQLAlchemy's word)


class FeedRow(Base):
    """A polled URL and what was learned of it. Which feeds there are is configuration; this is their memory."""

    __tablename__ = "feeds"

    id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    """Where it is polled: the configured address, or where a permanent redirect has led."""
    configured_url: Mapped[str]
    source: Mapped[str]
    source_kind: Mapped[str]
    language: Mapped[str | None]
    country: Mapped[str | None]
    subjects: Mapped[list[Any]]
    enabled: Mapped[bool] = mapped_column(default=True)
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None]
    moved_to: Mapped[str | None]
    moved_polls: Mapped[int] = mapped_column(default=0)
    gone_at: Mapped[datetime | None]
    next_poll_at: Mapped[datetime] = mapped_column(index=True)
    first_contact_at: Mapped[datetime | None]
    last_polled_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    last_new_item_at: Mapped[datetime | None]
    error_streak: Mapped[int] = mapped_column(default=0)
    last_outcome: Mapped[str | None]
    last_detail: Mapped[str | None]
    last_status: Mapped[int | None]
    rhythm_seconds: Mapped[float | None]
    hints: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the feed asked for (ttl, update period, cache lifetime), in seconds."""
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    broken_at: Mapped[datetime | None]
    """When it was told that it is broken; None while it isn't. So with the next one."""
    silent_at: Mapped[datetime | None]
    hole_at: Mapped[datetime | None]
    """When its window was last found to have rolled over."""
    window: Mapped[list[Any] | None]
    """Marks of the entries it showed last: see ``feeds.window``."""


class FeedEventRow(Base):
    """What happened to a feed: moved, gone, broken, silent, recovered, a hole in its window. Written once."""

    __tablename__ = "feed_events"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    feed_id: Mapped[str] = mapped_column(ForeignKey("feeds.id"), index=True)
    at: Mapped[datetime]
    event: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")


class ItemRow(Base):
    """One item in its latest revision."""

    __tablename__ = "items"

    id: Mapped[str] = mapped_column(primary_key=True)
    feed_id: Mapped[str] = mapped_column(ForeignKey("feeds.id"), index=True)
    source: Mapped[str]
    source_kind: Mapped[str]
    link: Mapped[str]
    link_key: Mapped[str] = mapped_column(index=True)
    """The link without what differs from poll to poll; empty where there is none."""
    title: Mapped[str]
    summary: Mapped[str]
    language: Mapped[str | None]
    published_at: Mapped[datetime | None]
    date_note: Mapped[str | None]
    """Why the date is not the one the feed gave."""
    first_seen_at: Mapped[datetime] = mapped_column(index=True)
    revision: Mapped[int] = mapped_column(default=0)
    history: Mapped[bool] = mapped_column(default=False)


class RevisionRow(Base):
    """A wording of an item; number 0 is the first. ``content_hash`` damps edits that flip back and forth."""

    __tablename__ = "revisions"

    item_id: Mapped[str] = mapped_column(ForeignKey("items.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    summary: Mapped[str]
    content_hash: Mapped[str]
    seen_at: Mapped[datetime]


class SightingRow(Base):
    """An item seen in a feed, under the feed's own id for it."""

    __tablename__ = "sightings"

    feed_id: Mapped[str] = mapped_column(ForeignKey("feeds.id"), primary_key=True)
    guid_hash: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("items.id"), index=True)
    first_seen_at: Mapped[datetime]


class TickRow(Base):
    """One batch of detection: its boundary and time; the inputs are the readings and commands that point to it."""

    __tablename__ = "ticks"
    __table_args__ = (UniqueConstraint("subject", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str]
    number: Mapped[int]
    at: Mapped[datetime]
    version_id: Mapped[str] = mapped_column(ForeignKey("versions.id"))
    token: Mapped[int]
    """The fencing token of the leader that wrote it."""


class VersionRow(Base):
    """What decided: the versions of program, configuration, lexicon, baseline, model."""

    __tablename__ = "versions"

    id: Mapped[str] = mapped_column(primary_key=True)
    parts: Mapped[dict[str, Any]]
    first_used_at: Mapped[datetime]


class ReadingRow(Base):
    """An item's revision on its way through detection, for one subject: pending until a tick takes it."""

    __tablename__ = "readings"
    __table_args__ = (Index("ix_readings_pending", "subject", "tick_id", "queued_at"),)

    subject: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("items.id"), primary_key=True, index=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    history: Mapped[bool]
    queued_at: Mapped[datetime]
    tick_id: Mapped[int | None] = mapped_column(ForeignKey("ticks.id"))
    position: Mapped[int | None]
    """Its place in the tick's canonical order."""
    outcome: Mapped[str | None]
    """Why it led to nothing, or the change type it led to; for `explain` and the count below the threshold."""


class ClaimRow(Base):
    """A claim as extracted; ``body`` holds it whole, the columns what is searched."""

    __tablename__ = "claims"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str]
    item_id: Mapped[str] = mapped_column(ForeignKey("items.id"), index=True)
    revision: Mapped[int]
    tick_id: Mapped[int] = mapped_column(ForeignKey("ticks.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    event: Mapped[str]
    status: Mapped[str]
    venue: Mapped[str | None]
    issue: Mapped[str | None]
    stance: Mapped[str | None]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    score: Mapped[float]
    body: Mapped[dict[str, Any]]


class DevelopmentRow(Base):
    """A development as the change log leaves it: a view, written with each change."""

    __tablename__ = "developments"
    __table_args__ = (
        Index("ix_developments_recent", "subject", "last_change_at"),
        Index("ix_developments_redirect_to", "redirect_to"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    opened_at: Mapped[datetime]
    last_change_at: Mapped[datetime]
    kind: Mapped[str]
    status: Mapped[str]
    severity: Mapped[str]
    confidence: Mapped[float]
    venue: Mapped[str | None]
    issue: Mapped[str | None]
    title: Mapped[str]
    sources: Mapped[int]
    reports: Mapped[int]
    alerted: Mapped[bool]
    redirect_to: Mapped[str | None]
    """Where it went when it was merged into another."""
    verdict: Mapped[str | None]
    """A user's mark: confirmed or false."""


class ChangeRow(Base):
    """An entry of the change log. Never updated, never deleted; triggers in the database see to it."""

    __tablename__ = "changes"
    __table_args__ = (
        Index("ix_changes_subject_at", "subject", "at"),
        Index("ix_changes_development", "development_id", "seq"),
        Index("ix_changes_type_at", "type", "at", "development_id"),
    )

    seq: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str]
    tick_id: Mapped[int] = mapped_column(ForeignKey("ticks.id"), index=True)
    position: Mapped[int]
    type: Mapped[str]
    development_id: Mapped[str] = mapped_column(ForeignKey("developments.id"))
    item_id: Mapped[str | None] = mapped_column(ForeignKey("items.id"), index=True)
    revision: Mapped[int]
    command_id: Mapped[int | None] = mapped_column(ForeignKey("commands.id"))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"))
    version_id: Mapped[str] = mapped_column(ForeignKey("versions.id"))
    at: Mapped[datetime]
    alert: Mapped[bool]
    kind: Mapped[str]
    status: Mapped[str]
    severity: Mapped[str]
    confidence: Mapped[float]
    venue: Mapped[str | None]
    issue: Mapped[str | None]
    title: Mapped[str]
    reasons: Mapped[list[Any]]
    body: Mapped[dict[str, Any]]
    """The whole change, from which it is read back: see ``store.codec``."""


class ChangeActorRow(Base):
    """Who takes part in a change, for searching by actor and pair."""

    __tablename__ = "change_actors"
    __table_args__ = (Index("ix_change_actors_actor", "actor", "change_seq"),)

    change_seq: Mapped[int] = mapped_column(BigId, ForeignKey("changes.seq"), primary_key=True)
    actor: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]


class FacetRow(Base):
    """What a development can be found by beyond its own columns: a value that some change of it has had.

    ``sort`` is ``actor``, ``reason``, ``source`` or ``kept_back``. It follows from the change log and spares a search
    reading it. The words of the changes lie beside it in ``change_words``, a full-text index (see ``store.search``).
    """

    __tablename__ = "facets"
    __table_args__ = ({"sqlite_with_rowid": False},)

    sort: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    development_id: Mapped[str] = mapped_column(ForeignKey("developments.id"), primary_key=True)


class PositionRow(Base):
    """A step in an actor's position on an issue; the newest by ``seq`` is where it stands."""

    __tablename__ = "positions"
    __table_args__ = (Index("ix_positions_actor_issue", "subject", "actor", "issue", "seq"),)

    seq: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str]
    actor: Mapped[str]
    issue: Mapped[str]
    stance: Mapped[str]
    was: Mapped[str]
    direction: Mapped[str]
    at: Mapped[datetime]
    change_seq: Mapped[int] = mapped_column(BigId, ForeignKey("changes.seq"))


class OutboxRow(Base):
    """A change that is due at a receiver. Rows of one group that are due together become one message."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "state", "next_attempt_at"),
        {"sqlite_autoincrement": True},  # message keys are made of ids: none may come twice, even after a clean-up
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str | None]
    change_seq: Mapped[int | None] = mapped_column(BigId, ForeignKey("changes.seq"), index=True)
    receiver: Mapped[str]
    group_key: Mapped[str]
    purpose: Mapped[str]
    """alert | digest | correction | reminder | assurance | operator | report | test"""
    body: Mapped[dict[str, Any]]
    """What to say where no change stands behind it; else its route, and why it waits or is withheld."""
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    state: Mapped[str]
    """waiting | sending | sent | dead | dropped | withheld"""
    attempts: Mapped[int] = mapped_column(default=0)
    message_key: Mapped[str | None] = mapped_column(index=True)
    """The idempotency key of the message it is part of, fixed before the first attempt."""
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]


class DeliveryRow(Base):
    """One attempt to hand a message to a receiver, written after the attempt."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_receiver_at", "receiver", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_key: Mapped[str] = mapped_column(index=True)
    receiver: Mapped[str]
    attempt: Mapped[int]
    at: Mapped[datetime]
    outcome: Mapped[str]
    """sent | failed | refused | unknown | interrupted | unreadable"""
    detail: Mapped[str]
    seconds: Mapped[float]


class ReceiverRow(Base):
    """How a receiver fares: since when it fails, until when it asked to be left alone."""

    __tablename__ = "receivers"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_sent_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    last_detail: Mapped[str] = mapped_column(default="")
    paused_until: Mapped[datetime | None]


class TroubleRow(Base):
    """Something the operator must hear of, from when it began until he was told that it has ended."""

    __tablename__ = "troubles"

    key: Mapped[str] = mapped_column(primary_key=True)
    """What it is, and of what: ``feed:north``, ``receiver:desk``."""
    sort: Mapped[str]
    about: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class WatermarkRow(Base):
    """How far something was read, for what reads a log bit by bit."""

    __tablename__ = "watermarks"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class SilenceRow(Base):
    """A mute of what matches, from one time until another, by somebody for a reason."""

    __tablename__ = "silences"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    matchers: Mapped[dict[str, Any]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    author: Mapped[str]
    comment: Mapped[str]
    created_at: Mapped[datetime]


class CommandRow(Base):
    """A user's word on the log; the leader applies it in a tick."""

    __tablename__ = "commands"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str]
    verb: Mapped[str]
    target: Mapped[str]
    value: Mapped[str]
    author: Mapped[str]
    at: Mapped[datetime]
    tick_id: Mapped[int | None] = mapped_column(ForeignKey("ticks.id"), index=True)
    answer: Mapped[str | None]


class LeaseRow(Base):
    """Who leads a subject (or holds another single role), until when, with the fencing token of its reign."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    token: Mapped[int]
    expires_at: Mapped[datetime]
