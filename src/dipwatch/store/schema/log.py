"""The change log, what decided it, and the views of it that are kept up to date with it.

What decides is append-only: ``readings`` (the inputs of a tick), ``claims``, ``commands`` and ``changes``.
``developments``, ``facets`` and ``positions`` are views of the change log, written in the same transaction.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

from dipwatch.store.columns import BigId, Json, UtcDateTime
from dipwatch.store.schema.metadata import METADATA


class TickColumns(TypedColumns):
    """One batch of detection: its boundary and time; the inputs are the readings and commands that point to it."""

    id: Named[int] = Column(BigId, primary_key=True)
    subject: Named[str] = Column(Text)
    number: Named[int] = Column(Integer)
    at: Named[datetime] = Column(UtcDateTime)
    version_id: Named[str] = Column(Text, ForeignKey("versions.id"))
    token: Named[int] = Column(Integer)
    """The fencing token of the leader that wrote it."""


tick_table = Table("ticks", METADATA, TickColumns, UniqueConstraint("subject", "number"))


class VersionColumns(TypedColumns):
    """What decided: the versions of program, configuration, lexicon, baseline, model."""

    id: Named[str] = Column(Text, primary_key=True)
    parts: Named[dict[str, Any]] = Column(Json)
    first_used_at: Named[datetime] = Column(UtcDateTime)


version_table = Table("versions", METADATA, VersionColumns)


class ReadingColumns(TypedColumns):
    """An item's revision on its way through detection, for one subject: pending until a tick takes it."""

    subject: Named[str] = Column(Text, primary_key=True)
    item_id: Named[str] = Column(Text, ForeignKey("items.id"), primary_key=True, index=True)
    revision: Named[int] = Column(Integer, primary_key=True)
    history: Named[bool] = Column(Boolean)
    queued_at: Named[datetime] = Column(UtcDateTime)
    tick_id: Named[int | None] = Column(BigId, ForeignKey("ticks.id"))
    position: Named[int | None] = Column(Integer)
    """Its place in the tick's canonical order."""
    outcome: Named[str | None] = Column(Text)
    """Why it led to nothing, or the change type it led to; for `explain` and the count below the threshold."""


reading_table = Table(
    "readings", METADATA, ReadingColumns, Index("ix_readings_pending", "subject", "tick_id", "queued_at")
)


class ClaimColumns(TypedColumns):
    """A claim as extracted; ``body`` holds it whole, the columns what is searched."""

    id: Named[int] = Column(BigId, primary_key=True)
    subject: Named[str] = Column(Text)
    item_id: Named[str] = Column(Text, ForeignKey("items.id"), index=True)
    revision: Named[int] = Column(Integer)
    tick_id: Named[int] = Column(BigId, ForeignKey("ticks.id"), index=True)
    position: Named[int] = Column(Integer)
    kind: Named[str] = Column(Text)
    event: Named[str] = Column(Text)
    status: Named[str] = Column(Text)
    venue: Named[str | None] = Column(Text)
    issue: Named[str | None] = Column(Text)
    stance: Named[str | None] = Column(Text)
    first_day: Named[date | None] = Column(Date)
    last_day: Named[date | None] = Column(Date)
    score: Named[float] = Column(Double)
    body: Named[dict[str, Any]] = Column(Json)


claim_table = Table("claims", METADATA, ClaimColumns)


class DevelopmentColumns(TypedColumns):
    """A development as the change log leaves it: a view, written with each change."""

    id: Named[str] = Column(Text, primary_key=True)
    subject: Named[str] = Column(Text)
    opened_at: Named[datetime] = Column(UtcDateTime)
    last_change_at: Named[datetime] = Column(UtcDateTime)
    kind: Named[str] = Column(Text)
    status: Named[str] = Column(Text)
    severity: Named[str] = Column(Text)
    confidence: Named[float] = Column(Double)
    venue: Named[str | None] = Column(Text)
    issue: Named[str | None] = Column(Text)
    title: Named[str] = Column(Text)
    sources: Named[int] = Column(Integer)
    reports: Named[int] = Column(Integer)
    alerted: Named[bool] = Column(Boolean)
    redirect_to: Named[str | None] = Column(Text)
    """Where it went when it was merged into another."""
    verdict: Named[str | None] = Column(Text)
    """A user's mark: confirmed or false."""


