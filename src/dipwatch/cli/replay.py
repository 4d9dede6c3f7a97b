"""``dipwatch replay`` and ``dipwatch extract``: detection without a network, and the microscope on what is read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from dipwatch.alerts import words
from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.clock import SystemClock
from dipwatch.daemon.replays import Line, Shifts, lines_of, replay_stream, rerun, verify
from dipwatch.daemon.setup import Subject, load_subject
from dipwatch.daemon.streams import read_records, read_stream, text_item
from dipwatch.errors import UsageError
from dipwatch.feeds.own_list import configured_feeds
from dipwatch.model import Item, Reading
from dipwatch.store.codec import encode

_NDJSON = click.option(
    "--format", "form", type=click.Choice(["ndjson"]), default="ndjson", help="How to write it: one JSON object a line."
)
_SUBJECT = click.option("--subject", metavar="NAME", help="The subject; default: the first one configured.")
_DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.command(
    cls=Command,
    examples=(
        "dipwatch replay stream.jsonl.gz --format ndjson > developments.ndjson",
        "dipwatch replay stream.jsonl --from 2025-11-01 --to 2025-11-30",
        "dipwatch replay --stored --verify",
    ),
)
@click.argument("stream", required=False, type=click.Path(path_type=Path))
@click.option("--stored", is_flag=True, help="Decide the database's own ticks again, with their recorded inputs.")
@click.option("--verify", "compare", is_flag=True, help="With --stored: compare with the change log.")
@click.option("--from", "since", metavar="DATE", type=_DAY, help="Leave out items first seen before this day (UTC).")
@click.option("--to", "until", metavar="DATE", type=_DAY, help="Leave out items first seen after this day (UTC).")
@_SUBJECT
@_NDJSON
@with_app
def replay(
    app: App,
    /,
    stream: Path | None,
    *,
    stored: bool,
    compare: bool,
    since: datetime | None,
    until: datetime | None,
    subject: str | None,
    form: str,
) -> None:
    """Run a recorded STREAM through detection: no network, nothing sent, the items' first sight as the clock.

    STREAM holds an item a line: id, outlet, feed, title, summary, link, published, first_seen, lang. A line is written
    for each item that is tied to a development.
    """
    del form  # there is but one
    if (stream is None) == (not stored) or (compare and not stored):
        raise UsageError("give a STREAM, or --stored, which alone goes with --verify")
    chosen = load_subject(app.loaded, subject or app.config.subjects[0])
    if stream is not None:
        feeds = tuple(feed for feed in configured_feeds(app.loaded) if chosen.name in feed.subjects)
        _write(replay_stream(chosen, _between(read_stream(stream, feeds), since, until)))
    elif compare:
        _verify(app, chosen)
    else:
        _replay_stored(app, chosen)


@click.command(cls=Command, examples=("dipwatch extract texts.jsonl --format ndjson",))
@click.argument("file", type=click.Path(path_type=Path))
@_SUBJECT
@_NDJSON
@with_app
def extract(app: App, /, file: Path, *, subject: str | None, form: str) -> None:
    """Show the names and claims read in each text of FILE.

    FILE holds a text a line: id, text (or title and summary), and as far as known lang and published.
    """
    del form  # there is but one
    chosen = load_subject(app.loaded, subject or app.config.subjects[0])
    now = SystemClock().now()
    _write(_reading_line(chosen.reader.read(text_item(where, record, now))) for where, record in read_records(file))


def _between(items: list[Item], since: datetime | None, until: datetime | None) -> list[Item]:
    first = since.replace(tzinfo=UTC) if since else datetime.min.replace(tzinfo=UTC)
    last = until.replace(tzinfo=UTC) if until else datetime.max.replace(tzinfo=UTC)
    return [item for item in items if first <= item.first_seen and item.first_seen.date() <= last.date()]


def _verify(app: App, subject: Subject) -> None:
    with app.store() as store:
        done = verify(store, subject)
    if done.difference:
        click.echo(f"dipwatch: {subject.name}: the replay differs: {done.difference}", err=True)
        raise click.exceptions.Exit(1)
    ticks, changes = words.Counted(done.ticks, "tick"), words.Counted(done.changes, "change")
    click.echo(f"{subject.name}: {ticks} decided again, {changes}, equal to the change log")


def _replay_stored(app: App, subject: Subject) -> None:
    shifts: Shifts = {}
    with app.store() as store:
        for again in rerun(store, subject):
            _write(lines_of(subject.lexicon, again.changes, again.items, shifts))


def _reading_line(reading: Reading) -> Line:
    written = encode(reading)
    return {
        "id": reading.item.id,
        "lang": reading.language,
        "mentions": written["mentions"],
        "claims": written["claims"],
    }


def _write(lines: Iterable[Line]) -> None:
    for line in lines:
        click.echo(json.dumps(line, ensure_ascii=False))
