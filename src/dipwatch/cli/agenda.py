"""``dipwatch upcoming`` and ``dipwatch commitments``: what was announced, and what was promised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.cli.narrowing import (
    actor_option,
    asked_for,
    issue_option,
    opened,
    period_options,
    subject_option,
    venue_option,
)
from dipwatch.cli.output import format_option, listed, surface
from dipwatch.cli.times import duration
from dipwatch.review.agenda import LATE
from dipwatch.review.agenda import commitments as read_commitments
from dipwatch.review.agenda import upcoming as read_upcoming
from dipwatch.review.columns import COMMITMENTS, UPCOMING


@click.command(
    cls=Command,
    examples=("dipwatch upcoming", "dipwatch upcoming --actor Putin --overdue 90d", "dipwatch upcoming --format json"),
)
@actor_option
@venue_option
@click.option(
    "--overdue",
    "late",
    metavar="TIME",
    default=f"{LATE.days}d",
    help=f"Also what should have been held by now, for so long; default: {LATE.days}d.",
)
@subject_option
@format_option
@with_app
def upcoming(
    app: App, /, *, actor: tuple[str, ...], venue: tuple[str, ...], late: str, subject: tuple[str, ...], form: str
) -> None:
    """Show meetings that were announced and not yet held, the next one first.

    Overdue ones, of which nobody has told that they were held, are marked, and so are those that were postponed.
    """
    today = datetime.now(UTC).astimezone(surface().zone).date()
    with opened(app) as connection:
        asked = asked_for(app, connection, actor=actor, venue=venue, subject=subject)
        found = read_upcoming(connection, asked, app.names, today, late=duration("--overdue", late))
    listed(found, UPCOMING, form, "nothing is announced")


@click.command(
    cls=Command,
    examples=(
        "dipwatch commitments",
        "dipwatch commitments --actor Germany --silent 60d",
        "dipwatch commitments --format csv",
    ),
)
@actor_option
@issue_option
@period_options
@click.option("--silent", metavar="TIME", help="Only those of which nothing was heard for so long.")
@subject_option
@format_option
@with_app
def commitments(
    app: App,
    /,
    *,
    actor: tuple[str, ...],
    issue: tuple[str, ...],
    since: str | None,
    until: str | None,
    silent: str | None,
    subject: tuple[str, ...],
    form: str,
) -> None:
    """Show agreements and pledges with the reports of their implementation, the longest silent first.

    Those of the baseline are among them. A report is an update of the same development, or a later agreement or pledge
    of the same party on the same issue.
    """
    now = datetime.now(UTC)
    least = duration("--silent", silent) if silent else timedelta()
    with opened(app) as connection:
        asked = asked_for(app, connection, since=since, until=until, actor=actor, issue=issue, subject=subject)
        found = read_commitments(connection, asked, app.names, app.briefs, now)
    listed([view for view in found if now - view.last_word_at >= least], COMMITMENTS, form, "nothing was promised")
