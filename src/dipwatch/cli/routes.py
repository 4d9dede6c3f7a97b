"""``dipwatch routes``: where a development goes, and why not elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import click

from dipwatch.alerts import words
from dipwatch.alerts.limits import Room, longest, room
from dipwatch.alerts.message import Purpose
from dipwatch.alerts.plan import Candidate, Told, plan_outbox
from dipwatch.alerts.policy import longest_interval
from dipwatch.alerts.record import read_sent, read_told
from dipwatch.alerts.routing import Facts, Step, explain_route
from dipwatch.alerts.safety import printable
from dipwatch.cli.base import Group, code
from dipwatch.cli.context import App, with_app
from dipwatch.cli.labels import matchers, typed
from dipwatch.cli.output import put, shown_time
from dipwatch.cli.route_tree import route_tree
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
from dipwatch.review.detail import latest_news
from dipwatch.review.formats import one_line
from dipwatch.review.periods import parse_period
from dipwatch.settings import LANGUAGES, Alerts
from dipwatch.store import silences, waiting
from dipwatch.store.codec import encode
from dipwatch.store.outbox import WITHHELD, OutboxEntry
from dipwatch.store.silences import Silence
from dipwatch.store.waiting import ROUTE, WHY


@dataclass(frozen=True, slots=True)
class Reached:
    """A receiver that a change would go to: when and as what; or why it would not (``silenced``).

    ``sent_at`` is when it took this very news, None where it did not.
    """

    receiver: str
    group_key: str
    due: datetime
    path: str
    silenced: str
    purpose: str
    held_for: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tried:
    """A change held against the tree of routes; ``about`` says what it is, ``note`` why it would not be sent."""

    about: str
    note: str
    steps: tuple[Step, ...]
    receivers: tuple[Reached, ...]


@click.group(cls=Group, examples=("dipwatch routes show", "dipwatch routes test k3m9x2"))
def routes() -> None:
    """Show the tree of routes, try where a development would go."""


@routes.command(examples=("dipwatch routes show",))
@with_app
def show(app: App, /) -> None:
    """Draw the tree of routes: what each is for, its receiver, its waits and quiet times; and the receivers' limits."""
    for line in route_tree(app.config.alerts):
        click.echo(line)


@routes.command(
    examples=(
        "dipwatch routes test k3m9x2",
        "dipwatch routes test --kind ceasefire --severity high --actor Putin",
        "dipwatch routes test --severity low --at 2026-12-26T23:30",
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
@click.option("--language", type=click.Choice(LANGUAGES), help="The same; default: not known.")
@click.option("--subject", metavar="NAME", help="The same; default: the first of the configuration.")
@click.option("--at", metavar="WHEN", help="As if it came then; default: now.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write it.")
@with_app
def test(app: App, /, key: str | None, form: str, at: str | None, **labels: str | tuple[str, ...] | None) -> None:
    """Show which receivers a development would reach and when, and why not others; nothing is sent.

    ID is one of the log, whose latest news is tried; without it one is invented from the options.
    """
    asked = typed({label: _each(values) for label, values in labels.items()})
    if key and asked:
        raise UsageError("give the id of a development or invent one with options, not both")
    now = datetime.now(UTC)
    tried = _tried(app, key, asked, parse_period(at, now, app.zone).start if at else now)
    if form == "json":
        put(json.dumps(encode(tried), ensure_ascii=False, indent=2) + "\n")
    else:
        put("".join(f"{printable(line)}\n" for line in _lines(tried)))


def _each(values: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else values or ()


def _tried(app: App, key: str | None, asked: list[str], now: datetime) -> Tried:
    if not key and not app.has_database:
        subject, change = _invented(app, asked, now)
        return _held_against(app.config.alerts, subject, change, (), Told(), {}, {}, now)
    alerts = app.config.alerts
    with app.store() as store, store.connect() as connection:
        muted = silences.list_silences(connection, now)
        subject, change = latest_news(connection, key) if key else _invented(app, asked, now)
        sent = read_sent(connection, change.development) if key else {}
        told = read_told(connection, [change.development], now - longest_interval(alerts))
        rooms = {
            receiver.name: room(limits, waiting.arrivals(connection, receiver.name, now - longest(limits)), now)
            for receiver in alerts.receivers
            if (limits := receiver.limits)
        }
    return _held_against(alerts, subject, change, muted, told, sent, rooms, now)


def _held_against(  # noqa: PLR0917 (what there is to know of a moment)
    alerts: Alerts,
    subject: str,
    change: Change,
    muted: Sequence[Silence],
    told: Told,
    sent: Mapping[str, datetime],
    rooms: Mapping[str, Room],
    now: datetime,
) -> Tried:
    """Plan the change as if it came now and alerted, by the very rules of the daemon."""
    plan = plan_outbox(
        [Candidate(replace(change, alert=True))],
        subject=subject,
        alerts=alerts,
        silences=muted,
        told=told,
        look_back=timedelta(0),
        now=now,
    )
    facts = Facts(subject, change.language or None, change.source_kind)
    return Tried(
        about=one_line(f"{change.development}: {change.title}"),
        note=_note(change),
        steps=explain_route(change, facts, alerts.route, alerts),
        receivers=tuple(_reached(entry, rooms, sent) for entry in plan.entries if entry.purpose != Purpose.REMINDER),
    )


def _reached(entry: OutboxEntry, rooms: Mapping[str, Room], sent: Mapping[str, datetime]) -> Reached:
    why, left = entry.body.get(WHY, ""), rooms.get(entry.receiver)
    full = left is not None and not left.messages and entry.next_attempt_at < left.free_at
    withheld = entry.state == WITHHELD
    return Reached(
        receiver=entry.receiver,
        group_key=entry.group_key,
        due=left.free_at if left and full and not withheld else entry.next_attempt_at,
        path=entry.body[ROUTE],
        silenced=why if withheld else "",
        purpose=Purpose.DIGEST.value if full and not withheld else entry.purpose,
        held_for="" if withheld else f"its limit of {left.limit} is reached" if left and full else why,
        sent_at=sent.get(entry.receiver),
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
        yield f"reaches {routed.receiver}: {_when(routed)}, by {routed.path}"


def _when(routed: Reached) -> str:
    if routed.sent_at:
        return f"sent already, {shown_time(routed.sent_at)}; if it came now: {_planned(routed)}"
    return _planned(routed)


def _planned(routed: Reached) -> str:
    if routed.silenced:
        return f"no, {routed.silenced}"
    at = shown_time(routed.due)
    return f"held until {at} in a digest ({routed.held_for})" if routed.held_for else f"due {at}"
