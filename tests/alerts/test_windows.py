from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipwatch.alerts.windows import holds, instant, last_time, next_time, opening, opens_at_all
from dipwatch.settings import Alerts, Schedule, Times

KYIV = ZoneInfo("Europe/Kyiv")
UTC_ZONE = ZoneInfo("UTC")
HOUR = timedelta(hours=1)


def times(**values: Any) -> Times:  # noqa: ANN401 (keys of the file)
    return Times.model_validate({"name": "quiet", **values})


def kyiv(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KYIV, fold=fold).astimezone(UTC)


NIGHT = times(times=["22:00-07:00"])
WEEKEND = times(weekdays=["saturday-sunday"])


@pytest.mark.parametrize(
    ("quiet", "at", "inside"),
    [
        (NIGHT, "2026-05-04 21:59", False),
        (NIGHT, "2026-05-04 22:00", True),
        (NIGHT, "2026-05-05 06:59", True),
        (NIGHT, "2026-05-05 07:00", False),
        (WEEKEND, "2026-05-08 23:59", False),
        (WEEKEND, "2026-05-09 00:00", True),
        (WEEKEND, "2026-05-10 23:59", True),
        (WEEKEND, "2026-05-11 00:00", False),
        (times(weekdays=["friday"], times=["22:00-07:00"]), "2026-05-09 06:00", True),
        (times(weekdays=["friday"], times=["22:00-07:00"]), "2026-05-10 06:00", False),
        (times(weekdays=["sunday-monday"]), "2026-05-04 12:00", True),
        (times(weekdays=["sunday-monday"]), "2026-05-05 12:00", False),
        (times(days=["-1"]), "2026-05-31 12:00", True),
        (times(days=["-1"]), "2026-05-30 12:00", False),
        (times(days=["-3--1"]), "2026-02-26 12:00", True),
        (times(days=["10-15"], weekdays=["monday"]), "2026-05-11 12:00", True),
        (times(days=["10-15"], weekdays=["monday"]), "2026-05-18 12:00", False),
        (times(times=["08:00-12:00", "13:00-24:00"]), "2026-05-18 12:30", False),
        (times(times=["08:00-12:00", "13:00-24:00"]), "2026-05-18 23:59", True),
        (times(zone="Asia/Tokyo", times=["09:00-10:00"]), "2026-05-18 03:30", True),
    ],
)
def test_a_moment_lies_in_times_by_its_clock_day_and_weekday(quiet: Times, at: str, inside: bool) -> None:  # noqa: FBT001 (expected value of the table)
    assert (holds(quiet, KYIV, kyiv(at)) is not None) is inside


@pytest.mark.parametrize(
    ("mute", "active", "at", "opens"),
    [
        ([NIGHT], [], "2026-05-04 12:00", "2026-05-04 12:00"),
        ([NIGHT], [], "2026-05-04 23:00", "2026-05-05 07:00"),
        ([NIGHT, WEEKEND], [], "2026-05-08 23:00", "2026-05-11 07:00"),
        ([], [times(weekdays=["monday-friday"], times=["09:00-18:00"])], "2026-05-08 18:00", "2026-05-11 09:00"),
        ([times(times=["08:00-10:00"])], [times(times=["09:00-18:00"])], "2026-05-08 20:00", "2026-05-09 10:00"),
        ([], [times(days=["29"], weekdays=["monday"])], "2026-05-08 20:00", "2026-06-29 00:00"),
    ],
)
def test_what_comes_in_quiet_times_may_go_at_their_end(
    mute: list[Times], active: list[Times], at: str, opens: str
) -> None:
    assert opening(mute, active, KYIV, kyiv(at)).at == kyiv(opens)


@pytest.mark.parametrize(
    ("quiet", "start", "end"),
    [
        # Kyiv skips 03:00 to 04:00 on 29 March 2026: the night is shorter, what would end in the gap ends after it
        (times(times=["22:00-07:00"]), kyiv("2026-03-28 22:00"), kyiv("2026-03-29 07:00")),
        (times(times=["01:00-03:30"]), kyiv("2026-03-29 01:00"), kyiv("2026-03-29 04:30")),
        # and has 03:00 to 04:00 twice on 25 October: an end there is the second, a beginning the first
        (times(times=["22:00-03:30"]), kyiv("2026-10-24 22:00"), kyiv("2026-10-25 03:30", fold=1)),
        (times(times=["03:30-05:00"]), kyiv("2026-10-25 03:30"), kyiv("2026-10-25 05:00")),
    ],
)
def test_times_follow_the_clock_across_its_changes(quiet: Times, start: datetime, end: datetime) -> None:
    minute = timedelta(minutes=1)
    assert holds(quiet, KYIV, start - minute) is None
    for at in (start, end - minute):
        window = holds(quiet, KYIV, at)
        assert window is not None
        assert (window.start, window.end) == (start, end)
    assert holds(quiet, KYIV, end) is None


def test_a_night_is_as_long_as_its_clock_makes_it() -> None:
    lengths = []
    for day in (date(2026, 3, 28), date(2026, 7, 1), date(2026, 10, 24)):
        window = holds(NIGHT, KYIV, instant(day, 23 * 60, KYIV))
        assert window is not None
        lengths.append((window.end - window.start) / HOUR)
    assert lengths == [8, 9, 10]


