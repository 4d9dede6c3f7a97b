from __future__ import annotations

import os
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DBAPIError, StatementError
from tests.postgres_server import Server
from tests.store.build import NOW

from dipwatch.errors import StoreError
from dipwatch.store import engine as engine_module
from dipwatch.store import store as store_module
from dipwatch.store.engine import open_engine
from dipwatch.store.schema import lease_table
from dipwatch.store.store import Store


def _row(name: str, expires_at: datetime = NOW) -> dict[str, object]:
    return {"name": name, "holder": "h", "token": 1, "expires_at": expires_at}


def _names(store: Store) -> list[str]:
    with store.connect() as connection:
        return list(connection.execute(select(lease_table.c.name).order_by(lease_table.c.name)).scalars())


def test_a_block_that_ends_well_is_committed(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(insert(lease_table).values(_row("a")))
    assert _names(store) == ["a"]


def test_a_block_that_fails_is_rolled_back(store: Store) -> None:
    with pytest.raises(RuntimeError, match="crash"), store.begin() as connection:  # noqa: PT012 (a crash half way)
        connection.execute(insert(lease_table).values(_row("a")))
        raise RuntimeError("crash")
    assert _names(store) == []


def test_a_reader_can_not_write(store: Store) -> None:
    with pytest.raises((StoreError, DBAPIError)), store.connect() as connection:
        connection.execute(insert(lease_table).values(_row("a")))
    assert _names(store) == []
    with store.begin() as connection:  # and the connection it used can write again afterwards
        connection.execute(insert(lease_table).values(_row("b")))
    assert _names(store) == ["b"]


def test_a_reader_sees_one_moment(store: Store) -> None:
    with store.connect() as reader:
        before = reader.execute(select(lease_table.c.name)).all()
        with store.begin() as writer:
            writer.execute(insert(lease_table).values(_row("a")))
        assert reader.execute(select(lease_table.c.name)).all() == before == []


def test_writers_wait_for_each_other(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(insert(lease_table).values({**_row("counter"), "token": 0}))

    def add() -> None:
        for _ in range(10):
            with store.begin() as connection:
                query = select(lease_table.c.token).where(lease_table.c.name == "counter").with_for_update()
                token = connection.execute(query).scalar_one()
                connection.execute(update(lease_table).values(token=token + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.connect() as connection:
        assert connection.execute(select(lease_table.c.token)).scalar_one() == 40


def test_a_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="naive time"), store.begin() as connection:
        connection.execute(insert(lease_table).values(_row("a", NOW.replace(tzinfo=None))))


def test_times_come_back_as_utc(store: Store) -> None:
    elsewhere = datetime(2026, 3, 1, 14, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with store.begin() as connection:
        connection.execute(insert(lease_table).values(_row("a", elsewhere)))
    with store.connect() as connection:
        back = connection.execute(select(lease_table.c.expires_at)).scalar_one()
    assert back == elsewhere
    assert back.tzinfo is UTC


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)]
)
def test_sqlite_is_set_up_to_keep_what_was_committed(sqlite_url: str, pragma: str, value: object) -> None:
    with closing(Store.open(sqlite_url)) as store, store.begin() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value


def test_a_relative_path_is_resolved_against_the_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    open_engine("sqlite:///own.db", tmp_path).dispose()
    assert (tmp_path / "own.db").exists()
    open_engine("sqlite:///own.db").dispose()
    assert (elsewhere / "own.db").exists()


def test_a_database_in_memory_is_shared_by_all_transactions_and_threads() -> None:
    with closing(Store.open("sqlite:///:memory:", upgrade=True)) as store:
        with store.begin() as connection:
            connection.execute(insert(lease_table).values(_row("a")))
        seen: list[list[str]] = []
        thread = threading.Thread(target=lambda: seen.append(_names(store)))
        thread.start()
        thread.join()
        assert seen == [["a"]]


def _missing_folder(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/missing/dipwatch.db"


def _file_for_folder(tmp_path: Path) -> str:
    (tmp_path / "file").write_text("no folder")
    return f"sqlite:///{tmp_path}/file/dipwatch.db"


def _folder_for_file(tmp_path: Path) -> str:
    (tmp_path / "folder").mkdir()
    return f"sqlite:///{tmp_path}/folder"


def _not_a_database(tmp_path: Path) -> str:
    (tmp_path / "letter").write_text("Dear reader, this is not a database. " * 100)
    return f"sqlite:///{tmp_path}/letter"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (_missing_folder, "can't be opened or created"),
        (_file_for_folder, "can't be opened or created"),
        (_folder_for_file, "can't be opened or created"),
        (_not_a_database, "is not an SQLite database"),
        (lambda _: "mysql://u:secret@host/x", "mysql is not supported"),
        (lambda _: "postgresql+psycopg://u:secret@host:port/x", "can't be parsed"),
        (lambda _: "secret", "can't be parsed"),
    ],
)
def test_a_url_that_leads_nowhere_gives_one_clear_line(tmp_path: Path, url: object, words: str) -> None:
    assert callable(url)
    with pytest.raises(StoreError, match=words) as caught:
        open_engine(url(tmp_path))
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_missing_file_is_made_only_when_that_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="dipwatch db upgrade"):
        open_engine("sqlite:///new.db", tmp_path, create=False)
    assert not (tmp_path / "new.db").exists()


