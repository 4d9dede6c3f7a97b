from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.feeds.samples import NOW, item, numbered, rss

from dipwatch.feeds.dates import Shift
from dipwatch.feeds.entries import Entry, to_entries
from dipwatch.feeds.learning import learn
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parse import parse_feed
from dipwatch.feeds.window import marks_of, news_in, rolled_over

URL = "https://paper.example/rss"
HOUR = timedelta(hours=1)
MARKS = st.lists(st.text("abcdef", min_size=1, max_size=2), max_size=12)


def entries(*items: str) -> tuple[Entry, ...]:
    return to_entries(parse_feed(rss(items)), url=URL, language=None, now=NOW, shift=Shift())


def test_marks_survive_guids_and_tracking_that_change_and_texts_that_are_edited() -> None:
    first = entries(item("Talks open", link="https://paper.example/a?utm_source=x", guid="one"))
    later = entries(item("Talks begin", link="https://paper.example/a?utm_source=y", guid="two"))
    assert marks_of(first) == marks_of(later)


def test_entries_that_share_a_link_are_told_apart_by_their_wording() -> None:
    page = "https://paper.example/"
    assert len(set(marks_of(entries(item("One", link=page, guid="1"), item("Two", link=page, guid="2"))))) == 2


def test_what_is_new_is_counted() -> None:
    assert news_in(["a", "b"], ["b", "c", "d"]) == 2


@given(MARKS, MARKS)
def test_an_entry_that_stayed_is_never_a_hole(known: list[str], marks: list[str]) -> None:
    assert not (set(known) & set(marks) and rolled_over(known, marks, (), None))


@given(MARKS)
def test_a_feed_without_a_past_or_of_two_entries_has_no_holes(marks: list[str]) -> None:
    assert not rolled_over((), marks, (), None)
    assert not rolled_over(("y", "z"), marks, (), None)


@pytest.mark.parametrize(("oldest", "hole"), [(NOW - HOUR, False), (NOW, False), (NOW + HOUR, True)])
def test_strangers_that_are_older_than_what_is_known_are_another_list_and_no_hole(oldest: datetime, hole: bool) -> None:  # noqa: FBT001 (the table's)
    assert rolled_over("abc", "xyz", [oldest, NOW + 2 * HOUR], NOW) is hole


def learned(memory: FeedMemory, items: list[str], hours: float, outcome: Outcome = Outcome.OK) -> FeedMemory:
    now = NOW + hours * HOUR
    parsed = replace(parse_feed(rss(items)), outcome=outcome)
    read = to_entries(parsed, url=URL, language=None, now=now, shift=Shift())
    return learn(memory, parsed, read, Shift(), now)[0]


def undated(*numbers: int) -> list[str]:
    return [item(f"Report {n}", link=f"https://paper.example/{n}", date=None) for n in numbers]


def test_the_rhythm_of_a_feed_without_dates_is_learned_from_what_is_new() -> None:
    memory = learned(FeedMemory(url=URL), undated(1, 2, 3), 0)
    assert (memory.rhythm_seconds, memory.hints["heard"]) == (None, NOW.timestamp())
    memory = learned(memory, undated(2, 3, 4), 2)
    assert memory.rhythm_seconds == 7200
    memory = learned(memory, undated(2, 3, 4), 50)
    assert memory.rhythm_seconds == 7200
    memory = learned(memory, undated(4, 5, 6), 4)
    assert memory.rhythm_seconds == 7200 + 0.3 * (3600 - 7200)


def test_dates_say_when_there_was_news_before_the_first_contact() -> None:
    frozen = learned(FeedMemory(url=URL), numbered(5, newest=NOW - 900 * HOUR), 0)
    assert "heard" not in frozen.hints
    assert frozen.hints["newest"] == (NOW - 900 * HOUR).timestamp()


def test_a_silence_is_remembered_when_it_ends() -> None:
    memory = learned(FeedMemory(url=URL), numbered(5), 0)
    memory = replace(memory, silent_at=NOW + 80 * HOUR)
    assert learned(memory, numbered(5), 100).hints.get("silence") is None
    over = learned(memory, [item(link="https://paper.example/new", date=NOW + 99 * HOUR), *numbered(5)], 100)
    assert over.hints["silence"] == 100.5 * 3600


def test_a_document_that_breaks_off_forgets_no_entry() -> None:
    memory = learned(FeedMemory(url=URL), undated(1, 2, 3, 4), 0)
    cut = learned(memory, undated(1, 2), 1, Outcome.TRUNCATED)
    assert set(cut.window or ()) == set(memory.window or ())
