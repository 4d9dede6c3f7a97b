"""All rows of a database, as they are moved to another one: read in batches, summed up, numbered on.

Values are those of Python, so that both databases and a file hold the same ones. The sum of a table does not depend on
the order of its rows, which the collation of a server decides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    MetaData,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.types import NullType, TypeEngine

from dipwatch.errors import StoreError
from dipwatch.store.columns import Json, UtcDateTime
from dipwatch.store.engine import is_sqlite
from dipwatch.store.log import read_changes
from dipwatch.store.schema import METADATA
from dipwatch.store.search import index_changes

BATCH = 1000
"""Rows that are in memory at a time."""
_SUM_BITS = 256
_EXACT = 2**53
"""From here on jsonb turns a float into a whole number, and a float can't tell neighbours apart."""
_MADE_BY_MIGRATIONS = "watermarks"
"""The one table that is never empty."""
_KINDS: dict[str, type[TypeEngine[Any]]] = {
    "time": UtcDateTime,
    "day": Date,
    "json": Json,
    "flag": Boolean,
    "plain": NullType,
}

Row = dict[str, Any]
Columns = Mapping[str, Mapping[str, str]]
"""The kind of each column (see ``_KINDS``), by table; tables stand after those that they point to."""


@dataclass(slots=True)
class Sum:
    """How many rows a table has, and the sum of their hashes."""

    rows: int = 0
    total: int = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row."""
        line = json.dumps(canonical(dict(row)), sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(line.encode("utf-8", "surrogatepass")).digest()
        self.rows += 1
        self.total = (self.total + int.from_bytes(digest, "big")) % 2**_SUM_BITS

    @property
    def hex(self) -> str:
        """The sum as it is written down."""
        return f"{self.total:064x}"


def columns_of_models() -> dict[str, dict[str, str]]:
    """Return the columns of this program's tables."""
    return {table.name: {column.name: _kind(column) for column in table.columns} for table in METADATA.sorted_tables}


def tables_with(columns: Columns) -> list[Table]:
    """Return tables that hold these columns, in the same order."""
    return [
        Table(name, MetaData(), *(Column(column, _KINDS[kind]()) for column, kind in kinds.items()))
        for name, kinds in columns.items()
    ]


def require_fitting(connection: Connection, columns: Columns) -> None:
    """Make sure that a database has exactly these columns. Raises StoreError."""
    found = inspect(connection)
    there = {name: {column["name"] for column in found.get_columns(name)} for name in found.get_table_names()}
    for name, kinds in columns.items():
        if there.get(name) != set(kinds):
            raise StoreError(f"the columns of {name} are not those that its schema has")


def require_empty(connection: Connection, tables: Sequence[Table], place: str) -> None:
    """Make sure that these tables hold nothing. Raises StoreError."""
    for table in tables:
        if table.name != _MADE_BY_MIGRATIONS and connection.execute(select(table).limit(1)).first() is not None:
            raise StoreError(f"{place} is not empty ({table.name} has rows); choose another database")
        if table.name == _MADE_BY_MIGRATIONS:
            connection.execute(delete(table))


def read_rows(connection: Connection, table: Table) -> Iterator[list[Row]]:
    """Yield all rows of a table in batches, without holding more of them."""
    result = connection.execute(select(table).execution_options(yield_per=BATCH))
    for part in result.mappings().partitions():
        yield [dict(row) for row in part]


def write_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write rows; none may be there."""
    if rows:
        connection.execute(insert(table), list(rows))


def sum_of(connection: Connection, table: Table) -> Sum:
    """Sum a table up."""
    total = Sum()
    for batch in read_rows(connection, table):
        for row in batch:
            total.add(row)
    return total


def last_numbers(connection: Connection, tables: Sequence[Table]) -> dict[str, int]:
    """Return the highest number that was ever given to a row, for each table whose rows the database numbers."""
    numbers: dict[str, int] = {}
    for table in tables:
        key = _numbered_by(table.name)
        if key is None:
            continue
        highest = connection.execute(select(func.max(table.c[key]))).scalar_one() or 0
        numbers[table.name] = max(int(highest), _given(connection, table.name, key))
    return numbers


def set_numbers(connection: Connection, numbers: Mapping[str, int]) -> None:
    """Let a database number its rows on from there."""
    for name, number in numbers.items():
        key = _numbered_by(name)
        if is_sqlite(connection):
            update = text("UPDATE sqlite_sequence SET seq = :number WHERE name = :name")
            if _counts_by_itself(name) and not connection.execute(update, {"number": number, "name": name}).rowcount:
                insertion = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)")
                connection.execute(insertion, {"number": number, "name": name})
        else:
            sequence = func.pg_get_serial_sequence(name, key)
            connection.execute(select(func.setval(sequence, max(number, 1), number > 0)))


def index_words(connection: Connection) -> None:
    """Make the change log findable by its words, which no row holds (see ``store.search``)."""
    page = []
    for entry in read_changes(connection):
        page.append(entry)
        if len(page) == BATCH:
            index_changes(connection, page)
            page = []
    index_changes(connection, page)


def _kind(column: Column[Any]) -> str:
    kinds: dict[str, type[Any]] = {"time": UtcDateTime, "day": Date, "json": Json, "flag": Boolean}
    return next((name for name, of in kinds.items() if isinstance(column.type, of)), "plain")


def canonical(value: Any) -> Any:  # noqa: ANN401 (a value of any type)
    """Return a value as JSON has it, with numbers as either database would give them back."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: canonical(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [canonical(part) for part in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return float(value)
    return value


def _numbered_by(name: str) -> str | None:
    """Return the column by which the database numbers a table's rows, None where it doesn't."""
    columns = METADATA.tables[name].primary_key.columns if name in METADATA.tables else ()
    numbers = [column.name for column in columns if column.type.python_type is int and not column.foreign_keys]
    return numbers[0] if len(columns) == len(numbers) == 1 else None


def _counts_by_itself(name: str) -> bool:
    return bool(METADATA.tables[name].dialect_options["sqlite"]["autoincrement"])


def _given(connection: Connection, name: str, key: str) -> int:
    if not is_sqlite(connection):
        sequence = connection.execute(select(func.pg_get_serial_sequence(name, key))).scalar_one()
        last, called = connection.exec_driver_sql(f"SELECT last_value, is_called FROM {sequence}").one()  # noqa: S608 (as the server quotes it)
        return int(last) if called else 0
    if not _counts_by_itself(name):
        return 0
    query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return int(connection.execute(query, {"name": name}).scalar_one_or_none() or 0)
