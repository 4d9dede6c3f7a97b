"""``dipwatch status``: how everything stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from dipwatch.alerts import words
from dipwatch.alerts.operator import headline
from dipwatch.alerts.safety import printable
from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.cli.output import put, shown_time
from dipwatch.feeds.own_list import configured_feeds
from dipwatch.review.operation import FeedView, StatusView, SubjectStatus, feed_views
from dipwatch.review.operation import status as read_status
from dipwatch.store.codec import encode
from dipwatch.store.feeds import feed_states
from dipwatch.store.troubles import Trouble


@click.command(cls=Command, examples=("dipwatch status", "dipwatch status --format json"))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write it.")
@with_app
def status(app: App, /, form: str) -> None:
    """Show who works, which feeds fail, what waits for detection and delivery since when, and what is out of order."""
    with app.store() as store, store.connect() as connection:
        view = read_status(
            connection,
            database=store.place,
            feeds=feed_views(configured_feeds(app.loaded), feed_states(connection)),
            subjects=app.config.subjects,
            now=datetime.now(UTC),
        )
    if form == "json":
        put(json.dumps(encode(view), ensure_ascii=False, indent=2) + "\n")
    else:
        put("".join(f"{printable(line)}\n" for line in _lines(view)))


def _lines(view: StatusView) -> Iterator[str]:
    yield f"Database   {view.database}"
    counts = encode(view.feeds)
    yield f"Feeds      {', '.join(f'{count} {health}' for health, count in counts.items() if count) or 'none'}"
    for feed in view.failing:
        yield f"           {feed.id}: {_unwell(feed, view.at)}"
    seen, published = _ago(view.newest_seen_at, view.at), _ago(view.newest_published_at, view.at)
    yield f"           last poll {_ago(view.last_polled_at, view.at)}; newest item seen {seen}, published {published}"
    for host in view.hosts:
        leads = f", leads {', '.join(host.leads)}" if host.leads else ""
        yield f"Host       {host.host}: process {host.process}{leads}"
    for subject in view.subjects:
        yield from _subject(subject, view.at)
    waits = f", the oldest for {_since(view.oldest_waiting_at, view.at)}" if view.oldest_waiting_at else ""
    last = f"; last sent {shown_time(view.last_sent_at)}" if view.last_sent_at else ""
    late = f"; due for {_since(view.overdue_since, view.at)}" if view.overdue_since else ""
    withheld = f", {view.withheld} withheld" if view.withheld else ""
    yield f"Messages   {view.waiting} on their way{waits}{late}; {view.dead} given up{withheld}{last}"
    for number, trouble in enumerate(view.troubles):
        told = headline(Trouble("", trouble.sort, trouble.about, trouble.detail, trouble.began_at))
        lead = "Troubles  " if not number else " " * 10
        yield f"{lead} {told}, for {_since(trouble.began_at, view.at)}{f': {trouble.detail}' if trouble.detail else ''}"


def _unwell(feed: FeedView, now: datetime) -> str:
    if feed.silent_since and not feed.failures:
        return f"answers, but has had nothing new for {_since(feed.silent_since, now)}"
    return f"{feed.outcome}, {words.Counted(feed.failures, 'time')} {feed.detail or ''}".rstrip()


def _subject(subject: SubjectStatus, now: datetime) -> Iterator[str]:
    ticked = f"last tick {subject.tick} at {shown_time(subject.ticked_at)}" if subject.ticked_at else "no tick yet"
    leader = f"led by {subject.leader}" if subject.leader else "nobody leads (is the daemon running?)"
    waits = f", the oldest for {_since(subject.oldest_pending_at, now)}" if subject.oldest_pending_at else ""
    yield f"Detection  {subject.subject}: {ticked}; {leader}"
    yield f"           {subject.pending} items and {subject.commands_pending} marks pending{waits}"
    yield f"           {words.Counted(subject.news_of_a_day, 'piece of news', 'pieces of news')} in the last 24 hours"


def _ago(moment: datetime | None, now: datetime) -> str:
    return f"{words.duration(now - moment)} ago" if moment else "never"


def _since(moment: datetime, now: datetime) -> str:
    return words.duration(now - moment)
