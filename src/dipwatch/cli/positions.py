"""``dipwatch positions``: who stands where on what, and how that moved."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.cli.narrowing import TIMES, actor_option, asked_for, issue_option, opened, subject_option
from dipwatch.cli.output import format_option, listed, put, surface
from dipwatch.review.columns import POSITIONS
from dipwatch.review.formats import Format
from dipwatch.review.ledger import LedgerFilter
from dipwatch.review.ledger import positions as read_positions
from dipwatch.review.matrix import detail, matrix
from dipwatch.review.periods import parse_period
from dipwatch.review.story import as_text


@click.command(
    cls=Command,
    examples=(
        "dipwatch positions",
        "dipwatch positions --actor Russia --issue territory",
        "dipwatch positions --at 2026-03-01 --format json",
    ),
)
@actor_option
@issue_option
@click.option("--at", metavar="WHEN", help=f"As things stood at the end of: {TIMES}; default: now.")
@click.option("--detail", "in_detail", is_flag=True, help="Every step with its evidence, as with --actor and --issue.")
@subject_option
@format_option
@with_app
def positions(
    app: App,
    /,
    *,
    actor: tuple[str, ...],
    issue: tuple[str, ...],
    at: str | None,
    in_detail: bool,
    subject: tuple[str, ...],
    form: str,
) -> None:
    """Show where every actor stands on every issue: from the baseline on, moved by what the log has accepted.

    Persons and bodies speak for whom they act for. What a user has marked false moves nothing. With --actor and
    --issue together, or with --detail, each step is shown with its evidence, the latest first.
    """
    now = datetime.now(UTC)
    with opened(app) as connection:
        asked = asked_for(app, connection, actor=actor, issue=issue, subject=subject)
        meant = {key for group in asked.actors for key in group}
        wanted = LedgerFilter(
            subjects=asked.subjects,
            actors=tuple(sorted({app.names.principal(name, key) for name in asked.subjects for key in meant})),
            issues=asked.issues,
            at=parse_period(at, now, app.zone).end if at else None,
        )
        found = read_positions(connection, wanted, app.names, app.briefs)
    if form != Format.TABLE or not found:
        listed(found, POSITIONS, form, _nothing(app, wanted))
    elif in_detail or (actor and issue):
        put(as_text(detail(found, surface()), surface()))
    else:
        put(matrix(found, surface()))


def _nothing(app: App, asked: LedgerFilter) -> str:
    """Say that nothing is known, and from which day on the baseline knows something of what is asked for."""
    told = [
        told.known_from
        for name in asked.subjects
        for told in app.brief(name).positions()
        if (not asked.actors or told.actor in asked.actors) and (not asked.issues or told.issue in asked.issues)
    ]
    if asked.at is None or not told:
        return "no position is known"
    return f"no position was known by then; the baseline knows of one from {min(told)} on"
