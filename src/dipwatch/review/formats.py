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
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Generic, TypeVar

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dipwatch.alerts.safety import markdown, printable
from dipwatch.store.codec import encode

V = TypeVar("V")
Cell = str | int | float | bool | datetime | tuple[str, ...] | None

NARROW = 80
"""Below this many columns a row is written as a block instead of a line."""
UNBOUNDED = 100_000
"""The width of a table that goes to a pipe: nothing is cut or wrapped."""
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
    """A column: ``key`` in CSV, ``title`` in tables; a table leaves it out below ``least`` columns of width.

    A ``long`` one takes the room that is left and wraps.
    """

    key: str
    title: str
    value: Callable[[V], Cell]
    least: int = 0
    long: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class Surface:
    """What a table is written for: ``width`` None is a pipe; times are shown in ``zone`` (None: the machine's)."""

    width: int | None = None
    color: bool = False
    zone: tzinfo | None = None


def write(rows: Sequence[V], columns: Sequence[Column[V]], form: Format, surface: Surface) -> str:
    """Return rows in a format, ending with a line break; a table without rows is empty."""
    writers: dict[Format, Callable[[], str]] = {
        Format.TABLE: lambda: _table(rows, columns, surface),
        Format.JSON: lambda: json.dumps([encode(row) for row in rows], ensure_ascii=False, indent=2) + "\n",
        Format.NDJSON: lambda: "".join(json.dumps(encode(row), ensure_ascii=False) + "\n" for row in rows),
        Format.CSV: lambda: _csv(rows, columns),
        Format.MARKDOWN: lambda: _markdown(rows, columns, surface),
    }
    return writers[form]()


def render(content: RenderableType, surface: Surface) -> str:
    """Return what rich makes of some content on a surface, without blanks at the ends of lines."""
    width = surface.width or UNBOUNDED
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=surface.color,
        color_system="standard" if surface.color else None,
        no_color=not surface.color,
        legacy_windows=False,
        highlight=False,
        emoji=False,
        markup=False,
        _environ={},
    )
    with console.capture() as captured:
        console.print(content, soft_wrap=surface.width is None and not isinstance(content, Table))
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def local_time(moment: datetime, zone: tzinfo | None) -> str:
    """Return a time as people read it where they are."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def one_line(text: str) -> str:
    """Return a text as one line that can't control a terminal."""
    return printable(" ".join(text.split()))


def _table(rows: Sequence[V], columns: Sequence[Column[V]], surface: Surface) -> str:
    if not rows:
        return ""
    if surface.width is not None and surface.width < NARROW:
        return render(_blocks(rows, columns, surface), surface)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    shown = [column for column in columns if surface.width is None or surface.width >= column.least]
    for column in shown:
        table.add_column(column.title, no_wrap=not column.long, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_shown(column.value(row), surface), style=column.style) for column in shown))
    return render(table, surface)


def _blocks(rows: Sequence[V], columns: Sequence[Column[V]], surface: Surface) -> Group:
    """Return each row as one line of its short columns with the long ones below it."""
    shown = [column for column in columns if column.least <= NARROW]
    lines: list[RenderableType] = []
    for row in rows:
        head = [Text(_shown(c.value(row), surface), style=c.style) for c in shown if not c.long]
        lines.append(Text("  ").join(text for text in head if text.plain))
        below = [Text(_shown(c.value(row), surface), style=c.style) for c in shown if c.long]
        lines += [Padding(text, (0, 0, 0, 2)) for text in below if text.plain]
    return Group(*lines)


def _shown(cell: Cell, surface: Surface) -> str:
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
    lines += [_markdown_row([markdown(_shown(c.value(row), surface)) for c in columns]) for row in rows]
    return "".join(f"{line}\n" for line in lines)


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
