"""A database as after years of use: a million items and twenty thousand developments by default, all made up.

    python benchmarks/big_log.py FOLDER [--items N] [--developments N] [--database URL]

FOLDER gets a dipwatch.toml beside the database. The same numbers give the same log, ending on --until.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, insert

from dipwatch.model import (
    Change,
    ChangeType,
    Claim,
    Direction,
    EventType,
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
from dipwatch.review import Directory
from dipwatch.shipped import shipped
from dipwatch.store import Development, Store, encode, fold
from dipwatch.store.schema import (
    Base,
    ChangeActorRow,
    ChangeRow,
    ClaimRow,
    DeliveryRow,
    DevelopmentRow,
    FeedRow,
    ItemRow,
    OutboxRow,
    PositionRow,
    ReadingRow,
    RevisionRow,
    SightingRow,
    TickRow,
    VersionRow,
)
from dipwatch.store.search import index_changes

SUBJECT = "ukraine"
BATCH = 20_000
TICK_ITEMS = 100
FEEDS = 80
YEARS = 3
VERSION = "benchmark"
T = TypeVar("T")

TITLES = {
    "en": (
        "{a} and {b} meet in {place} to talk about {issue}",
        "{a} plans to receive {b} in {place}",
        "{a} rejects the terms of {b} on {issue}",
        "{a} signs an agreement on {issue} with {b}",
        "{a} speaks with {b} by phone, {number} questions stay open",
        "Round {number} between {a} and {b} ends in {place}",
    ),
    "ru": (
        "{a}: переговоры с {b} о «{issue}» пройдут, {place}",
        "Встреча {a} и {b} состоялась, вопросов осталось {number}",
        "{a} отвергает условия, которые назвала сторона {b}",
    ),
    "uk": (
        "{a}: перемовини з {b} про «{issue}» відбудуться, {place}",
        "Зустріч {a} та {b} відбулася, питань лишилося {number}",
        "{a} відкидає умови, які назвала сторона {b}",
    ),
}
NOISE = (
    "Grain prices fall for the {number}th day",
    "Match {number} ends level",
    "Weather: storms over region {number}",
)


@dataclass(frozen=True)
class Plan:
    """How much there is to be, and when it ends."""

    items: int
    developments: int
    until: datetime

    @property
    def start(self) -> datetime:
        """When the log begins."""
        return self.until - timedelta(days=365 * YEARS)

    def at(self, item: int) -> datetime:
        """When an item came."""
        return self.start + (self.until - self.start) * (item / self.items)


@dataclass(frozen=True)
class Field:
    """Who and what the developments are about; the first of each come up most."""

    actors: Sequence[str]
    venues: Sequence[str]
    issues: Sequence[str]
    stances: dict[str, list[str]]
    names: Directory

    @classmethod
    def load(cls) -> Field:
        """Take everything from the shipped subject."""
        directory = Directory(shipped("config", "subjects", SUBJECT))
        stances = {key: [stance["id"] for stance in entry.get("stance", ())] for key, entry in directory.issues.items()}
        people = sorted(directory.actors, key=lambda key: directory.actors[key].get("rank", 9))
        return cls(people, list(directory.venues), list(directory.issues), stances, directory)


def pick(rng: random.Random, values: Sequence[str]) -> str:
    """Choose one, the first ones far more often than the last."""
    return values[min(int(rng.paretovariate(0.7)) - 1, len(values) - 1)]


def batches(rows: Iterable[T]) -> Iterator[list[T]]:
    """Yield rows in lists of BATCH."""
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch


def put(connection: Connection, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows batch by batch."""
    for batch in batches(rows):
        connection.execute(insert(table), batch)


def source(number: int) -> str:
    """Name the publisher of a feed."""
    return f"Gazette {number % FEEDS}"


def feed_rows(plan: Plan) -> Iterator[dict[str, Any]]:
    """Yield the feeds."""
    kinds = list(SourceKind)
    for number in range(FEEDS):
        yield {
            "id": f"feed-{number}",
            "url": f"https://gazette-{number}.example/feed",
            "configured_url": f"https://gazette-{number}.example/feed",
            "source": source(number),
            "source_kind": str(kinds[number % len(kinds)]),
            "language": ("en", "ru", "uk")[number % 3],
            "subjects": [SUBJECT],
            "next_poll_at": plan.until,
            "first_contact_at": plan.start,
            "last_polled_at": plan.until,
            "last_success_at": plan.until,
            "hints": {},
        }


