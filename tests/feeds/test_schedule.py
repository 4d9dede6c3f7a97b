from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.feeds.samples import NOW

from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.schedule import LONGEST_WAIT, Polled, backoff, cache_seconds, next_poll, rhythm_of
from dipwatch.settings import Polling

SETTINGS = Polling()
MEMORY = FeedMemory(url="https://paper.example/rss")
OK = Polled(Outcome.OK)
SECONDS = st.floats(0, 1e9)
MEMORIES = st.builds(
    FeedMemory,
    url=st.just("https://paper.example/rss"),
    error_streak=st.integers(0, 10_000),
    rhythm_seconds=st.none() | SECONDS,
    hints=st.dictionaries(st.sampled_from(["ttl", "max_age", "update_period", "newest"]), SECONDS),
)
WAITS = st.none() | st.timedeltas(timedelta(0), timedelta(days=4000))


def wait(memory: FeedMemory, polled: Polled = OK, seed: int = 1) -> timedelta:
    due = next_poll(NOW, memory, polled, SETTINGS, random.Random(seed))
    assert due is not None
    return due - NOW


def about(minutes: float) -> tuple[timedelta, timedelta]:
    """Return the bounds of a wait with its jitter."""
    return timedelta(minutes=minutes * 0.9), timedelta(minutes=minutes * 1.1)


@pytest.mark.parametrize(
    ("changes", "minutes"),
    [
        ({}, 15),
        ({"rhythm_seconds": 3600.0}, 15),
        ({"rhythm_seconds": 900.0}, 7.5),
        ({"rhythm_seconds": 4 * 3600.0}, 30),
        ({"hints": {"update_period": 86_400.0 / 6}}, 30),
        ({"hints": {"update_period": 86_400.0}, "rhythm_seconds": 3600.0}, 15),
        ({"hints": {"ttl": 3600.0}}, 60),
        ({"hints": {"max_age": 1800.0, "ttl": 60.0}}, 30),
        ({"rhythm_seconds": 900.0, "hints": {"newest": NOW.timestamp() - 64 * 3600.0}}, 60),
    ],
)
def test_a_feed_is_polled_by_its_rhythm_and_no_sooner_than_it_asks(changes: dict[str, object], minutes: float) -> None:
    least, most = about(minutes)
    assert least <= wait(replace(MEMORY, **changes)) <= most  # type: ignore[arg-type] # the table's fields fit


def test_a_busy_feed_is_not_polled_faster_than_the_fastest_nor_a_dead_one_slower_than_the_slowest() -> None:
    assert wait(replace(MEMORY, rhythm_seconds=1.0)) == SETTINGS.fastest
    silent = replace(MEMORY, hints={"newest": 0.0})
    assert SETTINGS.slowest * 0.9 <= wait(silent) <= SETTINGS.slowest


def test_after_a_hole_a_feed_is_polled_sooner_than_it_asks() -> None:
    _, most = about(7.5)
    assert wait(replace(MEMORY, hints={"ttl": 3600.0}), Polled(Outcome.OK, hole=True)) <= most


def test_a_feed_that_has_ended_is_never_polled_again() -> None:
    assert next_poll(NOW, MEMORY, Polled(Outcome.GONE), SETTINGS, random.Random(1)) is None


def test_success_recovers_at_once() -> None:
    assert wait(replace(MEMORY, error_streak=0)) <= about(15)[1]


@pytest.mark.parametrize("outcome", [Outcome.TOO_MANY_REQUESTS, Outcome.UNAVAILABLE, Outcome.HELD])
def test_what_a_host_asks_for_is_the_least_wait(outcome: Outcome) -> None:
    asked = timedelta(hours=3)
    assert asked <= wait(replace(MEMORY, error_streak=1), Polled(outcome, asked)) <= asked * 1.1


@given(
    MEMORIES, st.sampled_from([one for one in Outcome if one is not Outcome.GONE]), WAITS, st.booleans(), st.integers()
)
def test_every_wait_is_within_bounds(
    memory: FeedMemory, outcome: Outcome, asked: timedelta | None, hole: bool, seed: int  # noqa: FBT001 (drawn by name)
) -> None:  # fmt: skip
    result = wait(memory, Polled(outcome, asked, hole), seed)
    if outcome.fine:
        assert SETTINGS.fastest <= result <= SETTINGS.slowest
    elif outcome is not Outcome.HELD:
        assert SETTINGS.fastest <= result <= LONGEST_WAIT
        assert result <= max(
            backoff(memory.error_streak, SETTINGS.interval), (asked or timedelta(0)) * 1.1, SETTINGS.fastest
        )
    assert result <= LONGEST_WAIT * 1.1


@given(st.integers(0, 100), st.timedeltas(timedelta(seconds=1), timedelta(days=2)))
def test_the_backoff_never_falls_and_ends_at_a_day(streak: int, interval: timedelta) -> None:
    assert backoff(streak, interval) <= backoff(streak + 1, interval) <= LONGEST_WAIT


def test_failing_feeds_spread_over_the_whole_backoff() -> None:
    waits = [wait(replace(MEMORY, error_streak=4), Polled(Outcome.TIMEOUT), seed) for seed in range(50)]
    assert min(waits) < timedelta(hours=1)
    assert max(waits) > timedelta(hours=3)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": 'Max-Age="600"', "age": "200"}, 400),
        ({"cache-control": "max-age=60", "age": "200"}, 0),
        ({"cache-control": "max-age=600, no-cache"}, 0),
        ({"cache-control": "max-age=soon"}, 0),
        ({"cache-control": "max-age=²"}, 0),
        ({"expires": "Mon, 04 May 2026 12:10:00 GMT", "date": "Mon, 04 May 2026 12:00:00 GMT"}, 600),
        ({"expires": "0", "date": "Mon, 04 May 2026 12:00:00 GMT"}, None),
        ({"expires": "Mon, 04 May 2026 11:00:00 GMT", "date": "Mon, 04 May 2026 12:00:00 GMT"}, 0),
    ],
)
def test_cache_lifetimes_are_read(headers: dict[str, str], seconds: float | None) -> None:
    assert cache_seconds(headers) == seconds


def test_the_rhythm_is_the_mean_gap_of_the_latest_entries() -> None:
    def dates(*hours: int) -> list[datetime]:
        return [NOW - timedelta(hours=n) for n in hours]

    assert rhythm_of(dates(0, 1, 4)) == 7200
    assert rhythm_of(dates(4, 0, 1)) == 7200
    assert rhythm_of(dates(0)) is None
    assert rhythm_of([*dates(*range(20)), *dates(9000)]) == 3600
