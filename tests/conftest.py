"""Fixtures that many tests share: a database of each sort, fresh for every test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from tests.postgres_server import NoServerError, Server, running_server

from dipwatch.store import Store

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A running server; skips without one, or fails where everything is required."""
    try:
        with running_server() as server:
            yield server
    except NoServerError as error:
        if os.environ.get("DIPWATCH_REQUIRE_ALL") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: Server) -> str:
    """The name of a database with all tables, to be copied."""
    postgres_server.create("migrated")
    Store.open(postgres_server.url("migrated"), upgrade=True).close()
    return "migrated"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "dipwatch.db"
    Store.open(f"sqlite:///{path}", upgrade=True).close()
    return path


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A fresh SQLite database with all tables."""
    path = tmp_path / "dipwatch.db"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: Server, migrated_postgres: str) -> Iterator[str]:
    """A fresh PostgreSQL database with all tables."""
    name = f"test_{next(_numbers)}"
    postgres_server.create(name, template=migrated_postgres)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with all tables, of each sort in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store, of each sort in turn."""
    opened = Store.open(database_url)
    yield opened
    opened.close()
