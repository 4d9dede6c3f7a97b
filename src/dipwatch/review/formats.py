"""Listings as table, JSON, NDJSON, CSV or Markdown.

A listing names its columns once; all formats write them in that order. JSON and NDJSON hold the whole view
(docs/formats.md). What feeds wrote is made harmless for each: no terminal controls in a table, no formulas in CSV, no
markup in Markdown.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from typing import Generic, TypeVar

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dipwatch.alerts.safety import markdown, printable
from dipwatch.store.codec import encode

V = TypeVar("V")
Cell = str | int | float | bool | datetime | date | tuple[str, ...] | None

PIPE_WIDTH = 120
"""The width of what goes to a pipe: there is no terminal to fit, yet nobody reads lines of any length."""
ROOM = 24
"""The least width of a column of running text: any narrower, and headlines become ladders of single words."""
_UNBOUNDED = 100_000
_GAP = 2
"""Blanks between two columns of a table."""
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
    in a line of its own. What is ``data`` stands in no table, only in what programs read and in Markdown.
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


@dataclass(frozen=True, slots=True)
class Surface:
    """What is written for: no table is wider than ``width``; times are shown in ``zone`` (None: the machine's).

    Running text is wrapped at the width only where ``wraps`` says so: what goes to a pipe is searched by line.
    """

    width: int = PIPE_WIDTH
    wraps: bool = False
    color: bool = False
    zone: tzinfo | None = None


@dataclass(frozen=True, slots=True)
class _Layout(Generic[V]):
    """The columns a table has, and those that stand below its first long one: in lines of their own, or in one."""

    columns: tuple[Column[V], ...]
    beneath: tuple[Column[V], ...] = ()
    folded: tuple[Column[V], ...] = ()


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


def render(content: RenderableType, surface: Surface, *, wraps: bool = True) -> str:
    """Return what rich makes of some content on a surface, without blanks at the ends of lines."""
    console = Console(
        file=io.StringIO(),
        width=surface.width if wraps else _UNBOUNDED,
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
        console.print(content, soft_wrap=not wraps)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def local_time(moment: datetime, zone: tzinfo | None) -> str:
    """Return a time as people read it where they are."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def one_line(text: str) -> str:
    """Return a text as one line that can't control a terminal."""
    return printable(" ".join(text.split()))


def _table(rows: Sequence[V], columns: Sequence[Column[V]], surface: Surface, group: Callable[[V], str] | None) -> str:
    if not rows:
        return ""
    layout = _layout(rows, columns, surface)
    parts: list[RenderableType] = []
    for number, (heading, members) in enumerate(_groups(rows, group)):
        parts += [Text("")] if number else []
        parts += [Text(heading, style="bold")] if heading else []
        if layout is None:
            parts.append(_blocks(members, columns, surface))
        else:
            room = {column.key: _room(rows, column, surface) for column in layout.columns}
            parts.append(_grid(members, layout, surface, room, titled=number == 0))
    return render(Group(*parts), surface)


def _groups(rows: Sequence[V], group: Callable[[V], str] | None) -> list[tuple[str, list[V]]]:
    """Return the rows in stretches of the same group, each with its heading."""
    found: list[tuple[str, list[V]]] = []
    for row in rows:
        heading = group(row) if group else ""
        if not found or found[-1][0] != heading:
            found.append((heading, []))
        found[-1][1].append(row)
    return found


def _grid(rows: Sequence[V], layout: _Layout[V], surface: Surface, room: Mapping[str, int], *, titled: bool) -> Table:
    """Return rows as a table; its short columns are as wide as ``room`` says, as in the other tables of the listing."""
    table = Table(
        box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold", show_header=titled
    )
    for column in layout.columns:
        least = None if column.long else room[column.key]
        table.add_column(column.title, no_wrap=not column.long, overflow="fold", min_width=least)
    first_long = next((column for column in layout.columns if column.long), None)
    for row in rows:
        cells = [_text(row, column, surface) for column in layout.columns]
        if first_long:
            place = layout.columns.index(first_long)
            cells[place] = Text("\n").join([cells[place], *_below(row, layout, surface)])
        table.add_row(*cells)
    return table


def _layout(rows: Sequence[V], columns: Sequence[Column[V]], surface: Surface) -> _Layout[V] | None:
    """Return the columns that fit, None where a row is better written as a block."""
    wanted = [column for column in columns if not column.data and _filled(rows, column)]
    beneath = tuple(column for column in wanted if column.beneath)
    shown = [column for column in wanted if column.least <= surface.width and not column.beneath]
    room = {column.key: _room(rows, column, surface) for column in shown}
    while shown and sum(room[column.key] + _GAP for column in shown) - _GAP > surface.width:
        least = max(reversed(shown), key=lambda column: column.least)  # the last of equals goes first
        if not least.least:
            return None
        shown.remove(least)
    if not any(column.long for column in shown):
        return _Layout(tuple(shown))
    return _Layout(tuple(shown), beneath, tuple(column for column in wanted if column.folds and column not in shown))


def _room(rows: Sequence[V], column: Column[V], surface: Surface) -> int:
    """Return the width that a column must have."""
    widest = max(cell_len(_shown(column.value(row), surface)) for row in rows)
    return max(cell_len(column.title), min(widest, column.room) if column.long else widest)


def _filled(rows: Sequence[V], column: Column[V]) -> bool:
    return any(column.value(row) not in (None, "", ()) for row in rows)


def _blocks(rows: Sequence[V], columns: Sequence[Column[V]], surface: Surface) -> Group:
    """Return each row as one line of its most important short columns, with the long and folding ones below it."""
    shown = [column for column in columns if not column.data and column.least <= surface.width]
    lines: list[RenderableType] = []
    for row in rows:
        first, *more = (column for column in shown if not (column.long or column.folds or column.beneath))
        head = [_text(row, first, surface), *(_labelled(row, column, surface) for column in more)]
        lines.append(Text("  ").join(text for text in head if text.plain))
        below = [_text(row, column, surface) for column in shown if column.long and not column.folds]
        folded = _Layout((), tuple(c for c in columns if c.beneath), tuple(c for c in columns if c.folds))
        below += _below(row, folded, surface)
        lines += [Padding(text, (0, 0, 0, 2)) for text in below if text.plain]
    return Group(*lines)


def _below(row: V, layout: _Layout[V], surface: Surface) -> list[Text]:
    """Return the lines that stand below the first long column of a row."""
    beneath = [_text(row, column, surface) for column in layout.beneath]
    return [text for text in (*beneath, _folded(row, layout.folded, surface)) if text.plain]


def _folded(row: V, columns: Sequence[Column[V]], surface: Surface) -> Text:
    """Return what stands in these columns as one text."""
    return Text(" · ").join(text for text in (_text(row, column, surface) for column in columns) if text.plain)


def _labelled(row: V, column: Column[V], surface: Surface) -> Text:
    """Return a cell that stands by itself: a number needs its title beside it."""
    text = _text(row, column, surface)
    is_number = isinstance(column.value(row), int | float)
    return Text(f"{column.title.lower()} ").append_text(text) if is_number else text


def _text(row: V, column: Column[V], surface: Surface) -> Text:
    return Text(_shown(column.value(row), surface), style=column.style)


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
