from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from tests.store.build import MINUTE, NOW, add_feeds, bring, lead, make_entry, make_outbox, tick_on

from dipwatch.errors import MachineError, StoreError
from dipwatch.store import maintenance
from dipwatch.store.maintenance import backup, vacuum
from dipwatch.store.retention import Bounds, prune
from dipwatch.store.schema import METADATA, lease_table
from dipwatch.store.store import Store


def _fill(store: Store) -> None:
    """Two items through detection, one with two wordings, and one that waits."""
    add_feeds(store)
    bring(store, make_entry("a", "One"), make_entry("b", "Other"))
    bring(store, make_entry("a", "Two"), now=NOW + MINUTE)
    lease = lead(store)
    with store.begin() as connection:
        tick_on(connection, lease, outbox=[make_outbox(0)])
    bring(store, make_entry("c", "Waits"), now=NOW)


def _content(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for name, table in sorted(METADATA.tables.items())
        }


def test_a_backup_is_equal_to_the_database_and_opens_as_one(sqlite_url: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    with closing(Store.open(sqlite_url)) as store:
        _fill(store)
        counts = backup(store, target)
        assert (counts["items"], counts["changes"], counts["outbox"]) == (3, 3, 1)
        assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]
        with closing(Store.open(f"sqlite:///{target}")) as copy:
            assert _content(copy) == _content(store)


def test_a_backup_is_taken_while_another_writes(sqlite_url: str, tmp_path: Path) -> None:
    with closing(Store.open(sqlite_url)) as store, store.begin() as connection:
        connection.execute(insert(lease_table).values(name="x", holder="h", token=1, expires_at=NOW))
        assert backup(store, tmp_path / "copy.db")["leases"] == 0


def test_a_backup_does_not_overwrite(sqlite_url: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with closing(Store.open(sqlite_url)) as store, pytest.raises(StoreError, match="exists; choose another name"):
        backup(store, target)
    assert target.read_text() == "precious"


def test_a_backup_that_can_not_be_written_is_named(sqlite_url: str, tmp_path: Path) -> None:
    with closing(Store.open(sqlite_url)) as store, pytest.raises(MachineError, match=r"backup .*unable to open"):
        backup(store, tmp_path / "missing" / "copy.db")


def test_a_backup_of_a_damaged_database_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    with closing(Store.open(sqlite_url)) as store:
        with store.bare() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("INSERT INTO change_actors VALUES (99, 'russia', 'source')")
        with pytest.raises(StoreError, match=r"not sound .*change_actors points to nothing"):
            backup(store, tmp_path / "copy.db")
    assert list(tmp_path.glob("copy*")) == []


def test_a_copy_with_other_rows_is_refused(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = iter([{"items": 7}, {"items": 8}])
    monkeypatch.setattr(maintenance, "row_counts", lambda _connection: next(counted))
    with closing(Store.open(sqlite_url)) as store, pytest.raises(StoreError, match="other rows"):
        backup(store, tmp_path / "copy.db")


def test_a_postgres_database_is_backed_up_with_its_own_tool(postgres_url: str, tmp_path: Path) -> None:
    with closing(Store.open(postgres_url)) as store, pytest.raises(StoreError, match="pg_dump"):
        backup(store, tmp_path / "copy.db")


def test_vacuum_leaves_the_content_as_it_is(store: Store) -> None:
    _fill(store)
    before = _content(store)
    vacuum(store)
    assert _content(store) == before
    bring(store, make_entry("d"))  # and the connection it used can write again


def test_vacuum_gives_room_back(sqlite_url: str) -> None:
    with closing(Store.open(sqlite_url)) as store:
        add_feeds(store)
        bring(store, *(replace(make_entry(f"{number}"), summary="long " * 2000) for number in range(50)))
        lease = lead(store)
        with store.begin() as connection:
            tick_on(connection, lease, [], limit=300)
        prune(store, Bounds(texts=NOW + MINUTE))
        before = _pages(store)
        vacuum(store)
        after = _pages(store)
    assert after["freelist_count"] == 0 < before["freelist_count"]
    assert after["page_count"] < before["page_count"]


def _pages(store: Store) -> dict[str, int]:
    with store.connect() as connection:
        names = ("page_count", "freelist_count")
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names}
