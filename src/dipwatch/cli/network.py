"""``dipwatch network``: who met whom, how often, through whom."""

from __future__ import annotations

import click

from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.cli.narrowing import actor_option, asked_for, opened, period_options, subject_option
from dipwatch.cli.output import TABLE_LIMIT, format_option, listed
from dipwatch.review.columns import EDGES
from dipwatch.review.formats import Format
from dipwatch.review.network import network as read_network


@click.command(
    cls=Command,
    examples=(
        'dipwatch network --since "last month"',
        "dipwatch network --actor Witkoff",
        "dipwatch network --by party --format csv > network.csv",
    ),
)
@actor_option
@period_options
@click.option(
    "--by", type=click.Choice(["actor", "party"]), default="actor", help="Persons as told, or whom they act for."
)
@subject_option
@click.option("--limit", type=click.IntRange(min=0), help=f"At most so many; 0: all. A table shows {TABLE_LIMIT}.")
@format_option
@with_app
def network(
    app: App,
    /,
    *,
    actor: tuple[str, ...],
    since: str | None,
    until: str | None,
    by: str,
    subject: tuple[str, ...],
    limit: int | None,
    form: str,
) -> None:
    """Show who met or spoke with whom, the most frequent first, and who hosted or mediated.

    What is only planned counts apart; what was denied, cancelled or marked false does not count.
    """
    if limit is None and form == Format.TABLE:
        limit = TABLE_LIMIT
    with opened(app) as connection:
        asked = asked_for(app, connection, since=since, until=until, actor=actor, subject=subject)
        edges = read_network(connection, asked, app.names, app.briefs, by_party=by == "party").edges
    shown = edges[: limit or None]
    listed(shown, EDGES, form, "nobody met anybody")
    if form == Format.TABLE and len(edges) > len(shown):
        click.echo(f"{len(shown)} of {len(edges)} are shown; --limit 0 shows all", err=True)
