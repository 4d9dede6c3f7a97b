"""How a database is opened: SQLite or PostgreSQL, set up so that both keep the same promises.

SQLite (https://www.sqlite.org/pragma.html, https://www.sqlite.org/wal.html): write-ahead log, so that readers never
wait for the writer; ``synchronous=FULL``, because NORMAL may lose the last commits when the power fails, and a commit
here means "this item is stored", "this alert was sent", "this mark was taken": losing one repeats or loses something a
user was promised. The price is one fsync a commit, and the daemon commits a few times a second at most.

Transactions are begun here and not by the driver, whose implicit BEGIN comes late and is always deferred: a writer
begins IMMEDIATE, so that it waits for its turn at the start and never fails half way; a reader gets a snapshot.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool, StaticPool

from dipwatch.errors import StoreError

Mode = Literal["read", "write", "migrate", "bare"]
"""``bare`` is no transaction at all, for VACUUM."""

BUSY_TIMEOUT = 5.0
"""Seconds a connection waits for another writer, or for a server to answer, before it gives up."""
OLDEST_SQLITE = (3, 35, 0)
"""RETURNING came with 3.35 (https://www.sqlite.org/lang_returning.html)."""

_MODE = "dipwatch_mode"
_BEGIN: dict[Mode, tuple[str, ...]] = {
    "read": ("PRAGMA query_only = ON", "BEGIN"),
    "write": ("PRAGMA query_only = OFF", "PRAGMA foreign_keys = ON", "BEGIN IMMEDIATE"),
    # a table that is rebuilt must not drag along the rows that point to it: https://www.sqlite.org/lang_altertable.html
    "migrate": ("PRAGMA query_only = OFF", "PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE"),
    "bare": ("PRAGMA query_only = OFF",),
}
_POSTGRES_CONNECTION: dict[str, Any] = {
    # https://www.postgresql.org/docs/current/libpq-connect.html: a server or a network that has gone is noticed
    "connect_timeout": int(BUSY_TIMEOUT),
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "application_name": "dipwatch",
    # https://www.postgresql.org/docs/current/runtime-config-client.html: and nobody holds the others up for good
    "options": "-c timezone=UTC -c lock_timeout=30s -c idle_in_transaction_session_timeout=60s",
}
_POSTGRES_OPTIONS: dict[Mode, dict[str, Any]] = {
    "read": {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"},  # a snapshot, as on SQLite
    "bare": {"isolation_level": "AUTOCOMMIT"},
}
_SQLITE_ERRORS = {
    "SQLITE_CANTOPEN": "can't be opened or created; check that its folder exists and that you may write there",
    "SQLITE_NOTADB": "is not an SQLite database; correct the path or move the file away",
    "SQLITE_CORRUPT": "is damaged; restore a backup, or examine it with `sqlite3 FILE .recover`",
    "SQLITE_BUSY": f"is locked by another process for more than {BUSY_TIMEOUT:g} s; end it or try again",
    "SQLITE_LOCKED": "is locked by another connection; try again",
    "SQLITE_READONLY": "can't be written; check the permissions of the file and of its folder",
    "SQLITE_FULL": "can't grow: the disk is full; make room",
    "SQLITE_IOERR": "can't be read or written: the disk reports an error",
    "SQLITE_PERM": "can't be used: permission denied",
    "SQLITE_AUTH": "can't be used: permission denied",
}
_POSTGRES_ERRORS = {
    "28P01": "the server refuses this user or password; correct the database URL",
    "28000": "the server refuses this user; see its pg_hba.conf",
    "3D000": "the server has no such database; create it with createdb",
    "42501": "this user may not do that; grant it the rights",
    "53100": "the server's disk is full; make room",
    "53300": "the server has no connection left; raise max_connections or close other programs",
    "55P03": "a lock was not given in time; try again",
    "57014": "the statement took too long and was cancelled",
    "57P01": "the server is shutting down",
    "57P03": "the server is starting up or shutting down; try again",
    "25P03": "the server ended a transaction that stood still for too long",
    "25006": "the server is read-only (a standby?); use the primary",
    "40001": "the transaction collided with another one; it is tried again",
    "40P01": "the transaction collided with another one; it is tried again",
}


def open_engine(url: str, base: Path | None = None, *, create: bool = True) -> Engine:
    """Open a database and make sure that it answers.

    ``url`` is ``sqlite:///PATH`` (relative to ``base``, default the current folder; ``:memory:`` for a passing one that
    bears one transaction at a time) or ``postgresql+psycopg://...``. With ``create`` False a missing SQLite file is an
    error instead of being made. Raises StoreError with one line that says what is wrong and never shows a
    password.
    """
    parsed = _parsed(url, base)
    if parsed.get_backend_name() == "sqlite":
        _check_sqlite(parsed, create=create)
        engine = _sqlite_engine(parsed)
    else:
        engine = _postgres_engine(parsed)
    try:
        with mapped_errors(parsed), transaction(engine, "read") as connection:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master" if is_sqlite(connection) else "SELECT 1")
    except StoreError:
        engine.dispose()
        raise
    return engine


def is_sqlite(connection: Connection) -> bool:
    """Tell whether a connection is to SQLite; otherwise it is to PostgreSQL."""
    return connection.dialect.name == "sqlite"


def place(url: URL) -> str:
    """Name a database in messages: the file, or the URL with its password hidden."""
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


@contextmanager
def transaction(engine: Engine, mode: Mode) -> Iterator[Connection]:
    """Open a transaction that commits at the end of the block (``read`` ones roll back) and rolls back on any error."""
    options: dict[str, Any] = {_MODE: mode}
    if engine.dialect.name != "sqlite" and mode in _POSTGRES_OPTIONS:
        options |= _POSTGRES_OPTIONS[mode]
    with engine.connect().execution_options(**options) as connection, connection.begin() as begun:
        yield connection
        if mode == "read":
            begun.rollback()


@contextmanager
def mapped_errors(url: URL) -> Iterator[None]:
    """Turn what the machine does to a database into a StoreError; what is a defect of dipwatch passes unchanged."""
    try:
        yield
    except SQLAlchemyError as error:
        message = _explained(error)
        if message is None:
            raise
        raise StoreError(f"database {place(url)}: {message}") from error


def _parsed(url: str, base: Path | None) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # the cause is not kept: parsing a URL with a stray character may quote a piece of its password
        raise StoreError("the database URL can't be parsed; write sqlite:///PATH or postgresql+psycopg://...") from None
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
        if parsed.database in {None, "", ":memory:"}:
            return parsed.set(database=":memory:")
        return parsed.set(database=str((base or Path.cwd()) / str(parsed.database)))
    if parsed.drivername == "postgresql+psycopg":
        return parsed
    raise StoreError(f"{parsed.drivername} is not supported; write sqlite:///PATH or postgresql+psycopg://...")


def _check_sqlite(url: URL, *, create: bool) -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(str(part) for part in OLDEST_SQLITE)
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old; dipwatch needs {needed} or newer")
    path = Path(str(url.database))
    if url.database == ":memory:" or _exists(path):
        return
    if not create:
        raise StoreError(f"there is no database {path}; create it with `dipwatch db upgrade`")
    with suppress(OSError):  # SQLite meets the same fault, and there it gets its name
        path.touch(mode=0o666)  # less the umask; SQLite would refuse it to a group that may write the folder


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError as error:
        raise StoreError(
            f"you may not look at {path}; whoever runs dipwatch can make you a member of its group"
        ) from error


def _sqlite_engine(url: URL) -> Engine:
    # a pooled connection is used by one thread at a time, but not always by the one that opened it
    arguments = {"timeout": BUSY_TIMEOUT, "check_same_thread": False, "isolation_level": None}
    if url.database == ":memory:":
        engine = create_engine(url, connect_args=arguments, poolclass=StaticPool)
    else:
        engine = create_engine(url, connect_args=arguments, poolclass=QueuePool)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_READONLY:  # a backup that one may only read is read as it is
            raise


def _begin_sqlite(connection: Connection) -> None:
    mode: Mode = connection.get_execution_options().get(_MODE, "write")
    for statement in _BEGIN[mode]:
        connection.exec_driver_sql(statement)


def _postgres_engine(url: URL) -> Engine:
    try:
        return create_engine(url, connect_args=_POSTGRES_CONNECTION, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise StoreError("the PostgreSQL driver is missing; pip install 'dipwatch[postgres]'") from error


def _explained(error: SQLAlchemyError) -> str | None:
    """Return the line a user reads, or None for an error that is no fault of the machine."""
    if isinstance(error, PoolTimeoutError):
        return "all connections are busy for too long"
    if not isinstance(error, DBAPIError):
        return None
    cause = error.orig
    if name := getattr(cause, "sqlite_errorname", None):
        return next((text for prefix, text in _SQLITE_ERRORS.items() if name.startswith(prefix)), None)
    if state := getattr(cause, "sqlstate", None):
        return _POSTGRES_ERRORS.get(state)
    return _no_answer(cause) if isinstance(error, OperationalError) else None


def _no_answer(cause: BaseException | None) -> str:
    """Explain a connection that failed before the server gave a code; libpq's words hold no password."""
    words = " ".join(str(cause).split())
    for state, hint in (("28P01", "password authentication failed"), ("3D000", "does not exist")):
        if hint in words:
            return _POSTGRES_ERRORS[state]
    return f"the server can't be reached or went away; check that it runs and the URL ({words[:200]})"
