"""``dipwatch export``: the log in the formats of other tools."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import click

from dipwatch.cli.base import Group
from dipwatch.cli.context import App, with_app
from dipwatch.cli.narrowing import TIMES, asked_for, opened, subject_option
from dipwatch.cli.output import surface
from dipwatch.review.formats import Format, write
from dipwatch.store.codec import encode

F = TypeVar("F", bound=Callable[..., object])

FEED_PERIOD = timedelta(days=30)
CALENDAR_PERIOD = timedelta(days=90)


@click.group(
    cls=Group,
    examples=(
        "dipwatch export atom /srv/www/dipwatch.atom",
        "dipwatch export calendar /srv/www/dipwatch.ics",
        'dipwatch export network --from "last month" > network.json',
    ),
)
def export() -> None:
    """Write the log in the formats of other tools: for feed readers, calendars, graphs, spreadsheets.

    Without FILE the output goes to the standard output. A file is written whole or not at all, so that a web server may
    serve it: run it from a timer, and others can subscribe. The whole log is another matter: `dipwatch db export`.
    """


def _options(command: F) -> F:
    """Add what all of them take."""
    argument = click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path, dir_okay=False))
    begin = click.option("--from", "--since", "since", metavar="WHEN", help=f"From then on: {TIMES}.")
    end = click.option("--to", "until", metavar="WHEN", help="Up to then; a day counts whole.")
    return argument(begin(end(subject_option(command))))


@export.command(examples=("dipwatch export atom dipwatch.atom", "dipwatch export atom --from 7d"))
@_options
@with_app
def atom(app: App, /, *, file: Path | None, since: str | None, until: str | None, subject: tuple[str, ...]) -> None:
    """Write developments as an Atom feed: what had news in the last 30 days, unless --from says otherwise.

    An entry keeps its id; where report.address is set it leads there, else to its first source.
    """
    from dipwatch.review.exports.atom import atom as write_atom  # noqa: PLC0415 (loads templates)
    from dipwatch.review.report.gather import Scope, cards  # noqa: PLC0415 (as above)

    now = datetime.now(UTC)
    with opened(app) as connection:
        asked = asked_for(app, connection, since=since, until=until, subject=subject, now=now)
        end = asked.until or now
        scope = Scope(asked.subjects, asked.since or end - FEED_PERIOD, end)
        found = cards(connection, scope, app.names)
    _put(file, write_atom(found, asked.subjects, now, app.config.report.address))


@export.command(examples=("dipwatch export calendar dipwatch.ics",))
@_options
@with_app
def calendar(app: App, /, *, file: Path | None, since: str | None, until: str | None, subject: tuple[str, ...]) -> None:
    """Write announced meetings as a calendar: those of the last 90 days and all to come, unless --from says otherwise.

    Only what was announced with a day stands in it. What was cancelled, or postponed without a new day, is struck out.
    """
    from dipwatch.review.exports.calendar import calendar as write_calendar  # noqa: PLC0415 (loads icalendar)
    from dipwatch.review.exports.calendar import meetings  # noqa: PLC0415 (as above)

    now = datetime.now(UTC)
    with opened(app) as connection:
        asked = asked_for(
            app, connection, since=since or f"{CALENDAR_PERIOD.days}d", until=until, subject=subject, now=now
        )
        found = meetings(connection, asked, app.names)
    _put(file, write_calendar(found, asked.subjects, app.config.report.address))


@export.command(examples=('dipwatch export network network.json --from "last month"',))
@_options
@with_app
def network(app: App, /, *, file: Path | None, since: str | None, until: str | None, subject: tuple[str, ...]) -> None:
    """Write who met whom as JSON: nodes and edges, as graph tools read them."""
    from dipwatch.review.network import network as read_network  # noqa: PLC0415 (as the other commands do)

    with opened(app) as connection:
        asked = asked_for(app, connection, since=since, until=until, subject=subject)
        found = read_network(connection, asked, app.names, app.briefs)
    _put(file, (json.dumps(encode(found), ensure_ascii=False, indent=2) + "\n").encode())


@export.command(examples=("dipwatch export positions positions.csv --to 2026-03-01",))
@_options
@with_app
def positions(
    app: App, /, *, file: Path | None, since: str | None, until: str | None, subject: tuple[str, ...]
) -> None:
    """Write where every actor stands on every issue as CSV, a row each.

    --to tells how things stood then, --from leaves out what has not moved since.
    """
    from dipwatch.review.columns import POSITIONS  # noqa: PLC0415 (as the other commands do)
    from dipwatch.review.ledger import LedgerFilter  # noqa: PLC0415 (as above)
    from dipwatch.review.ledger import positions as read_positions  # noqa: PLC0415 (as above)

    with opened(app) as connection:
        asked = asked_for(app, connection, since=since, until=until, subject=subject)
        found = read_positions(connection, LedgerFilter(asked.subjects, at=asked.until), app.names, app.briefs)
    kept = [view for view in found if asked.since is None or view.since >= asked.since]
    _put(file, write(kept, POSITIONS, Format.CSV, surface()).encode())


def _put(file: Path | None, content: bytes) -> None:
    from dipwatch.review.report.files import write_whole  # noqa: PLC0415 (its package loads templates)

    if file is None:
        sys.stdout.buffer.write(content)
        return
    write_whole(file, content)
    click.echo(f"{file}: {len(content)} bytes")
