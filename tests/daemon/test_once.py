"""One round: poll, detect, deliver."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.daemon.fakes import NOW, FakeFetcher, config, feed, host, open_store, printed, rss, setup

from dipwatch.clock import FixedClock
from dipwatch.daemon.once import Round, poll_once
from dipwatch.store.store import Store

WIRE = "https://wire.test/rss"
HELD = ("a", "russia+ukraine meet")
NEW = ("b", "turkey+france sanction")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as store:
        yield store


def rounds(store: Store, *documents: dict[str, bytes], every_feed: bool = False) -> tuple[list[Round], str]:
    """Do a round for each set of documents, ten minutes apart."""
    done, told = [], ""
    for number, served in enumerate(documents):
        process = host(store, FakeFetcher(served), FixedClock(NOW + number * timedelta(minutes=10)))
        done.append(asyncio.run(poll_once(setup(feed("wire"), feed("dead")), process, every_feed=every_feed)))
        told += printed(process)
    return done, told


def test_what_a_feed_held_comes_as_one_digest_and_what_is_new_as_an_alert(store: Store) -> None:
    done, told = rounds(store, {WIRE: rss(HELD)}, {WIRE: rss(HELD, NEW)})
    assert [len(each.attempts) for each in done] == [1, 1]
    digest, _, alert = told.partition("NEW · ")
    assert "DIGEST 1 development" in digest
    assert HELD[1] in digest
    assert NEW[1] in alert
    assert HELD[1] not in alert


def test_failed_feeds_are_named_with_their_reason(store: Store) -> None:
    ((done,), _) = rounds(store, {WIRE: rss(HELD)})
    assert [(poll.feed, poll.outcome) for poll in done.failed_polls] == [("dead", "refused")]
    assert len(done.polls) == 2
    assert done.led


def test_a_feed_is_polled_once_a_round_even_if_it_is_due_again_at_once(store: Store) -> None:
    fetcher = FakeFetcher({WIRE: rss(HELD)})
    fast = config(polling={"interval": "0s", "fastest": "0s", "slowest": "0s"})
    asyncio.run(poll_once(setup(feed("wire"), loaded=fast), host(store, fetcher), every_feed=False))
    assert len(fetcher.requests) == 1


def test_all_polls_feeds_that_are_not_due(store: Store) -> None:
    slow = config(polling={"interval": "1h", "fastest": "1h", "slowest": "1h"})
    fetchers = [FakeFetcher({WIRE: rss(HELD)}) for _ in range(3)]
    for fetcher, every_feed in zip(fetchers, (False, False, True), strict=True):
        process = host(store, fetcher, FixedClock(NOW))
        asyncio.run(poll_once(setup(feed("wire"), loaded=slow), process, every_feed=every_feed))
    assert [len(fetcher.requests) for fetcher in fetchers] == [1, 0, 1]


def test_the_leases_are_free_afterwards(store: Store) -> None:
    done, _ = rounds(store, {}, {})
    assert all(each.led for each in done)
