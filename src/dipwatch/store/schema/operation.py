"""What hosts tell each other, and what the operator is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Integer, Named, Table, Text, TypedColumns

from dipwatch.store.columns import UtcDateTime
from dipwatch.store.schema.metadata import METADATA


class TroubleColumns(TypedColumns):
    """Something the operator must hear of, from when it began until he was told that it has ended."""

    key: Named[str] = Column(Text, primary_key=True)
    """What it is, and of what: ``feed:north``, ``receiver:desk``."""
    sort: Named[str] = Column(Text)
    about: Named[str] = Column(Text)
    detail: Named[str] = Column(Text, default="")
    began_at: Named[datetime] = Column(UtcDateTime)
    ended_at: Named[datetime | None] = Column(UtcDateTime)
    told_at: Named[datetime | None] = Column(UtcDateTime)


trouble_table = Table("troubles", METADATA, TroubleColumns)


class WatermarkColumns(TypedColumns):
    """How far something was read, for what reads a log bit by bit."""

    name: Named[str] = Column(Text, primary_key=True)
    value: Named[str] = Column(Text)


watermark_table = Table("watermarks", METADATA, WatermarkColumns)


class LeaseColumns(TypedColumns):
    """Who leads a subject (or holds another single role), until when, with the fencing token of its reign."""

    name: Named[str] = Column(Text, primary_key=True)
    holder: Named[str] = Column(Text)
    token: Named[int] = Column(Integer)
    expires_at: Named[datetime] = Column(UtcDateTime)


lease_table = Table("leases", METADATA, LeaseColumns)
