from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.exc import DBAPIError
from tests.store.build import (
    CLAIM,
    MINUTE,
    NOW,
    SUBJECT,
    VERSIONS,
    add_feeds,
    bring,
    lead,
    log_changes,
    make_change,
    make_entry,
    make_feed,
    make_outbox,
    tick_on,
)

from dipwatch.errors import LeaseLostError, StoreError
from dipwatch.model import ChangeType, Tick
from dipwatch.store import leases
from dipwatch.store.codec import decode
from dipwatch.store.commands import add_command, list_commands
from dipwatch.store.leases import Lease
from dipwatch.store.log import read_changes
from dipwatch.store.outbox import OutboxEntry
from dipwatch.store.schema import (
    change_actor_table,
    change_table,
    claim_table,
    development_table,
    outbox_table,
    position_table,
    reading_table,
    tick_table,
    version_table,
)
from dipwatch.store.store import Store
from dipwatch.store.ticks import CommandInput, TickInput, next_tick, write_tick

OUTCOME = (tick_table, claim_table, development_table, change_table, change_actor_table, position_table, outbox_table)


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with three pending items."""
    add_feeds(store)
    bring(store, *(make_entry(name, published=NOW - MINUTE) for name in "abc"))
    return store


def _counts(store: Store, *tables: Table) -> list[int]:
    with store.connect() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def _pending(store: Store, limit: int = 100) -> list[str]:
    with store.connect() as connection:
        return [item.title for item in next_tick(connection, SUBJECT, limit).items]


def _rows(store: Store, table: Table) -> list[Any]:
    with store.connect() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)))


def test_a_batch_does_not_depend_on_the_order_in_which_items_came_in(store: Store) -> None:
    add_feeds(store, make_feed("one"), make_feed("two", source="Other Post"))
    early, late = NOW - 10 * MINUTE, NOW - MINUTE
    bring(store, make_entry("late", published=late), make_entry("undated"), feed="two")
    bring(store, make_entry("early", published=early), now=NOW + MINUTE)
    assert _pending(store) == ["Headline of early", "Headline of late", "Headline of undated"]


def test_a_batch_takes_the_oldest_first_and_says_whether_more_is_left(store: Store) -> None:
    add_feeds(store)
    bring(store, make_entry("a", published=NOW - MINUTE))
    bring(store, make_entry("b", published=NOW - 10 * MINUTE), now=NOW + MINUTE)
    with store.connect() as connection:
        first = next_tick(connection, SUBJECT, 1)
        assert ([item.title for item in first.items], first.more, first.number) == (["Headline of a"], True, 1)
        assert not next_tick(connection, SUBJECT, 2).more


def test_each_wording_is_read_as_it_was(store: Store) -> None:
    add_feeds(store)
    bring(store, make_entry("a", "One", published=NOW))
    bring(store, make_entry("a", "Two", published=NOW), now=NOW + MINUTE)
    with store.connect() as connection:
        first, second = next_tick(connection, SUBJECT, 10).items
    assert (first.title, first.summary, first.revision, first.first_seen, first.history) == (
        "One",
        "More on: One",
        0,
        NOW,
        True,
    )
    assert (second.title, second.revision, second.first_seen, second.history) == ("Two", 1, NOW + MINUTE, False)
    assert first.id == second.id
    assert (first.feed, first.source, first.language, first.link) == ("one", "Example Post", "en", "https://example/a")


def test_a_subject_takes_only_its_own(store: Store) -> None:
    add_feeds(store, make_feed("one"), make_feed("two", subjects=("gaza",)))
    bring(store, make_entry("a"), feed="two")
    assert _pending(store) == []


def test_a_tick_takes_what_was_pending_and_counts_on(filled: Store) -> None:
    lease = lead(filled)
    with filled.begin() as connection:
        seqs = tick_on(connection, lease)
    assert len(seqs) == 3
    assert seqs == sorted(seqs)
    assert _pending(filled) == []
    with filled.connect() as connection:
        assert next_tick(connection, SUBJECT, 1).number == 2
    readings = _rows(filled, reading_table)
    assert sorted(row.position for row in readings) == [0, 1, 2]
    assert {row.outcome for row in readings} == {"new"}


def test_a_change_is_written_with_all_that_belongs_to_it(filled: Store) -> None:
    lease = lead(filled)
    with filled.begin() as connection:
        item = next_tick(connection, SUBJECT, 1).items[0]
        change = make_change("d1", item)
        tick = Tick(SUBJECT, 1, NOW)
        inputs = [TickInput(item, (CLAIM,), "new")]
        (seq,) = write_tick(connection, lease, tick, VERSIONS, inputs, [change], outbox=[make_outbox(0)])
    (row,), (claim,), (tick_row,), (version,) = (
        _rows(filled, table) for table in (change_table, claim_table, tick_table, version_table)
    )
    assert (row.seq, row.claim_id, row.tick_id, row.version_id) == (seq, claim.id, tick_row.id, version.id)
    assert (row.kind, row.venue, row.reasons) == ("meeting", "vienna", ["first_report", "not_in_baseline"])
    assert decode(type(change), row.body) == change
    assert decode(type(CLAIM), claim.body) == CLAIM
    assert (claim.first_day, claim.last_day) == (CLAIM.when and CLAIM.when.first, CLAIM.when and CLAIM.when.last)
    assert (tick_row.number, tick_row.token, tick_row.at) == (1, lease.token, NOW)
    assert version.parts["lexicon"] == "l1"
    actors = [(actor.actor, actor.role) for actor in _rows(filled, change_actor_table)]
    assert actors == [("russia", "source"), ("united-states", "target")]
    (position,) = _rows(filled, position_table)
    assert (position.actor, position.issue, position.stance, position.was) == ("russia", "territory", "open", "closed")
    assert (position.direction, position.change_seq) == ("softer", seq)
    (outbox,) = _rows(filled, outbox_table)
    assert (outbox.change_seq, outbox.receiver, outbox.state, outbox.attempts) == (seq, "desk", "waiting", 0)


def test_the_same_versions_are_kept_once(filled: Store) -> None:
    lease = lead(filled)
    for _ in range(3):
        with filled.begin() as connection:
            tick_on(connection, lease, limit=1)
    assert _counts(filled, version_table, tick_table) == [1, 3]


def test_a_rolled_back_tick_leaves_everything_pending_and_nothing_to_send(filled: Store) -> None:
    lease = lead(filled)
    before = _pending(filled)
    with filled.begin() as connection:
        command = add_command(connection, subject=SUBJECT, verb="false", target="d1", value="", author="me", at=NOW)
    with pytest.raises(RuntimeError, match="crash"), filled.begin() as connection:  # noqa: PT012 (a crash half way)
        batch = next_tick(connection, SUBJECT, 10)
        tick_on(connection, lease, outbox=[make_outbox(0)], commands=[CommandInput(batch.commands[0], "done")])
        raise RuntimeError("crash")
    assert _counts(filled, *OUTCOME, version_table) == [0] * (len(OUTCOME) + 1)
    assert _pending(filled) == before
    with filled.connect() as connection:
        assert [pending.id for pending in next_tick(connection, SUBJECT, 10).commands] == [command]


def _broken_inputs(store: Store, lease: Lease) -> None:
    with store.begin() as connection:
        items = next_tick(connection, SUBJECT, 10).items
        inputs = [TickInput(item, (), "nothing") for item in (*items, items[0])]
        write_tick(connection, lease, Tick(SUBJECT, 1, NOW), VERSIONS, inputs, [])


def _broken_outbox(store: Store, lease: Lease) -> None:
    with store.begin() as connection:
        tick_on(connection, lease, outbox=[make_outbox(99)])


def _broken_last_change(store: Store, lease: Lease) -> None:
    with store.begin() as connection:
        tick_on(connection, lease, [make_change("d1"), make_change("d2", confidence=float("nan"))])


@pytest.mark.parametrize("broken", [_broken_inputs, _broken_outbox, _broken_last_change])
def test_a_tick_that_fails_at_any_step_is_not_written_at_all(
    filled: Store, broken: Callable[[Store, Lease], None]
) -> None:
    lease = lead(filled)
    with pytest.raises((StoreError, ValueError, IndexError, DBAPIError)):
        broken(filled, lease)
    assert _counts(filled, *OUTCOME) == [0] * len(OUTCOME)
    assert len(_pending(filled)) == 3


def test_an_item_goes_through_detection_once(filled: Store) -> None:
    lease = lead(filled)
    with filled.connect() as connection:
        batch = next_tick(connection, SUBJECT, 10)
    inputs = [TickInput(item, (), "nothing") for item in batch.items]
    for number in (1, 2):
        with filled.begin() as connection:
            tick = Tick(SUBJECT, number, NOW)
            if number == 1:
                write_tick(connection, lease, tick, VERSIONS, inputs, [])
                continue
            with pytest.raises(StoreError, match="not pending any more"):
                write_tick(connection, lease, tick, VERSIONS, inputs, [])


def test_a_leader_that_was_fenced_off_writes_nothing(filled: Store) -> None:
    old = lead(filled, "host-1", timedelta(0))
    new = lead(filled, "host-2")
    with pytest.raises(LeaseLostError), filled.begin() as connection:
        tick_on(connection, old)
    assert _counts(filled, *OUTCOME) == [0] * len(OUTCOME)
    with filled.begin() as connection:
        assert len(tick_on(connection, new)) == 3


def test_the_lease_of_one_subject_is_none_for_another(filled: Store) -> None:
    with filled.begin() as connection:
        other = leases.take(connection, leases.detection_lease("gaza"), "h", NOW, MINUTE)
    assert other is not None
    with pytest.raises(ValueError, match="does not lead subject ukraine"), filled.begin() as connection:
        tick_on(connection, other)


def test_a_command_is_answered_and_owns_its_changes(store: Store) -> None:
    log_changes(store, [make_change("d1")])
    with store.begin() as connection:
        for verb in ("false", "confirm"):
            add_command(connection, subject=SUBJECT, verb=verb, target="d1", value="", author="me", at=NOW)
    lease = lead(store)
    correction = make_change("d1", type=ChangeType.CORRECTION, note="confirm", claim=None, shift=None)
    with store.begin() as connection:
        first, second = next_tick(connection, SUBJECT, 10).commands
        commands = [CommandInput(first, "no such thing"), CommandInput(second, "d1 marked confirm", (0,))]
        (seq,) = tick_on(connection, lease, [correction], commands=commands)
    with store.connect() as connection:
        assert next_tick(connection, SUBJECT, 10).commands == ()
        assert [record.answer for record in list_commands(connection, SUBJECT)] == [
            "no such thing",
            "d1 marked confirm",
        ]
        owners = connection.execute(select(change_table.c.command_id).where(change_table.c.seq == seq)).scalar_one()
    assert owners == second.id


def test_a_command_is_applied_once(store: Store) -> None:
    with store.begin() as connection:
        add_command(connection, subject=SUBJECT, verb="false", target="d1", value="", author="me", at=NOW)
        (command,) = next_tick(connection, SUBJECT, 1).commands
    lease = lead(store)
    with store.begin() as connection:
        tick_on(connection, lease, [], commands=[CommandInput(command, "done")])
    with pytest.raises(StoreError, match="applied before"), store.begin() as connection:
        tick_on(connection, lease, [], commands=[CommandInput(command, "again")])


def test_changes_of_one_tick_are_numbered_in_their_order(store: Store) -> None:
    changes = [make_change(f"d{number}", title=f"Change {number}") for number in range(300)]
    seqs = log_changes(store, changes)
    with store.connect() as connection:
        assert list(read_changes(connection)) == list(zip(seqs, changes, strict=True))
        positions = connection.execute(select(position_table.c.change_seq).order_by(position_table.c.seq)).scalars()
        assert list(positions) == seqs


def test_a_message_without_a_change_goes_out_with_a_tick_as_well(store: Store) -> None:
    log_changes(store, [], [OutboxEntry(None, "desk", "operator", "operator", NOW, {"text": "a feed is gone"})])
    (row,) = _rows(store, outbox_table)
    assert (row.change_seq, row.body) == (None, {"text": "a feed is gone"})
