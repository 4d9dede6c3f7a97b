"""The store: where transactions come from."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from dipwatch.errors import StoreError
from dipwatch.store import migrate
from dipwatch.store.engine import Mode, mapped_errors, open_engine, place, transaction

LONGEST_TURN = 30.0
"""Seconds a writer waits for another thread's transaction; as long as PostgreSQL's lock_timeout (see engine)."""


class Store:
    """An open database. Safe to share between threads; each transaction belongs to the thread that opened it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = threading.Lock()

    @classmethod
    def open(cls, url: str, base: Path | None = None, *, upgrade: bool = False, create: bool = True) -> Store:
        """Open a database whose schema is this program's; see ``open_engine`` and ``migrate.require_current``.

        Raises StoreError with one line that says what is wrong and what to do.
        """
        engine = open_engine(url, base, create=create)
        try:
            migrate.require_current(engine, upgrade=upgrade)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    @property
    def place(self) -> str:
        """The database's name in messages; never a password."""
        return place(self.engine.url)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Open a read-only transaction: a snapshot. Raises StoreError when the database is in the way."""
        with self._transaction("read") as connection:
            yield connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a write transaction; it commits when the block ends well. Raises StoreError as ``connect`` does."""
        with self._turn(), self._transaction("write") as connection:
            yield connection

    @contextmanager
    def bare(self) -> Iterator[Connection]:
        """Open a connection without a transaction, for what can't run in one. Raises StoreError as ``connect`` does."""
        with self._transaction("bare") as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let the writing threads of this process take turns on SQLite, which has one writer at a time.

        SQLite itself lets them sleep and try again: measured, that doubled the time of a round of polls.
        """
        if self.engine.dialect.name != "sqlite":
            yield
            return
        if not self._writing.acquire(timeout=LONGEST_TURN):
            raise StoreError(f"database {self.place}: one transaction has held it for more than {LONGEST_TURN:g} s")
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def _transaction(self, mode: Mode) -> Iterator[Connection]:
        with mapped_errors(self.engine.url), transaction(self.engine, mode) as connection:
            yield connection
