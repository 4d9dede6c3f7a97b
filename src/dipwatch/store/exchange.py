"""The whole log as a file of JSON lines, and back: for keeping it, for other programs, between databases.

The format is described in docs/formats.md. A file is read by the schema that its first line names, so that a newer
dipwatch can read what an older one wrote; what was read is brought up to date afterwards.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.exc import DBAPIError

from dipwatch import __version__
from dipwatch.errors import MachineError, StoreError
from dipwatch.store import migrate
from dipwatch.store.engine import mapped_errors, place, transaction
from dipwatch.store.rows import (
    BATCH,
    Columns,
    Row,
    Sum,
    columns_of_models,
    index_words,
    last_numbers,
    read_rows,
    require_empty,
    require_fitting,
    set_numbers,
    sum_of,
    tables_with,
    write_rows,
)
from dipwatch.store.schema import METADATA, REVISION
from dipwatch.store.store import Store

FORMAT, VERSION = "dipwatch-log", 1
_INDEXED_SINCE = "0003"
"""The schema from which on the words of the log are indexed; the migration to it does so itself."""
_BROKEN = (EOFError, zlib.error, UnicodeDecodeError, gzip.BadGzipFile)


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a file."""

    schema: str
    columns: Columns
    numbers: dict[str, int]


def export_log(store: Store, path: Path, now: datetime) -> dict[str, int]:
    """Write the whole log as it stands at one moment, packed where the name ends with ``.gz``.

    Returns the rows by table. The file appears only when it is whole. Raises StoreError, MachineError when it can't be
    written or is there already.
    """
    if path.exists():
        raise MachineError(f"{path} exists; choose another name")
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with store.connect() as connection, _writing(unfinished, packed=path.suffix == ".gz") as file:
            sums = _write(connection, file, now)
        unfinished.rename(path)
    except OSError as error:
        raise MachineError(f"export {path}: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return {name: total.rows for name, total in sums.items()}


def import_log(engine: Engine, path: Path) -> dict[str, int]:
    """Read a file into a database that is empty, and bring it up to date. Returns the rows by table.

    All rows are written in one transaction, which is undone where the file is not whole. Raises StoreError,
    MachineError when the file can't be read.
    """
    try:
        with _reading(path) as file:
            lines = _lines(file, path)
            header = _header(next(lines, {}), path)
            _prepare(engine, header, path)
            with mapped_errors(engine.url), transaction(engine, "write") as connection:
                rows = _read(connection, lines, header, path, place(engine.url))
    except _BROKEN as error:
        raise StoreError(f"{path} is cut off or damaged ({type(error).__name__})") from error
    except OSError as error:
        raise MachineError(f"import {path}: {error}") from error
    except (DBAPIError, LookupError, TypeError, ValueError) as error:
        raise StoreError(f"{path} holds what the database can't take ({type(error).__name__})") from error
    migrate.upgrade(engine)
    if _INDEXED_SINCE <= header.schema < REVISION:
        with mapped_errors(engine.url), transaction(engine, "write") as connection:
            index_words(connection)
    return rows


def _write(connection: Connection, file: IO[str], now: datetime) -> dict[str, Sum]:
    tables = METADATA.sorted_tables
    header = {
        "format": FORMAT,
        "version": VERSION,
        "program": __version__,
        "schema": REVISION,
        "exported_at": now.isoformat(),
        "numbers": last_numbers(connection, tables),
        "columns": columns_of_models(),
    }
    file.write(_line(header))
    sums: dict[str, Sum] = {}
    for table in tables:
        total = sums[table.name] = Sum()
        for rows in read_rows(connection, table):
            for row in rows:
                total.add(row)
                file.write(_line({"table": table.name, "row": row}))
    file.write(_line({"end": {name: {"rows": total.rows, "sum": total.hex} for name, total in sums.items()}}))
    return sums


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_time) + "\n"


def _time(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} can't be written as JSON")


@contextmanager
def _writing(path: Path, *, packed: bool) -> Iterator[IO[str]]:
    """Open a file for writing; it lies on the disk when the block ends."""
    with path.open("wb") as raw:
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) if packed else nullcontext(raw) as bytes_:
            text = io.TextIOWrapper(bytes_, encoding="utf-8", newline="\n")
            yield text
            text.flush()
            text.detach()
        raw.flush()
        os.fsync(raw.fileno())


@contextmanager
def _reading(path: Path) -> Iterator[IO[str]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        yield file


def _lines(file: IO[str], path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(file, start=1):
        try:
            value = json.loads(line)
        except ValueError as error:
            raise StoreError(f"{path}:{number} is no JSON; the file is cut off or damaged") from error
        if not isinstance(value, dict):
            raise StoreError(f"{path}:{number} is no JSON object")
        yield value


def _header(line: dict[str, Any], path: Path) -> Header:
    if line.get("format") != FORMAT:
        raise StoreError(f"{path} was not written by `dipwatch db export`")
    if line.get("version") != VERSION or line["schema"] not in migrate.revisions():
        raise StoreError(f"{path} was written by a newer dipwatch ({line.get('program')}); import it with that one")
    return Header(line["schema"], line["columns"], line["numbers"])


def _prepare(engine: Engine, header: Header, path: Path) -> None:
    """Make the tables that a file was written from."""
    if migrate.state(engine) is migrate.State.EMPTY:
        migrate.create(engine, header.schema)
    if (found := migrate.current(engine)) != header.schema:
        what = f"has schema {found}, {path} has {header.schema}" if found else "holds the tables of another program"
        raise StoreError(f"database {place(engine.url)} {what}; choose a database that does not exist yet")


def _read(
    connection: Connection, lines: Iterator[dict[str, Any]], header: Header, path: Path, where: str
) -> dict[str, int]:
    require_fitting(connection, header.columns)
    tables = {table.name: table for table in tables_with(header.columns)}
    require_empty(connection, list(tables.values()), where)
    end = _write_rows(connection, tables, lines, header)
    sums = {name: sum_of(connection, table) for name, table in tables.items()}
    if end != {name: {"rows": total.rows, "sum": total.hex} for name, total in sums.items()}:
        raise StoreError(
            f"{path} is not whole: its rows are not those that its last line tells of; nothing was written"
        )
    if header.schema == REVISION:
        index_words(connection)
    set_numbers(connection, header.numbers)
    return {name: total.rows for name, total in sums.items()}


def _write_rows(
    connection: Connection, tables: dict[str, Table], lines: Iterator[dict[str, Any]], header: Header
) -> object:
    """Write the rows of a file in batches; return what its last line says, None where it has none."""
    batch: list[Row] = []
    of = ""
    for line in lines:
        if "end" in line or line["table"] != of or len(batch) == BATCH:
            if batch:
                write_rows(connection, tables[of], batch)
            batch = []
        if "end" in line:
            return line["end"]
        of = line["table"]
        batch.append(_decoded(line["row"], header.columns[of]))
    return None


def _decoded(row: Row, kinds: Mapping[str, str]) -> Row:
    return {name: _value(value, kinds[name]) for name, value in row.items()}


def _value(value: Any, kind: str) -> Any:  # noqa: ANN401 (a value of any type)
    if value is None or kind not in {"time", "day"}:
        return value
    return datetime.fromisoformat(value) if kind == "time" else date.fromisoformat(value)
