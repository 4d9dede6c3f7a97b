"""``dipwatch timeline``: the news of an actor or an issue in the order of time."""

from __future__ import annotations

import click

from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.cli.narrowing import actor_option, asked_for, issue_option, opened, period_options, subject_option
from dipwatch.cli.output import TABLE_LIMIT, format_option, listed, surface
from dipwatch.review.columns import ENTRIES
from dipwatch.review.entries import EntryView, TimelineFilter, timeline_entries
from dipwatch.review.formats import Format


@click.command(
    cls=Command,
    examples=(
        'dipwatch timeline --actor Witkoff --since "last month"',
        "dipwatch timeline --issue territory --format ndjson",
    ),
)
@actor_option
@issue_option
@period_options
@subject_option
@click.option("--below-threshold", is_flag=True, help="Also what never was sure enough to alert.")
@click.option("--limit", type=click.IntRange(min=0), help=f"The latest so many; 0: all. A table shows {TABLE_LIMIT}.")
@format_option
@with_app
def timeline(
    app: App,
    /,
    *,
    actor: tuple[str, ...],
    issue: tuple[str, ...],
    since: str | None,
    until: str | None,
    subject: tuple[str, ...],
    below_threshold: bool,
    limit: int | None,
    form: str,
) -> None:
    """Show the news entry by entry, the oldest first: every report that opened a development or changed it.

    Unlike in `history`, a development stands here as often as there was something new about it.
    """
    if limit is None and form == Format.TABLE:
        limit = TABLE_LIMIT
    with opened(app) as connection:
        asked = asked_for(app, connection, since=since, until=until, actor=actor, issue=issue, subject=subject)
        wanted = TimelineFilter(
            subjects=asked.subjects,
            actors=asked.actors,
            issues=asked.issues,
            since=asked.since,
            until=asked.until,
            below_threshold=below_threshold,
            limit=limit + 1 if limit else None,
        )
        found = timeline_entries(connection, wanted, app.names)
    shown = found[-limit:] if limit else found
    listed(shown, ENTRIES, form, "no news match", group=_day)
    if form == Format.TABLE and len(found) > len(shown):
        click.echo("there is more before these; --limit 0 shows all, --until a time before them", err=True)


def _day(view: EntryView) -> str:
    return f"{view.at.astimezone(surface().zone):%A %Y-%m-%d}"
