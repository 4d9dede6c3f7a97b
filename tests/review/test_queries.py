from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from tests.review.logged import HOUR, MEETING, NOW, POSITION, RUMOUR, SUBJECT, _change, _tick, claim, fill

from dipwatch.errors import UsageError
from dipwatch.model import Change, ChangeType, Item, Kind, Part, Role, Status
from dipwatch.review.filters import HistoryFilter
from dipwatch.review.listed import NameBook, Ref
from dipwatch.review.queries import count, history
from dipwatch.store.store import Store

FILTERS = [
    (HistoryFilter(), [POSITION, MEETING]),
    (HistoryFilter(below_threshold=True), [POSITION, MEETING, RUMOUR]),
    (HistoryFilter(subjects=(SUBJECT,)), [POSITION, MEETING]),
    (HistoryFilter(subjects=("elsewhere",)), []),
    (HistoryFilter(kinds=("position",)), [POSITION]),
    (HistoryFilter(kinds=("position", "contact"), below_threshold=True), [POSITION, RUMOUR]),
    (HistoryFilter(statuses=("planned",), below_threshold=True), [RUMOUR]),
    (HistoryFilter(severities=("high",)), [MEETING]),
    (HistoryFilter(venues=("istanbul",)), [MEETING]),
    (HistoryFilter(venues=("dolmabahce-palace",)), []),
    (HistoryFilter(issues=("territory",)), [POSITION]),
    (HistoryFilter(actors=(("sergei-lavrov",),)), [POSITION, MEETING]),
    (HistoryFilter(actors=(("sergei-lavrov",), ("turkey", "rustem-umerov"))), [MEETING]),
    (HistoryFilter(actors=(("turkey",),)), [MEETING]),
    (HistoryFilter(actors=(("ukraine",),)), [MEETING]),
    (HistoryFilter(reasons=("new_to_record",)), [POSITION]),
    (HistoryFilter(reasons=("status_change", "position_shift")), [POSITION, MEETING]),
    (HistoryFilter(reasons=("new",)), []),
    (HistoryFilter(sources=("Nevskaya Gazeta",)), [POSITION, MEETING]),
    (HistoryFilter(sources=("Bosphorus Wire",)), [MEETING]),
    (HistoryFilter(text="ПЕРЕГОВОРАМ"), [POSITION]),
    (HistoryFilter(text="dolmabahce thursday"), [MEETING]),
    (HistoryFilter(text="dolmabahce friday"), []),
    (HistoryFilter(text="100%"), []),
    (HistoryFilter(since=NOW - 27 * HOUR), [POSITION, MEETING]),
    (HistoryFilter(since=NOW - 5 * HOUR), [MEETING]),
    (HistoryFilter(until=NOW - 26 * HOUR), [MEETING]),
    (HistoryFilter(since=NOW - 26 * HOUR, until=NOW - 25 * HOUR), [POSITION]),
    (HistoryFilter(since=NOW), []),
    (HistoryFilter(limit=1), [POSITION]),
]


def test_every_filter_finds_what_it_asks_for_in_the_order_of_change(log: Connection, book: NameBook) -> None:
    for asked, wanted in FILTERS:
        assert [view.id for view in history(log, asked, book)] == wanted, asked


def test_a_count_leaves_the_limit_aside(log: Connection) -> None:
    assert count(log, HistoryFilter(limit=1)) == 2
    assert count(log, HistoryFilter(kinds=("position",))) == 1


def test_a_view_holds_names_and_the_state_of_the_log(log: Connection, book: NameBook) -> None:
    (meeting,) = history(log, HistoryFilter(kinds=("meeting",)), book)
    assert meeting.actors == (
        Ref("sergei-lavrov", "Sergei Lavrov"),
        Ref("rustem-umerov", "Rustem Umerov"),
        Ref("turkey", "Türkiye"),
    )
    assert meeting.venue == Ref("istanbul", "Istanbul")
    assert meeting.issue is None
    assert (meeting.status, meeting.sources, meeting.reports) == ("happened", 2, 3)
    assert meeting.reasons == ("status_change",)
    assert meeting.changed_at == NOW - 4 * HOUR
    assert meeting.opened_at.utcoffset() == timedelta(0)


