"""``dipwatch feeds``: what is polled and how it fares; lists of feeds from and for other readers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

import click

from dipwatch.alerts import words
from dipwatch.cli import feed_list
from dipwatch.cli.base import Group
from dipwatch.cli.context import App, with_app
from dipwatch.cli.output import format_option, listed, put, shown_time, surface
from dipwatch.cli.unknown_feed import unknown_feed
from dipwatch.errors import FeedError, UsageError
from dipwatch.feeds.entries import Entry
from dipwatch.feeds.feed import Feed
from dipwatch.feeds.fetch import HttpFetcher
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.opml import export_opml
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.own_list import configured_feeds
from dipwatch.feeds.poll import PollOutcome, poll_feed
from dipwatch.review.columns import FEEDS
from dipwatch.review.formats import Column, Format, one_line, write
from dipwatch.review.operation import YIELD_OF, FeedHealth, FeedView, feed_views
from dipwatch.store.codec import encode
from dipwatch.store.feed_events import FeedEvent, feed_events
from dipwatch.store.feed_yield import feed_yields
from dipwatch.store.feeds import feed_states


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry of a feed that was tried."""

    published_at: datetime | None
    language: str | None
    title: str
    link: str


ENTRIES: tuple[Column[EntryView], ...] = (
    Column("published_at", "Published", lambda view: view.published_at),
    Column("language", "Language", lambda view: view.language, least=150),
    Column("title", "Title", lambda view: view.title, long=True),
    Column("link", "Link", lambda view: view.link, least=150, long=True),
)

_STATES = tuple(dict.fromkeys([*(each.value for each in FeedHealth), *(each.value for each in Outcome)]))
"""What the listing says of a feed: how it fares, and how its last poll ended."""


@click.group(cls=Group, examples=("dipwatch feeds list --health failing", "dipwatch feeds export > feeds.opml"))
def feeds() -> None:
    """List feeds, show their health, try one, add and remove them, exchange lists with other readers."""


@feeds.command("list", examples=("dipwatch feeds list", "dipwatch feeds list --health failing --format json"))
@click.option(
    "--health",
    metavar="STATE",
    type=click.Choice(_STATES),
    multiple=True,
    help=f"Only those that fare so ({', '.join(FeedHealth)}), or whose last poll ended so (ok, timeout, ...).",
)
@click.option("--subject", metavar="NAME", multiple=True, help="Only those of this subject.")
@format_option
@with_app
def list_feeds(app: App, /, health: tuple[str, ...], subject: tuple[str, ...], form: str) -> None:
    """List the configured feeds with their health, and those that were polled once and are off now."""
    if unknown := [name for name in subject if name not in app.config.subjects]:
        raise UsageError(f"there is no subject {unknown[0]}; configured are {', '.join(app.config.subjects)}")
    views = [view for view in read_feed_views(app) if not health or {view.health, view.outcome} & set(health)]
    wanted = [view for view in views if not subject or set(subject) & set(view.subjects)]
    listed(wanted, FEEDS, form, "no feeds match")


@feeds.command("show", examples=("dipwatch feeds show un-news",))
@click.argument("key", metavar="ID")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write it.")
@with_app
def show_feed(app: App, /, key: str, form: str) -> None:
    """Show a feed's health, its worth, and what happened to it: moved, gone, broken, silent, recovered, holes."""
    views = read_feed_views(app)
    view = next((view for view in views if view.id == key), None)
    if view is None:
        raise unknown_feed(key, [view.id for view in views])
    events = _events(app, key)
    if form == "json":
        happened = [{"at": at.isoformat(), "event": event.event, "detail": event.detail} for at, event in events]
        put(json.dumps(encode(view) | {"events": happened}, ensure_ascii=False, indent=2) + "\n")
    else:
        put("".join(f"{line}\n" for line in _lines(view, events)))


@feeds.command("check", examples=("dipwatch feeds check un-news",))
@click.argument("key", metavar="ID")
@format_option
@with_app
def check_feed(app: App, /, key: str, form: str) -> None:
    """Fetch a feed now and show what is read from it; nothing is stored or alerted."""
    feed = _feed(app, key)
    outcome = asyncio.run(_poll(app, feed))
    if not outcome.outcome.fine:
        raise FeedError(outcome.outcome, f"{feed.url}: {outcome.detail}" if outcome.detail else feed.url)
    if form == Format.TABLE:
        click.echo(f"{feed.id}: {outcome.outcome}, {len(outcome.entries)} entries {outcome.detail}".rstrip())
    put(write([_entry(entry) for entry in outcome.entries], ENTRIES, Format(form), surface()))


@feeds.command(examples=("dipwatch feeds export > feeds.opml",))
@click.option("--all", "everything", is_flag=True, help="Also the feeds that are off.")
@with_app
def export(app: App, /, *, everything: bool) -> None:
    """Write the configured feeds as OPML, which other readers import; secrets stay out."""
    wanted = [feed for feed in configured_feeds(app.loaded) if everything or feed.enabled]
    put(export_opml(wanted).decode() + "\n")


def read_feed_views(app: App) -> list[FeedView]:
    """Return the views of all feeds; before the first run there is nothing but the configuration."""
    configured = configured_feeds(app.loaded)
    if not app.has_database:
        return feed_views(configured, ())
    with app.store() as store, store.connect() as connection:
        return feed_views(configured, feed_states(connection), feed_yields(connection, datetime.now(UTC) - YIELD_OF))


def _events(app: App, key: str) -> list[tuple[datetime, FeedEvent]]:
    if not app.has_database:
        return []
    with app.store() as store, store.connect() as connection:
        return feed_events(connection, key)


def _lines(view: FeedView, events: list[tuple[datetime, FeedEvent]]) -> Iterator[str]:
    for field in fields(view):
        if shown := _shown(field.name, getattr(view, field.name)):
            yield f"{field.name.removesuffix('_at').removesuffix('_seconds').replace('_', ' '):<14}{one_line(shown)}"
    for at, event in events:
        yield one_line(f"{shown_time(at)} {event.event} {event.detail}")


def _shown(name: str, value: object) -> str:
    if name == "share" and isinstance(value, float):
        return f"{value:.1%} of the items of {YIELD_OF.days} days led to developments"
    if name == "rhythm_seconds" and isinstance(value, float):
        return f"an entry every {words.duration(timedelta(seconds=value))}"
    if isinstance(value, datetime):
        return shown_time(value)
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


def _feed(app: App, key: str) -> Feed:
    found = {feed.id: feed for feed in configured_feeds(app.loaded)}
    if key not in found:
        raise unknown_feed(key, list(found))
    return found[key]


async def _poll(app: App, feed: Feed) -> PollOutcome:
    async with HttpFetcher(app.config.polling) as fetcher:
        return await poll_feed(feed, FeedMemory.fresh(feed), fetcher, datetime.now(UTC), app.config.polling)


def _entry(entry: Entry) -> EntryView:
    return EntryView(entry.published_at, entry.language, entry.title, entry.link)


for command in (feed_list.add, feed_list.remove, feed_list.enable, feed_list.disable, feed_list.import_feeds):
    feeds.add_command(command)
