"""The first schema: every table, and the triggers that keep the change log append-only.

A revision stands on its own: it names no model of the program, which will have moved on.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers rows by itself only in an INTEGER key

SQLITE_APPEND_ONLY = (
    """
    CREATE TRIGGER changes_no_update BEFORE UPDATE ON changes
    BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END
    """,
    """
    CREATE TRIGGER changes_no_delete BEFORE DELETE ON changes
    BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END
    """,
    # INSERT OR REPLACE deletes without asking the trigger above
    """
    CREATE TRIGGER changes_no_replace BEFORE INSERT ON changes
    WHEN EXISTS (SELECT 1 FROM changes WHERE seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END
    """,
)
POSTGRES_APPEND_ONLY = (
    """
    CREATE FUNCTION changes_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the change log is append-only'; END $$
    """,
    """
    CREATE TRIGGER changes_no_change BEFORE UPDATE OR DELETE ON changes
    FOR EACH ROW EXECUTE FUNCTION changes_append_only()
    """,
    """
    CREATE TRIGGER changes_no_truncate BEFORE TRUNCATE ON changes
    FOR EACH STATEMENT EXECUTE FUNCTION changes_append_only()
    """,
)


def upgrade() -> None:
    _deliveries()
    _developments()
    _feeds()
    _leases()
    _silences()
    _versions()
    _feed_events()
    _items()
    _ticks()
    _claims()
    _commands()
    _readings()
    _revisions()
    _sightings()
    _changes()
    _change_actors()
    _outbox()
    _positions()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_APPEND_ONLY if sqlite else POSTGRES_APPEND_ONLY:
        op.execute(statement)


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("message_key", TEXT, nullable=False),
        sa.Column("receiver", TEXT, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_message_key", "deliveries", ["message_key"])


def _developments() -> None:
    op.create_table(
        "developments",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("last_change_at", TIME, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("severity", TEXT, nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("venue", TEXT, nullable=True),
        sa.Column("issue", TEXT, nullable=True),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("alerted", sa.Boolean(), nullable=False),
        sa.Column("redirect_to", TEXT, nullable=True),
        sa.Column("verdict", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_developments"),
    )
    op.create_index("ix_developments_recent", "developments", ["subject", "last_change_at"])


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("configured_url", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("source_kind", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("country", TEXT, nullable=True),
        sa.Column("subjects", JSON, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("etag", TEXT, nullable=True),
        sa.Column("last_modified", TEXT, nullable=True),
        sa.Column("body_hash", TEXT, nullable=True),
        sa.Column("moved_to", TEXT, nullable=True),
        sa.Column("moved_polls", sa.Integer(), nullable=False),
        sa.Column("gone_at", TIME, nullable=True),
        sa.Column("next_poll_at", TIME, nullable=False),
        sa.Column("first_contact_at", TIME, nullable=True),
        sa.Column("last_polled_at", TIME, nullable=True),
        sa.Column("last_success_at", TIME, nullable=True),
        sa.Column("last_new_item_at", TIME, nullable=True),
        sa.Column("error_streak", sa.Integer(), nullable=False),
        sa.Column("last_outcome", TEXT, nullable=True),
        sa.Column("last_detail", TEXT, nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("rhythm_seconds", sa.Double(), nullable=True),
        sa.Column("hints", JSON, nullable=False),
        sa.Column("claimed_by", TEXT, nullable=True),
        sa.Column("claimed_until", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
    )
    op.create_index("ix_feeds_next_poll_at", "feeds", ["next_poll_at"])


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def _silences() -> None:
    op.create_table(
        "silences",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("matchers", JSON, nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("comment", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_silences"),
    )


def _versions() -> None:
    op.create_table(
        "versions",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("first_used_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_versions"),
    )


def _feed_events() -> None:
    op.create_table(
        "feed_events",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("feed_id", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("event", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_feed_events_feed_id_feeds"),
        sa.PrimaryKeyConstraint("id", name="pk_feed_events"),
    )
    op.create_index("ix_feed_events_feed_id", "feed_events", ["feed_id"])


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("feed_id", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("source_kind", TEXT, nullable=False),
        sa.Column("link", TEXT, nullable=False),
        sa.Column("link_key", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("published_at", TIME, nullable=True),
        sa.Column("date_note", TEXT, nullable=True),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("history", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_items_feed_id_feeds"),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
    )
    op.create_index("ix_items_feed_id", "items", ["feed_id"])
    op.create_index("ix_items_first_seen_at", "items", ["first_seen_at"])
    op.create_index("ix_items_link_key", "items", ["link_key"])


def _ticks() -> None:
    op.create_table(
        "ticks",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("version_id", TEXT, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="fk_ticks_version_id_versions"),
        sa.PrimaryKeyConstraint("id", name="pk_ticks"),
        sa.UniqueConstraint("subject", "number", name="uq_ticks_subject_number"),
    )


def _claims() -> None:
    op.create_table(
        "claims",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("item_id", TEXT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tick_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("event", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("venue", TEXT, nullable=True),
        sa.Column("issue", TEXT, nullable=True),
        sa.Column("stance", TEXT, nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_claims_item_id_items"),
        sa.ForeignKeyConstraint(["tick_id"], ["ticks.id"], name="fk_claims_tick_id_ticks"),
        sa.PrimaryKeyConstraint("id", name="pk_claims"),
    )
    op.create_index("ix_claims_item_id", "claims", ["item_id"])
    op.create_index("ix_claims_tick_id", "claims", ["tick_id"])


def _commands() -> None:
    op.create_table(
        "commands",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("verb", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("tick_id", BIG_ID, nullable=True),
        sa.Column("answer", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["tick_id"], ["ticks.id"], name="fk_commands_tick_id_ticks"),
        sa.PrimaryKeyConstraint("id", name="pk_commands"),
    )
    op.create_index("ix_commands_tick_id", "commands", ["tick_id"])


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("item_id", TEXT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("history", sa.Boolean(), nullable=False),
        sa.Column("queued_at", TIME, nullable=False),
        sa.Column("tick_id", BIG_ID, nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("outcome", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_readings_item_id_items"),
        sa.ForeignKeyConstraint(["tick_id"], ["ticks.id"], name="fk_readings_tick_id_ticks"),
        sa.PrimaryKeyConstraint("subject", "item_id", "revision", name="pk_readings"),
    )
    op.create_index("ix_readings_item_id", "readings", ["item_id"])
    op.create_index("ix_readings_pending", "readings", ["subject", "tick_id", "queued_at"])


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("item_id", TEXT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=False),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_revisions_item_id_items"),
        sa.PrimaryKeyConstraint("item_id", "number", name="pk_revisions"),
    )


def _sightings() -> None:
    op.create_table(
        "sightings",
        sa.Column("feed_id", TEXT, nullable=False),
        sa.Column("guid_hash", TEXT, nullable=False),
        sa.Column("item_id", TEXT, nullable=False),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_sightings_feed_id_feeds"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_sightings_item_id_items"),
        sa.PrimaryKeyConstraint("feed_id", "guid_hash", name="pk_sightings"),
    )
    op.create_index("ix_sightings_item_id", "sightings", ["item_id"])


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("seq", BIG_ID, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("tick_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("development_id", TEXT, nullable=False),
        sa.Column("item_id", TEXT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("command_id", BIG_ID, nullable=True),
        sa.Column("claim_id", BIG_ID, nullable=True),
        sa.Column("version_id", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("alert", sa.Boolean(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("severity", TEXT, nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("venue", TEXT, nullable=True),
        sa.Column("issue", TEXT, nullable=True),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_changes_claim_id_claims"),
        sa.ForeignKeyConstraint(["command_id"], ["commands.id"], name="fk_changes_command_id_commands"),
        sa.ForeignKeyConstraint(["development_id"], ["developments.id"], name="fk_changes_development_id_developments"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_changes_item_id_items"),
        sa.ForeignKeyConstraint(["tick_id"], ["ticks.id"], name="fk_changes_tick_id_ticks"),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="fk_changes_version_id_versions"),
        sa.PrimaryKeyConstraint("seq", name="pk_changes"),
    )
    op.create_index("ix_changes_development", "changes", ["development_id", "seq"])
    op.create_index("ix_changes_item_id", "changes", ["item_id"])
    op.create_index("ix_changes_subject_at", "changes", ["subject", "at"])
    op.create_index("ix_changes_tick_id", "changes", ["tick_id"])


def _change_actors() -> None:
    op.create_table(
        "change_actors",
        sa.Column("change_seq", BIG_ID, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["change_seq"], ["changes.seq"], name="fk_change_actors_change_seq_changes"),
        sa.PrimaryKeyConstraint("change_seq", "actor", name="pk_change_actors"),
    )
    op.create_index("ix_change_actors_actor", "change_actors", ["actor"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject", TEXT, nullable=True),
        sa.Column("change_seq", BIG_ID, nullable=True),
        sa.Column("receiver", TEXT, nullable=False),
        sa.Column("group_key", TEXT, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("next_attempt_at", TIME, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message_key", TEXT, nullable=True),
        sa.Column("claimed_by", TEXT, nullable=True),
        sa.Column("claimed_until", TIME, nullable=True),
        sa.ForeignKeyConstraint(["change_seq"], ["changes.seq"], name="fk_outbox_change_seq_changes"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_change_seq", "outbox", ["change_seq"])
    op.create_index("ix_outbox_due", "outbox", ["state", "next_attempt_at"])
    op.create_index("ix_outbox_message_key", "outbox", ["message_key"])


def _positions() -> None:
    op.create_table(
        "positions",
        sa.Column("seq", BIG_ID, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("issue", TEXT, nullable=False),
        sa.Column("stance", TEXT, nullable=False),
        sa.Column("was", TEXT, nullable=False),
        sa.Column("direction", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("change_seq", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["change_seq"], ["changes.seq"], name="fk_positions_change_seq_changes"),
        sa.PrimaryKeyConstraint("seq", name="pk_positions"),
    )
    op.create_index("ix_positions_actor_issue", "positions", ["subject", "actor", "issue", "seq"])
