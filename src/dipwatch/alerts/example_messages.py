"""Made-up messages of every sort, on which templates are tried before one of them meets a real alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from dipwatch.alerts.build import build_message, build_notice
from dipwatch.alerts.message import Material, Message, Purpose, Source
from dipwatch.model import (
    Change,
    ChangeType,
    Claim,
    Direction,
    EventType,
    Item,
    Kind,
    Part,
    Reason,
    Role,
    Severity,
    Shift,
    SourceKind,
    Span,
    Status,
    When,
)

_AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
_ITEM = Item(
    id="trial",
    feed="trial",
    source="Harbour Wire",
    source_kind=SourceKind.WIRE,
    title="Delegations to sit down in Geneva on Friday",
    summary="",
    link="https://wire.example/2026/geneva",
    published=_AT - timedelta(hours=3),
    first_seen=_AT,
    language="en",
)
_CLAIM = Claim(
    kind=Kind.MEETING,
    event=EventType.CONSULT,
    status=Status.PLANNED,
    parts=(Part("ukraine", Role.PARTY), Part("russia", Role.PARTY), Part("J. Roe", Role.SPEAKER, named="J. Roe")),
    span=Span("title", 0, 10),
    evidence="Both delegations will sit down in Geneva on Friday, an official said.",
    venue="geneva",
    issue="territory",
    hedged=True,
    unnamed_source=True,
    when=When(date(2026, 5, 8), date(2026, 5, 9)),
)
_CHANGE = Change(
    type=ChangeType.NEW,
    development="trial",
    at=_AT,
    alert=True,
    kind=Kind.MEETING,
    status=Status.PLANNED,
    severity=Severity.HIGH,
    confidence=0.82,
    title="Delegations of Ukraine and Russia to meet in Geneva",
    reasons=(Reason.FIRST_REPORT, Reason.NOT_IN_BASELINE),
    item="trial",
    language="en",
    claim=_CLAIM,
    novel=("venue:geneva", "pair:ukraine+russia"),
    sources=2,
)
_SOURCES = (Source("Harbour Wire", SourceKind.WIRE), Source("Ministry", SourceKind.OFFICIAL))


class _PlainNames:
    """Ids as they are: a trial needs no lexicon."""

    def name(self, ref: str) -> str:
        return ref.replace("-", " ").title()

    def stance(self, issue: str, stance: str) -> str:  # noqa: ARG002 (the port's signature)
        return stance

    def principal(self, actor: str) -> str:
        return actor


def example_messages() -> tuple[Message, ...]:
    """Return an alert that says everything there is to say, a bare one, an update, a correction, a digest, notices."""
    shift = Shift("russia", "territory", Direction.SOFTER, stance="freeze", was="withdrawal")
    moved = replace(_CHANGE, type=ChangeType.UPDATE, shift=shift, reasons=(Reason.POSITION_SHIFT, Reason.DENIED))
    moved = replace(moved, title="Moscow speaks of a freeze along the line, Kyiv's delegation denies any such offer")
    taken_back = replace(
        _CHANGE, type=ChangeType.CORRECTION, item=None, claim=None, reasons=(Reason.CORRECTED,), note="false a namesake"
    )
    bare = replace(_CHANGE, item=None, claim=None, novel=())
    return (
        _built(Purpose.ALERT, _CHANGE, stands_in="For desk, which did not take it (HTTP 500)"),
        _built(Purpose.ALERT, bare),
        _built(Purpose.ALERT, moved),
        _built(Purpose.CORRECTION, taken_back),
        _built(Purpose.DIGEST, *(replace(_CHANGE, development=f"trial-{number}") for number in range(70))),
        build_notice(Purpose.TEST, "trial", "dipwatch to desk", ("Nothing has happened.",)),
        build_notice(Purpose.OPERATOR, "trial", "1 feed is broken", ("Since the last message:", "north is broken")),
    )


def _built(purpose: Purpose, *changes: Change, stands_in: str = "") -> Message:
    materials = [Material(change, _ITEM if change.item else None, _SOURCES) for change in changes]
    return build_message(purpose, "trial", materials, _PlainNames(), _AT, stands_in=stands_in)
