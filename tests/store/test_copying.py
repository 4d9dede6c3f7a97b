"""A history moved from one database to another, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, update
from tests.store.build import add_feeds, bring, lead, log_changes, make_change, make_entry, tick_on
from tests.store.whole import content, fill

from dipwatch.errors import StoreError
from dipwatch.store import copying
from dipwatch.store.copying import copy
from dipwatch.store.log import read_changes
from dipwatch.store.outbox import enqueue
from dipwatch.store.rows import index_words, last_numbers
from dipwatch.store.schema import METADATA, feed_table, outbox_table
from dipwatch.store.store import Store

WAYS = [("sqlite", "postgres"), ("postgres", "sqlite"), ("sqlite", "sqlite")]


@pytest.fixture(params=WAYS, ids=" to ".join)
def ends(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """A source and an empty target."""
    used = ExitStack()
    with used:
        stores = []
        for place, sort in enumerate(request.param):
            other = place and request.param == ("sqlite", "sqlite")
            url = f"sqlite:///{tmp_path}/target.db" if other else request.getfixturevalue(f"{sort}_url")
            stores.append(used.enter_context(closing(Store.open(url, upgrade=True))))
        yield stores[0], stores[1]


def test_everything_arrives_as_it_was(ends: tuple[Store, Store]) -> None:
    source, target = ends
    fill(source)
    counts = copy(source, target)
    with source.connect() as one, target.connect() as other:
        wanted = content(one)
        assert content(other) == wanted
        assert list(read_changes(other)) == list(read_changes(one))
    assert all(wanted.values()), "every table has rows"
    assert counts == {name: len(rows) for name, rows in wanted.items() if name != "change_words"}


def test_rows_are_numbered_on(ends: tuple[Store, Store]) -> None:
    source, target = ends
    fill(source)
    with source.begin() as connection:
        highest = connection.execute(insert(outbox_table).values(_message()).returning(outbox_table.c.id)).scalar_one()
        connection.execute(delete(outbox_table).where(outbox_table.c.id == highest))
    copy(source, target)
    with target.begin() as connection:
        following = connection.execute(
            insert(outbox_table).values(_message()).returning(outbox_table.c.id)
        ).scalar_one()
    assert following == highest + 1, "message keys are made of numbers: none comes twice"
    before = _last(source)
    seqs = log_changes(target, [make_change("d-after")])
    assert seqs == [before["changes"] + 1]


def _message() -> dict[str, object]:
    with_times = {"created_at": make_change().at, "next_attempt_at": make_change().at}
    return with_times | {"receiver": "r", "group_key": "g", "purpose": "test", "body": {}, "state": "dropped"}


def _last(store: Store) -> dict[str, int]:
    with store.connect() as connection:
        return last_numbers(connection, METADATA.sorted_tables)


def test_work_goes_on_in_the_copy(ends: tuple[Store, Store]) -> None:
    source, target = ends
    fill(source)
    copy(source, target)
    assert bring(target, make_entry("a", "Two"), make_entry("d")).new_items != ()
    lease = lead(target)
    with target.begin() as connection:
        assert len(tick_on(connection, lease)) == 2, "what waited and what is new"


def test_a_target_with_rows_is_refused(ends: tuple[Store, Store]) -> None:
    source, target = ends
    fill(source)
    add_feeds(target)
    with pytest.raises(StoreError, match=r"is not empty \(feeds has rows\); choose another database"):
        copy(source, target)


def test_what_did_not_arrive_as_it_was_is_undone(ends: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = ends
    fill(source)
    with target.connect() as connection:
        before = content(connection)

    def harmful(connection: Connection) -> None:
        index_words(connection)
        connection.execute(update(feed_table).values(last_detail="another"))

    monkeypatch.setattr(copying, "index_words", harmful)
    with pytest.raises(StoreError, match="feeds did not arrive as it was; nothing was copied"):
        copy(source, target)
    with target.connect() as connection:
        assert content(connection) == before


def test_more_rows_than_a_batch_holds_arrive(ends: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dipwatch.store.rows.BATCH", 2)
    source, target = ends
    fill(source)
    with source.begin() as connection:
        enqueue(connection, [], make_change().at)
    copy(source, target)
    with source.connect() as one, target.connect() as other:
        assert content(other) == content(one)