@pytest.mark.parametrize(
    ("schedule", "after", "due"),
    [
        (Schedule("hour"), "2026-05-04 12:00", "2026-05-04 13:00"),
        (Schedule("hour"), "2026-05-04 12:59", "2026-05-04 13:00"),
        (Schedule("day", 8 * 60), "2026-05-04 07:59", "2026-05-04 08:00"),
        (Schedule("day", 8 * 60), "2026-05-04 08:00", "2026-05-05 08:00"),
        (Schedule("day", 8 * 60), "2026-03-28 08:00", "2026-03-29 08:00"),
        (Schedule("day", 3 * 60 + 30), "2026-03-28 08:00", "2026-03-29 04:30"),
        (Schedule("day", 24 * 60), "2026-05-04 08:00", "2026-05-05 00:00"),
        (Schedule("week", 8 * 60, 0), "2026-05-04 08:00", "2026-05-11 08:00"),
        (Schedule("week", 8 * 60, 6), "2026-05-04 08:00", "2026-05-10 08:00"),
        (Schedule("day", 8 * 60, zone=ZoneInfo("Asia/Tokyo")), "2026-05-04 08:00", "2026-05-05 02:00"),
    ],
)
def test_a_schedule_is_next_due_by_the_clock_of_its_zone(schedule: Schedule, after: str, due: str) -> None:
    assert next_time(schedule, KYIV, kyiv(after)) == kyiv(due)


def test_a_daily_time_that_comes_twice_is_due_once() -> None:
    schedule = Schedule("day", 3 * 60 + 30)
    first = next_time(schedule, KYIV, kyiv("2026-10-25 00:00"))
    assert first == kyiv("2026-10-25 03:30")
    assert next_time(schedule, KYIV, first) == kyiv("2026-10-26 03:30")


ZONES = [ZoneInfo(name) for name in ("Europe/Kyiv", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")]
MOMENTS = st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 31), timezones=st.just(UTC))  # noqa: DTZ001 (made aware by the strategy)
CLOCK = st.integers(0, 23).flatmap(lambda hour: st.sampled_from(["00", "30", "59"]).map(lambda m: f"{hour:02}:{m}"))
SPANS = st.lists(st.tuples(CLOCK, CLOCK).filter(lambda pair: pair[0] != pair[1]).map("-".join), max_size=3)
WEEKDAYS = st.lists(st.sampled_from(["monday", "tuesday-thursday", "friday-sunday", "saturday-monday"]), max_size=2)
DAYS = st.lists(st.sampled_from(["1-15", "-1", "13", "20-31"]), max_size=2)
TIMES = st.builds(lambda spans, weekdays, days: times(times=spans, weekdays=weekdays, days=days), SPANS, WEEKDAYS, DAYS)


@settings(max_examples=150, deadline=None)
@given(st.lists(TIMES, max_size=3), st.lists(TIMES, max_size=2), st.sampled_from(ZONES), MOMENTS)
def test_what_may_go_never_goes_in_quiet_times_and_never_later_than_it_must(
    mute: list[Times], active: list[Times], zone: ZoneInfo, now: datetime
) -> None:
    if not opens_at_all(mute, active, zone):
        return
    opens = opening(mute, active, zone, now).at
    assert opens >= now
    assert not any(holds(quiet, zone, opens) for quiet in mute)
    assert not active or any(holds(office, zone, opens) for office in active)
    for number in range(8):  # everything before it is quiet
        at = now + (opens - now) * number / 8
        if now <= at < opens:
            in_mute = any(holds(quiet, zone, at) for quiet in mute)
            assert in_mute or (active and not any(holds(office, zone, at) for office in active))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(ZONES), MOMENTS, st.integers(0, 24 * 60 - 1), st.integers(0, 6), st.sampled_from(["day", "week"])
)
def test_a_schedule_skips_no_day_and_shows_its_time(
    zone: ZoneInfo,
    now: datetime,
    minute: int,
    weekday: int,
    every: Any,  # noqa: ANN401 (one of two words)
) -> None:
    schedule = Schedule(every, minute, weekday)
    due = next_time(schedule, zone, now)
    assert now < due <= now + timedelta(days=1 if every == "day" else 7, hours=2)
    shown = due.astimezone(zone)
    off = abs((shown.hour * 60 + shown.minute) - minute)
    assert min(off, 24 * 60 - off) in {0, 30, 60}, "a skipped time comes later by as much as the clock skips"
    if every == "day":
        assert last_time(schedule, zone, due) == due
        assert last_time(schedule, zone, due - timedelta(seconds=1)) < due


@pytest.mark.parametrize(
    ("mute", "active", "opens"),
    [
        ([times()], [], False),
        ([times(times=["00:00-24:00"])], [], False),
        ([times(weekdays=["monday-sunday"])], [], False),
        ([NIGHT], [times(times=["23:00-06:00"])], False),
        ([NIGHT], [times(times=["23:00-07:01"])], True),
        ([], [times(days=["31"])], True),
        ([], [], True),
    ],
)
def test_times_that_leave_none_to_send_at_are_found_out(
    mute: list[Times],
    active: list[Times],
    opens: bool,  # noqa: FBT001 (expected value of the table)
) -> None:
    assert opens_at_all(mute, active, UTC_ZONE) is opens


@pytest.mark.parametrize(
    "written",
    ["22:00-07:00", "00:00-24:00", "09:00-17:30"],
)
def test_times_of_day_are_written_as_they_were_read(written: str) -> None:
    assert times(times=[written]).model_dump(mode="json")["times"] == [written]


@pytest.mark.parametrize("written", ["hourly", "daily 08:00", "weekly monday 08:00 Europe/Kyiv", "off"])
def test_schedules_are_written_as_they_were_read(written: str) -> None:
    alerts = Alerts.model_validate({"route": {"receiver": "console", "digest": written}})
    assert alerts.model_dump(mode="json")["route"]["digest"] == written
