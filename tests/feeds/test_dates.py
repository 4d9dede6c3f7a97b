from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.feeds.samples import NOW

from dipwatch.feeds.dates import Shift, corrected, recognise_shift

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def ahead(*minutes: int) -> list[datetime]:
    return [NOW + n * MINUTE for n in minutes]


@pytest.mark.parametrize(
    ("date", "text", "believed", "note"),
    [
        (NOW - HOUR, "x", NOW - HOUR, None),
        (NOW + 14 * MINUTE, "x", NOW + 14 * MINUTE, None),
        (NOW + 16 * MINUTE, "x", NOW, "dated in the future, 2026-05-04 12:16 UTC; taken as published when fetched"),
        (datetime(1970, 1, 1, tzinfo=UTC), "x", None, "impossible date 1970-01-01"),
        (datetime(1, 1, 1, tzinfo=UTC), "x", None, "impossible date 0001-01-01"),
        (None, "next Tuesday", None, "unreadable date 'next Tuesday'"),
        (None, "", None, "no date"),
    ],
)  # fmt: skip
def test_dates_that_cant_be_are_corrected_with_the_reason(
    date: datetime | None, text: str, believed: datetime | None, note: str | None
) -> None:
    assert corrected(date, text, NOW, Shift()) == (believed, note)


def test_local_time_labelled_as_gmt_is_taken_back() -> None:
    believed, note = corrected(NOW + 3 * HOUR - 10 * MINUTE, "x", NOW, Shift(3, NOW))
    assert believed == NOW - 10 * MINUTE
    assert note == "local time labelled as GMT: 3 h taken off"


@pytest.mark.parametrize(
    ("minutes", "hours"),
    [
        ((170, 150, 110, -20, -300), 3),
        ((120, 100, 90, 80), 2),
        ((190, 170, 150), 3),
        ((10, 5, -20), 0),
        ((170, 150), 0),
        ((600, 170, 150, 110), 3),
        ((3000, 2000, 1000), 0),
        ((-10, -20), 0),
        ((), 0),
    ],
)
def test_a_shift_needs_several_entries_that_agree(minutes: tuple[int, ...], hours: int) -> None:
    assert recognise_shift(ahead(*minutes), NOW, Shift()).hours == hours


def test_a_known_shift_holds_over_a_quiet_night_and_is_forgotten_after_a_day() -> None:
    known = Shift(3, NOW - 20 * HOUR)
    assert recognise_shift(ahead(-60, -90), NOW, known) == known
    assert recognise_shift(ahead(-60, -90), NOW + 5 * HOUR, known) == Shift()


def test_one_fresh_entry_bears_a_known_shift_out_and_a_fresher_pattern_raises_it() -> None:
    known = Shift(2, NOW - 20 * HOUR)
    assert recognise_shift(ahead(115, -60), NOW, known) == Shift(2, NOW)
    assert recognise_shift(ahead(170, 160, 150), NOW, known) == Shift(3, NOW)


@given(st.lists(st.integers(-5000, 5000), max_size=30), st.integers(0, 14))
def test_no_believed_date_lies_ahead_and_shifts_stay_within_the_zones(minutes: list[int], hours: int) -> None:
    shift = recognise_shift(ahead(*minutes), NOW, Shift(hours, NOW - HOUR) if hours else Shift())
    assert 0 <= shift.hours <= 14
    for date in ahead(*minutes):
        believed, _ = corrected(date, "x", NOW, shift)
        assert believed is not None
        assert believed <= NOW + 15 * MINUTE
