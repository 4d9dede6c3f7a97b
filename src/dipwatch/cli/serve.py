"""``dipwatch run`` and ``dipwatch poll``: the daemon, and one round of it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

from dipwatch.alerts import words
from dipwatch.alerts.sending import Outcome
from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.cli.findings import alert_problems
from dipwatch.config import LoadedConfig, load_config
from dipwatch.daemon.leadership import Leadership, new_holder
from dipwatch.daemon.once import Round, poll_once
from dipwatch.daemon.parsing import ParserPool
from dipwatch.daemon.service import Service
from dipwatch.daemon.setup import Setup, load_setup
from dipwatch.daemon.work import Host
from dipwatch.errors import ConfigError, UsageError
from dipwatch.store.store import Store


@click.command(cls=Command, examples=("dipwatch run", "dipwatch --config /etc/dipwatch/dipwatch.toml run --upgrade"))
@click.option("--upgrade", is_flag=True, help="Create or upgrade the database first.")
@with_app
def run(app: App, /, *, upgrade: bool) -> None:
    """Poll feeds, detect what changed, alert each development once; until it is told to stop.

    SIGTERM or Ctrl-C ends it cleanly, SIGHUP makes it read its configuration, lexicons and feeds again.
    """
    setup = _usable(app.loaded)
    with app.store(upgrade=upgrade) as store:
        asyncio.run(_serve(app, setup, store))


@click.command(cls=Command, examples=("dipwatch poll --once", "dipwatch poll --once --all"))
@click.option("--once", is_flag=True, help="Do one round and end; `dipwatch run` does it over and over.")
@click.option("--all", "every_feed", is_flag=True, help="Poll every feed, not only those that are due.")
@click.option("--upgrade", is_flag=True, help="Create or upgrade the database first.")
@with_app
def poll(app: App, /, *, once: bool, every_feed: bool, upgrade: bool) -> None:
    """Poll the feeds that are due, detect, and deliver what is due, once.

    What the feeds hold at their first contact is history: its latest developments come as one digest.
    """
    if not once:
        raise UsageError("write `dipwatch poll --once`; `dipwatch run` polls over and over")
    setup = _usable(app.loaded)
    with app.store(upgrade=upgrade) as store:
        done = asyncio.run(_once(app, setup, store, every_feed=every_feed))
    _report(done)


def _usable(loaded: LoadedConfig) -> Setup:
    """Load what a configuration leads to, once its alerts can arrive as well.

    Raises ConfigError: a daemon that could tell nobody what it finds had better not start.
    """
    setup = load_setup(loaded)
    lexicons = {name: subject.lexicon for name, subject in setup.subjects.items()}
    if problems := alert_problems(loaded, lexicons):
        raise ConfigError(problems)
    return setup


async def _serve(app: App, setup: Setup, store: Store) -> None:
    def reload() -> Setup:
        return _usable(load_config(app.options.file, overrides=app.options.overrides))

    async with _host(app, store) as host:
        await Service(setup, host, reload=reload).run()


async def _once(app: App, setup: Setup, store: Store, *, every_feed: bool) -> Round:
    async with _host(app, store) as host:
        return await poll_once(setup, host, every_feed=every_feed)


@asynccontextmanager
async def _host(app: App, store: Store) -> AsyncIterator[Host]:
    holder = new_holder()
    async with ParserPool() as parsers:
        yield Host(
            store=store,
            leadership=Leadership(store, holder),
            holder=holder,
            clock=app.options.clock,
            parse=parsers.parse,
            console=sys.stdout,
        )


def _report(done: Round) -> None:
    """Say what a round did, feed by feed where one failed, and end with code 1 where something did."""
    failed = done.failed_polls
    items = sum(poll.new_items + poll.revisions for poll in done.polls)
    changes = sum(ticked.changes for ticked in done.ticks)
    sent = sum(attempt.result.outcome is Outcome.SENT for attempt in done.attempts)
    click.echo(
        f"{words.Counted(len(done.polls), 'feed')} polled, {len(failed)} failed; "
        f"{words.Counted(items, 'new or reworded item')}, {words.Counted(changes, 'change')}; "
        f"{words.Counted(sent, 'message')} sent, {len(done.failed_attempts)} not"
    )
    for poll in failed:
        click.echo(f"dipwatch: feed {poll.feed}: {poll.outcome}{f': {poll.detail}' if poll.detail else ''}", err=True)
    for attempt in done.failed_attempts:
        click.echo(f"dipwatch: receiver {attempt.receiver}: {attempt.result.detail}", err=True)
    if done.polls and len(failed) == len(done.polls):
        click.echo("dipwatch: no feed can be reached", err=True)
    if not done.led:
        click.echo("detection is led by another host, which takes the new items", err=True)
    if failed or done.failed_attempts:
        raise click.exceptions.Exit(1)
