from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.feeds.samples import NOW

from dipwatch.feeds.events import FeedEventName
from dipwatch.feeds.health import judge, latest_news, patience, patience_of
from dipwatch.feeds.memory import FeedMemory
from dipwatch.settings import Polling

SETTINGS = Polling()
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MEMORY = FeedMemory(url="https://paper.example/rss")


def told(memory: FeedMemory, now: datetime = NOW, *, fine: bool = True) -> tuple[FeedMemory, list[FeedEventName]]:
    memory, events = judge(memory, now, SETTINGS, feed="paper", fine=fine, said="timeout")
    return memory, [event.event for event in events]


def failing(streak: int, since: timedelta) -> FeedMemory:
    return replace(MEMORY, error_streak=streak, failing_since=NOW - since)


@pytest.mark.parametrize(
    ("streak", "since", "broken"),
    [
        (2, 10 * HOUR, False),
        (3, 10 * HOUR, True),
        (3, 5 * HOUR, False),
        (50, 5 * HOUR, False),
        (3, 6 * HOUR, True),
    ],
)
def test_only_failures_that_are_several_and_last_break_a_feed(streak: int, since: timedelta, broken: bool) -> None:  # noqa: FBT001 (the table's)
    memory, events = told(failing(streak, since), fine=False)
    assert (events == [FeedEventName.BROKEN], memory.broken_at == NOW) == (broken, broken)


def test_a_feed_that_has_ended_is_not_told_broken_too() -> None:
    assert told(replace(failing(9, DAY), gone_at=NOW), fine=False)[1] == []


def silent(since: timedelta, patience: timedelta = DAY) -> FeedMemory:
    hints = {"newest": (NOW - since).timestamp(), "patience": patience.total_seconds()}
    return replace(MEMORY, rhythm_seconds=3600.0, hints=hints)


def test_silence_is_told_once_and_its_end_once() -> None:
    assert told(silent(2 * DAY))[1] == []
    memory, events = judge(silent(4 * DAY), NOW, SETTINGS, feed="paper", fine=True, said="")
    assert [event.event for event in events] == [FeedEventName.SILENT]
    assert "since 2026-04-30 12:00 UTC, where it had an entry every 60 minutes" in events[0].detail
    assert told(memory, NOW + DAY) == (memory, [])
    again = replace(memory, hints={**memory.hints, "heard": (NOW + DAY).timestamp()})
    memory, names = told(again, NOW + DAY)
    assert (names, memory.silent_at) == ([FeedEventName.RECOVERED], None)


def test_a_feed_that_was_silent_and_broke_is_told_silent_again_after_it_works() -> None:
    memory, _ = told(silent(4 * DAY))
    memory, names = told(replace(memory, error_streak=3, failing_since=NOW), NOW + DAY, fine=False)
    assert (names, memory.silent_at) == ([FeedEventName.BROKEN], None)
    memory, names = told(replace(memory, error_streak=0), NOW + 2 * DAY)
    assert names == [FeedEventName.RECOVERED, FeedEventName.SILENT]


def test_a_failing_feed_is_not_called_silent() -> None:
    assert told(replace(silent(30 * DAY), error_streak=1), fine=False)[1] == []


def test_a_slow_feed_gets_more_patience_and_one_of_unknown_rhythm_two_weeks() -> None:
    assert patience(silent(DAY, 40 * DAY), SETTINGS) == 40 * DAY
    assert patience(silent(DAY, HOUR), SETTINGS) == SETTINGS.silent_after
    assert patience(MEMORY, SETTINGS) == 14 * DAY
    assert patience(replace(MEMORY, rhythm_seconds=2 * 86400.0), SETTINGS) == 40 * DAY


def test_a_silence_that_ended_is_learned_up_to_two_weeks() -> None:
    def after(silence: timedelta) -> timedelta:
        memory = silent(DAY)
        hints = {**memory.hints, "silence": silence.total_seconds()}
        return patience(replace(memory, hints=hints), SETTINGS)

    assert after(4 * DAY) == 6 * DAY
    assert after(90 * DAY) == 21 * DAY


def test_the_longest_gap_is_no_measure_of_patience() -> None:
    hourly = [NOW - n * HOUR for n in range(10)]
    assert patience_of(hourly) == 20 * 3600
    assert patience_of([*hourly, NOW - 700 * DAY]) == 20 * 3600
    assert patience_of([NOW, NOW - HOUR]) is None
    assert patience_of([NOW, NOW - HOUR, NOW - 11 * HOUR, NOW - 99 * HOUR]) == 20 * 5.5 * 3600


def test_the_latest_news_is_the_newest_entry_or_the_last_that_was_seen_to_be_new() -> None:
    assert latest_news(MEMORY) is None
    hints = {"newest": (NOW - DAY).timestamp(), "heard": NOW.timestamp()}
    assert latest_news(replace(MEMORY, hints=hints)) == NOW


STEPS = st.tuples(st.sampled_from(["fine", "news", "fails"]), st.timedeltas(timedelta(minutes=1), 9 * DAY))


@given(st.lists(STEPS, max_size=40))
def test_every_bad_turn_is_told_once_before_its_recovery(steps: list[tuple[str, timedelta]]) -> None:
    memory, now = silent(timedelta(0)), NOW
    bad: list[FeedEventName] = []
    for kind, later in steps:
        now += later
        fine = kind != "fails"
        hints = {**memory.hints, "heard": now.timestamp()} if kind == "news" else memory.hints
        memory = replace(memory, hints=hints, error_streak=0 if fine else memory.error_streak + 1)
        memory, names = told(memory, now, fine=fine)
        for name in names:
            if name is FeedEventName.RECOVERED:
                assert bad.pop(0) in {FeedEventName.BROKEN, FeedEventName.SILENT}
            else:
                assert name not in bad
                assert name is FeedEventName.BROKEN or not bad  # what is broken is not silent
                bad = [name]
        assert bool(memory.broken_at) + bool(memory.silent_at) == len(bad)
