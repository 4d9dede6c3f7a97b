"""The few places where the SQL of the two databases differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import sqlite

from dipwatch.store.engine import is_sqlite


def insert_unless_there(connection: Connection, table: Table[Any], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, leaving out those whose key is taken. Returns how many were new."""
    if not rows:
        return 0
    if is_sqlite(connection):
        inserting: Any = sqlite.insert(table)
    else:
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 (who works with SQLite doesn't wait for it)

        inserting = postgresql.insert(table)
    statement = inserting.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    inserted: int = connection.execute(statement, list(rows)).rowcount
    return inserted


def hold(connection: Connection, name: str) -> None:
    """Wait for the exclusive use of a name until the transaction ends.

    SQLite needs none: a write transaction has the whole database to itself.
    """
    if not is_sqlite(connection):
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"dipwatch {name}", 0))))
