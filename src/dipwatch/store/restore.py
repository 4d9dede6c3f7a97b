"""Putting a backup in the place of an SQLite database; what was there is kept aside."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dipwatch.errors import MachineError, StoreError
from dipwatch.store import leases, migrate
from dipwatch.store.engine import open_engine
from dipwatch.store.maintenance import copy_pages, faults, row_counts
from dipwatch.store.store import Store

_BESIDE = ("", "-wal", "-shm")
"""A database and its write-ahead log: https://www.sqlite.org/wal.html."""


@dataclass(frozen=True, slots=True)
class Restored:
    """The rows of the restored database by table, and where the former one lies now, if there was one."""

    rows: dict[str, int]
    aside: Path | None


def restore(backup: Path, target: Path, now: datetime) -> Restored:
    """Put a copy of ``backup`` at ``target``, checked and brought up to date.

    The backup stays as it is. Until the last step the present database is in its place; then it is renamed. Raises
    StoreError when the backup is not sound, of another program or of a newer one; MachineError while a daemon works on
    the present database, or when something can't be written.
    """
    if not backup.is_file():
        raise MachineError(f"there is no backup {backup}")
    if target.exists() and backup.samefile(target):
        raise StoreError(f"{backup} is the database itself")
    require_unused(target, now)
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        rows = _prepared(backup, unfinished)
        _like(target, unfinished)
        aside = _put_aside(target, now)
        unfinished.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise MachineError(f"restore {target}: {error}") from error
    finally:
        for suffix in _BESIDE:
            unfinished.with_name(f"{unfinished.name}{suffix}").unlink(missing_ok=True)
    return Restored(rows, aside)


def require_unused(target: Path, now: datetime) -> None:
    """Make sure that no daemon works on an SQLite database. Raises MachineError.

    One that can't be read tells nothing: it is what a backup is restored for.
    """
    if not target.exists():
        return
    with suppress(StoreError):
        engine = open_engine(f"sqlite:///{target}", create=False)
        with closing(Store(engine)) as store:
            if migrate.current(engine) is None:
                return
            require_no_leader(store, now)


def require_no_leader(store: Store, now: datetime) -> None:
    """Make sure that no daemon works on a database. Raises MachineError."""
    with store.connect() as connection:
        held = leases.held(connection, now)
    if held:
        raise MachineError(f"a dipwatch works on {store.place} ({held[0].holder}); stop it first")


def _prepared(backup: Path, unfinished: Path) -> dict[str, int]:
    """Make a sound copy of a backup and bring it up to date."""
    with closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)) as source:
        copy_pages(source, unfinished)
    with closing(sqlite3.connect(unfinished)) as copy:
        if found := faults(copy):
            raise StoreError(f"{backup} is not sound ({found[0]}); take another backup")
    engine = open_engine(f"sqlite:///{unfinished}", create=False)
    try:
        migrate.require_current(engine, upgrade=True)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(unfinished)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # one file, that can be renamed
        return row_counts(connection)


def _like(target: Path, unfinished: Path) -> None:
    """Give the new file the owner and mode of the old one: root may be restoring what a service's user must write."""
    if not target.exists():
        return
    shutil.copymode(target, unfinished)
    stat = target.stat()
    with suppress(PermissionError):
        os.chown(unfinished, stat.st_uid, stat.st_gid)


def _put_aside(target: Path, now: datetime) -> Path | None:
    """Rename a database with what lies beside it; under the new names SQLite finds them together as before."""
    if not target.exists():
        return None
    aside = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%SZ}")
    for suffix in _BESIDE:
        present = target.with_name(f"{target.name}{suffix}")
        if present.exists():
            present.rename(aside.with_name(f"{aside.name}{suffix}"))
    return aside
