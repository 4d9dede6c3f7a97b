"""``dipwatch history``: the log of developments, searched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import click

from dipwatch.cli.base import Command, code
from dipwatch.cli.context import App, with_app
from dipwatch.cli.lookup import actor_ids, issue_ids, venue_ids
from dipwatch.cli.output import TABLE_LIMIT, format_option, listed
from dipwatch.errors import UsageError
from dipwatch.model import Kind, Reason, Severity, Status
from dipwatch.review import DEVELOPMENTS, Format, HistoryFilter, count, logged_subjects, parse_period
from dipwatch.review import history as read_history


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command as typed."""

    since: str | None
    until: str | None
    actor: tuple[str, ...]
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
    limit: int | None


_TIMES = "a date, a time, today, yesterday, monday, last week, 2025-12, 3d or 48h"


@click.command(
    cls=Command,
    examples=(
        "dipwatch history --since yesterday",
        'dipwatch history --actor Witkoff --actor Putin --since "last month"',
        "dipwatch history --kind ceasefire --kind agreement --format csv > agreements.csv",
    ),
)
@click.option("--since", metavar="WHEN", help=f"Only with news from then on: {_TIMES}.")
@click.option("--until", metavar="WHEN", help="Only with news up to then; a day counts whole.")
@click.option(
    "--actor", metavar="NAME", multiple=True, help="With this actor, by id or name; repeated: with all of them."
)
@click.option("--venue", metavar="NAME", multiple=True, help="At this venue, by id or name.")
@click.option("--issue", metavar="NAME", multiple=True, help="On this issue, by id or name.")
@click.option("--kind", type=code(Kind), multiple=True, help="Of this kind.")
@click.option("--status", type=code(Status), multiple=True, help="With this status.")
@click.option("--severity", type=code(Severity), multiple=True, help="Of this severity.")
@click.option("--reason", type=code(Reason), multiple=True, help="New for this reason.")
@click.option("--source", metavar="NAME", multiple=True, help="Reported by this publisher.")
@click.option("--text", metavar="WORDS", default="", help="With all of these words in headline or evidence.")
@click.option("--subject", metavar="NAME", multiple=True, help="Of this subject only.")
@click.option("--below-threshold", is_flag=True, help="Also what never was sure enough to alert.")
@click.option("--limit", type=click.IntRange(min=0), help=f"At most so many; 0: all. A table shows {TABLE_LIMIT}.")
@format_option
@with_app
def history(app: App, /, form: str, **options: object) -> None:
    """Search the log of developments, the latest change first.

    An option that is repeated widens the search, except --actor, which narrows it. A state stands for everybody who
    acts for it. Times are those of this machine's time zone.
    """
    asked = _filter(app, Asked(**options), datetime.now(UTC))  # type: ignore[arg-type] # click has checked them
    if asked.limit is None and form == Format.TABLE:
        asked = replace(asked, limit=TABLE_LIMIT)
    with app.store() as store, store.connect() as connection:
        _check_subjects(asked.subjects, {*app.config.subjects, *logged_subjects(connection)})
        found = read_history(connection, asked, app.names)
        total = count(connection, asked) if len(found) == asked.limit else len(found)
    listed(found, DEVELOPMENTS, form, "no developments match")
    if form == Format.TABLE and total > len(found):
        click.echo(f"{len(found)} of {total} are shown; --limit 0 shows all", err=True)


def _check_subjects(asked: Sequence[str], known: Collection[str]) -> None:
    if unknown := [name for name in asked if name not in known]:
        raise UsageError(f"there is no subject {unknown[0]}; known are {', '.join(sorted(known))}")


def _filter(app: App, asked: Asked, now: datetime) -> HistoryFilter:
    known = app.directories.values()
    limit = None if not asked.limit else asked.limit
    since = parse_period(asked.since, now).start if asked.since else None
    until = parse_period(asked.until, now).end if asked.until else None
    if since and until and until <= since:
        raise UsageError(f"--until {asked.until} is over when --since {asked.since} begins")
    return HistoryFilter(
        subjects=asked.subject or app.config.subjects,
        since=since,
        until=until,
        actors=tuple(actor_ids(name, known) for name in asked.actor),
        venues=tuple(key for name in asked.venue for key in venue_ids(name, known)),
        issues=tuple(key for name in asked.issue for key in issue_ids(name, known)),
        kinds=asked.kind,
        statuses=asked.status,
        severities=asked.severity,
        reasons=asked.reason,
        sources=asked.source,
        text=asked.text,
        below_threshold=asked.below_threshold,
        limit=limit,
    )
