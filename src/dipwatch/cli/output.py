"""Where the output of a command goes: a terminal of some width, or a pipe."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import TypeVar

import click

from dipwatch.cli.base import code
from dipwatch.review.formats import PIPE_WIDTH, Column, Format, Surface, local_time, write

F = TypeVar("F", bound=Callable[..., object])
V = TypeVar("V")

LEAST_WIDTH = 20
"""A pipe is never taken for narrower than this."""
TABLE_LIMIT = 50
"""Rows of a table where no limit is asked for; the other formats are for programs and hold everything."""
_ZONE = f"{__name__}.zone"


def format_option(command: F) -> F:
    """Add ``--format`` to a command that lists something."""
    default = Format.TABLE.value
    return click.option("--format", "form", type=code(Format), default=default, help="How to write it.")(command)


def show_times_in(zone: tzinfo) -> None:
    """Write the times of this command in a zone: that of the configuration, once it is loaded."""
    if context := click.get_current_context(silent=True):
        context.meta[_ZONE] = zone


def surface() -> Surface:
    """Return what the standard output is; COLUMNS, NO_COLOR (https://no-color.org) and TERM=dumb are honoured."""
    context = click.get_current_context(silent=True)
    zone: tzinfo | None = context.meta.get(_ZONE) if context else None
    if not sys.stdout.isatty():
        return Surface(width=_columns() or PIPE_WIDTH, zone=zone)
    color = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Surface(width=shutil.get_terminal_size().columns, wraps=True, color=color, zone=zone)


def shown_time(moment: datetime) -> str:
    """Return a time as this command shows it."""
    return local_time(moment, surface().zone)


def _columns() -> int | None:
    """Return the width that COLUMNS asks for, None where it asks for none that can be written in."""
    text = os.environ.get("COLUMNS", "")
    return max(int(text), LEAST_WIDTH) if text.isdecimal() else None


def listed(
    rows: Sequence[V],
    columns: Sequence[Column[V]],
    form: str,
    nothing: str,
    *,
    group: Callable[[V], str] | None = None,
) -> None:
    """Write a listing; where a table would be empty, say so on the standard error."""
    put(write(rows, columns, Format(form), surface(), group=group))
    if not rows and form == Format.TABLE:
        click.echo(nothing, err=True)


def put(text: str) -> None:
    """Write text that ends with a line break and is coloured for this terminal already.

    On a terminal what is longer than it goes through the pager (PAGER, default less); DIPWATCH_PAGER=off has none.
    """
    if _is_longer_than_the_terminal(text):
        os.environ.setdefault("LESS", "FRX")  # colours pass, and what does fit ends at once: as git does
        click.echo_via_pager(text, color=True)
    else:
        click.echo(text, nl=False, color=True)


def _is_longer_than_the_terminal(text: str) -> bool:
    if not (sys.stdout.isatty() and sys.stdin.isatty()) or os.environ.get("DIPWATCH_PAGER") == "off":
        return False
    return text.count("\n") >= shutil.get_terminal_size().lines
