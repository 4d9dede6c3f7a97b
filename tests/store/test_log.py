from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
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
    tick_on,
)

from dipwatch.errors import StoreError
from dipwatch.model import Tick
from dipwatch.store.commands import add_command
from dipwatch.store.items import read_items
from dipwatch.store.log import read_changes, read_ticks
from dipwatch.store.store import Store
from dipwatch.store.ticks import CommandInput, next_tick


def test_ticks_are_read_back_with_their_inputs(store: Store) -> None:
    add_feeds(store)
    bring(store, make_entry("a", published=NOW), make_entry("b"))
    bring(store, make_entry("b", "Edited"), now=NOW + MINUTE)
    lease = lead(store)
    batches = []
    with store.begin() as connection:
        add_command(connection, subject=SUBJECT, verb="false", target="d1", value="x", author="me", at=NOW)
    for _ in range(2):
        with store.begin() as connection:
            batch = next_tick(connection, SUBJECT, 2)
            batches.append(batch)
            tick_on(connection, lease, limit=2, commands=[CommandInput(each, "done") for each in batch.commands])
    with store.connect() as connection:
        ticks = list(read_ticks(connection, SUBJECT))
    assert [tick.tick for tick in ticks] == [Tick(SUBJECT, number, NOW) for number in (1, 2)]
    assert [tuple(done.item for done in tick.inputs) for tick in ticks] == [batch.items for batch in batches]
    assert [tick.commands for tick in ticks] == [batch.commands for batch in batches]
    assert all(tick.versions == VERSIONS for tick in ticks)
    assert {(done.claims, done.outcome) for tick in ticks for done in tick.inputs} == {((CLAIM,), "new")}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["d1", "d2", "d1"]),
        ({"subject": SUBJECT}, ["d1", "d2", "d1"]),
        ({"subject": "gaza"}, []),
        ({"development": "d1"}, ["d1", "d1"]),
        ({"since": NOW + MINUTE}, ["d2", "d1"]),
        ({"until": NOW + MINUTE}, ["d1"]),
        ({"since": NOW + MINUTE, "until": NOW + 2 * MINUTE}, ["d2"]),
        ({"item": "i0"}, []),
    ],
)
def test_the_change_log_is_read_in_its_order(store: Store, filters: dict[str, Any], expected: list[str]) -> None:
    names = ["d1", "d2", "d1"]
    log_changes(store, [make_change(name, at=NOW + number * MINUTE) for number, name in enumerate(names)])
    with store.connect() as connection:
        assert [change.development for _, change in read_changes(connection, **filters)] == expected


def test_the_change_log_is_read_on_from_a_number(store: Store) -> None:
    seqs = log_changes(store, [make_change(f"d{number}") for number in range(5)])
    with store.connect() as connection:
        assert [seq for seq, _ in read_changes(connection, after=seqs[2])] == seqs[3:]


def test_a_log_of_many_pages_is_read_whole(store: Store) -> None:
    seqs = log_changes(store, [make_change(f"d{number}") for number in range(1001)])
    with store.connect() as connection:
        assert [seq for seq, _ in read_changes(connection)] == seqs


def test_changes_of_an_item_are_found(store: Store) -> None:
    add_feeds(store)
    bring(store, make_entry("a"), make_entry("b"))
    lease = lead(store)
    with store.begin() as connection:
        item = next_tick(connection, SUBJECT, 10).items[0]
        tick_on(connection, lease)
    with store.connect() as connection:
        assert [change.item for _, change in read_changes(connection, item=item.id)] == [item.id]


def test_an_entry_that_can_not_be_read_is_named(sqlite_url: str) -> None:
    store = Store.open(sqlite_url)
    log_changes(store, [make_change("d1")])
    with store.begin() as connection:
        connection.execute(text("DROP TRIGGER changes_no_update"))
        connection.execute(text("UPDATE changes SET body = json_set(body, '$.kind', 'party')"))
    with pytest.raises(StoreError, match=r"Change\.kind can't be 'party'"), store.connect() as connection:
        list(read_changes(connection))
    store.close()


def test_items_are_read_in_the_wording_asked_for(store: Store) -> None:
    add_feeds(store)
    (item,) = bring(store, make_entry("a", "One")).new_items
    bring(store, make_entry("a", "Two"), now=NOW + MINUTE)
    with store.connect() as connection:
        items = read_items(connection, [(item, 0), (item, 1), (item, 2), ("i0", 0)])
        assert {key[1]: found.title for key, found in items.items()} == {0: "One", 1: "Two"}
        assert read_items(connection, []) == {}