def test_a_mark_shows_and_the_reasons_of_the_news_stay(log: Connection, book: NameBook) -> None:
    (position,) = history(log, HistoryFilter(kinds=("position",)), book)
    assert position.verdict == "confirm"
    assert position.reasons == ("position_shift", "new_to_record")


def test_the_english_line_is_that_of_the_report_that_gave_the_title(store: Store, book: NameBook) -> None:
    fill(store)
    steps = [
        ("Встреча в столице, говорят, возможна", Status.REPORTED, None),
        ("Встреча в столице состоится", Status.PLANNED, Status.REPORTED),
        ("Опять о встрече в столице", Status.PLANNED, None),
    ]
    for number, (title, status, was) in enumerate(steps):
        told = untold(status, was, first=number == 0)
        _tick(store, NOW + number * HOUR, [("nevskaya-gazeta", title)], told)
    with store.connect() as connection:
        (view,) = (
            each for each in history(connection, HistoryFilter(below_threshold=True), book) if each.id == "untold"
        )
    assert (view.title, view.status) == ("Встреча в столице состоится", "planned")
    assert view.english == "Meeting planned: Sergei Lavrov"


def untold(status: Status, was: Status | None, *, first: bool) -> Callable[[Sequence[Item]], list[Change]]:
    """Return what decides a report that nobody is told of; ``was`` is the status that it moves."""
    values = {"type": ChangeType.NEW if first else ChangeType.UPDATE, "alert": False, "status_was": was}
    read = claim(Kind.MEETING, "Встреча.", Part("sergei-lavrov", Role.SOURCE), status=status)
    return lambda items: [_change("untold", items[0], read, **values)]


def test_ids_are_shown_where_a_subject_has_no_lexicon_here(log: Connection) -> None:
    (position,) = history(log, HistoryFilter(kinds=("position",)), NameBook({}))
    assert position.actors == (Ref("sergei-lavrov", "sergei-lavrov"),)


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", ";--", ":*", "(", " AND ", "*", "^"])
def test_no_sign_of_a_search_is_more_than_a_sign(log: Connection, book: NameBook, text: str) -> None:
    found = history(log, HistoryFilter(text=f"envoys{text}"), book)
    assert [view.id for view in found] == ([] if text == " AND " else [MEETING])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("talk", []),
        ("ENVOY meets", [MEETING]),
        ("envoys thursday", [MEETING]),
        ("envoy", [MEETING]),
        ("palaces", [MEETING]),
        ("meet istanbul", [MEETING]),
        ("переговоры", [POSITION]),
        ("Переговоров территории", [POSITION]),
        ("переговор о территориях", [POSITION]),
        ("встречи", [MEETING]),
        ("Стамбулом", [MEETING]),
        ('"envoys to meet"', [MEETING]),
        ('"meet to envoys"', []),
        ('"envoy to"', []),
        ('istanbul "on thursday"', [MEETING]),
    ],
)
def test_words_are_found_in_their_other_forms_and_quoted_ones_as_they_stand(
    log: Connection, book: NameBook, text: str, wanted: list[str]
) -> None:
    assert [view.id for view in history(log, HistoryFilter(text=text), book)] == wanted


def test_a_search_without_any_word_is_refused(log: Connection, book: NameBook) -> None:
    with pytest.raises(UsageError, match="no word"):
        history(log, HistoryFilter(text="?!"), book)


def test_a_page_goes_on_after_the_last_id_of_the_one_before(log: Connection, book: NameBook) -> None:
    def ids(after: str) -> list[str]:
        return [view.id for view in history(log, HistoryFilter(below_threshold=True, after=after, limit=1), book)]

    assert (ids(POSITION), ids(MEETING), ids(RUMOUR)) == ([MEETING], [RUMOUR], [])
    with pytest.raises(UsageError, match="no development 'nowhere'"):
        ids("nowhere")
