"""Searching: facets of developments, the full-text index of the change log, indexes that lists need.

The log as it stands is brought into both. A revision stands on its own, so that words are folded here as the program
of its time folds them.

Revision ID: 0003
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text()
WORD = re.compile(r"[^\W_]+")
PAGE = 1000

SQLITE_WORDS = (
    """
    CREATE VIRTUAL TABLE change_words USING fts5(
        words, development_id UNINDEXED, tokenize = 'unicode61 remove_diacritics 0', prefix = '3 5'
    )
    """,
)
POSTGRES_WORDS = (
    """
    CREATE TABLE change_words (
        change_seq bigint PRIMARY KEY REFERENCES changes (seq), development_id text NOT NULL, words tsvector NOT NULL
    )
    """,
    "CREATE INDEX ix_change_words_words ON change_words USING gin (words)",
)
SQLITE_INSERT = "INSERT INTO change_words (rowid, words, development_id) VALUES (:seq, :words, :development)"
POSTGRES_INSERT = (
    "INSERT INTO change_words (change_seq, words, development_id) "
    "VALUES (:seq, to_tsvector('simple', :words), :development)"
)
CHANGES = (
    "SELECT changes.seq, changes.development_id, changes.title, changes.body, items.source "
    "FROM changes LEFT JOIN items ON items.id = changes.item_id "
    "WHERE changes.seq > :after ORDER BY changes.seq LIMIT :n"
)
FACET = "INSERT INTO facets (sort, value, development_id) VALUES (:sort, :value, :development) ON CONFLICT DO NOTHING"


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "facets",
        sa.Column("sort", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("development_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["development_id"], ["developments.id"], name=op.f("fk_facets_development_id_developments")
        ),
        sa.PrimaryKeyConstraint("sort", "value", "development_id", name=op.f("pk_facets")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_developments_redirect_to", "developments", ["redirect_to"])
    op.create_index("ix_changes_type_at", "changes", ["type", "at", "development_id"])
    op.drop_index(op.f("ix_change_actors_actor"), table_name="change_actors")
    op.create_index("ix_change_actors_actor", "change_actors", ["actor", "change_seq"])
    for statement in SQLITE_WORDS if is_sqlite else POSTGRES_WORDS:
        op.execute(statement)
    _fill(op.get_bind(), SQLITE_INSERT if is_sqlite else POSTGRES_INSERT)


def _fill(connection: sa.Connection, insert: str) -> None:
    after = 0
    while page := connection.execute(sa.text(CHANGES), {"after": after, "n": PAGE}).all():
        after = page[-1].seq
        bodies = [row.body if isinstance(row.body, dict) else json.loads(row.body) for row in page]
        words = [
            {"seq": row.seq, "words": _words(row.title, body), "development": row.development_id}
            for row, body in zip(page, bodies, strict=True)
        ]
        connection.execute(sa.text(insert), words)
        facets = [
            {"sort": sort, "value": value, "development": row.development_id}
            for row, body in zip(page, bodies, strict=True)
            for sort, value in _facets(body, row.source)
        ]
        connection.execute(sa.text(FACET), facets)


def _words(title: str, body: dict[str, Any]) -> str:
    whole = f"{title} {(body.get('claim') or {}).get('evidence', '')}"
    return " ".join(WORD.findall(unicodedata.normalize("NFC", whole).casefold().replace("ё", "е")))


def _facets(body: dict[str, Any], source: str | None) -> Iterator[tuple[str, str]]:
    yield from (("actor", part["actor"]) for part in (body.get("claim") or {}).get("parts", ()))
    yield from (("reason", reason) for reason in body["reasons"])
    yield from (("kept_back", reason) for reason in body.get("kept_back", ()))
    if source:
        yield "source", source
