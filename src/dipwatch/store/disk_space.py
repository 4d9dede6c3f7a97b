"""How much room the database takes, and how much is left for it."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import Connection

from dipwatch.store.engine import is_sqlite
from dipwatch.store.store import Store

LEAST_SPACE = 200_000_000
"""Bytes free on an SQLite database's disk: below, somebody is told, while there is still time to act."""


def database_file(store: Store) -> Path | None:
    """Return the file of an SQLite database; None where it is in memory, or a server's."""
    path = store.engine.url.database
    if store.engine.dialect.name != "sqlite" or not path or not Path(path).exists():
        return None
    return Path(path)


def free_space(store: Store) -> int | None:
    """Return the bytes free for an SQLite database; None where it is none of our business."""
    path = database_file(store)
    return None if path is None else shutil.disk_usage(path).free


def lack_of_space(store: Store) -> str:
    """Say how little room is left for a database; empty where it is enough."""
    free = free_space(store)
    return f"{free // 1_000_000} MB are left for the database" if free is not None and free < LEAST_SPACE else ""


def taken_space(connection: Connection) -> int:
    """Return the bytes that the database takes; on SQLite without its write-ahead log."""
    if is_sqlite(connection):
        pages, size = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")
        )
        return int(pages) * int(size)
    return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
