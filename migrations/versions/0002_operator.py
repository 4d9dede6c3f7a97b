"""What the operator is told: how receivers fare, troubles, and how far the events of feeds were read.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "receivers",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("last_sent_at", TIME, nullable=True),
        sa.Column("failing_since", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_detail", TEXT, nullable=False),
        sa.Column("paused_until", TIME, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_receivers"),
    )
    op.create_table(
        "troubles",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("sort", TEXT, nullable=False),
        sa.Column("about", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("told_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_troubles"),
    )
    op.create_table(
        "watermarks",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_watermarks"),
    )
    # what happened to feeds before the upgrade is not told any more
    op.execute(
        "INSERT INTO watermarks (name, value) SELECT 'feed-events', CAST(COALESCE(MAX(id), 0) AS TEXT) FROM feed_events"
    )
    # limits count the messages of a receiver's last hours
    op.create_index("ix_deliveries_receiver_at", "deliveries", ["receiver", "at"])
