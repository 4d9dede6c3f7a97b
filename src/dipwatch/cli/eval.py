"""``dipwatch eval``: how well detection does, by the users' marks or against labels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.cli.output import put, surface
from dipwatch.daemon.evaluated import Batch, Evaluated, evaluate, log_batches, stream_batches
from dipwatch.daemon.setup import Subject, load_subject
from dipwatch.daemon.streams import read_records, read_stream
from dipwatch.errors import UsageError
from dipwatch.feeds.own_list import configured_feeds
from dipwatch.review.evaluation.causes import CauseCount, by_cause, faults
from dipwatch.review.evaluation.labels import read_labels
from dipwatch.review.evaluation.marks import MarkedGroup, score_marks
from dipwatch.review.evaluation.scoring import Evaluation, Figures, by_class, by_label, figures, intervals
from dipwatch.review.formats import Column, Format, write
from dipwatch.store.codec import encode
from dipwatch.store.log import read_changes

_DAY = click.DateTime(["%Y-%m-%d"])
_FOREVER = ("", "9999")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure with its interval, as it is printed."""

    name: str
    value: float | int | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class _GroupLine:
    """The figures of a kind, a status or a language, as they are printed."""

    name: str
    figures: Figures


_FIGURES: tuple[Column[_Figure], ...] = (
    Column("figure", "Figure", lambda row: row.name),
    Column("value", "Value", lambda row: _number(row.value)),
    Column("interval", "95%", lambda row: "" if row.low is None else f"{row.low:.2f} to {row.high:.2f}"),
)
_CAUSES: tuple[Column[CauseCount], ...] = (
    Column("sort", "What", lambda row: row.sort),
    Column("cause", "Cause", lambda row: row.cause),
    Column("count", "Times", lambda row: row.count),
    Column("items", "For example", lambda row: ", ".join(row.items[:2])),
)
_MARKS: tuple[Column[MarkedGroup], ...] = (
    Column("by", "By", lambda row: row.by),
    Column("value", "Value", lambda row: row.value),
    Column("alerts", "Alerts", lambda row: row.alerts),
    Column("marked", "Marked", lambda row: row.marked),
    Column("confirmed", "Confirmed", lambda row: row.confirmed),
    Column("false", "False", lambda row: row.false),
    Column("duplicate", "Duplicate", lambda row: row.duplicate),
    Column("other_kind", "Other kind", lambda row: row.other_kind),
    Column("precision", "Precision", lambda row: _number(row.precision)),
)


