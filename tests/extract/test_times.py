from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipwatch.extract.times import find_when
from dipwatch.extract.words import WORDS
from dipwatch.model import When

WEDNESDAY = date(2025, 12, 3)
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def day(month: int, number: int, year: int = 2025) -> When:
    """One day."""
    only = date(year, month, number)
    return When(only, only)


def days(first: tuple[int, int], last: tuple[int, int], year: int = 2025) -> When:
    """The days from one to the other, (month, day) each."""
    return When(date(year, *first), date(year, *last))


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Talks resume tomorrow", day(12, 4)),
        ("Talks resume the day after tomorrow", day(12, 5)),
        ("Talks were held yesterday", day(12, 2)),
        ("The envoys meet tonight", day(12, 3)),
        ("Call held overnight", days((12, 2), (12, 3))),
        ("Переговоры продолжатся завтра", day(12, 4)),
        ("Встреча пройдет послезавтра", day(12, 5)),
        ("Вчера прошла встреча", day(12, 2)),
        ("Переговори тривають сьогодні", day(12, 3)),
        ("Зустріч відбудеться післязавтра", day(12, 5)),
        ("Учора провели розмову", day(12, 2)),
    ],
)
def test_days_are_counted_from_the_publication(text: str, when: When) -> None:
    assert find_when(text, WEDNESDAY) == when


@pytest.mark.parametrize(
    ("text", "ahead", "behind"),
    [
        ("on Friday", day(12, 5), day(11, 28)),
        ("on Wednesday", day(12, 3), day(12, 3)),
        ("Monday", day(12, 8), day(12, 1)),
        ("в пятницу", day(12, 5), day(11, 28)),
        ("в понедельник", day(12, 8), day(12, 1)),
        ("у п'ятницю", day(12, 5), day(11, 28)),
        ("у п’ятницю", day(12, 5), day(11, 28)),
        ("в неділю", day(12, 7), day(11, 30)),
        ("this weekend", days((12, 6), (12, 7)), days((11, 29), (11, 30))),
        ("в выходные", days((12, 6), (12, 7)), days((11, 29), (11, 30))),
    ],
)
def test_a_bare_weekday_lies_where_the_act_lies(text: str, ahead: When, behind: When) -> None:
    assert find_when(text, WEDNESDAY) == ahead
    assert find_when(text, WEDNESDAY, past=True) == behind


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("next Monday", day(12, 8)),
        ("next Wednesday", day(12, 10)),
        ("last Wednesday", day(11, 26)),
        ("last Friday", day(11, 28)),
        ("Tuesday next week", day(12, 9)),
        ("в следующий вторник", day(12, 9)),
        ("в прошлую среду", day(11, 26)),
        ("во вторник на следующей неделе", day(12, 9)),
        ("наступного понеділка", day(12, 8)),
        ("минулої середи", day(11, 26)),
        ("у вівторок наступного тижня", day(12, 9)),
        ("next week", days((12, 8), (12, 14))),
        ("this week", days((12, 1), (12, 7))),
        ("last week", days((11, 24), (11, 30))),
        ("на следующей неделе", days((12, 8), (12, 14))),
        ("минулого тижня", days((11, 24), (11, 30))),
        ("last weekend", days((11, 29), (11, 30))),
        ("next month", days((1, 1), (1, 31), 2026)),
        ("в прошлом месяце", days((11, 1), (11, 30))),
        ("цього місяця", days((12, 1), (12, 31))),
        ("gives Kestria until Sunday to answer", day(12, 7)),
        ("wants a reply by Monday", day(12, 8)),
        ("дал срок до пятницы", day(12, 5)),
        ("чекає відповіді до понеділка", day(12, 8)),
    ],
)
def test_weekdays_and_weeks_beside_next_and_last(text: str, when: When) -> None:
    assert find_when(text, WEDNESDAY) == when
    assert find_when(text, WEDNESDAY, past=True) == when


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("on 5 December", day(12, 5)),
        ("on December 5", day(12, 5)),
        ("on Dec. 5th, 2025", day(12, 5)),
        ("on the 5th of December 2024", day(12, 5, 2024)),
        ("5 декабря", day(12, 5)),
        ("5-го декабря 2025 года", day(12, 5)),
        ("5 грудня", day(12, 5)),
        ("05.12.2025", day(12, 5)),
        ("on 4-5 December", days((12, 4), (12, 5))),
        ("on 4 and 5 December", days((12, 4), (12, 5))),
        ("December 4 to 5", days((12, 4), (12, 5))),
        ("4–5 декабря", days((12, 4), (12, 5))),
        ("4 і 5 грудня", days((12, 4), (12, 5))),
        ("on 5-4 December", day(12, 5)),
    ],
)
def test_days_of_the_calendar(text: str, when: When) -> None:
    assert find_when(text, WEDNESDAY) == when


