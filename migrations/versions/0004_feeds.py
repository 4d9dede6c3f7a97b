"""The health of feeds: what was told of each, and which entries it showed last.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    for name in ("failing_since", "broken_at", "silent_at", "hole_at"):
        op.add_column("feeds", sa.Column(name, TIME))
    op.add_column("feeds", sa.Column("window", JSON))
