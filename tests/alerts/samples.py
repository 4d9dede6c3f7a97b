"""Values that tests of alerts are made of; all sentences are our own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dipwatch.alerts.message import Material, Source
from dipwatch.model import (
    Change,
    ChangeType,
    Claim,
    EventType,
    Item,
    Kind,
    Part,
    Reason,
    Role,
    Severity,
    SourceKind,
    Span,
    Status,
    When,
)

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
NAMES = {"ukraine": "Ukraine", "russia": "Russia", "turkey": "Turkey", "ankara": "Ankara", "territory": "territory"}


class FakeNames:
    """Names from the table above."""

    def name(self, ref: str) -> str:
        return NAMES.get(ref, ref.replace("-", " "))

    def stance(self, issue: str, stance: str) -> str:  # noqa: ARG002 (the port's signature)
        return stance.replace("-", " ")

    def principal(self, actor: str) -> str:
        return {"sergei-lavrov": "russia"}.get(actor, actor)


def an_item(**values: Any) -> Item:  # noqa: ANN401 (fields of different types)
    """Return an item of a wire, published ten minutes ago."""
    item = Item(
        id="item-1",
        feed="wire",
        source="Morning Wire",
        source_kind=SourceKind.WIRE,
        title="Delegations to sit down in Ankara on Friday",
        summary="",
        link="https://wire.example/2026/ankara",
        published=NOW - timedelta(minutes=10),
        first_seen=NOW - timedelta(minutes=1),
        language="en",
    )
    return replace(item, **values)


def a_claim(**values: Any) -> Claim:  # noqa: ANN401 (fields of different types)
    """Return a claim of a planned meeting."""
    claim = Claim(
        kind=Kind.MEETING,
        event=EventType.CONSULT,
        status=Status.PLANNED,
        parts=(Part("ukraine", Role.PARTY), Part("russia", Role.PARTY), Part("turkey", Role.HOST)),
        span=Span("title", 0, 10),
        evidence="Both delegations will sit down in Ankara on Friday, the host said.",
        venue="ankara",
        when=When(date(2026, 5, 8), date(2026, 5, 8)),
        score=0.9,
    )
    return replace(claim, **values)


def a_change(**values: Any) -> Change:  # noqa: ANN401 (fields of different types)
    """Return a new development that alerts."""
    change = Change(
        type=ChangeType.NEW,
        development="dev-1",
        at=NOW,
        alert=True,
        kind=Kind.MEETING,
        status=Status.PLANNED,
        severity=Severity.HIGH,
        confidence=0.82,
        title="Ukraine and Russia to meet in Ankara on 8 May",
        reasons=(Reason.FIRST_REPORT, Reason.NOT_IN_BASELINE),
        item="item-1",
        source="Morning Wire",
        source_kind=SourceKind.WIRE,
        language="en",
        claim=a_claim(),
        novel=("venue:ankara",),
    )
    return replace(change, **values)


SOURCES = (
    Source("Morning Wire", SourceKind.WIRE),
    Source("Evening Wire", SourceKind.WIRE),
    Source("Foreign Ministry", SourceKind.OFFICIAL),
)


def a_material(**values: Any) -> Material:  # noqa: ANN401 (fields of different types)
    """Return the change with its item and sources; values are those of the change."""
    return Material(a_change(**values), an_item(), SOURCES)
