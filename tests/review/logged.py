"""A change log to look at, written through the store's own functions; all headlines are made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from dipwatch.feeds.feed import load_feeds
from dipwatch.model import (
    Change,
    ChangeType,
    Claim,
    Direction,
    EventType,
    Item,
    Kind,
    Part,
    Quote,
    Reason,
    Role,
    Severity,
    Shift,
    Span,
    Status,
    Tick,
    Versions,
    When,
)
from dipwatch.review.directory import Directory
from dipwatch.review.listed import NameBook
from dipwatch.store import commands, leases
from dipwatch.store.feed_events import FeedEvent
from dipwatch.store.feeds import sync_feeds
from dipwatch.store.ingest import Entry, FeedUpdate, ingest
from dipwatch.store.leases import detection_lease
from dipwatch.store.outbox import OutboxEntry, claim_group, record_failure, record_sent
from dipwatch.store.store import Store
from dipwatch.store.ticks import CommandInput, TickInput, next_tick, write_tick

SUBJECTS = Path(__file__).parent / "subjects"
SUBJECT = "talks"
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
VERSIONS = Versions("0.1", "c", "l", "b", "m")

MEETING, POSITION, RUMOUR, TWIN = "meet2aaaaa", "posi3bbbbb", "rumo4ccccc", "twin5ddddd"


def names() -> NameBook:
    return NameBook({SUBJECT: Directory(SUBJECTS / SUBJECT)})


def claim(kind: Kind, evidence: str, *parts: Part, status: Status = Status.PLANNED, venue: str | None = None) -> Claim:
    return Claim(kind, EventType.CONSULT, status, parts, Span("title", 0, 5), evidence, venue=venue, score=0.875)


def fill(store: Store) -> None:
    """Write four developments: a meeting with a history, a position, a rumour below the threshold, a duplicate."""
    with store.begin() as connection:
        sync_feeds(connection, load_feeds(SUBJECTS / SUBJECT, SUBJECT), NOW - 72 * HOUR)
    _tick(store, NOW - 50 * HOUR, [("bosphorus-wire", "Envoys to meet in Istanbul palace on Thursday")], _announced)
    _tick(store, NOW - 26 * HOUR, [("nevskaya-gazeta", "Лавров открыт к переговорам о территории")], _position)
    _tick(store, NOW - 25 * HOUR, [("bosphorus-wire", "A visit may be planned, people say")], _rumour)
    _tick(store, NOW - 4 * HOUR, [("nevskaya-gazeta", "Встреча в Стамбуле состоялась")], _held)
    _tick(store, NOW - 3 * HOUR, [("bosphorus-wire", "Envoys met in Istanbul")], _twin)
    _edit(store)
    _send(store)
    _merge(store)


def _announced(items: Sequence[Item]) -> list[Change]:
    parts = (
        Part("sergei-lavrov", Role.SOURCE),
        Part("rustem-umerov", Role.TARGET),
        Part("turkey", Role.HOST, "an aide"),
    )
    read = claim(Kind.MEETING, "Envoys will meet at Dolmabahce Palace on Thursday.", *parts, venue="dolmabahce-palace")
    read = replace(
        read,
        when=When(date(2026, 3, 12), date(2026, 3, 12)),
        quote=Quote("We will come.", "sergei-lavrov", Span("summary", 0, 13)),
        cues=("meeting-held",),
    )
    return [
        _change(MEETING, items[0], read, novel=("pair:sergei-lavrov+rustem-umerov",), reasons=(Reason.FIRST_REPORT,))
    ]


def _held(items: Sequence[Item]) -> list[Change]:
    read = claim(
        Kind.MEETING,
        "Встреча во дворце состоялась в четверг.",
        Part("sergei-lavrov", Role.SOURCE),
        Part("rustem-umerov", Role.TARGET),
        status=Status.HAPPENED,
        venue="istanbul",
    )
    update = _change(
        MEETING,
        items[0],
        read,
        type=ChangeType.UPDATE,
        status=Status.HAPPENED,
        status_was=Status.PLANNED,
        reasons=(Reason.STATUS_CHANGE,),
        sources=2,
        confidence=0.95,
    )
    return [update, replace(update, type=ChangeType.SUPPORT, alert=False, reasons=(Reason.SECOND_REPORT,))]


def _position(items: Sequence[Item]) -> list[Change]:
    read = replace(
        claim(Kind.POSITION, "Россия открыта к переговорам.", Part("sergei-lavrov", Role.SPEAKER)),
        issue="territory",
        stance="open-to-talks",
        status=Status.HAPPENED,
    )
    shift = Shift("russia", "territory", Direction.SOFTER, stance="open-to-talks", was="demands-all")
    return [
        _change(
            POSITION,
            items[0],
            read,
            kind=Kind.POSITION,
            status=Status.HAPPENED,
            severity=Severity.MEDIUM,
            shift=shift,
            reasons=(Reason.POSITION_SHIFT, Reason.NEW_TO_RECORD),
        )
    ]


def _rumour(items: Sequence[Item]) -> list[Change]:
    read = replace(claim(Kind.CONTACT, "A visit may be planned.", Part("russia", Role.SOURCE)), unnamed_source=True)
    return [
        _change(
            RUMOUR,
            items[0],
            read,
            kind=Kind.CONTACT,
            severity=Severity.LOW,
            alert=False,
            confidence=0.35,
            kept_back=(Reason.BELOW_THRESHOLD,),
        )
    ]


def _twin(items: Sequence[Item]) -> list[Change]:
    read = claim(Kind.MEETING, "Envoys met.", Part("ukraine", Role.SOURCE), status=Status.HAPPENED, venue="istanbul")
    return [_change(TWIN, items[0], read, status=Status.HAPPENED)]


def _change(development: str, item: Item, read: Claim, **values: object) -> Change:
    change = Change(
        type=ChangeType.NEW,
        development=development,
        at=NOW,
        alert=True,
        kind=Kind.MEETING,
        status=read.status,
        severity=Severity.HIGH,
        confidence=0.9,
        title=item.title,
        reasons=(Reason.FIRST_REPORT,),
        item=item.id,
        language=item.language or "",
        claim=read,
    )
    return replace(change, **values)  # type: ignore[arg-type] # fields by name


def _tick(store: Store, at: datetime, texts: Sequence[tuple[str, str]], decide: object) -> None:
    with store.begin() as connection:
        for feed, title in texts:
            _bring(connection, feed, title, at)
        batch = next_tick(connection, SUBJECT, 100)
        changes = [replace(change, at=at) for change in decide(batch.items)]  # type: ignore[operator] # one of the above
        outbox = [
            OutboxEntry(place, "desk", change.development, "alert", at)
            for place, change in enumerate(changes)
            if change.alert
        ]
        inputs = [TickInput(item, (), "new") for item in batch.items]
        tick = Tick(SUBJECT, batch.number, at)
        write_tick(connection, _lease(connection), tick, VERSIONS, inputs, changes, outbox=outbox)


def _bring(connection: Connection, feed: str, title: str, at: datetime, guid: str = "") -> None:
    guid = guid or title
    link = f"https://{feed}.example/{len(guid)}"
    entry = Entry(guid, link, link, title, f"More on: {title}", f"hash of {title}", at - timedelta(minutes=30))
    ingest(connection, FeedUpdate(feed, at, (entry,), {"last_polled_at": at, "last_success_at": at}))


def _edit(store: Store) -> None:
    """The wire rewords its first headline; another feed fails."""
    with store.begin() as connection:
        first = "Envoys to meet in Istanbul palace on Thursday"
        _bring(connection, "bosphorus-wire", "Envoys to meet in Istanbul on Friday", NOW - 2 * HOUR, guid=first)
        failed = {"last_polled_at": NOW - HOUR, "error_streak": 3, "last_outcome": "timeout", "last_detail": "slow"}
        event = FeedEvent("broken", "timeout three times")
        ingest(connection, FeedUpdate("nevskaya-gazeta", NOW - HOUR, (), failed, (event,), contacted=False))


def _send(store: Store) -> None:
    """The first message is sent, the second fails for good, the others wait."""
    with store.begin() as connection:
        for number, sent in enumerate((True, False)):
            message = claim_group(connection, NOW - HOUR, "test", NOW)
            assert message is not None
            if sent:
                record_sent(connection, message, NOW - HOUR, 0.5)
            else:
                record_failure(
                    connection,
                    message,
                    NOW - HOUR + number * timedelta(minutes=1),
                    0.5,
                    outcome="refused",
                    detail="no such channel",
                    next_attempt_at=None,
                )


def _merge(store: Store) -> None:
    """A user says that the twin is the meeting, and confirms the position."""
    with store.begin() as connection:
        for target, verb, value in ((TWIN, "duplicate-of", MEETING), (POSITION, "confirm", "")):
            commands.add_command(
                connection, subject=SUBJECT, verb=verb, target=target, value=value, author="ann", at=NOW - HOUR
            )
        batch = next_tick(connection, SUBJECT, 100)
        merged, confirmed = (
            Change(
                type=ChangeType.CORRECTION,
                development=target,
                at=NOW - HOUR,
                alert=False,
                kind=kind,
                status=Status.HAPPENED,
                severity=severity,
                confidence=0.9,
                title=title,
                reasons=(Reason.CORRECTED,),
                note=note,
            )
            for target, kind, severity, title, note in (
                (TWIN, Kind.MEETING, Severity.HIGH, "Envoys met in Istanbul", f"duplicate-of {MEETING}"),
                (POSITION, Kind.POSITION, Severity.MEDIUM, "Лавров открыт к переговорам о территории", "confirm"),
            )
        )
        done = [CommandInput(command, "done", (place,)) for place, command in enumerate(batch.commands)]
        inputs = [TickInput(item, (), "known") for item in batch.items]
        tick = Tick(SUBJECT, batch.number, NOW - HOUR)
        write_tick(connection, _lease(connection), tick, VERSIONS, inputs, (merged, confirmed), commands=done)


def _lease(connection: Connection) -> leases.Lease:
    lease = leases.take(connection, detection_lease(SUBJECT), "test", NOW, HOUR)
    assert lease is not None
    return lease
