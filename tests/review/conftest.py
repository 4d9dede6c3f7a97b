"""A filled store of each sort, and the names of the subject in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection
from tests.review.logged import fill, names
from tests.review.reported import fill_all, report_of
from tests.review.talks import fill_more

from dipwatch.review.listed import NameBook
from dipwatch.review.report import Report
from dipwatch.store.store import Store


@pytest.fixture
def log(store: Store) -> Iterator[Connection]:
    """A connection to a store with the log of ``logged`` in it."""
    fill(store)
    with store.connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def book() -> NameBook:
    """The names of the test's subject."""
    return names()


@pytest.fixture
def talks(store: Store) -> Iterator[Connection]:
    """A connection to a store with the logs of ``logged`` and ``talks`` in it."""
    fill(store)
    fill_more(store)
    with store.connect() as connection:
        yield connection


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def told_store(
    request: pytest.FixtureRequest, migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store with all there is to report in it, filled once for each sort: nothing here writes."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("told") / "dipwatch.db"
        shutil.copyfile(migrated_sqlite, path)
        url = f"sqlite:///{path}"
    else:
        server = request.getfixturevalue("postgres_server")
        server.create("told", template=request.getfixturevalue("migrated_postgres"))
        url = server.url("told")
    opened = Store.open(url)
    fill_all(opened)
    yield opened
    opened.close()


@pytest.fixture
def told(told_store: Store) -> Iterator[Connection]:
    """A connection to that store, for one test: the server ends transactions that stand still for long."""
    with told_store.connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def report(told_store: Store, book: NameBook) -> Report:
    """The report of that log."""
    with told_store.connect() as connection:
        return report_of(connection, book)
