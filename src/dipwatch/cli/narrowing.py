"""The options by which listings of the log are narrowed, and what is meant by them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from typing import TypeVar

import click
from sqlalchemy import Connection

from dipwatch.cli import suggestions
from dipwatch.cli.context import App
from dipwatch.cli.lookup import actor_ids, issue_ids, nearest, venue_ids
from dipwatch.errors import UsageError
from dipwatch.review.filters import HistoryFilter
from dipwatch.review.periods import parse_period
from dipwatch.review.queries import known_sources, logged_subjects

F = TypeVar("F", bound=Callable[..., object])

TIMES = "a date, a time, today, yesterday, monday, last week, 2025-12, 3d or 48h"


def period_options(command: F) -> F:
    """Add ``--since`` and ``--until``."""
    until = click.option("--until", metavar="WHEN", help="Only with news up to then; a day counts whole.")
    return click.option("--since", metavar="WHEN", help=f"Only with news from then on: {TIMES}.")(until(command))


def actor_option(command: F) -> F:
    """Add ``--actor``."""
    return click.option(
        "--actor",
        metavar="NAME",
        multiple=True,
        shell_complete=suggestions.actors,
        help="With this actor, by id or name; repeated: with all of them.",
    )(command)


def venue_option(command: F) -> F:
    """Add ``--venue``."""
    return click.option(
        "--venue",
        metavar="NAME",
        multiple=True,
        shell_complete=suggestions.venues,
        help="At this venue, by id or name.",
    )(command)


def issue_option(command: F) -> F:
    """Add ``--issue``."""
    return click.option(
        "--issue",
        metavar="NAME",
        multiple=True,
        shell_complete=suggestions.issues,
        help="On this issue, by id or name.",
    )(command)


def subject_option(command: F) -> F:
    """Add ``--subject``."""
    return click.option(
        "--subject", metavar="NAME", multiple=True, shell_complete=suggestions.subjects, help="Of this subject only."
    )(command)


@contextmanager
def opened(app: App) -> Iterator[Connection]:
    """Open the log for reading; a fault of the configuration is told before one of the database."""
    _ = app.directories
    with app.store() as store, store.connect() as connection:
        yield connection


def asked_for(
    app: App,
    connection: Connection,
    *,
    since: str | None = None,
    until: str | None = None,
    actor: Iterable[str] = (),
    venue: Iterable[str] = (),
    issue: Iterable[str] = (),
    subject: tuple[str, ...] = (),
    now: datetime | None = None,
) -> HistoryFilter:
    """Return what is meant by these options, as typed. Raises UsageError for what there is not, with suggestions."""
    known = app.directories.values()
    begins, ends = _period(since, until, now or datetime.now(UTC), app.zone)
    subjects = subject or app.outline.subjects
    if unknown := [name for name in subject if name not in app.outline.subjects]:
        _check_subjects(unknown, {*app.outline.subjects, *logged_subjects(connection)})
    return HistoryFilter(
        subjects=subjects,
        since=begins,
        until=ends,
        actors=tuple(actor_ids(name, known) for name in actor),
        venues=tuple(key for name in venue for key in venue_ids(name, known)),
        issues=tuple(key for name in issue for key in issue_ids(name, known)),
    )


def meant_sources(connection: Connection, typed: Sequence[str]) -> tuple[str, ...]:
    """Return publishers as they are written in the log. Raises UsageError with suggestions for an unknown one."""
    if not typed:
        return ()
    known = {name.casefold(): name for name in known_sources(connection)}
    for name in typed:
        if name.casefold() not in known:
            near = nearest(name.casefold(), list(known))
            hint = f"; did you mean {' or '.join(known[each] for each in near)}?" if near else ""
            raise UsageError(f"no source is called {name!r}{hint}")
    return tuple(known[name.casefold()] for name in typed)


def _period(
    since: str | None, until: str | None, now: datetime, zone: tzinfo
) -> tuple[datetime | None, datetime | None]:
    begins = parse_period(since, now, zone).start if since else None
    ends = parse_period(until, now, zone).end if until else None
    if begins and ends and ends <= begins:
        raise UsageError(f"--until {until} is over when --since {since} begins")
    return begins, ends


def _check_subjects(asked: Sequence[str], known: Collection[str]) -> None:
    if unknown := [name for name in asked if name not in known]:
        raise UsageError(f"there is no subject {unknown[0]}; known are {', '.join(sorted(known))}")
