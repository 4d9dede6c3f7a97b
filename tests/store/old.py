"""Databases as older programs made them, with rows in every table."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, Table, Text, insert
from sqlalchemy.types import JSON, Boolean, Date, DateTime, Float, Integer
from tests.store.build import NOW

from dipwatch.store import migrate
from dipwatch.store.columns import Json, UtcDateTime
from dipwatch.store.engine import transaction
from dipwatch.store.migrate import VERSION_TABLE

_BODY = {"reasons": ["first_report"], "claim": {"evidence": "Envoys met.", "parts": [{"actor": "russia"}]}}
_CHANGE = {
    "type": "new",
    "development": "x",
    "at": NOW.isoformat(),
    "alert": True,
    "kind": "meeting",
    "status": "happened",
    "severity": "low",
    "confidence": 0.5,
    "title": "Envoys met",
}
_GIVEN: dict[tuple[str, str], Any] = {("changes", "body"): _BODY | _CHANGE, ("changes", "reasons"): ["first_report"]}


def fill_as_of(engine: Engine, revision: str) -> dict[str, dict[str, str]]:
    """Make the tables of a revision, put a row into each, and return the kinds of their columns."""
    migrate.create(engine, revision)
    with transaction(engine, "write") as connection:
        tables = tables_there(connection)
        for table in tables:
            connection.execute(insert(table), [_row(table)])
    return {table.name: {column.name: _kind(column) for column in table.columns} for table in tables}


def tables_there(connection: Connection) -> list[Table]:
    """Return the tables that a database has, each after those that it points to, with the program's own types."""
    metadata = MetaData()
    metadata.reflect(connection)
    tables = [table for table in metadata.sorted_tables if not _is_apart(table.name)]
    for table in tables:
        for column in table.columns:
            column.type = _typed(column)
    return tables


def _is_apart(name: str) -> bool:
    return name == VERSION_TABLE or name.startswith("change_words")


def _typed(column: Column[Any]) -> Any:  # noqa: ANN401 (a type of any value)
    """Return the type of values; PostgreSQL's timestamps and jsonb as the program reads them."""
    if isinstance(column.type, DateTime):
        return UtcDateTime()
    if isinstance(column.type, JSON):
        return Json()
    return column.type


def _row(table: Table) -> dict[str, Any]:
    return {column.name: _GIVEN.get((table.name, column.name), _value(column)) for column in table.columns}


def _value(column: Column[Any]) -> Any:  # noqa: ANN401 (a value of any type)
    values: tuple[tuple[type[Any], Any], ...] = (
        (UtcDateTime, NOW),
        (Json, {"k": ["v"]}),
        (Date, date(2026, 3, 1)),
        (Boolean, True),
        (Integer, 1),
        (Float, 0.5),
        (Text, "x"),
    )
    return next(value for of, value in values if isinstance(column.type, of))


def _kind(column: Column[Any]) -> str:
    kinds: tuple[tuple[type[Any], str], ...] = ((UtcDateTime, "time"), (Date, "day"), (Json, "json"), (Boolean, "flag"))
    return next((name for of, name in kinds if isinstance(column.type, of)), "plain")
