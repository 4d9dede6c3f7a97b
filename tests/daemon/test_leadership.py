"""One process leads a subject; on SQLite one process works at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.daemon.fakes import NOW, SUBJECT, feed, open_store

from dipwatch.clock import FixedClock
from dipwatch.daemon.leadership import ABSENCE, TTL, Leadership, claim_alone
from dipwatch.errors import MachineError
from dipwatch.store import leases
from dipwatch.store.feeds import claim_due, feed_states, sync_feeds
from dipwatch.store.store import Store

SOON = timedelta(seconds=0.3)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as store:
        yield store


def test_the_second_leads_only_after_the_first_gave_up_or_ran_out(store: Store) -> None:
    first, second = Leadership(store, "first"), Leadership(store, "second")
    first.keep([SUBJECT], NOW)
    second.keep([SUBJECT], NOW + TTL / 2)
    assert first.lease(SUBJECT)
    assert second.lease(SUBJECT) is None
    first.give_up()
    second.keep([SUBJECT], NOW + TTL / 2)
    assert second.lease(SUBJECT)
    first.keep([SUBJECT], NOW + 2 * TTL)
    assert first.lease(SUBJECT)
    second.keep([SUBJECT], NOW + 2 * TTL)
    assert second.lease(SUBJECT) is None


def test_a_living_process_keeps_a_second_one_out(store: Store) -> None:
    Leadership(store, "first").keep([SUBJECT], NOW)
    second = Leadership(store, "second")
    with pytest.raises(MachineError, match=r"another dipwatch works on .*test\.db"):
        claim_alone(second, store, [SUBJECT], FixedClock(NOW), SOON)
    assert second.lease(SUBJECT) is None


def test_one_that_waits_takes_over_when_the_lease_of_a_dead_one_runs_out(store: Store) -> None:
    Leadership(store, "dead").keep([SUBJECT], NOW)
    clock = FixedClock(NOW)
    timer = threading.Timer(0.2, clock.set, [NOW + TTL * 2])
    timer.start()
    second = Leadership(store, "second")
    claim_alone(second, store, [SUBJECT], clock, timedelta(seconds=10))
    timer.join()
    assert second.lease(SUBJECT)


def test_taking_over_gives_back_the_feeds_that_a_dead_process_had_claimed(store: Store) -> None:
    with store.begin() as connection:
        sync_feeds(connection, [feed("a")], NOW)
        assert claim_due(connection, NOW, 1, "dead", NOW + timedelta(hours=1))
    claim_alone(Leadership(store, "second"), store, [SUBJECT], FixedClock(NOW), SOON)
    with store.connect() as connection:
        assert [state.claimed_by for state in feed_states(connection)] == [None]


def test_what_a_process_had_claimed_is_taken_over_when_it_gives_no_sign_of_life(store: Store) -> None:
    dead, other = Leadership(store, "dead"), Leadership(store, "other")
    with store.begin() as connection:
        sync_feeds(connection, [feed("north")], NOW)
        assert claim_due(connection, NOW, limit=5, holder="dead", until=NOW + timedelta(hours=1))
    dead.show_life(NOW)
    other.show_life(NOW + ABSENCE / 2)
    with store.connect() as connection:
        assert [state.claimed_by for state in feed_states(connection)] == ["dead"]
    other.show_life(NOW + ABSENCE)
    with store.connect() as connection:
        assert [state.claimed_by for state in feed_states(connection)] == [None]
    dead.show_life(NOW + ABSENCE)
    dead.give_up()
    with store.connect() as connection:
        assert [lease.holder for lease in leases.held(connection, NOW + ABSENCE)] == ["other"]


def test_a_clock_that_was_set_back_does_not_let_a_dead_process_keep_others_out(store: Store) -> None:
    dead, clock = Leadership(store, "dead"), FixedClock(NOW)
    dead.keep([SUBJECT], NOW)
    clock.set(NOW - timedelta(hours=1))
    second = Leadership(store, "second")
    claim_alone(second, store, [SUBJECT], clock, SOON)
    assert second.lease(SUBJECT)


def test_a_living_process_keeps_a_second_one_out_also_after_the_clock_was_set_back(store: Store) -> None:
    first, clock = Leadership(store, "first"), FixedClock(NOW)
    first.keep([SUBJECT], NOW)
    clock.set(NOW - timedelta(hours=1))
    renewal = threading.Timer(SOON.total_seconds() / 2, first.keep, ([SUBJECT], clock.now()))
    renewal.start()
    with pytest.raises(MachineError, match="another dipwatch works on"):
        claim_alone(Leadership(store, "second"), store, [SUBJECT], clock, SOON)
    renewal.join()


def test_feeds_are_polled_at_their_pace_after_the_clock_was_set_back(store: Store) -> None:
    leadership = Leadership(store, "here")
    leadership.keep([SUBJECT], NOW + timedelta(hours=1))
    with store.begin() as connection:
        sync_feeds(connection, [feed("north")], NOW + timedelta(hours=1))
        assert claim_due(connection, NOW, 1, "here", NOW) == []
    leadership.keep([SUBJECT], NOW)
    with store.begin() as connection:
        assert claim_due(connection, NOW, 1, "here", NOW)