development_table = Table(
    "developments",
    METADATA,
    DevelopmentColumns,
    Index("ix_developments_recent", "subject", "last_change_at"),
    Index("ix_developments_redirect_to", "redirect_to"),
)


class ChangeColumns(TypedColumns):
    """An entry of the change log. Never updated, never deleted; triggers in the database see to it."""

    seq: Named[int] = Column(BigId, primary_key=True)
    subject: Named[str] = Column(Text)
    tick_id: Named[int] = Column(BigId, ForeignKey("ticks.id"), index=True)
    position: Named[int] = Column(Integer)
    type: Named[str] = Column(Text)
    development_id: Named[str] = Column(Text, ForeignKey("developments.id"))
    item_id: Named[str | None] = Column(Text, ForeignKey("items.id"), index=True)
    revision: Named[int] = Column(Integer)
    command_id: Named[int | None] = Column(BigId, ForeignKey("commands.id"))
    claim_id: Named[int | None] = Column(BigId, ForeignKey("claims.id"))
    version_id: Named[str] = Column(Text, ForeignKey("versions.id"))
    at: Named[datetime] = Column(UtcDateTime)
    alert: Named[bool] = Column(Boolean)
    kind: Named[str] = Column(Text)
    status: Named[str] = Column(Text)
    severity: Named[str] = Column(Text)
    confidence: Named[float] = Column(Double)
    venue: Named[str | None] = Column(Text)
    issue: Named[str | None] = Column(Text)
    title: Named[str] = Column(Text)
    reasons: Named[list[Any]] = Column(Json)
    body: Named[dict[str, Any]] = Column(Json)
    """The whole change, from which it is read back: see ``store.codec``."""


change_table = Table(
    "changes",
    METADATA,
    ChangeColumns,
    Index("ix_changes_subject_at", "subject", "at"),
    Index("ix_changes_development", "development_id", "seq"),
    Index("ix_changes_type_at", "type", "at", "development_id"),
)


class ChangeActorColumns(TypedColumns):
    """Who takes part in a change, for searching by actor and pair."""

    change_seq: Named[int] = Column(BigId, ForeignKey("changes.seq"), primary_key=True)
    actor: Named[str] = Column(Text, primary_key=True)
    role: Named[str] = Column(Text)


change_actor_table = Table(
    "change_actors", METADATA, ChangeActorColumns, Index("ix_change_actors_actor", "actor", "change_seq")
)


class FacetColumns(TypedColumns):
    """What a development can be found by beyond its own columns: a value that some change of it has had.

    ``sort`` is ``actor``, ``reason``, ``source`` or ``kept_back``. It follows from the change log and spares a search
    reading it. The words of the changes lie beside it in ``change_words``, a full-text index (see ``store.search``).
    """

    sort: Named[str] = Column(Text, primary_key=True)
    value: Named[str] = Column(Text, primary_key=True)
    development_id: Named[str] = Column(Text, ForeignKey("developments.id"), primary_key=True)


facet_table = Table("facets", METADATA, FacetColumns, sqlite_with_rowid=False)


class PositionColumns(TypedColumns):
    """A step in an actor's position on an issue; the newest by ``seq`` is where it stands."""

    seq: Named[int] = Column(BigId, primary_key=True)
    subject: Named[str] = Column(Text)
    actor: Named[str] = Column(Text)
    issue: Named[str] = Column(Text)
    stance: Named[str] = Column(Text)
    was: Named[str] = Column(Text)
    direction: Named[str] = Column(Text)
    at: Named[datetime] = Column(UtcDateTime)
    change_seq: Named[int] = Column(BigId, ForeignKey("changes.seq"))


position_table = Table(
    "positions", METADATA, PositionColumns, Index("ix_positions_actor_issue", "subject", "actor", "issue", "seq")
)


class CommandColumns(TypedColumns):
    """A user's word on the log; the leader applies it in a tick."""

    id: Named[int] = Column(BigId, primary_key=True)
    subject: Named[str] = Column(Text)
    verb: Named[str] = Column(Text)
    target: Named[str] = Column(Text)
    value: Named[str] = Column(Text)
    author: Named[str] = Column(Text)
    at: Named[datetime] = Column(UtcDateTime)
    tick_id: Named[int | None] = Column(BigId, ForeignKey("ticks.id"), index=True)
    answer: Named[str | None] = Column(Text)


command_table = Table("commands", METADATA, CommandColumns)
