"""``dipwatch routes``: where a development goes, and why not elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from dipwatch.alerts import Facts, Routed, Step, explain_route, route_change, words
from dipwatch.alerts.safety import printable
from dipwatch.cli.base import Group, code
from dipwatch.cli.context import App, with_app
from dipwatch.cli.labels import matchers, typed
from dipwatch.cli.output import put
from dipwatch.errors import UsageError
from dipwatch.model import (
    Change,
    ChangeType,
    Claim,
    EventType,
    Kind,
    Part,
    Reason,
    Role,
    Severity,
    SourceKind,
    Span,
    Status,
)
from dipwatch.review import latest_news, local_time, one_line
from dipwatch.settings import Alerts, Route, format_duration
from dipwatch.store import encode, silences
from dipwatch.store.silences import Silence


@dataclass(frozen=True, slots=True)
class Tried:
    """A change held against the tree of routes; ``about`` says what it is, ``note`` why it would not be sent."""

    about: str
    note: str
    steps: tuple[Step, ...]
    receivers: tuple[Routed, ...]


@click.group(cls=Group, examples=("dipwatch routes show", "dipwatch routes test k3m9x2"))
def routes() -> None:
    """Show the tree of routes, try where a development would go."""


@routes.command(examples=("dipwatch routes show",))
@with_app
def show(app: App, /) -> None:
    """Draw the tree of routes: what each is for, its receiver and its waits."""
    alerts = app.config.alerts
    for line in _drawn(alerts.route, "root", alerts.route.receiver or "", alerts):
        click.echo(line)


@routes.command(
    examples=(
        "dipwatch routes test k3m9x2",
        "dipwatch routes test --kind ceasefire --severity high --actor Putin",
    )
)
@click.argument("key", metavar="[ID]", required=False)
@click.option("--kind", type=code(Kind), help="Of an invented one; default: meeting.")
@click.option("--severity", type=code(Severity), help="The same; default: medium.")
@click.option("--reason", type=code(Reason), multiple=True, help="The same; default: first_report.")
@click.option("--actor", metavar="NAME", multiple=True, help="The same, by id or name; default: nobody.")
@click.option("--venue", metavar="NAME", help="The same; default: none.")
@click.option("--issue", metavar="NAME", help="The same; default: none.")
@click.option("--source-kind", type=code(SourceKind), help="The same; default: not known.")
@click.option("--language", metavar="CODE", help="The same, e.g. uk; default: not known.")
@click.option("--subject", metavar="NAME", help="The same; default: the first of the configuration.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write it.")
@with_app
def test(app: App, /, key: str | None, form: str, **labels: str | tuple[str, ...] | None) -> None:
    """Show which receivers a development would reach now, and why not others; nothing is sent.

    ID is one of the log, whose latest news is tried; without it one is invented from the options.
    """
    asked = typed({label: _each(values) for label, values in labels.items()})
    if key and asked:
        raise UsageError("give the id of a development or invent one with options, not both")
    tried = _tried(app, key, asked)
    if form == "json":
        put(json.dumps(encode(tried), ensure_ascii=False, indent=2) + "\n")
    else:
        put("".join(f"{printable(line)}\n" for line in _lines(tried)))


def _each(values: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else values or ()


def _tried(app: App, key: str | None, asked: list[str]) -> Tried:
    now, alerts = datetime.now(UTC), app.config.alerts
    muted: Iterable[Silence] = ()
    if key or app.has_database:
        with app.store() as store, store.connect() as connection:
            muted = silences.list_silences(connection, now)
            subject, change = latest_news(connection, key) if key else _invented(app, asked, now)
    else:
        subject, change = _invented(app, asked, now)
    facts = Facts(subject, change.language or None, change.source_kind)
    return Tried(
        about=one_line(f"{change.development}: {change.title}"),
        note=_note(change),
        steps=explain_route(change, facts, alerts.route, alerts),
        receivers=route_change(change, facts, alerts.route, alerts, tuple(muted), now=now),
    )


def _invented(app: App, asked: list[str], now: datetime) -> tuple[str, Change]:
    """Return a subject and a change with the labels asked for."""
    wanted = matchers(asked, app.config.subjects, tuple(app.directories.values()))
    first = {label: values[0] for label, values in wanted.items()}
    kind = Kind(first.get("kind", Kind.MEETING))
    claim = Claim(
        kind=kind,
        event=EventType.CONSULT,
        status=Status.HAPPENED,
        parts=tuple(Part(actor, Role.PARTY) for actor in wanted.get("actor", ())),
        span=Span("title", 0, 0),
        evidence="",
        venue=first.get("venue"),
        issue=first.get("issue"),
    )
    change = Change(
        type=ChangeType.NEW,
        development="invented",
        at=now,
        alert=True,
        kind=kind,
        status=Status.HAPPENED,
        severity=Severity(first.get("severity", Severity.MEDIUM)),
        confidence=1.0,
        title=" ".join(typed(wanted)) or "a meeting",
        reasons=tuple(map(Reason, wanted.get("reason", (Reason.FIRST_REPORT,)))),
        source_kind=SourceKind(first["source_kind"]) if "source_kind" in first else None,
        language=first.get("language", ""),
        claim=claim,
    )
    return first.get("subject", app.config.subjects[0]), change


def _note(change: Change) -> str:
    if change.alert:
        return ""
    why = "; ".join(words.word("reason", reason) for reason in change.kept_back)
    return f"its latest news was kept back ({why})" if why else "its latest news was not to be alerted"


def _lines(tried: Tried) -> Iterator[str]:
    yield tried.about
    if tried.note:
        yield f"note: {tried.note}; this is where it would have gone"
    width = max(len(step.path) for step in tried.steps)
    for step in tried.steps:
        yield f"  {step.path:<{width}}  {step.receiver}: {step.reason}"
    for routed in tried.receivers:
        due = f"due {local_time(routed.due, None)}, by {routed.path}"
        yield f"reaches {routed.receiver}: {f'no, {routed.silenced}' if routed.silenced else due}"


def _drawn(route: Route, path: str, receiver: str, settings: Alerts, depth: int = 0) -> Iterator[str]:
    """Yield the lines of a route and of those below it; what it leaves out it takes from its parent."""
    receiver = route.receiver or receiver
    own = {name: value for name in ("group_wait", "group_interval") if (value := getattr(route, name)) is not None}
    settings = settings.model_copy(update=own)
    waits = f"waits {format_duration(settings.group_wait)}, then {format_duration(settings.group_interval)}"
    goes_on = "; goes on to the next" if route.continue_ else ""
    yield f"{'  ' * depth}{path}: {_asks(route)} -> {receiver} ({waits}{goes_on})"
    for number, child in enumerate(route.routes, start=1):
        yield from _drawn(child, f"{path}/{number}", receiver, settings, depth + 1)


def _asks(route: Route) -> str:
    asked = [f"{label} {' or '.join(values)}" for label, values in route.match if values]
    return " and ".join(asked) or "everything"