@click.command(
    "eval",
    cls=Command,
    examples=(
        "dipwatch eval",
        "dipwatch eval --gold labels.jsonl --stream stream.jsonl.gz",
        "dipwatch eval --gold labels.jsonl --from 2026-03-01 --format json",
    ),
)
@click.option("--gold", metavar="FILE", type=click.Path(path_type=Path), help="Labelled items, one object a line.")
@click.option(
    "--stream",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="With --gold: the recorded items they label, run through detection now; default: the log as it stands.",
)
@click.option("--from", "since", metavar="DATE", type=_DAY, help="Count only what was seen on or after this day (UTC).")
@click.option("--to", "until", metavar="DATE", type=_DAY, help="Count only what was seen on or before this day (UTC).")
@click.option("--subject", metavar="NAME", help="The subject; default: the first one configured.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="How to write it.")
@with_app
def evaluation(
    app: App,
    /,
    gold: Path | None,
    *,
    stream: Path | None,
    since: datetime | None,
    until: datetime | None,
    subject: str | None,
    form: str,
) -> None:
    """Score detection: without labels by the users' marks in the log, with labels against them.

    The marks give the precision of alerts by kind, severity, source and reason. Labels give what was missed, too, and
    the causes of every error; an item that has no label counts as no development.
    """
    days = tuple(f"{day:%Y-%m-%d}" if day else limit for day, limit in zip((since, until), _FOREVER, strict=True))
    chosen = subject or app.config.subjects[0]
    if gold is None:
        if stream is not None:
            raise UsageError("--stream needs --gold, the labels of its items")
        _tell_marks(_marks(app, chosen, days), form)
    else:
        _tell_labelled(_labelled(app, chosen, gold, stream, days), form)


def _marks(app: App, subject: str, days: Sequence[str]) -> list[MarkedGroup]:
    with app.store() as store, store.connect() as connection:
        changes = (change for _, change in read_changes(connection, subject))
        return score_marks(changes, lambda change: _within(change.at.isoformat(), days))


def _labelled(app: App, name: str, gold: Path, stream: Path | None, days: Sequence[str]) -> Evaluated:
    subject = load_subject(app.loaded, name)
    labels = [label for label in read_labels(read_records(gold)) if _within(label.seen, days)]
    if not labels:
        raise UsageError(f"{gold}: there are no labels" + ("" if days == _FOREVER else " of these days"))
    if stream is not None:
        done = evaluate(subject, labels, _replayed(app, subject, stream))
    else:
        with app.store() as store:
            done = evaluate(subject, labels, log_batches(store, name))
    found = [each for each in done.evaluation.found if _within(each.at, days)]
    return Evaluated(Evaluation(labels, found), done.traces)


def _replayed(app: App, subject: Subject, stream: Path) -> Iterator[Batch]:
    feeds = tuple(feed for feed in configured_feeds(app.loaded) if subject.name in feed.subjects)
    return stream_batches(subject, read_stream(stream, feeds))


def _within(moment: str, days: Sequence[str]) -> bool:
    return days[0] <= moment[:10] <= days[1]


def _tell_marks(groups: Sequence[MarkedGroup], form: str) -> None:
    if form == "json":
        put(json.dumps({"marks": [encode(group) for group in groups]}, ensure_ascii=False, indent=2) + "\n")
        return
    put(write(groups, _MARKS, Format.TABLE, surface()))
    if not any(group.marked for group in groups):
        click.echo("no alert is marked yet: dipwatch mark ID confirm (or false, duplicate-of, kind)", err=True)


def _tell_labelled(done: Evaluated, form: str) -> None:
    scored = done.evaluation
    values, spread = figures(scored), intervals(scored)
    classes = {
        "kinds": by_class(scored, lambda label: label.kind, lambda found: found.kind),
        "statuses": by_class(scored, lambda label: label.status, lambda found: found.status),
    }
    languages = by_label(scored, lambda label: label.language)
    causes = by_cause(faults(scored, done.traces))
    if form == "json":
        errors = [encode(cause) for cause in causes]
        whole = {"figures": values, "intervals": spread, **classes, "languages": languages, "errors": errors}
        put(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
        return
    rows = [_Figure(name, value, *spread.get(name, (None, None))) for name, value in values.items()]
    tables = [
        write(rows, _FIGURES, Format.TABLE, surface()),
        *(write(_lines(each), _CLASSES, Format.TABLE, surface()) for each in classes.values()),
        write(_lines(languages), _LANGUAGES, Format.TABLE, surface()),
        write(causes, _CAUSES, Format.TABLE, surface()),
    ]
    put("\n".join(filter(None, tables)))


def _lines(groups: Mapping[str, Figures]) -> list[_GroupLine]:
    return [_GroupLine(name, each) for name, each in groups.items()]


def _cell(name: str, title: str) -> Column[_GroupLine]:
    return Column(name, title, lambda row: _number(row.figures[name]))


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.3f}"


_CLASSES: tuple[Column[_GroupLine], ...] = (
    Column("class", "Labelled", lambda row: row.name),
    Column("items", "Items", lambda row: row.figures["items"]),
    _cell("item_recall", "Found"),
    _cell("accuracy", "Read so"),
    _cell("precision", "Rightly"),
)
_LANGUAGES: tuple[Column[_GroupLine], ...] = (
    Column("language", "Language", lambda row: row.name),
    Column("items", "Items", lambda row: row.figures["gold_items"]),
    _cell("item_precision", "Precision"),
    _cell("item_recall", "Recall"),
    _cell("kind_accuracy", "Kind"),
    _cell("status_accuracy", "Status"),
    _cell("actor_f1", "Actors"),
    _cell("venue_f1", "Venue"),
)
