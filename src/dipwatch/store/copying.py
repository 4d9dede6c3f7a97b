"""A whole history from one database to another, SQLite or PostgreSQL either way."""

from __future__ import annotations

from sqlalchemy import Connection

from dipwatch.errors import StoreError
from dipwatch.store.rows import (
    Sum,
    index_words,
    last_numbers,
    read_rows,
    require_empty,
    set_numbers,
    sum_of,
    write_rows,
)
from dipwatch.store.schema import METADATA
from dipwatch.store.store import Store


def copy(source: Store, target: Store) -> dict[str, int]:
    """Copy every row of every table, and return how many each has.

    The source is read as it stands at one moment, the target written in one transaction: it has everything or, where
    counts or sums differ in the end, nothing. Raises StoreError, also for a target that is not empty.
    """
    with source.connect() as reading, target.begin() as writing:
        require_empty(writing, METADATA.sorted_tables, target.place)
        sums = {table.name: _copied(reading, writing, table.name) for table in METADATA.sorted_tables}
        index_words(writing)
        set_numbers(writing, last_numbers(reading, METADATA.sorted_tables))
        for table in METADATA.sorted_tables:
            if sum_of(writing, table) != sums[table.name]:
                raise StoreError(f"{target.place}: {table.name} did not arrive as it was; nothing was copied")
    return {name: total.rows for name, total in sums.items()}


def _copied(reading: Connection, writing: Connection, name: str) -> Sum:
    table, total = METADATA.tables[name], Sum()
    for rows in read_rows(reading, table):
        for row in rows:
            total.add(row)
        write_rows(writing, table, rows)
    return total
