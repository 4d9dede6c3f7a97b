from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from tests.store.build import MINUTE, NOW, SUBJECT, add_feeds, bring, lead, make_entry, make_outbox, tick_on

from dipwatch.errors import MachineError, StoreError
from dipwatch.store import Store, maintenance, next_tick, read_changes, read_ticks
from dipwatch.store.maintenance import Pruned, backup, prune, vacuum
from dipwatch.store.schema import Base, ItemRow, LeaseRow, RevisionRow


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
            for name, table in sorted(Base.metadata.tables.items())
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
        connection.execute(insert(LeaseRow).values(name="x", holder="h", token=1, expires_at=NOW))
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
    monkeypatch.setattr(maintenance, "_counts", lambda _connection: {"items": 7})
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
        with store.begin() as connection:
            prune(connection, NOW + MINUTE, dry_run=False)
        before = _pages(store)
        vacuum(store)
        after = _pages(store)
    assert after["freelist_count"] == 0 < before["freelist_count"]
    assert after["page_count"] < before["page_count"]


def _pages(store: Store) -> dict[str, int]:
    with store.connect() as connection:
        names = ("page_count", "freelist_count")
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names}


def test_pruning_empties_old_texts_and_nothing_else(store: Store) -> None:
    _fill(store)
    before = _content(store)
    with store.begin() as connection:
        assert prune(connection, NOW + MINUTE, dry_run=True) == Pruned(items=2, revisions=3)
    assert _content(store) == before
    with store.begin() as connection:
        assert prune(connection, NOW + MINUTE, dry_run=False) == Pruned(items=2, revisions=3)
    with store.connect() as connection:
        rows = connection.execute(select(ItemRow.title, ItemRow.summary).order_by(ItemRow.title)).all()
        assert [tuple(row) for row in rows] == [("Other", ""), ("Two", ""), ("Waits", "More on: Waits")]
        texts = connection.execute(select(RevisionRow.summary).order_by(RevisionRow.title)).scalars().all()
        assert texts == ["", "", "", "More on: Waits"]
    after = _content(store)
    untouched = [name for name in before if name not in {"items", "revisions"}]
    assert {name: after[name] for name in untouched} == {name: before[name] for name in untouched}


def test_what_is_young_or_waits_for_detection_is_not_pruned(store: Store) -> None:
    _fill(store)
    with store.begin() as connection:
        assert prune(connection, NOW, dry_run=False) == Pruned(0, 0)
        assert [item.summary for item in next_tick(connection, SUBJECT, 9).items] == ["More on: Waits"]


def test_a_pruned_item_is_not_taken_for_an_edited_one(store: Store) -> None:
    _fill(store)
    with store.begin() as connection:
        prune(connection, NOW + MINUTE, dry_run=False)
    done = bring(store, make_entry("a", "One"), make_entry("a", "Two"), now=NOW + 2 * MINUTE)
    assert (done.new_items, done.revisions) == ((), 0)


def test_what_was_concluded_is_read_back_whole_after_pruning(store: Store) -> None:
    _fill(store)
    with store.connect() as connection:
        changes = list(read_changes(connection))
        claims = [[done.claims for done in tick.inputs] for tick in read_ticks(connection, SUBJECT)]
    with store.begin() as connection:
        prune(connection, NOW + MINUTE, dry_run=False)
    with store.connect() as connection:
        assert list(read_changes(connection)) == changes
        assert [[done.claims for done in tick.inputs] for tick in read_ticks(connection, SUBJECT)] == claims
