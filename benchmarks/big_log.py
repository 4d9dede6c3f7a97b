"""A database as after years of use: a million items and twenty thousand developments by default, all made up.

    python benchmarks/big_log.py FOLDER [--items N] [--developments N] [--database URL]

FOLDER gets a dipwatch.toml beside the database. The same numbers give the same log, ending on --until.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from made_news import FEEDS, NOISE, SUBJECT, Field, Plan, item_id, source, story
from sqlalchemy import Connection, Table, insert

from dipwatch.model import (
    Change,
    SourceKind,
)
from dipwatch.store.codec import encode
from dipwatch.store.developments import Development, fold
from dipwatch.store.schema import (
    change_actor_table,
    change_table,
    claim_table,
    delivery_table,
    development_table,
    feed_table,
    item_table,
    outbox_table,
    position_table,
    reading_table,
    revision_table,
    sighting_table,
    tick_table,
    version_table,
)
from dipwatch.store.search import index_changes
from dipwatch.store.store import Store

BATCH = 20_000
TICK_ITEMS = 100
VERSION = "benchmark"
T = TypeVar("T")


def batches(rows: Iterable[T]) -> Iterator[list[T]]:
    """Yield rows in lists of BATCH."""
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch


def put(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows batch by batch."""
    for batch in batches(rows):
        connection.execute(insert(table), batch)


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
        connection.execute(insert(item_table), batch)
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
        for table, rows in ((revision_table, revisions), (sighting_table, sightings), (reading_table, readings)):
            connection.execute(insert(table), rows)


def write_ticks(connection: Connection, plan: Plan) -> None:
    """Write the ticks, a hundred items each."""
    parts = dict.fromkeys(("program", "config", "lexicon", "baseline", "model"), VERSION)
    put(connection, version_table, [{"id": VERSION, "parts": parts, "first_used_at": plan.start}])
    count = plan.items // TICK_ITEMS + 1
    ticks = ({"subject": SUBJECT, "number": n, "at": plan.at(n * TICK_ITEMS), "token": 1} for n in range(1, count + 1))
    put(connection, tick_table, ({**tick, "version_id": VERSION} for tick in ticks))


def write_log(connection: Connection, changes: Sequence[tuple[int, Change]], plan: Plan) -> None:
    """Write the change log with all that follows from it, in its order."""
    developments: dict[str, Development] = {}
    for _, change in changes:
        developments[change.development] = fold(developments.get(change.development), change, SUBJECT)
    put(connection, development_table, (asdict(row) for row in developments.values()))
    numbered = list(enumerate(changes, start=1))
    put(connection, claim_table, (claim_row(seq, item, change) for seq, (item, change) in numbered))
    put(connection, change_table, (change_row(seq, item, change) for seq, (item, change) in numbered))
    actors = (
        {"change_seq": seq, "actor": part.actor, "role": str(part.role)}
        for seq, (_, change) in numbered
        for part in (change.claim.parts if change.claim else ())
    )
    put(connection, change_actor_table, actors)
    for batch in batches((seq, change) for seq, (_, change) in numbered):
        index_changes(connection, batch)
    put(connection, position_table, (row for seq, (_, change) in numbered for row in position_rows(seq, change)))
    sent = [(seq, change) for seq, (_, change) in numbered if change.alert]
    put(connection, outbox_table, (outbox_row(seq, change, plan) for seq, change in sent))
    put(connection, delivery_table, (delivery_row(seq, change) for seq, change in sent))


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
        put(connection, feed_table, feed_rows(plan))
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
