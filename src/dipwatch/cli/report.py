"""``dipwatch report``: a period as one HTML file."""

from __future__ import annotations

import webbrowser
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.cli.narrowing import TIMES, asked_for, opened, subject_option
from dipwatch.cli.output import surface

PERIOD = timedelta(days=7)


@click.command(
    cls=Command,
    examples=(
        "dipwatch report --open",
        'dipwatch report --from "last month" --to "last month" -o october.html',
        "dipwatch report --from 24h -o - | ssh www 'cat > /srv/www/dipwatch.html'",
    ),
)
@click.option(
    "--from", "--since", "since", metavar="WHEN", help=f"From then on: {TIMES}; default: the last {PERIOD.days} days."
)
@click.option("--to", "--until", "until", metavar="WHEN", help="Up to then; a day counts whole. Default: now.")
@click.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default=Path("dipwatch-report.html"),
    show_default=True,
    help="Where to; - is the standard output.",
)
@click.option("--open", "opens", is_flag=True, help="Show it in the browser.")
@subject_option
@with_app
def report(
    app: App, /, *, since: str | None, until: str | None, file: Path, opens: bool, subject: tuple[str, ...]
) -> None:
    """Write a period of the log as one HTML file that needs nothing beside itself, no network either.

    It tells the period in numbers, the developments with their evidence, positions, who met whom, venues, sources and
    what is announced. Anything in it can be sent on or put on a web server as it is.
    """
    # templates are loaded only where a report is written
    from dipwatch.review.report import Scope, gather, render, write_whole  # noqa: PLC0415 (see above)

    now = datetime.now(UTC)
    with opened(app) as connection:
        asked = asked_for(app, connection, since=since, until=until, subject=subject, now=now)
        end = asked.until or now
        scope = Scope(asked.subjects, asked.since or end - PERIOD, end, surface().zone)
        found = gather(connection, scope, app.names, app.briefs, now)
    page = render(found)
    if str(file) == "-":
        click.echo(page, nl=False)
        return
    write_whole(file, page.encode())
    click.echo(f"{file}: {len(found.cards)} developments, {len(page.encode()) // 1024} KB")
    if opens and not webbrowser.open(file.resolve().as_uri()):
        click.echo("no browser could be started here", err=True)
