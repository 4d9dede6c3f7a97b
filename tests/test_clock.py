from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dipwatch.clock import Clock, FixedClock, SystemClock

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_the_machines_clock_is_aware_utc() -> None:
    clock: Clock = SystemClock()
    before, now, after = datetime.now(UTC), clock.now(), datetime.now(UTC)
    assert before <= now <= after
    assert now.utcoffset() == timedelta(0)


def test_a_fixed_clock_stands_until_it_is_set() -> None:
    clock = FixedClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.set(NOON + timedelta(days=1))
    assert clock.now() == NOON + timedelta(days=1)
