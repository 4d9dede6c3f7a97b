"""``dipwatch scenarios`` and ``dipwatch stats``: the log counted."""

from __future__ import annotations

import click

from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.cli.narrowing import asked_for, opened, period_options, subject_option
from dipwatch.cli.output import format_option, listed
from dipwatch.review.columns import NUMBERS, SCENARIOS
from dipwatch.review.numbers import NumberView, numbers
from dipwatch.review.outlook import scenarios as read_scenarios


@click.command(
    cls=Command,
    examples=("dipwatch scenarios", 'dipwatch scenarios --since "last month" --format json'),
)
@period_options
@subject_option
@format_option
@with_app
def scenarios(app: App, /, *, since: str | None, until: str | None, subject: tuple[str, ...], form: str) -> None:
    """Tally what was reported for and against each scenario of the seeds.

    Which reports speak for which scenario stands in the subject's scenarios.toml. A count is no probability.
    """
    with opened(app) as connection:
        asked = asked_for(app, connection, since=since, until=until, subject=subject)
        found = read_scenarios(connection, asked, app.directories, app.names, app.briefs)
    listed(found, SCENARIOS, form, "the subject has no scenarios")


@click.command(cls=Command, examples=("dipwatch stats", 'dipwatch stats --since "last week" --format csv'))
@period_options
@subject_option
@format_option
@with_app
def stats(app: App, /, *, since: str | None, until: str | None, subject: tuple[str, ...], form: str) -> None:
    """Show the log in numbers: items, developments by kind, status and severity, sources, actors, days.

    Days are shown where --since is given.
    """
    with opened(app) as connection:
        asked = asked_for(app, connection, since=since, until=until, subject=subject)
        found = numbers(connection, asked, app.names)
    listed(found, NUMBERS, form, "the log is empty", group=_group)


def _group(view: NumberView) -> str:
    return view.group.capitalize()
