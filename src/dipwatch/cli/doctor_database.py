"""Whether the database is sound: its pages, its schema, and what protects the change log."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select, text

from dipwatch.cli.findings import Finding, room_problems
from dipwatch.errors import Problem, StoreError
from dipwatch.store.disk_space import free_space, taken_space
from dipwatch.store.engine import is_sqlite
from dipwatch.store.maintenance import faults, sqlite_of
from dipwatch.store.rows import columns_of_models, read_rows, require_fitting
from dipwatch.store.schema import METADATA, REVISION, change_table
from dipwatch.store.store import Store

_RESTORE = "restore a backup (`dipwatch db restore`), or export what can be read and import it into a new database"
_TRIGGERS = {
    "sqlite": ("changes_no_delete", "changes_no_replace", "changes_no_update"),
    "postgresql": ("changes_no_change", "changes_no_truncate"),
}
_MOST = 5
"""Faults that are named of a damaged database: one page can cause thousands."""


def examine_database(store: Store, *, full: bool) -> Finding:
    """Examine the database; ``full`` reads all of it."""
    with store.connect() as connection:
        taken, free = taken_space(connection), free_space(store)
        about = f"{store.place}: schema {REVISION}, {taken // 1_000_000} MB"
        about += f", {free // 1_000_000} MB free" if free is not None else ""
        try:
            problems = tuple(_problems(connection, full=full))
        except StoreError as error:
            problems = (Problem("database", str(error).removeprefix("database "), _RESTORE),)
    return Finding("database", about, (*room_problems(store), *problems), of_machine=True)


def _problems(connection: Connection, *, full: bool) -> Iterator[Problem]:
    if is_sqlite(connection):
        found = faults(sqlite_of(connection), quick=not full)
        yield from (Problem("database", fault, _RESTORE) for fault in found[:_MOST])
    elif full:
        for table in METADATA.sorted_tables:
            for _ in read_rows(connection, table):
                pass  # a page that can't be read raises
    yield from _schema(connection)
    for name in sorted(set(_TRIGGERS[connection.dialect.name]) - _triggers(connection)):
        what = f"the trigger {name} is missing: entries of the change log can be altered"
        yield Problem("database", what, "find out who removed it; export and import the log to have it again")
    yield from _index(connection)


def _schema(connection: Connection) -> Iterator[Problem]:
    try:
        require_fitting(connection, columns_of_models())
    except StoreError as error:
        yield Problem("database", str(error), "somebody has altered it: export what it holds, import into a new one")


def _triggers(connection: Connection) -> set[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if not is_sqlite(connection):
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'changes'::regclass AND tgenabled <> 'D'"
    return set(connection.execute(text(query)).scalars())


def _index(connection: Connection) -> Iterator[Problem]:
    changes = connection.execute(select(func.count()).select_from(change_table)).scalar_one()
    words = connection.execute(text("SELECT count(*) FROM change_words")).scalar_one()
    if changes != words:
        what = f"the full-text index holds {words} of {changes} entries of the change log: searches miss the others"
        yield Problem("database", what, "export and import the log to have it built anew")
