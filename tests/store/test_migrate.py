from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import DBAPIError
from tests.postgres_server import Server
from tests.store.build import bring, log_changes, make_change
from tests.store.old import fill_as_of, tables_there

from dipwatch.errors import StoreError
from dipwatch.shipped import shipped
from dipwatch.store import migrate
from dipwatch.store.engine import open_engine, transaction
from dipwatch.store.migrate import VERSION_TABLE, State
from dipwatch.store.schema import METADATA, REVISION, change_table
from dipwatch.store.store import Store

_numbers = count(1)


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database without any table."""
    if request.param == "sqlite":
        engine = open_engine(f"sqlite:///{tmp_path}/empty.db")
        yield engine
        engine.dispose()
        return
    server: Server = request.getfixturevalue("postgres_server")
    name = f"empty_{next(_numbers)}"
    server.create(name)
    engine = open_engine(server.url(name))
    yield engine
    engine.dispose()
    server.drop(name)


def _execute(engine: Engine, *statements: str) -> None:
    with transaction(engine, "write") as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_an_empty_database_is_filled_only_when_told(empty: Engine) -> None:
    assert migrate.state(empty) is State.EMPTY
    assert migrate.current(empty) is None
    with pytest.raises(StoreError, match="is empty; create its tables with `dipwatch db upgrade`"):
        migrate.require_current(empty)
    assert migrate.state(empty) is State.EMPTY
    migrate.require_current(empty, upgrade=True)
    assert migrate.state(empty) is State.CURRENT
    assert migrate.current(empty) == migrate.head()
    migrate.require_current(empty)


def test_an_upgrade_of_what_is_current_changes_nothing(empty: Engine) -> None:
    migrate.upgrade(empty)
    migrate.upgrade(empty)
    assert migrate.current(empty) == migrate.head()


def test_the_newest_revision_is_the_one_that_the_program_works_with() -> None:
    assert ScriptDirectory(str(shipped("migrations"))).get_current_head() == migrate.head()


def _is_modelled(name: str | None, _sort: str, _parents: object) -> bool:
    """Leave out the full-text index, which is a table of another sort on each database (see ``store.search``)."""
    return not (name or "").startswith("change_words")


def test_models_and_migrations_agree(empty: Engine) -> None:
    migrate.upgrade(empty)
    with transaction(empty, "read") as connection:
        options = {
            "version_table": VERSION_TABLE,
            "compare_type": True,
            "compare_server_default": True,
            "include_name": _is_modelled,
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []


def test_what_a_newer_program_wrote_is_left_alone(empty: Engine) -> None:
    migrate.upgrade(empty)
    _execute(empty, "UPDATE dipwatch_schema SET version_num = '9999'")
    assert migrate.state(empty) is State.NEWER
    for upgrade in (True, False):
        with pytest.raises(StoreError, match="was written by a newer dipwatch"):
            migrate.require_current(empty, upgrade=upgrade)
    with pytest.raises(StoreError, match="was written by a newer dipwatch"):
        migrate.upgrade(empty)


@pytest.mark.parametrize("table", ["recipes", "alembic_version"])
def test_another_programs_database_is_left_alone(empty: Engine, table: str) -> None:
    _execute(empty, f"CREATE TABLE {table} (version_num varchar(32))")
    assert migrate.state(empty) is State.FOREIGN
    for upgrade in (True, False):
        with pytest.raises(StoreError, match="another program"):
            migrate.require_current(empty, upgrade=upgrade)
    with pytest.raises(StoreError, match="another program"):
        migrate.upgrade(empty)


@pytest.fixture
def with_a_next_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Migrations as a later program would ship them: one revision more."""
    folder = tmp_path / "100% later"
    (folder / "versions").mkdir(parents=True)
    ours = shipped("migrations")
    for path in (ours / "env.py", *(ours / "versions").glob("*.py")):
        (folder / path.relative_to(ours)).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    following = f"{int(REVISION) + 1:04}"
    later = folder / "versions" / f"{following}_later.py"
    later.write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision, down_revision = '{following}', '{REVISION}'\n"
        "def upgrade() -> None:\n"
        "    with op.batch_alter_table('developments') as table:\n"
        "        table.add_column(sa.Column('region', sa.Text()))\n"
        "        table.alter_column('title', nullable=True)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr("dipwatch.store.migrate.shipped", lambda *_parts: folder)
    monkeypatch.setattr("dipwatch.store.migrate.REVISION", following)
    return later


def _also(revision: Path, statement: str) -> None:
    """Let a revision run one more statement."""
    with revision.open("a", encoding="utf-8") as file:
        file.write(f"    op.execute({statement!r})\n")


