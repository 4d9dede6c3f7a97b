"""``dipwatch feeds``: what is polled and how it fares; lists of feeds from and for other readers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import BinaryIO

import click
from rapidfuzz import process

from dipwatch.alerts import words
from dipwatch.cli.base import Group, code
from dipwatch.cli.context import App, with_app
from dipwatch.cli.exchange import feed_tables
from dipwatch.cli.output import format_option, listed, put, surface
from dipwatch.errors import FeedError, UsageError
from dipwatch.feeds import (
    Entry,
    Feed,
    FeedMemory,
    HttpFetcher,
    PollOutcome,
    export_opml,
    import_opml,
    load_feeds,
    merged,
    poll_feed,
)
from dipwatch.review import FEEDS, Column, FeedHealth, FeedView, Format, feed_views, local_time, one_line, write
from dipwatch.store import FeedEvent, encode, feed_states
from dipwatch.store.feeds import feed_events

_NEAR = 60
"""From this likeness (0 to 100) on an id is worth suggesting."""


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


@click.group(cls=Group, examples=("dipwatch feeds list --health failing", "dipwatch feeds export > feeds.opml"))
def feeds() -> None:
    """List feeds, show their health, try one, exchange lists with other readers."""


@feeds.command("list", examples=("dipwatch feeds list", "dipwatch feeds list --health failing --format json"))
@click.option("--health", type=code(FeedHealth), multiple=True, help="Only those that fare so.")
@click.option("--subject", metavar="NAME", multiple=True, help="Only those of this subject.")
@format_option
@with_app
def list_feeds(app: App, /, health: tuple[str, ...], subject: tuple[str, ...], form: str) -> None:
    """List the configured feeds with their health, and those that were polled once and are off now."""
    if unknown := [name for name in subject if name not in app.config.subjects]:
        raise UsageError(f"there is no subject {unknown[0]}; configured are {', '.join(app.config.subjects)}")
    views = [view for view in read_feed_views(app) if not health or view.health in health]
    wanted = [view for view in views if not subject or set(subject) & set(view.subjects)]
    listed(wanted, FEEDS, form, "no feeds match")


@feeds.command("show", examples=("dipwatch feeds show un-news",))
@click.argument("key", metavar="ID")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write it.")
@with_app
def show_feed(app: App, /, key: str, form: str) -> None:
    """Show a feed's health and what happened to it: moved, gone, broken, recovered."""
    views = read_feed_views(app)
    view = next((view for view in views if view.id == key), None)
    if view is None:
        raise _unknown(key, [view.id for view in views])
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
    wanted = [feed for feed in configured_feeds(app) if everything or feed.enabled]
    put(export_opml(wanted).decode() + "\n")


@feeds.command("import", examples=("dipwatch feeds import feeds.opml > new-feeds.toml",))
@click.argument("file", type=click.File("rb"))
@with_app
def import_feeds(app: App, /, file: BinaryIO) -> None:
    """Turn an OPML file of another reader into entries for a subject's feeds.toml; `-` reads the standard input.

    Feeds whose address is configured already are left out. Look over what kind of source each one is.
    """
    configured = configured_feeds(app)
    known = {feed.url for feed in configured}
    outlines = import_opml(file.read())
    new = [outline for outline in outlines if outline.url not in known]
    put("\n".join(feed_tables(new, [feed.id for feed in configured])))
    click.echo(f"{words.Counted(len(new), 'feed')} written; {len(outlines) - len(new)} configured already", err=True)


def configured_feeds(app: App) -> tuple[Feed, ...]:
    """Return the feeds of all subjects. Raises ConfigError."""
    return merged(feed for name in app.config.subjects for feed in load_feeds(app.loaded.subject_folder(name), name))


def read_feed_views(app: App) -> list[FeedView]:
    """Return the views of all feeds; before the first run there is nothing but the configuration."""
    configured = configured_feeds(app)
    if not app.has_database:
        return feed_views(configured, ())
    with app.store() as store, store.connect() as connection:
        return feed_views(configured, feed_states(connection))


def _events(app: App, key: str) -> list[tuple[datetime, FeedEvent]]:
    if not app.has_database:
        return []
    with app.store() as store, store.connect() as connection:
        return feed_events(connection, key)


def _lines(view: FeedView, events: list[tuple[datetime, FeedEvent]]) -> Iterator[str]:
    for field in fields(view):
        if shown := _shown(getattr(view, field.name)):
            yield f"{field.name.removesuffix('_at').replace('_', ' '):<14}{one_line(shown)}"
    for at, event in events:
        yield one_line(f"{local_time(at, None)} {event.event} {event.detail}")


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return local_time(value, None)
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


def _feed(app: App, key: str) -> Feed:
    found = {feed.id: feed for feed in configured_feeds(app)}
    if key not in found:
        raise _unknown(key, list(found))
    return found[key]


def _unknown(key: str, known: list[str]) -> UsageError:
    near = [name for name, _, _ in process.extract(key, known, score_cutoff=_NEAR, limit=3)]
    hint = f"did you mean {' or '.join(near)}?" if near else "`dipwatch feeds list` lists them"
    return UsageError(f"there is no feed {key!r}; {hint}")


async def _poll(app: App, feed: Feed) -> PollOutcome:
    async with HttpFetcher(app.config.polling) as fetcher:
        return await poll_feed(feed, FeedMemory.fresh(feed), fetcher, datetime.now(UTC), app.config.polling)


def _entry(entry: Entry) -> EntryView:
    return EntryView(entry.published_at, entry.language, entry.title, entry.link)
