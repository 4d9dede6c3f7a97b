"""``dipwatch feeds add|remove|enable|disable|import``: the user's own list of feeds."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from dipwatch.alerts import words
from dipwatch.cli.allowed_networks import KEY, networks, with_networks
from dipwatch.cli.base import Command, code
from dipwatch.cli.context import App, with_app
from dipwatch.cli.exchange import feed_tables
from dipwatch.cli.output import put
from dipwatch.cli.unknown_feed import unknown_feed
from dipwatch.errors import FeedError, MachineError, UsageError
from dipwatch.feeds.feed import Feed, url_fault
from dipwatch.feeds.fetch import HttpFetcher
from dipwatch.feeds.find import Found, find_feed
from dipwatch.feeds.list_edits import add_tables, enable_in_table, ids_in, remove_table
from dipwatch.feeds.opml import Outline, import_opml
from dipwatch.feeds.own_list import configured_feeds, laid_over, listed_feeds, own_list
from dipwatch.model import SourceKind
from dipwatch.review.formats import one_line
from dipwatch.store.feeds import revive
from dipwatch.toml_file import parse_toml

_FORMS = (
    ("[a-z0-9][a-z0-9-]*", "small letters, digits and hyphens, e.g. un-news"),
    ("[a-z]{2,3}", "a code of ISO 639, e.g. uk"),
    ("[A-Z]{2}", "a code of ISO 3166, e.g. UA"),
)
"""Of an id, a language, a country."""
RELOAD = "a running daemon takes it up on reload (systemctl reload dipwatch, or kill -HUP PID)"


@click.command(
    cls=Command,
    examples=(
        "dipwatch feeds add https://www.example.org/ --source 'Example Office'",
        "dipwatch feeds add https://www.example.org/rss.xml --id example --language uk",
    ),
)
@click.argument("url")
@click.option("--id", "key", metavar="ID", help="What to call it; else made of its title.")
@click.option("--source", metavar="NAME", help="Its publisher; else the feed's title.")
@click.option("--kind", type=code(SourceKind), help="What kind of source it is.  [default: independent]")
@click.option("--language", metavar="CODE", help="Of its texts, e.g. uk; else what the feed declares.")
@click.option("--country", metavar="CODE", help="Of its publisher, e.g. UA.")
@click.option("--subject", "subjects", metavar="NAME", multiple=True, help="For these subjects only.")
@click.option("--note", metavar="TEXT", default="", help="How far to trust it.")
@click.option(
    "--allow-networks",
    "opening",
    metavar="NETWORKS",
    default="",
    help="Write these private networks, which it lies in, into polling.allow_networks first, e.g. 10.1.0.0/16.",
)
@click.option("--unchecked", is_flag=True, help="Fetch nothing: for a feed that needs a password or headers first.")
@with_app
def add(
    app: App,
    /,
    *,
    url: str,
    key: str | None,
    source: str | None,
    kind: str | None,
    language: str | None,
    country: str | None,
    subjects: tuple[str, ...],
    note: str,
    opening: str,
    unchecked: bool,
) -> None:
    """Add the feed at URL, or the one that the page at URL names, to your own list of feeds.

    The list is feeds.toml beside dipwatch.toml; it lies over the lists of the subjects and may be edited by hand.
    """
    if fault := url_fault(url):
        raise UsageError(f"{url} {fault}")
    for option, value, (form, wanted) in zip(
        ("id", "language", "country"), (key, language, country), _FORMS, strict=True
    ):
        if value is not None and not re.fullmatch(form, value):
            raise UsageError(f"--{option} {value}: must be {wanted}")
    configured = configured_feeds(app.loaded)
    _refuse_known(url, configured)
    networked = networks(opening)
    found = None if unchecked else asyncio.run(_find(app, url, networked))
    if found:
        _refuse_known(found.url, configured)
    if key in {feed.id for feed in configured}:
        raise UsageError(f"there is a feed {key!r} already; choose another --id")
    outline = Outline(
        url=found.url if found else url,
        title=source or (found.feed.title if found else "") or key or url,
        language=language or (found.feed.language if found else None),
        note=note,
        key=key,
        kind=kind,
        country=country,
    )
    if networked:
        _open(app, networked)
    ((given, table),) = feed_tables([outline], [] if key else [feed.id for feed in configured], subjects)
    _edit(app, lambda text: add_tables(text, [table]))
    said = f", {words.Counted(len(found.feed.entries), 'entry', 'entries')} now" if found else ""
    click.echo(one_line(f"{given} added to {own_list(app.loaded)}: {outline.title}, {outline.url}{said}"))
    click.echo(RELOAD)


@click.command(cls=Command, examples=("dipwatch feeds remove example",))
@click.argument("key", metavar="ID")
@with_app
def remove(app: App, /, key: str) -> None:
    """Take a feed off your own list; what it brought stays in the log."""
    configured = configured_feeds(app.loaded)
    if key not in {feed.id for feed in configured}:
        raise unknown_feed(key, [feed.id for feed in configured])
    if key not in ids_in(_text(app)):
        raise UsageError(
            f"{key} is in the list of its subject, not in your own; `dipwatch feeds disable {key}` ends it"
        )
    listed = {feed.id: feed for feed in listed_feeds(app.loaded)}
    _edit(app, lambda text: remove_table(text, key))
    left = f"; it is again as its subject lists it, {_state(listed[key])}" if key in listed else ""
    click.echo(f"{key} removed from {own_list(app.loaded)}{left}")
    click.echo(RELOAD)


@click.command(cls=Command, examples=("dipwatch feeds enable nato-news",))
@click.argument("key", metavar="ID")
@with_app
def enable(app: App, /, key: str) -> None:
    """Poll a feed that is off, or one that had ended (410) once more."""
    feed = _switch(app, key, enabled=True)
    again = _polled_again(app, key)
    if feed.enabled and not again:
        click.echo(f"{key} is on already")
        return
    click.echo(one_line(f"{key} is on. {feed.note}".rstrip()))
    click.echo("it is polled again now" if feed.enabled else RELOAD)


@click.command(cls=Command, examples=("dipwatch feeds disable nato-news",))
@click.argument("key", metavar="ID")
@with_app
def disable(app: App, /, key: str) -> None:
    """Poll a feed no more, wherever it is listed; what it brought stays in the log."""
    feed = _switch(app, key, enabled=False)
    click.echo(f"{key} is off" if feed.enabled else f"{key} is off already")
    if feed.enabled:
        click.echo(RELOAD)


@click.command("import", cls=Command, examples=("dipwatch feeds import feeds.opml",))
@click.argument("file", type=click.File("rb"))
@click.option("--print", "printed", is_flag=True, help="Write the entries to the standard output instead.")
@with_app
def import_feeds(app: App, /, file: BinaryIO, *, printed: bool) -> None:
    """Add the feeds of an OPML file, from another reader or from `export`, to your own list; `-` is the standard input.

    Feeds whose address is configured already are left out. Look over what kind of source each one is.
    """
    configured = configured_feeds(app.loaded)
    known = {feed.url for feed in configured}
    outlines = import_opml(file.read())
    new = [outline for outline in outlines if outline.url not in known]
    tables = [table for _, table in feed_tables(new, [feed.id for feed in configured])]
    if printed:
        put("\n".join(tables))
    elif tables:
        _edit(app, lambda text: add_tables(text, tables))
    where = "written" if printed else f"added to {own_list(app.loaded)}"
    click.echo(f"{words.Counted(len(new), 'feed')} {where}; {len(outlines) - len(new)} configured already", err=printed)
    if tables and not printed:
        click.echo(RELOAD)


def _open(app: App, wanted: Sequence[str]) -> None:
    """Open networks to feeds in the configuration's file. Raises UsageError where there is none to write into."""
    file = app.loaded.file
    if file is None:
        raise UsageError("there is no dipwatch.toml to write --allow-networks into; `dipwatch init` makes one")
    try:
        _replace(file, with_networks(file, file.read_text(encoding="utf-8"), wanted))
    except OSError as error:
        raise MachineError(f"{file} can't be written ({error.strerror})") from error
    click.echo(f"{', '.join(wanted)} opened to feeds: {KEY} in {file}")


