from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select, text
from tests.store.build import log_changes, make_change

from dipwatch.shipped import shipped
from dipwatch.store.engine import is_sqlite
from dipwatch.store.schema import facet_table
from dipwatch.store.search import developments_with, folded_words
from dipwatch.store.store import Store


@pytest.fixture
def migration() -> ModuleType:
    """The revision that makes the index."""
    path = shipped("migrations", "versions", "0003_search.py")
    spec = importlib.util.spec_from_file_location("search_0003", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def found(connection: Connection, *words: str, open_: bool = False) -> list[str]:
    query = developments_with(connection, [((word,), open_) for word in words])
    return sorted(set(connection.execute(query).scalars()))


def held(connection: Connection) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return all facets and all words."""
    facets = select(facet_table.c.sort, facet_table.c.value, facet_table.c.development_id).order_by(*facet_table.c)
    words = connection.execute(text("SELECT development_id, CAST(words AS text) FROM change_words ORDER BY 1, 2"))
    return [tuple(row) for row in connection.execute(facets)], [tuple(row) for row in words]


def test_what_is_written_is_found_in_the_same_transaction(store: Store) -> None:
    log_changes(store, [make_change("d1", title="Переговоры в Стамбуле"), make_change("d2", title="Ёлка 2026")])
    with store.connect() as connection:
        assert found(connection, "переговоры") == ["d1"]
        assert found(connection, "перегов") == []
        assert found(connection, "перегов", open_=True) == ["d1"]
        assert found(connection, "елка", "2026") == ["d2"]
        assert found(connection, "елка", "стамбуле") == []
        facets, _ = held(connection)
    assert {(sort, value) for sort, value, development in facets if development == "d1"} >= {
        ("actor", "russia"),
        ("actor", "united-states"),
        ("reason", "first_report"),
    }


def test_the_migration_fills_the_index_as_the_writer_does(store: Store, migration: ModuleType) -> None:
    log_changes(store, [make_change("d1", title="Talks: Ёлка, «Київ»"), make_change("d1"), make_change("d2")])
    with store.begin() as connection:
        before = held(connection)
        connection.execute(delete(facet_table))
        connection.execute(text("DELETE FROM change_words"))
        insert = migration.SQLITE_INSERT if is_sqlite(connection) else migration.POSTGRES_INSERT
        migration._fill(connection, insert)
        assert held(connection) == before
    assert before[0]
    assert before[1]


@given(st.text())
def test_folding_gives_words_without_case_and_is_stable(words: str) -> None:
    folded = folded_words(words)
    assert folded_words(" ".join(folded)) == folded
    assert all(word and " " not in word and '"' not in word and "'" not in word for word in folded)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("П'ять", ("п", "ять")), ("90-billion €", ("90", "billion")), ("ЁЛКА", ("елка",)), ("_a_b_", ("a", "b"))],
)
def test_words_are_folded(words: str, wanted: tuple[str, ...]) -> None:
    assert folded_words(words) == wanted
