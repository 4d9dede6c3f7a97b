"""Listings as tables for a terminal, and whatever else rich lays out."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dipwatch.review.formats import Column, Surface, local_time, one_line, shown
from dipwatch.review.listed import DevelopmentView

V = TypeVar("V")

_UNBOUNDED = 100_000
_GAP = 2
"""Blanks between two columns of a table."""


@dataclass(frozen=True, slots=True)
class _Layout(Generic[V]):
    """The columns a table has, and those that stand below its first long one: in lines of their own, or in one."""

    columns: tuple[Column[V], ...]
    beneath: tuple[Column[V], ...] = ()
    folded: tuple[Column[V], ...] = ()


def table(rows: Sequence[V], columns: Sequence[Column[V]], surface: Surface, group: Callable[[V], str] | None) -> str:
    """Return rows as a table (see ``formats.write``), nothing where there are none."""
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


def single_lines(views: Sequence[DevelopmentView], surface: Surface) -> str:
    """Return developments as one line each, for a list that is followed as it grows."""
    lines = [
        Text(" ", overflow="fold").join(
            [
                Text(local_time(view.changed_at, surface.zone)),
                Text(view.id, style="cyan"),
                Text(view.kind, style="bold"),
                Text(view.status),
                Text(one_line(view.english or view.title)),
            ]
        )
        for view in views
    ]
    return render(Group(*lines), surface, wraps=surface.wraps) if lines else ""


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
    widest = max(cell_len(shown(row, column, surface)) for row in rows)
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
    return Text(shown(row, column, surface), style=column.style)