def item_id(number: int) -> str:
    """Return the id of an item."""
    return f"i{number:09d}"


def item_rows(plan: Plan, titles: dict[int, tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Yield the items; those that made a change have its title and language."""
    rng = random.Random(1)
    kinds = list(SourceKind)
    for number in range(plan.items):
        title, language = titles.get(number) or (rng.choice(NOISE).format(number=number), "en")
        feed = number % FEEDS
        yield {
            "id": item_id(number),
            "feed_id": f"feed-{feed}",
            "source": source(feed),
            "source_kind": str(kinds[feed % len(kinds)]),
            "link": f"https://gazette-{feed}.example/{number}",
            "link_key": f"gazette-{feed}.example/{number}",
            "title": title,
            "summary": f"More on this from our own reporters, part {number}.",
            "language": language,
            "published_at": plan.at(number),
            "first_seen_at": plan.at(number),
            "revision": 0,
            "history": False,
        }


def write_items(connection: Connection, plan: Plan, titles: dict[int, tuple[str, str]]) -> None:
    """Write the items with their revisions, sightings, and readings, all of them taken by a tick."""
    for batch in batches(item_rows(plan, titles)):
        connection.execute(insert(ItemRow), batch)
        revisions, sightings, readings = [], [], []
        for row in batch:
            number, seen = int(row["id"][1:]), row["first_seen_at"]
            wording = {"title": row["title"], "summary": row["summary"], "content_hash": f"{number:016x}"}
            revisions.append({"item_id": row["id"], "number": 0, "seen_at": seen, **wording})
            sighting = {"feed_id": row["feed_id"], "guid_hash": f"{number:032x}", "item_id": row["id"]}
            sightings.append({**sighting, "first_seen_at": seen})
            readings.append(
                {
                    "subject": SUBJECT,
                    "item_id": row["id"],
                    "revision": 0,
                    "history": False,
                    "queued_at": seen,
                    "tick_id": number // TICK_ITEMS + 1,
                    "position": number % TICK_ITEMS,
                    "outcome": "new" if number in titles else "off_gate",
                }
            )
        for table, rows in ((RevisionRow, revisions), (SightingRow, sightings), (ReadingRow, readings)):
            connection.execute(insert(table), rows)


def write_ticks(connection: Connection, plan: Plan) -> None:
    """Write the ticks, a hundred items each."""
    parts = dict.fromkeys(("program", "config", "lexicon", "baseline", "model"), VERSION)
    put(connection, VersionRow, [{"id": VERSION, "parts": parts, "first_used_at": plan.start}])
    count = plan.items // TICK_ITEMS + 1
    ticks = ({"subject": SUBJECT, "number": n, "at": plan.at(n * TICK_ITEMS), "token": 1} for n in range(1, count + 1))
    put(connection, TickRow, ({**tick, "version_id": VERSION} for tick in ticks))


def story(rng: random.Random, field: Field, plan: Plan, number: int) -> list[tuple[int, Change]]:
    """Return the changes of one development, each with the number of its item."""
    kind = rng.choices(list(Kind), weights=[9, 7, 2, 8, 3, 3, 3, 3, 4, 4, 2, 1, 1])[0]
    below = rng.random() < 0.4
    first = int(number * plan.items / plan.developments)
    issue = pick(rng, field.issues) if rng.random() < 0.6 else None
    parts = tuple(
        Part(actor, role)
        for actor, role in zip(
            dict.fromkeys(pick(rng, field.actors) for _ in range(rng.randint(2, 5))),
            (Role.SOURCE, Role.TARGET, Role.PARTY, Role.HOST, Role.MEDIATOR),
            strict=False,
        )
    )
    venue = pick(rng, field.venues) if rng.random() < 0.5 else None
    status = rng.choices(list(Status), weights=[3, 8, 1, 1, 1, 2])[0]
    changes: list[tuple[int, Change]] = []
    for place in range(1 + int(rng.expovariate(0.25))):
        item = min(first + place * rng.randint(7, 90) + place, plan.items - 1)
        sort = ChangeType.NEW if not place else ChangeType.UPDATE if rng.random() < 0.25 else ChangeType.SUPPORT
        language = rng.choices(("en", "ru", "uk"), weights=[6, 2, 2])[0]
        title = headline(rng, field, parts, venue=venue, issue=issue, language=language)
        day = (plan.at(item) + timedelta(days=rng.randint(0, 20))).date()
        claim = Claim(
            kind,
            EventType.CONSULT,
            status,
            parts,
            Span("title", 0, len(title)),
            f"{title}.",
            venue=venue,
            issue=issue,
            when=When(day, day) if status is Status.PLANNED else None,
            score=0.4 if below else 0.9,
        )
        alert = not below and sort is not ChangeType.SUPPORT
        kept = (Reason.BELOW_THRESHOLD,) if below else () if alert else (Reason.KNOWN,)
        shift = a_shift(rng, field, parts, issue) if kind is Kind.POSITION and sort is not ChangeType.SUPPORT else None
        changes.append(
            (
                item,
                Change(
                    type=sort,
                    development=development_id(number),
                    at=plan.at(item),
                    alert=alert,
                    kind=kind,
                    status=status,
                    severity=rng.choices(list(Severity), weights=[6, 3, 1])[0],
                    confidence=0.4 if below else 0.9,
                    title=title,
                    reasons=(Reason.FIRST_REPORT,) if not place else (rng.choice(list(Reason)[1:10]),),
                    item=item_id(item),
                    source=source(item),
                    language=language,
                    claim=claim,
                    shift=shift,
                    sources=place + 1,
                    kept_back=kept,
                ),
            )
        )
    return changes


def a_shift(rng: random.Random, field: Field, parts: Sequence[Part], issue: str | None) -> Shift | None:
    """Return a move of the first party on the issue, where its scale has steps."""
    stances = field.stances.get(issue or "", [])
    if not issue or not stances:
        return None
    stance, was = rng.choice(stances), rng.choice(stances)
    return Shift(field.names.principal(parts[0].actor), issue, rng.choice(list(Direction)), stance, was)


def development_id(number: int) -> str:
    """Return an id that looks like a real one: its beginnings are spread."""
    letters, value = "", (number * 2_654_435_761) % 32**8
    for _ in range(8):
        value, place = divmod(value, 32)
        letters += "abcdefghijklmnopqrstuvwxyz234567"[place]
    return letters


def headline(
    rng: random.Random, field: Field, parts: Sequence[Part], *, venue: str | None, issue: str | None, language: str
) -> str:
    """Return a made-up headline."""
    names = [field.names.name(part.actor) for part in parts]
    return rng.choice(TITLES[language]).format(
        a=names[0],
        b=names[-1],
        place=field.names.name(venue) if venue else "a third country",
        issue=field.names.name(issue) if issue else "next steps",
        number=rng.randint(2, 4000),
    )


def write_log(connection: Connection, changes: Sequence[tuple[int, Change]], plan: Plan) -> None:
    """Write the change log with all that follows from it, in its order."""
    developments: dict[str, Development] = {}
    for _, change in changes:
        developments[change.development] = fold(developments.get(change.development), change, SUBJECT)
    put(connection, DevelopmentRow, (asdict(row) for row in developments.values()))
    numbered = list(enumerate(changes, start=1))
    put(connection, ClaimRow, (claim_row(seq, item, change) for seq, (item, change) in numbered))
    put(connection, ChangeRow, (change_row(seq, item, change) for seq, (item, change) in numbered))
    actors = (
        {"change_seq": seq, "actor": part.actor, "role": str(part.role)}
        for seq, (_, change) in numbered
        for part in (change.claim.parts if change.claim else ())
    )
    put(connection, ChangeActorRow, actors)
    for batch in batches((seq, change) for seq, (_, change) in numbered):
        index_changes(connection, batch)
    put(connection, PositionRow, (row for seq, (_, change) in numbered for row in position_rows(seq, change)))
    sent = [(seq, change) for seq, (_, change) in numbered if change.alert]
    put(connection, OutboxRow, (outbox_row(seq, change, plan) for seq, change in sent))
    put(connection, DeliveryRow, (delivery_row(seq, change) for seq, change in sent))


def claim_row(seq: int, item: int, change: Change) -> dict[str, Any]:
    """Return the claim of a change."""
    claim = change.claim
    assert claim is not None  # noqa: S101 (every change here has one)
    return {
        "id": seq,
        "subject": SUBJECT,
        "item_id": item_id(item),
        "revision": 0,
        "tick_id": item // TICK_ITEMS + 1,
        "position": 0,
        "kind": str(claim.kind),
        "event": str(claim.event),
        "status": str(claim.status),
        "venue": claim.venue,
        "issue": claim.issue,
        "stance": claim.stance,
        "first_day": claim.when.first if claim.when else None,
        "last_day": claim.when.last if claim.when else None,
        "score": claim.score,
        "body": encode(claim),
    }


def change_row(seq: int, item: int, change: Change) -> dict[str, Any]:
    """Return an entry of the log."""
    return {
        "seq": seq,
        "subject": SUBJECT,
        "tick_id": item // TICK_ITEMS + 1,
        "position": 0,
        "type": str(change.type),
        "development_id": change.development,
        "item_id": change.item,
        "revision": 0,
        "claim_id": seq,
        "version_id": VERSION,
        "at": change.at,
        "alert": change.alert,
        "kind": str(change.kind),
        "status": str(change.status),
        "severity": str(change.severity),
        "confidence": change.confidence,
        "venue": change.claim.venue if change.claim else None,
        "issue": change.claim.issue if change.claim else None,
        "title": change.title,
        "reasons": [str(reason) for reason in change.reasons],
        "body": encode(change),
    }


def position_rows(seq: int, change: Change) -> Iterator[dict[str, Any]]:
    """Yield the step in a position that a change is, if it is one."""
    if shift := change.shift:
        moved = {"actor": shift.actor, "issue": shift.issue, "stance": shift.stance, "was": shift.was}
        yield {"subject": SUBJECT, **moved, "direction": str(shift.direction), "at": change.at, "change_seq": seq}


def outbox_row(seq: int, change: Change, plan: Plan) -> dict[str, Any]:
    """Return a message that was sent."""
    return {
        "subject": SUBJECT,
        "change_seq": seq,
        "receiver": "desk",
        "group_key": change.development,
        "purpose": "alert",
        "body": {},
        "created_at": change.at,
        "next_attempt_at": min(change.at, plan.until),
        "state": "sent",
        "attempts": 1,
        "message_key": f"m{seq}",
    }


def delivery_row(seq: int, change: Change) -> dict[str, Any]:
    """Return the attempt that handed a message over."""
    told = {"receiver": "desk", "attempt": 1, "outcome": "sent", "detail": ""}
    return {"message_key": f"m{seq}", "at": change.at, "seconds": 0.2, **told}


def build(store: Store, plan: Plan) -> tuple[int, int]:
    """Fill an empty database; returns how many changes and items it has."""
    rng, field = random.Random(7), Field.load()
    told = [entry for number in range(plan.developments) for entry in story(rng, field, plan, number)]
    told.sort(key=lambda entry: (entry[0], entry[1].development))
    changes = [(item, replace(change, at=plan.at(item))) for item, change in told]
    with store.begin() as connection:
        put(connection, FeedRow, feed_rows(plan))
        write_ticks(connection, plan)
        write_items(connection, plan, {item: (change.title, change.language) for item, change in changes})
        write_log(connection, changes, plan)
    with store.bare() as connection:
        connection.exec_driver_sql("ANALYZE")
    return len(changes), plan.items


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--developments", type=int, default=20_000)
    parser.add_argument("--database", default="sqlite:///dipwatch.db", help="as in dipwatch.toml; default: %(default)s")
    parser.add_argument("--until", type=datetime.fromisoformat, default=None, help="the last day; default: today")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    (asked.folder / "dipwatch.toml").write_text(
        f'database = "{asked.database}"\n[logging]\nlevel = "warning"\n', encoding="utf-8"
    )
    until = (asked.until or datetime.now(UTC)).replace(tzinfo=UTC, microsecond=0)
    began = time.perf_counter()
    store = Store.open(asked.database, asked.folder, upgrade=True, create=True)
    try:
        changes, items = build(store, Plan(asked.items, asked.developments, until))
    finally:
        store.close()
    print(f"{items} items, {asked.developments} developments, {changes} changes in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
