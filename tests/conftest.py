"""Fixtures that many tests share: a database of each sort, fresh for every test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path

import pytest
from tests.postgres_server import NoServerError, Server, running_server

from dipwatch.store.store import Store

_numbers = count(1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where everything is required (DIPWATCH_REQUIRE_ALL=1), as in CI."""
    report = yield
    if report.skipped and os.environ.get("DIPWATCH_REQUIRE_ALL") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped where everything is required: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A running server; skips without one."""
    try:
        with running_server() as server:
            yield server
    except NoServerError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the labelled streams (DIPWATCH_SHARED, default ../shared); skips without it."""
    folder = Path(os.environ.get("DIPWATCH_SHARED", "../shared"))
    if not (folder / "eval").is_dir():
        pytest.skip(f"needs the labelled streams in {folder} (DIPWATCH_SHARED)")
    return folder


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
