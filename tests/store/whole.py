"""A database with rows in every table, and what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, select, text
from tests.store.build import (
    MINUTE,
    NOW,
    SUBJECT,
    add_feeds,
    bring,
    lead,
    make_change,
    make_entry,
    make_feed,
    make_outbox,
    tick_on,
)

from dipwatch.model import ChangeType, Command
from dipwatch.store import commands, silences, troubles
from dipwatch.store.engine import is_sqlite
from dipwatch.store.feed_events import FeedEvent, add_feed_events
from dipwatch.store.outbox import claim_group, enqueue, record_failure, record_sent
from dipwatch.store.rows import canonical
from dipwatch.store.schema import METADATA, feed_table
from dipwatch.store.store import Store
from dipwatch.store.ticks import CommandInput
from dipwatch.store.troubles import Trouble

Content = dict[str, list[tuple[Any, ...]]]


def fill(store: Store) -> None:
    """Write rows into every table, through the store's own functions."""
    add_feeds(store, make_feed(), make_feed("two", source="Нова доба"))
    bring(store, make_entry("a", "One"), make_entry("b", "Зустріч 🕊 у Відні"))
    bring(store, make_entry("a", "Two"), now=NOW + MINUTE)
    _decide(store)
    bring(store, make_entry("c", "Waits"), feed="two", now=NOW + 2 * MINUTE)
    with store.begin() as connection:
        add_feed_events(connection, "one", [FeedEvent("moved", "there")], began=NOW, now=NOW)
        troubles.note(connection, Trouble("feed:one", "broken", "one", "why", NOW))
        troubles.set_watermark(connection, "operator-told", NOW.isoformat())
        silences.add_silence(
            connection,
            matchers={"kind": ["meeting"]},
            starts_at=NOW,
            ends_at=NOW + timedelta(days=1),
            author="a",
            comment="",
            now=NOW,
        )
        _deliver(connection)


def content(connection: Connection) -> Content:
    """Return every row of every table, and what the full-text index holds."""
    rows = {
        name: [tuple(canonical(value) for value in row) for row in _rows(connection, table)]
        for name, table in sorted(METADATA.tables.items())
    }
    key = "rowid" if is_sqlite(connection) else "change_seq"
    words = connection.execute(text(f"SELECT {key}, development_id FROM change_words ORDER BY {key}"))  # noqa: S608 (one of two)
    return rows | {"change_words": [tuple(row) for row in words]}


def _rows(connection: Connection, table: Table) -> Sequence[Row[Any]]:
    return connection.execute(select(table).order_by(*table.primary_key)).all()


def _decide(store: Store) -> None:
    lease = lead(store)
    with store.begin() as connection:
        tick_on(connection, lease, outbox=[make_outbox(0), make_outbox(1, group="h"), make_outbox(None, group="n")])
        values = {"subject": SUBJECT, "verb": "mark", "target": "d", "value": "false", "author": "a", "at": NOW}
        number = commands.add_command(connection, **values)  # type: ignore[arg-type] # (one table of several types)
    with store.begin() as connection:
        command = Command(number, "mark", "d", "false", "a", NOW)
        change = make_change("d-late", None, type=ChangeType.CORRECTION, claim=None, shift=None, confidence=0.1 + 0.2)
        tick_on(connection, lease, [change], commands=[CommandInput(command, "done", (0,))])


def _deliver(connection: Connection) -> None:
    enqueue(connection, [make_outbox(None, group="dead")], NOW)
    for sent in (True, False):
        message = claim_group(connection, NOW + MINUTE, "host", NOW + 2 * MINUTE)
        assert message is not None
        if sent:
            record_sent(connection, message, NOW, 0.25, "ok")
        else:
            again = NOW + MINUTE
            record_failure(connection, message, NOW, 0.5, outcome="failed", detail="no", next_attempt_at=again)


def set_window(store: Store, feed: str, marks: list[str]) -> None:
    """Let a feed show some entries."""
    with store.begin() as connection:
        connection.execute(METADATA.tables["feeds"].update().where(feed_table.c.id == feed).values(window=marks))
