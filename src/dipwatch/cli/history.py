"""``dipwatch history``: the log of developments, searched."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta

import click
from sqlalchemy import Connection

from dipwatch.cli import suggestions
from dipwatch.cli.base import Command, code
from dipwatch.cli.context import App, with_app
from dipwatch.cli.narrowing import (
    actor_option,
    asked_for,
    issue_option,
    meant_sources,
    period_options,
    subject_option,
    venue_option,
)
from dipwatch.cli.output import TABLE_LIMIT, format_option, listed, surface
from dipwatch.cli.times import duration
from dipwatch.errors import UsageError
from dipwatch.model import Kind, Reason, Severity, Status
from dipwatch.review.columns import DEVELOPMENTS
from dipwatch.review.filters import HistoryFilter
from dipwatch.review.formats import Format, write
from dipwatch.review.ids import resolve_id
from dipwatch.review.listed import DevelopmentView
from dipwatch.review.queries import history as read_history
from dipwatch.review.queries import last_entry
from dipwatch.store.store import Store

_FOLLOWED = 10
"""Developments shown before those that come, where no limit is asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command as typed."""

    since: str | None
    until: str | None
    actor: tuple[str, ...]
    pair: tuple[tuple[str, str], ...]
    venue: tuple[str, ...]
    issue: tuple[str, ...]
    kind: tuple[str, ...]
    status: tuple[str, ...]
    severity: tuple[str, ...]
    reason: tuple[str, ...]
    source: tuple[str, ...]
    text: str
    subject: tuple[str, ...]
    below_threshold: bool
    by: str
    limit: int | None
    after: str | None
    follow: bool
    every: str


@click.command(
    cls=Command,
    examples=(
        "dipwatch history --since yesterday",
        'dipwatch history --pair Witkoff Putin --since "last month" --by day',
        'dipwatch history --text "prisoner exchange" --status planned',
        "dipwatch history --kind ceasefire --kind agreement --format csv > agreements.csv",
        "dipwatch history --severity high --follow",
    ),
)
@period_options
@actor_option
@click.option("--pair", metavar="NAME NAME", nargs=2, multiple=True, help="With both of these actors.")
@venue_option
@issue_option
@click.option("--kind", type=code(Kind), multiple=True, help="Of this kind.")
@click.option("--status", type=code(Status), multiple=True, help="With this status.")
@click.option("--severity", type=code(Severity), multiple=True, help="Of this severity.")
@click.option("--reason", type=code(Reason), multiple=True, help="New for this reason.")
@click.option(
    "--source",
    metavar="NAME",
    multiple=True,
    shell_complete=suggestions.sources,
    help="Reported by this publisher.",
)
@click.option(
    "--text",
    metavar="WORDS",
    default="",
    help="With all of these words, in any form, in a headline or its evidence; “in quotation marks” as they stand.",
)
@subject_option
@click.option("--below-threshold", is_flag=True, help="Also what never was sure enough to alert.")
@click.option(
    "--by",
    type=click.Choice(["development", "day"]),
    default="development",
    help="Group a table by the day of the latest change, or not at all.",
)
@click.option("--limit", type=click.IntRange(min=0), help=f"At most so many; 0: all. A table shows {TABLE_LIMIT}.")
@click.option(
    "--after",
    metavar="ID",
    shell_complete=suggestions.developments,
    help="Go on after this development, the last of the page before.",
)
@click.option("--follow", is_flag=True, help="Then wait, and write what comes as it comes. Ctrl-C ends it.")
@click.option("--every", metavar="TIME", default="2s", help="With --follow: how often to look; default: 2s.")
@format_option
@with_app
def history(app: App, /, form: str, **options: object) -> None:
    """Search the log of developments, the latest change first.

    An option that is repeated widens the search, except --actor and --pair, which narrow it. A state stands for
    everybody who acts for it. Times, typed or shown, are those of the configured zone (alerts.zone, default UTC).
    """
    typed = Asked(**options)  # type: ignore[arg-type] # click has checked them
    if typed.follow and form not in {Format.TABLE, Format.NDJSON}:
        raise UsageError(f"--follow can write {Format.TABLE} or {Format.NDJSON}, which can be written line by line")
    _ = app.directories  # a fault of the configuration is told before one of the database
    with app.store() as store:
        with store.connect() as connection:
            asked = _filter(app, connection, typed)
        if typed.follow:
            _follow(app, store, asked, form, duration("--every", typed.every))
        else:
            _page(app, store, asked, form, by_day=typed.by == "day")


def _page(app: App, store: Store, asked: HistoryFilter, form: str, *, by_day: bool) -> None:
    """Write what is asked for; a table that is cut says how to go on."""
    limit = asked.limit if asked.limit is not None or form != Format.TABLE else TABLE_LIMIT
    with store.connect() as connection:
        found = read_history(connection, replace(asked, limit=limit + 1 if limit else None), app.names)
    shown = found[:limit] if limit else found
    listed(shown, DEVELOPMENTS, form, "no developments match", group=_day if by_day else None)
    if form == Format.TABLE and len(found) > len(shown):
        click.echo(f"there are more: --after {shown[-1].id} goes on, --limit 0 shows all", err=True)


def _day(view: DevelopmentView) -> str:
    return f"{view.changed_at.astimezone(surface().zone):%A %Y-%m-%d}"


def _follow(app: App, store: Store, asked: HistoryFilter, form: str, every: timedelta) -> None:
    """Write the latest of what is asked for, then what comes, the oldest first, until the user has seen enough."""
    from dipwatch.review.tables import single_lines  # noqa: PLC0415 (who follows may wait for rich once)

    seen = 0
    first = replace(asked, limit=_FOLLOWED if asked.limit is None else asked.limit or None)
    try:
        while True:
            with store.connect() as connection:
                wanted = replace(asked, limit=None, after_entry=seen) if seen else first
                found = read_history(connection, wanted, app.names)
                seen = last_entry(connection) or seen
            lines = single_lines(found[::-1], surface()) if form == Format.TABLE else _rows(found[::-1])
            click.echo(lines, nl=False, color=True)
            time.sleep(every.total_seconds())
    except KeyboardInterrupt:
        return


def _rows(views: list[DevelopmentView]) -> str:
    return write(views, DEVELOPMENTS, Format.NDJSON, surface())


def _filter(app: App, connection: Connection, typed: Asked) -> HistoryFilter:
    asked = asked_for(
        app,
        connection,
        since=typed.since,
        until=typed.until,
        actor=(*typed.actor, *(name for pair in typed.pair for name in pair)),
        venue=typed.venue,
        issue=typed.issue,
        subject=typed.subject,
    )
    return replace(
        asked,
        kinds=typed.kind,
        statuses=typed.status,
        severities=typed.severity,
        reasons=typed.reason,
        sources=meant_sources(connection, typed.source),
        text=typed.text,
        below_threshold=typed.below_threshold,
        after=resolve_id(connection, typed.after) if typed.after else None,
        limit=typed.limit,
    )
