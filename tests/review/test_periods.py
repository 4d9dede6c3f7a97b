from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dipwatch.errors import UsageError
from dipwatch.review.periods import Period, parse_period

KYIV = ZoneInfo("Europe/Kyiv")
NOW = datetime(2026, 3, 11, 10, 30, tzinfo=UTC)  # a Wednesday, 12:30 in Kyiv


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("today", "2026-03-10T22:00", "2026-03-11T22:00"),
        ("Yesterday", "2026-03-09T22:00", "2026-03-10T22:00"),
        ("2026-03-01", "2026-02-28T22:00", "2026-03-01T22:00"),
        ("monday", "2026-03-08T22:00", "2026-03-09T22:00"),
        ("wednesday", "2026-03-03T22:00", "2026-03-04T22:00"),
        ("this week", "2026-03-08T22:00", "2026-03-15T22:00"),
        ("last  week", "2026-03-01T22:00", "2026-03-08T22:00"),
        ("last month", "2026-01-31T22:00", "2026-02-28T22:00"),
        ("this month", "2026-02-28T22:00", "2026-03-31T21:00"),  # summer time begins in it
        ("last year", "2024-12-31T22:00", "2025-12-31T22:00"),
        ("2025-12", "2025-11-30T22:00", "2025-12-31T22:00"),
        ("2025", "2024-12-31T22:00", "2025-12-31T22:00"),
        ("3d", "2026-03-08T10:30", "2026-03-08T10:30"),
        ("48h", "2026-03-09T10:30", "2026-03-09T10:30"),
        ("2 weeks ago", "2026-02-25T10:30", "2026-02-25T10:30"),
        ("90 minutes", "2026-03-11T09:00", "2026-03-11T09:00"),
        ("now", "2026-03-11T10:30", "2026-03-11T10:30"),
        ("2026-03-01 14:00", "2026-03-01T12:00", "2026-03-01T12:00"),
        ("2026-03-01T14:00Z", "2026-03-01T14:00", "2026-03-01T14:00"),
        ("2026-07-01T14:00", "2026-07-01T11:00", "2026-07-01T11:00"),
    ],
)
def test_what_people_write_is_understood_in_their_time_zone(text: str, start: str, end: str) -> None:
    assert parse_period(text, NOW, KYIV) == Period(utc(start), utc(end))


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "2026-02-30", "3x", "-3d", "last fortnight", "0", "1e9"])
def test_anything_else_is_refused_with_what_can_be_written(text: str) -> None:
    with pytest.raises(UsageError, match="write a date"):
        parse_period(text, NOW, KYIV)


def test_a_duration_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(UsageError):
        parse_period("999999w", NOW, KYIV)


@given(st.text(max_size=30))
@example("２０２６")
@example("2026-03-01T14:00:00,5")
@example("0000")
@example("9999-12")
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        period = parse_period(text, NOW, KYIV)
    except UsageError:
        return
    assert period.start <= period.end
    assert period.start.utcoffset() == timedelta(0)


@given(st.dates(min_value=date(1971, 1, 1), max_value=date(2100, 1, 1)), st.integers(-12, 14))
def test_a_day_begins_and_ends_at_midnight_where_the_user_is(day: date, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    period = parse_period(day.isoformat(), NOW, zone)
    assert period.start.astimezone(zone).replace(tzinfo=None) == datetime(day.year, day.month, day.day)  # noqa: DTZ001 (compared as read on a wall)
    assert period.end - period.start == timedelta(days=1)


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 (hypothesis wants bounds without a zone)
def test_days_weeks_months_and_years_join_without_gap_or_overlap(now: datetime) -> None:
    assert parse_period("yesterday", now, KYIV).end == parse_period("today", now, KYIV).start
    for unit in ("week", "month", "year"):
        last, this = (parse_period(f"{which} {unit}", now, KYIV) for which in ("last", "this"))
        assert last.end == this.start
        assert this.start <= now < this.end


def test_without_a_zone_the_machines_own_counts() -> None:
    period = parse_period("today", NOW)
    local = period.start.astimezone()
    assert (local.hour, local.minute) == (0, 0)
