"""Care of the data: backup, vacuum, what is wrong with an SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from dipwatch.errors import MachineError, StoreError
from dipwatch.store.engine import is_sqlite
from dipwatch.store.schema import METADATA
from dipwatch.store.store import Store

_TABLES = tuple(sorted(METADATA.tables))


def backup(store: Store, target: Path) -> dict[str, int]:
    """Copy an SQLite database while it is in use, check the copy, and return its rows by table.

    https://www.sqlite.org/backup.html. The copy appears at ``target`` only when it is whole. Raises StoreError when it
    is not sound, when the database is PostgreSQL, or when ``target`` exists; MachineError when it can't be written.
    """
    if store.engine.dialect.name != "sqlite":
        raise StoreError("dipwatch backs up SQLite only; for PostgreSQL use pg_dump (https://www.postgresql.org/docs/)")
    if target.exists():
        raise StoreError(f"{target} exists; choose another name")
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        with store.connect() as connection:
            own = sqlite_of(connection)
            wanted = row_counts(own)
            copy_pages(own, unfinished)
        counts = _checked(unfinished, wanted)
        unfinished.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise MachineError(f"backup {target}: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return counts


def dated_name(now: datetime) -> str:
    """Return the name of a backup made now; the names sort by time."""
    return f"dipwatch-{now:%Y%m%dT%H%M%SZ}.db"


def drop_older_backups(folder: Path, keep: int) -> list[Path]:
    """Delete all dated backups of a folder but the newest ``keep``; returns what was deleted. Raises MachineError."""
    old = sorted(folder.glob("dipwatch-????????T??????Z.db"))[:-keep]
    try:
        for path in old:
            path.unlink()
    except OSError as error:
        raise MachineError(f"an older backup can't be deleted: {error}") from error
    return old


def vacuum(store: Store) -> None:
    """Give the room of deleted rows back to the disk, and refresh what the query planner knows."""
    with store.bare() as connection:
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("ANALYZE")
        if is_sqlite(connection):
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def copy_pages(source: sqlite3.Connection, target: Path) -> None:
    """Copy an SQLite database into a file that has everything in it, without a log beside it."""
    with closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def faults(connection: sqlite3.Connection, *, quick: bool = False) -> list[str]:
    """Return what is wrong with an SQLite database; ``quick`` leaves out whether its indexes agree with its tables.

    https://www.sqlite.org/pragma.html#pragma_quick_check.
    """
    check = "quick_check" if quick else "integrity_check"
    found = [row[0] for row in connection.execute(f"PRAGMA {check}") if row[0] != "ok"]
    return found + [f"a row of {row[0]} points to nothing" for row in connection.execute("PRAGMA foreign_key_check")]


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the rows of each table."""
    return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in _TABLES}  # noqa: S608 (our own names)


def sqlite_of(connection: Connection) -> sqlite3.Connection:
    """Return the driver's own connection to an SQLite database."""
    own = connection.connection.driver_connection
    if not isinstance(own, sqlite3.Connection):
        raise TypeError("not an SQLite connection")
    return own


def _checked(copy: Path, wanted: dict[str, int]) -> dict[str, int]:
    with closing(sqlite3.connect(copy)) as connection:
        found, counts = faults(connection), row_counts(connection)
    if counts != wanted:
        found.append("it has other rows than the database")
    if found:
        raise StoreError(f"the backup is not sound ({found[0]}); examine the database with `dipwatch doctor --full`")
    return counts
