"""A filled store of each sort, and the names of the subject in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection
from tests.review.logged import fill, names
from tests.review.talks import fill_more

from dipwatch.review import NameBook
from dipwatch.store import Store


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