@pytest.mark.parametrize(
    ("text", "published", "when"),
    [
        ("on 2 January", date(2025, 12, 30), day(1, 2, 2026)),
        ("on 30 December", date(2026, 1, 2), day(12, 30, 2025)),
        ("2 января", date(2025, 12, 30), day(1, 2, 2026)),
        ("30 грудня", date(2026, 1, 2), day(12, 30, 2025)),
        ("on Friday", date(2025, 12, 31), day(1, 2, 2026)),
        ("next month", date(2025, 12, 31), days((1, 1), (1, 31), 2026)),
        ("last month", date(2026, 1, 1), days((12, 1), (12, 31))),
        ("yesterday", date(2026, 1, 1), day(12, 31)),
        ("on 29 February", date(2025, 2, 20), day(2, 29, 2024)),
        ("on 29 February", date(2028, 2, 20), day(2, 29, 2028)),
    ],
)
def test_a_date_without_a_year_is_the_nearest_to_publication(text: str, published: date, when: When) -> None:
    assert find_when(text, published) == when


@pytest.mark.parametrize(
    "text",
    [
        "on 31 June",
        "32 декабря",
        "29 February 2025",
        "45.13.2025",
        "at least 10 may follow",
        "в марте 30 стран",
        "четвертый раунд переговоров",
        "среди сторон, средства",
        "5 машин и 12 травмированных",
        "серед учасників",
        "5 marines and 2 decades",
        "неделя за неделей",
        "Talks are going on",
        "",
    ],
)
def test_what_looks_like_a_date_but_is_none_is_passed_over(text: str) -> None:
    assert find_when(text, WEDNESDAY) is None


def test_the_first_of_several_times_counts() -> None:
    assert find_when("Rubio lands on Friday, leaves on 7 December", WEDNESDAY) == day(12, 5)
    assert find_when("31 June or tomorrow", WEDNESDAY) == day(12, 4)


def test_months_are_told_apart_in_every_form() -> None:
    for number, names in enumerate(WORDS.times.months, start=1):
        for name in names:
            text = f"5 {name.replace('*', 'я').capitalize()} 2025"
            assert find_when(text, WEDNESDAY) == day(number, 5), text


def test_weekdays_are_told_apart_in_every_form() -> None:
    for number, names in enumerate(WORDS.times.weekdays):
        for name in names:
            found = find_when(name.replace("*", "у"), WEDNESDAY)
            assert found is not None, name
            assert found.first.weekday() == number, name


@settings(deadline=None)
@given(st.text(max_size=300), DAYS, st.booleans())
def test_random_text_never_raises_and_days_are_in_order(text: str, published: date, past: bool) -> None:  # noqa: FBT001 - drawn
    found = find_when(text, published, past=past)
    assert found is None or found.first <= found.last


@settings(max_examples=60, deadline=None)
@given(DAYS, DAYS.filter(lambda each: 2000 <= each.year < 2100))
def test_a_written_date_is_read_back(published: date, meant: date) -> None:
    for form in (f"{meant:%d %B %Y}", f"{meant:%B %d, %Y}", f"{meant:%d.%m.%Y}"):
        assert find_when(f"They meet on {form}.", published) == When(meant, meant)


@settings(deadline=None)
@given(DAYS, st.integers(-150, 150))
def test_a_near_date_needs_no_year(published: date, away: int) -> None:
    meant = published + timedelta(days=away)
    if (meant.month, meant.day) != (2, 29):
        assert find_when(f"on {meant.day} {meant:%B}", published) == When(meant, meant)
