"""``dipwatch doctor``: an installation examined while it is in use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from dipwatch.cli.base import Command
from dipwatch.cli.check import tell
from dipwatch.cli.context import App, with_app
from dipwatch.cli.doctor_database import examine_database
from dipwatch.cli.doctor_machine import examine_leftovers, examine_offices, examine_permissions, examine_versions
from dipwatch.cli.doctor_online import examine_clock_online, examine_receivers_online
from dipwatch.cli.doctor_work import examine_clock, examine_daemon, examine_feeds, examine_messages, examine_troubles
from dipwatch.cli.findings import Finding, check_all
from dipwatch.errors import ConfigError
from dipwatch.feeds.feed import Feed
from dipwatch.feeds.own_list import configured_feeds
from dipwatch.lexicon import Lexicon
from dipwatch.store.store import Store


@click.command(
    cls=Command, examples=("dipwatch doctor", "dipwatch doctor --full --online", "dipwatch doctor --format json")
)
@click.option(
    "--full", is_flag=True, help="Examine the whole database, indexes included: takes minutes on a large one."
)
@click.option(
    "--online", is_flag=True, help="Also ask some feeds for the time, and try to reach the receivers' servers."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write it.")
@click.pass_context
@with_app
def doctor(app: App, /, context: click.Context, *, full: bool, online: bool, form: str) -> None:
    """Examine an installation, also while it is in use, and say what to mend.

    All that `dipwatch check` looks at, and: is the database sound, its log protected, is there room, is the clock
    right, does the daemon work, which feeds and receivers fail, who may read secrets, do the installed libraries fit,
    which offices were not verified for long. Nothing is changed or sent. The exit code is 1 where there is something to
    mend.
    """
    findings = list(_examine(app, full=full, online=online))
    tell(findings, form)
    context.exit(int(any(finding.problems for finding in findings)))


def _examine(app: App, *, full: bool, online: bool) -> Iterator[Finding]:
    lexicons: dict[str, Lexicon] = {}
    findings = check_all(app.options, lexicons)
    yield from (finding for finding in findings if finding.area != "database")
    yield from (finding for finding in findings if finding.area == "database" and finding.problems)
    yield examine_versions()
    if any(finding.area == "config" and finding.problems for finding in findings):
        return  # what there is to examine stands there
    now, feeds = datetime.now(UTC), _feeds(app)
    yield examine_offices(lexicons, now.date())
    yield examine_permissions(app.loaded)
    yield examine_leftovers(app.loaded, now)
    if not any(finding.area == "database" and finding.problems for finding in findings) and app.has_database:
        with app.store() as store:
            yield from _examine_work(app, store, feeds, now, full=full)
    if online:
        yield examine_clock_online(app.loaded, feeds)
        yield examine_receivers_online(app.loaded)


def _feeds(app: App) -> tuple[Feed, ...]:
    """Return the feeds; none where a list has a fault, which was named by then."""
    try:
        return configured_feeds(app.loaded)
    except ConfigError:
        return ()


def _examine_work(app: App, store: Store, feeds: tuple[Feed, ...], now: datetime, *, full: bool) -> Iterator[Finding]:
    yield examine_database(store, full=full)
    with store.connect() as connection:
        yield examine_clock(connection, now)
        yield examine_daemon(connection, app.config, now)
        yield examine_feeds(connection, feeds, now)
        yield examine_messages(connection, app.config)
        yield examine_troubles(connection)