def test_an_older_database_keeps_its_rows_and_triggers_through_an_upgrade(
    database_url: str, with_a_next_revision: Path
) -> None:
    assert with_a_next_revision.exists()
    with closing(Store(open_engine(database_url))) as store:
        engine = store.engine
        log_changes(store, [make_change("d1")])
        assert migrate.state(engine) is State.OLDER
        with pytest.raises(StoreError, match=r"older dipwatch.*`dipwatch db upgrade`"):
            migrate.require_current(engine)
        migrate.require_current(engine, upgrade=True)
        assert migrate.state(engine) is State.CURRENT
        with store.connect() as connection:
            row = connection.exec_driver_sql("SELECT id, region FROM developments").one()
            assert tuple(row) == ("d1", None)
        with pytest.raises(DBAPIError, match="append-only"):
            _execute(engine, "DELETE FROM changes")


def test_an_upgrade_that_fails_leaves_nothing_behind(database_url: str, with_a_next_revision: Path) -> None:
    _also(with_a_next_revision, "SELECT no_such_thing FROM nowhere")
    with closing(Store(open_engine(database_url))) as store:
        engine = store.engine
        with pytest.raises(DBAPIError):
            migrate.upgrade(engine)
        assert migrate.current(engine) == REVISION
        with pytest.raises(DBAPIError):
            _execute(engine, "SELECT region FROM developments")


def test_an_upgrade_that_would_break_references_is_undone(sqlite_url: str, with_a_next_revision: Path) -> None:
    _also(with_a_next_revision, "DELETE FROM developments")
    with closing(Store(open_engine(sqlite_url))) as store:
        engine = store.engine
        log_changes(store, [make_change("d1")])
        with pytest.raises(StoreError, match="rows of facets without what they point to"):
            migrate.upgrade(engine)
        assert migrate.current(engine) == REVISION


def test_two_processes_that_upgrade_at_once_do_it_once(empty: Engine) -> None:
    faults: list[BaseException] = []

    def upgrade() -> None:
        try:
            migrate.upgrade(empty)
        except BaseException as error:  # noqa: BLE001 (to be shown by the test's own thread)
            faults.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert migrate.state(empty) is State.CURRENT


@pytest.mark.parametrize(
    "statement",
    ["UPDATE changes SET title = 'x'", "DELETE FROM changes", "DELETE FROM changes WHERE seq = 1"],
)
def test_the_change_log_is_append_only(store: Store, statement: str) -> None:
    log_changes(store, [make_change("d1")])
    with pytest.raises(DBAPIError, match="append-only"):
        _execute(store.engine, statement)


def test_the_change_log_can_not_be_replaced_on_sqlite(sqlite_url: str) -> None:
    with closing(Store.open(sqlite_url)) as store:
        (seq,) = log_changes(store, [make_change("d1")])
        with store.connect() as connection:
            row = dict(connection.execute(change_table.select()).mappings().one())
        with pytest.raises(DBAPIError, match="append-only"), store.begin() as connection:
            connection.execute(insert(change_table).prefix_with("OR REPLACE").values(row | {"seq": seq, "title": "x"}))


def test_the_change_log_can_not_be_truncated_on_postgres(postgres_url: str) -> None:
    with closing(Store.open(postgres_url)) as store:
        log_changes(store, [make_change("d1")])
        with pytest.raises(DBAPIError, match="append-only"):
            _execute(store.engine, "TRUNCATE changes CASCADE")


@pytest.mark.parametrize("revision", [f"{number:04}" for number in range(1, int(REVISION))])
def test_every_older_schema_with_rows_in_every_table_is_brought_up_to_date(empty: Engine, revision: str) -> None:
    fill_as_of(empty, revision)
    with transaction(empty, "read") as connection:
        before = _rows_by_column(connection)
    assert all(before.values()), "every table has rows"
    migrate.upgrade(empty)
    assert migrate.state(empty) is State.CURRENT
    with transaction(empty, "read") as connection:
        after = _rows_by_column(connection)
        for name, rows in before.items():
            kept = [{column: row.get(column) for column in rows[0]} for row in after[name]]
            assert [row for row in rows if row not in kept] == [], f"{name} has kept what it had"
        words = connection.exec_driver_sql("SELECT count(*) FROM change_words").scalar_one()
    assert words == (revision < "0003"), "the migration that brings the index fills it"
    with pytest.raises(DBAPIError, match="append-only"):
        _execute(empty, "DELETE FROM changes")
    with closing(Store(empty)) as store:
        bring(store, feed="x")


def _rows_by_column(connection: Connection) -> dict[str, list[dict[str, object]]]:
    return {
        table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in tables_there(connection)
    }
