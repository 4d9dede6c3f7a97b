"""The log as a file of JSON lines, and read again."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.postgres_server import Server
from tests.store.build import NOW, add_feeds
from tests.store.old import fill_as_of
from tests.store.whole import content, fill

from dipwatch.errors import MachineError, StoreError
from dipwatch.store import migrate
from dipwatch.store.engine import open_engine, transaction
from dipwatch.store.exchange import export_log, import_log
from dipwatch.store.rows import columns_of_models, read_rows, tables_with
from dipwatch.store.schema import REVISION
from dipwatch.store.store import Store

_numbers = count(1)


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        engine = open_engine(f"sqlite:///{tmp_path}/empty.db")
        yield engine
        engine.dispose()
        return
    server: Server = request.getfixturevalue("postgres_server")
    name = f"imported_{next(_numbers)}"
    server.create(name)
    engine = open_engine(server.url(name))
    yield engine
    engine.dispose()
    server.drop(name)


@pytest.fixture
def exported(store: Store, tmp_path: Path) -> Path:
    fill(store)
    path = tmp_path / "log.ndjson.gz"
    export_log(store, path, NOW)
    return path


@pytest.fixture
def exported_once(sqlite_url: str, tmp_path: Path) -> Path:
    """A file; which database it comes from makes no difference, as the first test shows."""
    path = tmp_path / "once.ndjson.gz"
    with closing(Store.open(sqlite_url)) as store:
        fill(store)
        export_log(store, path, NOW)
    return path


def lines_of(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def rewritten(path: Path, lines: list[dict[str, Any]]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    return path


def test_what_is_imported_equals_what_was_exported(store: Store, exported: Path, empty: Engine) -> None:
    counts = import_log(empty, exported)
    with store.connect() as connection:
        wanted = content(connection)
    with closing(Store(empty)) as copy, copy.connect() as connection:
        assert content(connection) == wanted
    assert counts == {name: len(rows) for name, rows in wanted.items() if name != "change_words"}


def test_the_same_log_gives_the_same_file(store: Store, exported: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.ndjson.gz"
    export_log(store, again, NOW)
    assert again.read_bytes() == exported.read_bytes()


def test_a_plain_file_holds_the_same_lines(store: Store, exported: Path, tmp_path: Path) -> None:
    plain = tmp_path / "log.ndjson"
    export_log(store, plain, NOW)
    assert plain.read_bytes() == gzip.decompress(exported.read_bytes())
    lines = plain.read_text(encoding="utf-8").splitlines()
    header, end = json.loads(lines[0]), json.loads(lines[-1])
    assert (header["format"], header["version"], header["schema"]) == ("dipwatch-log", 1, REVISION)
    assert sum(each["rows"] for each in end["end"].values()) == len(lines) - 2


def test_an_export_overwrites_nothing_and_leaves_nothing_half_done(store: Store, tmp_path: Path) -> None:
    taken = tmp_path / "taken.ndjson"
    taken.write_text("precious")
    with pytest.raises(MachineError, match="exists; choose another name"):
        export_log(store, taken, NOW)
    with pytest.raises(MachineError, match=r"export .*No such file"):
        export_log(store, tmp_path / "missing" / "log.ndjson", NOW)
    assert [path.name for path in tmp_path.glob("*.unfinished")] == []


def _renamed(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "row": {**line["row"], "url": "x"}} if line.get("table") == "feeds" else line


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda lines: lines[:-1], "is not whole"),
        (lambda lines: [*lines[:-2], lines[-1]], "is not whole"),
        (lambda lines: [*lines[:5], lines[4], *lines[5:]], "can't take|is not whole"),
        (lambda lines: [*map(_renamed, lines)], "is not whole"),
        (lambda lines: [*lines[:3], {"table": "recipes", "row": {}}, *lines[3:]], "can't take"),
        (lambda lines: [*lines[:3], {"table": "feeds", "row": {"id": 1, "taste": 2}}, *lines[3:]], "can't take"),
        (lambda lines: [{**lines[0], "columns": {"feeds": {"id": "plain"}}}, *lines[1:]], "columns of feeds"),
        (lambda lines: lines[1:], "was not written by `dipwatch db export`"),
        (lambda lines: [{**lines[0], "version": 2}, *lines[1:]], "by a newer dipwatch"),
        (lambda lines: [{**lines[0], "schema": "9999"}, *lines[1:]], "by a newer dipwatch"),
        (lambda _lines: [], "was not written by"),
    ],
    ids=[
        "no end",
        "a row lost",
        "a row twice",
        "a row changed",
        "a table more",
        "a column more",
        "no columns",
        "no head",
        "newer",
        "newer schema",
        "empty",
    ],
)
def test_a_file_that_is_not_whole_changes_nothing(exported_once: Path, empty: Engine, harm: Any, said: str) -> None:  # noqa: ANN401 (a function of the table)
    path = rewritten(exported_once, harm(lines_of(exported_once)))
    with pytest.raises(StoreError, match=said):
        import_log(empty, path)
    if migrate.state(empty) is not migrate.State.EMPTY:
        tables = tables_with({name: kinds for name, kinds in columns_of_models().items() if name != "watermarks"})
        with transaction(empty, "read") as connection:
            assert [row for table in tables for row in read_rows(connection, table)] == []


def test_a_file_cut_off_while_packed_is_named(exported_once: Path, empty: Engine) -> None:
    exported_once.write_bytes(exported_once.read_bytes()[:-200])
    with pytest.raises(StoreError, match=r"is cut off or damaged \(EOFError\)"):
        import_log(empty, exported_once)


def test_a_database_that_has_rows_is_refused(exported_once: Path, empty: Engine) -> None:
    with closing(Store(empty)) as store:
        migrate.upgrade(empty)
        add_feeds(store)
        with pytest.raises(StoreError, match="is not empty"):
            import_log(empty, exported_once)


def test_a_database_with_tables_of_its_own_is_refused(exported_once: Path, empty: Engine) -> None:
    with transaction(empty, "write") as connection:
        connection.exec_driver_sql("CREATE TABLE recipes (id int)")
    with pytest.raises(StoreError, match="holds the tables of another program"):
        import_log(empty, exported_once)


def test_what_an_older_dipwatch_exported_is_brought_up_to_date(empty: Engine, tmp_path: Path) -> None:
    """Such a file names the columns that its schema had."""
    with closing(open_engine_at(tmp_path)) as old:
        kinds = fill_as_of(old.engine, "0001")
        lines: list[dict[str, Any]] = [
            {"format": "dipwatch-log", "version": 1, "schema": "0001", "columns": kinds, "numbers": {"outbox": 9}}
        ]
        path = tmp_path / "old.ndjson.gz"
        export_old(old, kinds, lines)
        rewritten(path, lines)
    import_log(empty, path)
    assert migrate.state(empty) is migrate.State.CURRENT
    with transaction(empty, "read") as connection:
        found = content(connection)
    assert len(found["changes"]) == len(found["change_words"]) == 1
    assert [row for name, row in found.items() if name in kinds and not row] == []


def open_engine_at(folder: Path) -> Store:
    return Store(open_engine(f"sqlite:///{folder}/old.db"))


def export_old(old: Store, kinds: dict[str, dict[str, str]], lines: list[dict[str, Any]]) -> None:
    """Write what the older program would have written."""
    from dipwatch.store.exchange import _time  # noqa: PLC0415 (only here)
    from dipwatch.store.rows import Sum  # noqa: PLC0415 (only here)

    end = {}
    with old.connect() as connection:
        for table in tables_with(kinds):
            total = Sum()
            for rows in read_rows(connection, table):
                for row in rows:
                    total.add(row)
                    lines.append(json.loads(json.dumps({"table": table.name, "row": row}, default=_time)))
            end[table.name] = {"rows": total.rows, "sum": total.hex}
    lines.append({"end": end})
