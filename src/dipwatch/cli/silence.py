"""``dipwatch silence``: what shall not be told for a while, by whose wish and why."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import click

from dipwatch.alerts import words
from dipwatch.cli.base import Group
from dipwatch.cli.context import App, with_app
from dipwatch.cli.labels import matchers, typed
from dipwatch.cli.output import format_option, listed, shown_time
from dipwatch.cli.times import coming, duration
from dipwatch.errors import UsageError
from dipwatch.review.formats import Column
from dipwatch.review.ids import resolve_id
from dipwatch.review.periods import parse_period
from dipwatch.store import silences
from dipwatch.store.silences import Silence


@dataclass(frozen=True, slots=True)
class SilenceView:
    """A silence as it stands: ``state`` is in force, to come or over; ``matchers`` are words such as kind=meeting."""

    id: int
    state: str
    starts_at: datetime
    ends_at: datetime
    matchers: tuple[str, ...]
    author: str
    comment: str


SILENCES: tuple[Column[SilenceView], ...] = (
    Column("id", "ID", lambda view: view.id, style="cyan"),
    Column("state", "State", lambda view: view.state, style="bold"),
    Column("starts_at", "From", lambda view: view.starts_at, least=100),
    Column("ends_at", "Until", lambda view: view.ends_at),
    Column("matchers", "Mutes", lambda view: view.matchers, long=True),
    Column("author", "By", lambda view: view.author, least=60),
    Column("comment", "Why", lambda view: view.comment, long=True),
)


@click.group(cls=Group, examples=('dipwatch silence add kind=meeting actor=Witkoff --for 12h --why "talks are on"',))
def silence() -> None:
    """Mute alerts for a while: add, list and end silences."""


@silence.command(
    examples=(
        'dipwatch silence add kind=sanctions --for 2d --why "the package is known"',
        "dipwatch silence add subject=ukraine --from saturday --until sunday --why weekend",
        'dipwatch silence add development=k3m9x2 --for 1d --why "we know"',
        "dipwatch silence add venue=Istanbul severity=low severity=medium --until 2026-12-01T08:00 --why holidays",
    )
)
@click.argument("labels", metavar="LABEL=VALUE...", nargs=-1, required=True)
@click.option("--for", "length", metavar="DURATION", help="How long it lasts, e.g. 90m, 12h or 3d.")
@click.option("--until", metavar="WHEN", help="Until when it lasts; a day counts whole, a weekday is the next one.")
@click.option("--from", "since", metavar="WHEN", help="From when on; default: now.")
@click.option("--why", metavar="TEXT", required=True, help="The reason, for whoever wonders later.")
@click.option("--author", metavar="NAME", default=getpass.getuser, show_default="you", help="Whose wish it is.")
@with_app
def add(
    app: App,
    /,
    *,
    labels: tuple[str, ...],
    length: str | None,
    until: str | None,
    since: str | None,
    why: str,
    author: str,
) -> None:
    """Mute what has all of these labels; a label that is given twice may have either value.

    Labels are those of a route's match: kind, actor, venue, issue, severity, source_kind, reason, language, subject,
    development. Actors, venues and issues go by id or name, a development by its id. Days and times are those of the
    configured zone (alerts.zone, default UTC). Silences may overlap. What is muted, be it news or what still waits,
    stays in the log and is not sent later.
    """
    now = datetime.now(UTC)
    matched = matchers(labels, app.config.subjects, tuple(app.directories.values()))
    starts = parse_period(coming(since, now, app.zone), now, app.zone).start if since else now
    ends = _end(length, until, starts, now, app.zone)
    with app.store() as store, store.begin() as connection:
        if asked := matched.get("development"):
            matched["development"] = [resolve_id(connection, typed_id) for typed_id in asked]
        number = silences.add_silence(
            connection, matchers=matched, starts_at=starts, ends_at=ends, author=author, comment=why, now=now
        )
    lasts = f"from {shown_time(starts)} until {shown_time(ends)} ({app.zone})"
    click.echo(f"silence {number}: {' '.join(typed(matched))}, {lasts}")
    click.echo(f"end it sooner with: dipwatch silence expire {number}")


@silence.command("list", examples=("dipwatch silence list", "dipwatch silence list --all --format json"))
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@format_option
@with_app
def list_silences(app: App, /, *, everything: bool, form: str) -> None:
    """List the silences that are in force or to come."""
    now = datetime.now(UTC)
    with app.store() as store, store.connect() as connection:
        views = [_view(each, now) for each in silences.list_silences(connection)]
    listed([view for view in views if everything or view.state != "over"], SILENCES, form, "no silences")


@silence.command(examples=("dipwatch silence expire 3",))
@click.argument("numbers", metavar="ID...", type=int, nargs=-1, required=True)
@with_app
def expire(app: App, /, numbers: tuple[int, ...]) -> None:
    """End silences now; those yet to come are called off."""
    with app.store() as store, store.begin() as connection:
        ended = silences.end_silences(connection, numbers, datetime.now(UTC))
    if not ended:
        raise UsageError("none of these silences is in force or to come; `dipwatch silence list` lists those that are")
    click.echo(f"{words.Counted(ended, 'silence')} ended")


def _end(length: str | None, until: str | None, starts: datetime, now: datetime, zone: tzinfo) -> datetime:
    """Return when it ends. Raises UsageError where that is not said, said twice, or past."""
    if (length is None) == (until is None):
        raise UsageError("say how long with --for DURATION or until when with --until WHEN")
    lasts = duration("--for", length) if length else timedelta()
    ends = parse_period(coming(until, starts, zone), now, zone).end if until else starts + lasts
    if ends <= max(starts, now):
        raise UsageError("it would be over before it begins; times to come are written in full, e.g. 2026-12-28T14:00")
    return ends


def _view(each: Silence, now: datetime) -> SilenceView:
    state = "over" if each.ends_at <= now else "in force" if each.starts_at <= now else "to come"
    return SilenceView(
        each.id, state, each.starts_at, each.ends_at, tuple(typed(each.matchers)), each.author, each.comment
    )