def test_a_locked_database_gives_one_clear_line(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT", 0.05)
    with closing(Store.open(sqlite_url)) as store, closing(sqlite3.connect(str(store.engine.url.database))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="is locked by another process"), store.begin():
            pass
        with store.connect() as connection:  # readers go on
            assert connection.execute(select(lease_table.c.name)).all() == []


def test_a_transaction_that_never_ends_gives_one_clear_line(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "LONGEST_TURN", 0.01)
    store = Store.open(sqlite_url)
    with (
        store.begin(),
        pytest.raises(StoreError, match=r"one transaction has held it for more than 0\.01 s"),
        store.begin(),
    ):
        pass  # not reached
    store.close()


def test_a_full_disk_gives_one_clear_line(sqlite_url: str) -> None:
    with (
        closing(Store.open(sqlite_url)) as store,
        pytest.raises(StoreError, match="the disk is full"),
        store.begin() as connection,
    ):
        _write_beyond_bound(connection)


def _write_beyond_bound(connection: Connection) -> None:
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    connection.execute(insert(lease_table), [_row(f"{number:0>500}") for number in range(500)])


def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 9))
    with pytest.raises(StoreError, match=r"too old; dipwatch needs 3\.35\.0"):
        open_engine("sqlite:///x.db", tmp_path)


def test_a_wrong_password_is_named_but_never_shown(postgres_server: Server, postgres_url: str) -> None:
    url = postgres_url.replace(postgres_server.password, "guessed-wrong")
    with pytest.raises(StoreError, match="refuses this user or password") as caught:
        open_engine(url)
    assert "guessed-wrong" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_or_database_that_is_not_there_is_named(postgres_server: Server, postgres_url: str) -> None:
    with pytest.raises(StoreError, match="has no such database"):
        open_engine(postgres_server.url("nowhere"))
    with pytest.raises(StoreError, match="can't be reached"):
        open_engine(postgres_url.replace(f":{postgres_server.port}/", ":1/"))


def test_a_server_that_ends_a_connection_is_named_and_reached_again(postgres_url: str) -> None:
    with closing(Store.open(postgres_url)) as store:
        with pytest.raises(StoreError, match=r"shutting down|went away"), store.begin() as connection:
            _end_and_use(store, connection)
        assert _names(store) == []


def _end_and_use(store: Store, connection: Connection) -> None:
    victim = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with store.begin() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({victim})")
    connection.execute(select(lease_table.c.name))


def test_a_defect_of_ours_is_not_dressed_up_as_the_machines(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(insert(lease_table).values(_row("a")))
    with pytest.raises(DBAPIError), store.begin() as connection:
        connection.execute(insert(lease_table).values(_row("a")))


def test_a_new_sqlite_file_is_open_to_the_group_where_the_umask_lets_it(tmp_path: Path) -> None:
    before = os.umask(0o007)
    try:
        open_engine(f"sqlite:///{tmp_path}/dipwatch.db").dispose()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "dipwatch.db").stat().st_mode) == 0o660


def test_a_connection_to_a_file_that_may_only_be_read_is_set_up_without_changing_it(tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE letters (name TEXT)")
    before = path.read_bytes()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        engine_module._set_up_sqlite(connection, None)
        assert connection.execute("SELECT count(*) FROM letters").fetchone() == (0,)
    assert path.read_bytes() == before
