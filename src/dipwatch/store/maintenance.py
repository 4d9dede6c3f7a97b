"""Care of the data: backup, vacuum, pruning of old texts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, func, select, update

from dipwatch.errors import MachineError, StoreError
from dipwatch.store.engine import is_sqlite
from dipwatch.store.schema import Base, ItemRow, ReadingRow, RevisionRow
from dipwatch.store.store import Store


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many texts were (or would be) emptied."""

    items: int
    revisions: int


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
            wanted = _counts(connection)
            _copy(connection, unfinished)
        counts = _checked(unfinished, wanted)
        unfinished.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise MachineError(f"backup {target}: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return counts


def vacuum(store: Store) -> None:
    """Give the room of deleted rows back to the disk, and refresh what the query planner knows."""
    with store.bare() as connection:
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("ANALYZE")
        if is_sqlite(connection):
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def prune(connection: Connection, before: datetime, *, dry_run: bool) -> Pruned:
    """Empty the summaries and the older wordings of items first seen before a time, once detection is done with them.

    Headlines, claims with their quoted evidence, and the change log stay, so that history can be read and explained.
    """
    old = ItemRow.first_seen_at < before
    pending = select(ReadingRow.item_id).where(ReadingRow.tick_id.is_(None), ReadingRow.item_id == ItemRow.id)
    done = select(ItemRow.id).where(old, ~pending.exists())
    items = (ItemRow.id.in_(done)) & (ItemRow.summary != "")
    revisions = (RevisionRow.item_id.in_(done)) & (RevisionRow.summary != "")
    counts = [_count(connection, table, which) for table, which in ((ItemRow, items), (RevisionRow, revisions))]
    if not dry_run:
        connection.execute(update(RevisionRow).where(revisions).values(summary=""))
        connection.execute(update(ItemRow).where(items).values(summary=""))
    return Pruned(*counts)


def _count(connection: Connection, table: type[Base], which: ColumnElement[bool] | None = None) -> int:
    query = select(func.count()).select_from(table)
    return connection.execute(query if which is None else query.where(which)).scalar_one()


def _counts(connection: Connection) -> dict[str, int]:
    tables = sorted(Base.metadata.tables)
    return {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in tables}  # noqa: S608 (our own names)


def _copy(connection: Connection, target: Path) -> None:
    source = connection.connection.driver_connection
    if not isinstance(source, sqlite3.Connection):
        raise TypeError("not an SQLite connection")
    with closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it


def _checked(copy: Path, wanted: dict[str, int]) -> dict[str, int]:
    with closing(sqlite3.connect(copy)) as connection:
        faults = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [f"a row of {row[0]} points to nothing" for row in connection.execute("PRAGMA foreign_key_check")]
        counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in wanted}  # noqa: S608 (our own names)
    if counts != wanted:
        faults.append("it has other rows than the database")
    if faults:
        raise StoreError(f"the backup is not sound ({faults[0]}); examine the database")
    return counts
