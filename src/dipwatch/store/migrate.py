"""Migrations: which schema a database has, and bringing an older one up to date.

Driven by alembic without an ini file; the revisions are shipped with the program. An upgrade is one transaction on both
databases: it happens whole or not at all. Alembic is loaded only where the schema is not the program's own, because
that takes a command on the line as long as everything else it does.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, Engine, MetaData, Table, Text, inspect, select

from dipwatch.errors import StoreError
from dipwatch.shipped import shipped
from dipwatch.store.engine import is_sqlite, mapped_errors, place, transaction
from dipwatch.store.schema import REVISION
from dipwatch.store.sql import hold

if TYPE_CHECKING:
    from alembic.config import Config

VERSION_TABLE = "dipwatch_schema"
"""Not alembic's own name, so that another program's table in a shared database is not taken for ours."""
_VERSIONS = Table(VERSION_TABLE, MetaData(), Column("version_num", Text))  # as alembic makes it


class State(StrEnum):
    """How a database's schema compares with the program's."""

    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    FOREIGN = "foreign"
    """It holds tables, but not of dipwatch."""


def head() -> str:
    """Return the revision that this program works with."""
    return REVISION


def current(engine: Engine) -> str | None:
    """Return the revision of a database, None for one that has none."""
    with mapped_errors(engine.url), transaction(engine, "read") as connection:
        return _current(connection) if VERSION_TABLE in inspect(connection).get_table_names() else None


def state(engine: Engine) -> State:
    """Compare a database's schema with the program's. Raises StoreError when it can't be read."""
    with mapped_errors(engine.url), transaction(engine, "read") as connection:
        return _state(connection)


def upgrade(engine: Engine) -> None:
    """Create the tables, or bring them up to date; one that is current is left alone.

    Raises StoreError for a database that is newer than the program or holds something else.
    """
    with mapped_errors(engine.url), transaction(engine, "migrate") as connection:
        hold(connection, "schema")
        found = _state(connection)
        if found in {State.NEWER, State.FOREIGN}:
            raise StoreError(_complaint(engine, found))
        if found is State.CURRENT:
            return
        _run(connection, REVISION)
        _check_references(connection)


def create(engine: Engine, revision: str) -> None:
    """Create the tables of an empty database as an older dipwatch had them. Raises StoreError for any other one."""
    with mapped_errors(engine.url), transaction(engine, "migrate") as connection:
        hold(connection, "schema")
        if _state(connection) is not State.EMPTY:
            raise StoreError(f"database {place(engine.url)} is not empty; choose another one")
        _run(connection, revision)


def revisions() -> frozenset[str]:
    """Return the revisions that this program knows."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 (see the top)

    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def require_current(engine: Engine, *, upgrade: bool = False) -> None:
    """Make sure that the program can work with a database.

    An empty one is filled and an older one upgraded only when ``upgrade`` says so. Raises StoreError with what to do.
    """
    found = state(engine)
    if upgrade and found in {State.EMPTY, State.OLDER}:
        _upgrade(engine)
    elif found is not State.CURRENT:
        raise StoreError(_complaint(engine, found))


_upgrade = upgrade  # the keyword of require_current has the same name


def _run(connection: Connection, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 (see the top)

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 (see the top)

    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _current(connection: Connection) -> str | None:
    return connection.execute(select(_VERSIONS.c.version_num)).scalar_one_or_none()


def _state(connection: Connection) -> State:
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        return State.FOREIGN if tables else State.EMPTY
    revision = _current(connection)
    if revision is None:
        return State.EMPTY
    if revision == REVISION:
        return State.CURRENT
    return State.OLDER if revision in revisions() else State.NEWER


def _complaint(engine: Engine, found: State) -> str:
    say = {
        State.EMPTY: "is empty; create its tables with `dipwatch db upgrade`",
        State.OLDER: "was written by an older dipwatch; back it up, then type `dipwatch db upgrade`",
        State.NEWER: "was written by a newer dipwatch; install that version, or restore a backup made before",
        State.FOREIGN: "holds the tables of another program; choose another database",
    }
    return f"database {place(engine.url)} {say[found]}"


def _check_references(connection: Connection) -> None:
    """Check what SQLite does not check while tables are rebuilt."""
    if is_sqlite(connection) and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise StoreError(f"the upgrade would leave rows of {broken[0]} without what they point to; it was undone")