async def _find(app: App, url: str, opened: Sequence[str]) -> Found:
    polling = app.config.polling
    polling = polling.model_copy(update={"allow_networks": (*polling.allow_networks, *opened)})
    async with HttpFetcher(polling) as fetcher:
        try:
            return await find_feed(url, fetcher, polling)
        except FeedError as error:
            mend = "--unchecked adds it all the same" if error.outcome != "blocked_address" else _ALLOW
            raise FeedError(error.outcome, f"{error.detail}; {mend}") from error


_ALLOW = "give that network with --allow-networks, e.g. 10.1.0.0/16, and it is written there"


def _refuse_known(url: str, configured: tuple[Feed, ...]) -> None:
    known = next((feed for feed in configured if feed.url == url), None)
    if known:
        how = "" if known.enabled else f"; `dipwatch feeds enable {known.id}` turns it on"
        raise UsageError(f"{url} is configured already, as {known.id}{how}")


def _switch(app: App, key: str, *, enabled: bool) -> Feed:
    """Turn a feed on or off in the own list; returns it as it was before."""
    configured = configured_feeds(app.loaded)
    feed = next((feed for feed in configured if feed.id == key), None)
    if feed is None:
        raise unknown_feed(key, [feed.id for feed in configured])
    if feed.enabled is not enabled:
        _edit(app, lambda text: _switched(text, key, enabled=enabled))
    return feed


def _switched(text: str, key: str, *, enabled: bool) -> str:
    if key in ids_in(text):
        return enable_in_table(text, key, enabled=enabled)
    return add_tables(text, [f'[[feed]]\nid = "{key}"\nenabled = {"true" if enabled else "false"}\n'])


def _polled_again(app: App, key: str) -> bool:
    """Let a feed that has ended be polled again; tell whether it had ended."""
    if not app.has_database:
        return False
    with app.store() as store, store.begin() as connection:
        return revive(connection, key, datetime.now(UTC))


def _state(feed: Feed) -> str:
    return "on" if feed.enabled else "off"


def _text(app: App) -> str:
    """Return the own list as it stands; empty where there is none yet."""
    path = own_list(app.loaded)
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise MachineError(f"{path} can't be read ({error})") from error


def _edit(app: App, change: Callable[[str], str]) -> None:
    """Change the own list, once the result has been found sound; an edit that fails leaves it as it was."""
    path = own_list(app.loaded)
    text = change(_text(app))
    laid_over(parse_toml(path, text), listed_feeds(app.loaded), app.config.subjects)
    try:
        _replace(path, text)
    except OSError as error:
        raise MachineError(f"{path} can't be written ({error.strerror})") from error


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all, with the rights of the one that it replaces."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}-", delete=False
    ) as new:
        try:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
            Path(new.name).chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o644)
            Path(new.name).replace(path)
        except BaseException:
            Path(new.name).unlink(missing_ok=True)
            raise
