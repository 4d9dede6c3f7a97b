"""Listings as table, JSON, NDJSON, CSV or Markdown.

A listing names its columns once; all formats write them in that order. JSON and NDJSON hold the whole view
(docs/formats.md). What feeds wrote is made harmless for each: no terminal controls in a table, no formulas in CSV, no
markup in Markdown.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from typing import Generic, TypeVar

from dipwatch.alerts.safety import markdown, printable
from dipwatch.store.codec import encode

V = TypeVar("V")
Cell = str | int | float | bool | datetime | date | tuple[str, ...] | None

PIPE_WIDTH = 120
"""The width of what goes to a pipe: there is no terminal to fit, yet nobody reads lines of any length."""
ROOM = 24
"""The least width of a column of running text: any narrower, and headlines become ladders of single words."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula: https://owasp.org/www-community/attacks/CSV_Injection."""


class Format(StrEnum):
    """What a listing can be written as."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    MARKDOWN = "md"


@dataclass(frozen=True, slots=True)
class Column(Generic[V]):
    """A column: ``key`` in CSV, ``title`` in tables.

    A table leaves it out below ``least`` columns of width, where it is empty in every row, and where the table would be
    too wide: those with the greatest ``least`` first. A ``long`` one wraps, ``room`` is the least width that it needs.
    One that ``folds`` stands below the first long one where it has no room of its own; what is ``beneath`` always does,
    in a line of its own. What is ``data`` stands in no table, only in what programs read and in Markdown. Where people
    read something else than programs do, it is ``told``.
    """

    key: str
    title: str
    value: Callable[[V], Cell]
    least: int = 0
    long: bool = False
    style: str = ""
    room: int = ROOM
    folds: bool = False
    data: bool = False
    beneath: bool = False
    told: Callable[[V], Cell] | None = None


@dataclass(frozen=True, slots=True)
class Surface:
    """What is written for: no table is wider than ``width``; times are shown in ``zone`` (None: the machine's).

    Running text is wrapped at the width only where ``wraps`` says so: what goes to a pipe is searched by line.
    """

    width: int = PIPE_WIDTH
    wraps: bool = False
    color: bool = False
    zone: tzinfo | None = None


def write(
    rows: Sequence[V],
    columns: Sequence[Column[V]],
    form: Format,
    surface: Surface,
    *,
    group: Callable[[V], str] | None = None,
) -> str:
    """Return rows in a format, ending with a line break; a table without rows is empty.

    A table has a heading wherever ``group`` says something else of a row than of the one before.
    """
    writers: dict[Format, Callable[[], str]] = {
        Format.TABLE: lambda: _table(rows, columns, surface, group),
        Format.JSON: lambda: json.dumps([encode(row) for row in rows], ensure_ascii=False, indent=2) + "\n",
        Format.NDJSON: lambda: "".join(json.dumps(encode(row), ensure_ascii=False) + "\n" for row in rows),
        Format.CSV: lambda: _csv(rows, columns),
        Format.MARKDOWN: lambda: _markdown(rows, columns, surface),
    }
    return writers[form]()


def local_time(moment: datetime, zone: tzinfo | None) -> str:
    """Return a time as people read it where they are."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def one_line(text: str) -> str:
    """Return a text as one line that can't control a terminal."""
    return printable(" ".join(text.split()))


def _table(rows: Sequence[V], columns: Sequence[Column[V]], surface: Surface, group: Callable[[V], str] | None) -> str:
    from dipwatch.review.tables import table  # noqa: PLC0415 (rich is loaded where a table is asked for)

    return table(rows, columns, surface, group)


def shown(row: V, column: Column[V], surface: Surface) -> str:
    """Return what stands in a cell for people."""
    cell = (column.told or column.value)(row)
    if isinstance(cell, datetime):
        return local_time(cell, surface.zone)
    return one_line(_plain(cell, ", "))


def _plain(cell: Cell, joint: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, tuple):
        return joint.join(cell)
    return cell.astimezone(UTC).isoformat() if isinstance(cell, datetime) else str(cell)


def _csv(rows: Sequence[V], columns: Sequence[Column[V]]) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")  # RFC 4180
    writer.writerow(column.key for column in columns)
    writer.writerows([_csv_cell(column.value(row)) for column in columns] for row in rows)
    return target.getvalue()


def _csv_cell(cell: Cell) -> str:
    text = _plain(cell, "; ")
    return f"'{text}" if isinstance(cell, str | tuple) and text.startswith(_FORMULA) else text


def _markdown(rows: Sequence[V], columns: Sequence[Column[V]], surface: Surface) -> str:
    lines = [_markdown_row([column.title for column in columns]), _markdown_row(["---"] * len(columns))]
    lines += [_markdown_row([markdown(shown(row, c, surface)) for c in columns]) for row in rows]
    return "".join(f"{line}\n" for line in lines)


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
