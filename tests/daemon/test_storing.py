"""What polls brought is written together, and what goes wrong with one feed's part stays with that feed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from tests.daemon.fakes import NOW, feed, open_store

from dipwatch.daemon.storing import Storing
from dipwatch.errors import StoreError
from dipwatch.store.feeds import FeedState, feed_states, sync_feeds
from dipwatch.store.ingest import Entry, FeedUpdate, Ingested
from dipwatch.store.store import Store

LATER = NOW + timedelta(minutes=1)
FEEDS = tuple(feed(f"feed-{number}") for number in range(5))
UNCHANGED = {"last_polled_at": LATER, "last_outcome": "not_modified"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as store:
        with store.begin() as connection:
            sync_feeds(connection, FEEDS, NOW)
        yield store


def unchanged(name: str) -> FeedUpdate:
    """A poll that brought nothing."""
    return FeedUpdate(name, LATER, memory=UNCHANGED, contacted=False)


def states(store: Store) -> dict[str, FeedState]:
    with store.connect() as connection:
        return {state.id: state for state in feed_states(connection)}


def put_all(store: Store, *updates: FeedUpdate) -> list[Ingested | BaseException]:
    """Store updates that come at one time."""

    async def go() -> list[Ingested | BaseException]:
        storing = Storing(store)
        return await asyncio.gather(*map(storing.put, updates), return_exceptions=True)

    return asyncio.run(go())


def commits(store: Store) -> list[object]:
    seen: list[object] = []
    event.listen(store.engine, "commit", seen.append)
    return seen


def test_polls_that_end_together_share_a_transaction(store: Store) -> None:
    seen = commits(store)
    assert put_all(store, *(unchanged(each.id) for each in FEEDS)) == [Ingested()] * len(FEEDS)
    assert len(seen) == 1
    assert {state.last_outcome for state in states(store).values()} == {"not_modified"}


def test_a_feed_that_is_gone_fails_alone(store: Store) -> None:
    with store.begin() as connection:
        connection.exec_driver_sql("DELETE FROM feeds WHERE id = 'feed-2'")
    results = put_all(store, *(unchanged(each.id) for each in FEEDS))
    assert [isinstance(result, StoreError) for result in results] == [False, False, True, False, False]
    assert {state.last_polled_at for state in states(store).values()} == {LATER}


def test_a_row_that_cannot_be_written_fails_alone(store: Store) -> None:
    with store.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER locked BEFORE UPDATE ON feeds WHEN NEW.id = 'feed-3' "
            "BEGIN SELECT RAISE(ABORT, 'locked'); END"
        )
    results = put_all(store, *(unchanged(each.id) for each in FEEDS))
    assert [isinstance(result, Ingested) for result in results] == [True, True, True, False, True]
    after = states(store)
    assert [name for name, state in after.items() if state.last_polled_at is None] == ["feed-3"]


def test_a_defect_in_one_update_does_not_cost_the_items_of_another(store: Store) -> None:
    entry = Entry("a", "https://one.test/a", "one.test/a", "A headline", "", "hash")
    naive = FeedUpdate("feed-0", LATER, memory={"last_polled_at": LATER.replace(tzinfo=None)}, contacted=False)
    failed, stored = put_all(store, naive, FeedUpdate("feed-1", LATER, (entry,), UNCHANGED))
    assert isinstance(failed, Exception)
    assert isinstance(stored, Ingested)
    assert len(stored.new_items) == 1


def test_two_feeds_of_one_publisher_in_one_batch_share_an_article(tmp_path: Path) -> None:
    pair = (feed("front", "Herald"), feed("world", "Herald"))
    entry = Entry("a", "https://herald.test/a", "herald.test/a", "A headline", "", "hash")
    with open_store(tmp_path) as store:
        with store.begin() as connection:
            sync_feeds(connection, pair, NOW)
        results = put_all(store, *(FeedUpdate(each.id, LATER, (entry,), UNCHANGED) for each in pair))
    assert [len(result.new_items) for result in results if isinstance(result, Ingested)] == [1, 0]


def test_what_a_cancelled_poll_had_brought_is_written_all_the_same(store: Store) -> None:
    async def go() -> None:
        storing = Storing(store)
        poll = asyncio.create_task(storing.put(unchanged("feed-0")))
        await asyncio.sleep(0)
        poll.cancel()
        await storing.put(unchanged("feed-1"))

    asyncio.run(go())
    assert states(store)["feed-0"].last_polled_at == LATER


def test_while_a_database_is_locked_every_poll_hears_of_it_and_later_ones_are_stored(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("dipwatch.store.engine.BUSY_TIMEOUT", 0.1)
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    with open_store(tmp_path) as hurried:
        other.execute("BEGIN IMMEDIATE")
        results = put_all(hurried, unchanged("feed-0"), unchanged("feed-1"))
        assert all(isinstance(result, StoreError) for result in results)
        other.execute("ROLLBACK")
        other.close()
        assert put_all(hurried, unchanged("feed-0")) == [Ingested()]
    assert states(store)["feed-0"].last_polled_at == LATER
