from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipwatch.alerts.limits import Room, longest, room
from dipwatch.settings import Rate

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HOURLY, DAILY = Rate(3, timedelta(hours=1)), Rate(5, timedelta(days=1))


def ago(*minutes: int) -> list[datetime]:
    return [NOW - timedelta(minutes=minute) for minute in minutes]


@pytest.mark.parametrize(
    ("limits", "arrived", "expected"),
    [
        ([HOURLY], ago(), Room(3, NOW, "3 per 1h")),
        ([HOURLY], ago(5, 10), Room(1, NOW, "3 per 1h")),
        ([HOURLY], ago(5, 10, 59), Room(0, NOW + timedelta(minutes=1), "3 per 1h")),
        ([HOURLY], ago(5, 10, 60), Room(1, NOW, "3 per 1h")),
        ([HOURLY], ago(5, 10, 20, 30), Room(0, NOW + timedelta(minutes=40), "3 per 1h")),
        ([HOURLY], ago(-300, -200, -100), Room(0, NOW + timedelta(hours=1), "3 per 1h")),
        ([HOURLY, DAILY], ago(100, 200, 300, 400), Room(1, NOW, "5 per 1d")),
        ([HOURLY, DAILY], ago(1, 2, 3, 400, 500), Room(0, NOW + timedelta(minutes=940), "5 per 1d")),
    ],
)
def test_what_limits_leave_and_when_more_is_free(limits: list[Rate], arrived: list[datetime], expected: Room) -> None:
    assert room(limits, arrived, NOW) == expected


def test_messages_count_as_far_back_as_the_longest_limit() -> None:
    assert longest([HOURLY, DAILY]) == timedelta(days=1)


@given(
    st.lists(st.integers(0, 600), max_size=40),
    st.lists(st.builds(Rate, st.integers(1, 5), st.integers(1, 120).map(lambda m: timedelta(minutes=m))), min_size=1),
)
def test_whoever_asks_before_each_message_never_passes_a_limit(asked: list[int], limits: list[Rate]) -> None:
    arrived: list[datetime] = []
    for minute in sorted(asked):
        at = max(NOW + timedelta(minutes=minute), *arrived[-1:], NOW)
        left = room(limits, arrived, at)
        arrived.append(at if left.messages else left.free_at)
        if not left.messages:
            assert room(limits, arrived[:-1], left.free_at).messages >= 1, "no later than it must be"
    for limit in limits:
        pairs = zip(arrived, arrived[limit.messages :], strict=False)
        assert all(later - first >= limit.per for first, later in pairs)
