"""Feeds are polled side by side, and one's trouble is its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.daemon.fakes import NOW, FakeFetcher, feed, open_store, rss, until

from dipwatch.clock import FixedClock
from dipwatch.daemon.poller import Poll, Poller
from dipwatch.errors import StoreError
from dipwatch.feeds.parsed import ParsedFeed, ParseLimits
from dipwatch.feeds.poll import parse_here
from dipwatch.settings import Polling
from dipwatch.store.feeds import FeedState, feed_states, sync_feeds
from dipwatch.store.store import Store

FEEDS = (feed("good"), feed("dead"), feed("hung"))
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as store:
        with store.begin() as connection:
            sync_feeds(connection, FEEDS, NOW)
        yield store


def poller(
    store: Store, fetcher: FakeFetcher, heard: list[Poll], clock: FixedClock | None = None, **settings: int
) -> Poller:
    return Poller(
        FEEDS,
        Polling(**settings),
        store,
        fetcher=fetcher,
        parse=parse_here,
        holder="test",
        clock=clock or FixedClock(LATER),
        listener=heard.append,
    )


def states(store: Store) -> dict[str, FeedState]:
    with store.connect() as connection:
        return {state.id: state for state in feed_states(connection)}


GOOD = {"https://good.test/rss": rss(("a", "One"), ("b", "Two"))}
HUNG = frozenset({"https://hung.test/rss"})


def test_a_dead_and_a_hung_feed_do_not_touch_a_good_one(store: Store) -> None:
    heard: list[Poll] = []

    async def go() -> None:
        polls = poller(store, FakeFetcher(GOOD, HUNG), heard)
        assert await polls.start_due() == 3
        while len(heard) < 2:
            await polls.wait()
        assert list(polls.busy) == ["hung"]
        await polls.finish(0.05)
        assert not polls.busy

    asyncio.run(go())
    by_feed = {poll.feed: poll for poll in heard}
    assert set(by_feed) == {"good", "dead"}
    assert (by_feed["good"].new_items, by_feed["good"].first_contact) == (2, True)
    assert (by_feed["dead"].outcome, by_feed["dead"].fine) == ("refused", False)
    after = states(store)
    assert after["good"].next_poll_at > LATER
    assert after["dead"].error_streak == 1
    assert after["hung"].claimed_by is None, "a poll that was given up gives its feed back"
    assert after["hung"].next_poll_at <= LATER


def test_a_feed_whose_claim_the_clock_has_jumped_over_is_not_polled_twice_at_once(store: Store) -> None:
    fetcher, clock, heard = FakeFetcher(GOOD, HUNG), FixedClock(LATER), list[Poll]()

    async def go() -> None:
        polls = poller(store, fetcher, heard, clock)
        await polls.start_due()
        await until(lambda: len(heard) == 2)
        clock.set(LATER + timedelta(days=2))
        await polls.start_due()
        await until(lambda: len(heard) == 4)
        await polls.finish(0)

    asyncio.run(go())
    asked = [request.url for request in fetcher.requests]
    assert sorted(map(asked.count, sorted(set(asked)))) == [1, 2, 2]
    assert asked.count("https://hung.test/rss") == 1


def test_no_more_polls_than_there_is_room_for(store: Store) -> None:
    fetcher = FakeFetcher(hangs=frozenset(each.url for each in FEEDS))

    async def go() -> tuple[int, int]:
        polls = poller(store, fetcher, [], concurrency=2)
        begun = (await polls.start_due(), await polls.start_due())
        await until(lambda: len(fetcher.requests) == 2)
        assert len(polls.busy) == 3
        await polls.finish(0)
        return begun

    assert asyncio.run(go()) == (3, 0)
    assert len(fetcher.requests) == 2, "the third waits for one of them to end, and is given back without a poll"
    assert not any(state.claimed_by for state in states(store).values())


def test_feeds_are_claimed_only_when_there_is_room_for_a_good_number(tmp_path: Path) -> None:
    many = tuple(feed(f"feed-{number}") for number in range(7))
    fetcher = FakeFetcher({many[0].url: rss(("a", "One"))}, frozenset(each.url for each in many[1:]))

    async def go(store: Store) -> list[int]:
        polls = Poller(
            many,
            Polling(concurrency=1),
            store,
            fetcher=fetcher,
            parse=parse_here,
            holder="test",
            clock=FixedClock(LATER),
            listener=lambda _: None,
        )
        claimed = [await polls.start_due()]
        while len(polls.busy) == claimed[0]:
            await polls.wait()
        claimed.append(await polls.start_due())
        await polls.finish(0)
        return claimed

    with open_store(tmp_path) as store:
        with store.begin() as connection:
            sync_feeds(connection, many, NOW)
        assert asyncio.run(go(store)) == [4, 0]
        assert [state.id for state in states(store).values() if state.last_polled_at] == ["feed-0"]


def test_a_feed_that_is_not_due_is_left_alone(store: Store) -> None:
    async def go() -> int:
        return await poller(store, FakeFetcher(), []).start_due(NOW - timedelta(seconds=1))

    assert asyncio.run(go()) == 0


def test_a_defect_met_in_one_poll_is_logged_and_its_claim_runs_out(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Poll] = []

    async def go() -> None:
        polls = poller(store, FakeFetcher(GOOD), heard)
        polls._feeds["dead"] = replace(FEEDS[1], headers=(("X", None),))  # type: ignore[arg-type] # (a defect)
        await polls.start_due()
        while polls.busy:
            await polls.wait()

    asyncio.run(go())
    assert {poll.feed for poll in heard} == {"good", "hung"}
    assert "a poll broke off" in caplog.text
    assert states(store)["dead"].claimed_by == "test"


def test_a_database_in_the_way_is_one_line_and_no_traceback(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    async def parse_and_break(body: bytes, content_type: str, url: str, limits: ParseLimits) -> ParsedFeed:
        with store.begin() as connection:
            connection.exec_driver_sql("DELETE FROM feeds WHERE id = 'good'")
        return await parse_here(body, content_type, url, limits)

    async def go() -> None:
        polls = poller(store, FakeFetcher(GOOD), [])
        polls._parse = parse_and_break
        await polls.start_due()
        while polls.busy:
            await polls.wait()

    asyncio.run(go())
    (record,) = [entry for entry in caplog.records if entry.getMessage() == "a poll could not be finished"]
    assert record.exc_info is None
    assert StoreError.__name__ not in record.getMessage()
