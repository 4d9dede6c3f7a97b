"""A backup put in the place of an SQLite database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from tests.store.build import NOW, add_feeds, lead, make_feed
from tests.store.old import fill_as_of
from tests.store.whole import content, fill

from dipwatch.errors import MachineError, StoreError
from dipwatch.store import maintenance, migrate
from dipwatch.store.engine import open_engine
from dipwatch.store.restore import restore
from dipwatch.store.store import Store

LATER = NOW + timedelta(days=1)


@pytest.fixture
def place(sqlite_url: str) -> Path:
    """The file of a database in use until now."""
    return Path(sqlite_url.removeprefix("sqlite:///"))


@pytest.fixture
def backup(tmp_path: Path, place: Path) -> Path:
    """A backup of it, after which it went on."""
    path = tmp_path / "copy.db"
    with closing(Store.open(f"sqlite:///{place}")) as store:
        fill(store)
        maintenance.backup(store, path)
        add_feeds(store, make_feed("later"))
    return path


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(Store.open(f"sqlite:///{path}")) as store, store.connect() as connection:
        return content(connection)


def test_the_backup_takes_the_place_and_what_was_there_lies_aside(backup: Path, place: Path) -> None:
    place.chmod(0o640)
    present = rows(place)
    done = restore(backup, place, LATER)
    assert rows(place) == rows(backup)
    assert done.aside == place.with_name("dipwatch.db.before-20260302T120000Z")
    assert rows(done.aside) == present
    assert done.rows["feeds"] == 2
    assert place.stat().st_mode & 0o777 == 0o640
    assert list(place.parent.glob("*.unfinished*")) == []


def test_it_is_put_where_nothing_is_left(backup: Path, tmp_path: Path) -> None:
    done = restore(backup, tmp_path / "new.db", NOW)
    assert done.aside is None
    assert rows(tmp_path / "new.db") == rows(backup)


def test_a_damaged_database_gives_way(backup: Path, place: Path) -> None:
    for path in place.parent.glob(f"{place.name}-*"):
        path.unlink()
    place.write_bytes(b"rubbish" * 1000)
    done = restore(backup, place, NOW)
    assert done.aside is not None
    assert done.aside.read_bytes().startswith(b"rubbish")
    assert rows(place) == rows(backup)


def test_one_of_an_older_dipwatch_is_brought_up_to_date(tmp_path: Path, place: Path) -> None:
    old = tmp_path / "old.db"
    engine = open_engine(f"sqlite:///{old}")
    fill_as_of(engine, "0001")
    engine.dispose()
    restore(old, place, NOW)
    with closing(Store.open(f"sqlite:///{place}")) as store, store.connect() as connection:
        assert len(content(connection)["changes"]) == 1
    engine = open_engine(f"sqlite:///{old}")
    assert migrate.current(engine) == "0001", "the backup stays as it is"
    engine.dispose()


def test_nothing_is_restored_under_a_daemon(backup: Path, place: Path) -> None:
    with closing(Store.open(f"sqlite:///{place}")) as store:
        lead(store, "host:17", now=LATER)
        present = rows(place)
        with pytest.raises(MachineError, match=r"a dipwatch works on .*dipwatch\.db \(host:17\); stop it first"):
            restore(backup, place, LATER)
        assert rows(place) == present


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:8192] + b"\xff" * 8192)


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (id)")


def dangling(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO change_actors VALUES (99, 'x', 'source')")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (damaged, "malformed|not sound"),
        (foreign, "another program"),
        (dangling, "not sound .*change_actors points to nothing"),
        (lambda path: path.write_text("no database"), "not a database"),
        (Path.unlink, "there is no backup"),
    ],
    ids=["damaged", "foreign", "dangling", "no database", "missing"],
)
def test_what_is_no_sound_backup_changes_nothing(backup: Path, place: Path, harm: object, said: str) -> None:
    present = rows(place)
    assert callable(harm)
    harm(backup)
    with pytest.raises(MachineError, match=said):
        restore(backup, place, LATER)
    assert rows(place) == present
    assert list(place.parent.glob("*.unfinished*")) == []


def test_a_database_is_not_its_own_backup(place: Path) -> None:
    with pytest.raises(StoreError, match="is the database itself"):
        restore(place, place, NOW)
