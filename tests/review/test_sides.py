"""The log looked at from one side: network, agenda, scenarios, numbers, timelines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection
from tests.review.logged import HOUR, MEETING, NOW, POSITION, RUMOUR, SUBJECT, SUBJECTS
from tests.review.talks import (
    AHEAD,
    BRIEFS,
    CALLED,
    DEAL,
    HARDER,
    HELD,
    OVERDUE,
    PLEDGE,
    POSTPONED,
    TODAY,
    UNDATED,
    WRONG,
)

from dipwatch.review.agenda import UpcomingView, commitments, upcoming
from dipwatch.review.directory import Directory
from dipwatch.review.entries import TimelineFilter, timeline_entries
from dipwatch.review.filters import HistoryFilter
from dipwatch.review.listed import NameBook, Ref
from dipwatch.review.network import network
from dipwatch.review.numbers import numbers
from dipwatch.review.outlook import scenarios

ALL = HistoryFilter(subjects=(SUBJECT,))
LAVROV, UMEROV = Ref("sergei-lavrov", "Sergei Lavrov"), Ref("rustem-umerov", "Rustem Umerov")


def test_a_network_counts_who_met_whom_and_through_whom(talks: Connection, book: NameBook) -> None:
    found = network(talks, ALL, book, BRIEFS)
    edge = found.edges[0]
    assert {edge.one, edge.other} == {LAVROV, UMEROV}
    assert (edge.times, edge.meetings, edge.contacts, edge.planned) == (3, 2, 1, 3)
    assert [(each.actor.id, each.role, each.times) for each in edge.through] == [("turkey", "host", 2)]
    assert edge.venues == (Ref("istanbul", "Istanbul"),)
    assert edge.in_baseline == date(2026, 2, 1)
    assert edge.developments[0] == MEETING
    assert {(node.actor.id, node.party.id, node.times) for node in found.nodes} == {
        ("sergei-lavrov", "russia", 3),
        ("rustem-umerov", "ukraine", 3),
    }


def test_a_network_of_parties_has_whom_everybody_acts_for(talks: Connection, book: NameBook) -> None:
    (edge,) = network(talks, ALL, book, {}, by_party=True).edges
    assert (edge.one.id, edge.other.id, edge.times, edge.in_baseline) == ("russia", "ukraine", 3, None)


def test_a_network_is_that_of_a_period_and_an_actor(talks: Connection, book: NameBook) -> None:
    assert network(talks, replace(ALL, until=NOW - 60 * HOUR), book, {}).edges == ()
    assert network(talks, replace(ALL, actors=(("turkey",),)), book, {}).edges == ()
    assert len(network(talks, replace(ALL, actors=(("sergei-lavrov", "russia"),)), book, {}).edges) == 1


def ahead(talks: Connection, book: NameBook, today: date = TODAY, **late: timedelta) -> list[UpcomingView]:
    return upcoming(talks, ALL, book, today, **late)


def test_what_is_announced_comes_in_the_order_of_its_days_and_overdue_is_marked(
    talks: Connection, book: NameBook
) -> None:
    assert [(view.id, view.state, view.first_day, view.days) for view in ahead(talks, book)] == [
        (OVERDUE, "overdue", date(2026, 3, 5), -5),
        (AHEAD, "ahead", date(2026, 3, 20), 10),
        (UNDATED, "undated", None, None),
        (POSTPONED, "postponed", None, None),
    ]


def test_a_meeting_is_today_on_its_day_and_gone_long_after(talks: Connection, book: NameBook) -> None:
    assert {view.id: view.state for view in ahead(talks, book, date(2026, 3, 20))}[AHEAD] == "today"
    assert [view.id for view in ahead(talks, book, TODAY, late=timedelta(days=1))] == [AHEAD, POSTPONED]
    assert ahead(talks, book, date(2027, 1, 1)) == []


def test_commitments_tell_what_came_of_them_and_how_long_nothing_was_heard(talks: Connection, book: NameBook) -> None:
    found = {view.development or view.entry: view for view in commitments(talks, ALL, book, BRIEFS, NOW)}
    assert list(found) == ["commitment-1", PLEDGE, DEAL]
    assert {name: [report.title for report in view.reports] for name, view in found.items()} == {
        PLEDGE: ["Russia is to publish the map"],
        DEAL: ["Russia is to publish the map"],
        "commitment-1": ["Russia pledges to draw back from the line", "Russia is to publish the map"],
    }
    assert found[DEAL].reports[0].own
    assert not found[PLEDGE].reports[0].own
    baseline = found["commitment-1"]
    assert (baseline.origin, baseline.amount, baseline.source) == ("baseline", "30 km", "seed 001")
    assert baseline.maker == Ref("russia", "Russia")
    assert {view.silent_days for view in found.values()} == {1}


def test_the_longest_silent_commitment_comes_first(talks: Connection, book: NameBook) -> None:
    later = commitments(talks, replace(ALL, issues=("none",)), book, BRIEFS, NOW)
    assert later == []
    first, *_ = commitments(talks, replace(ALL, until=NOW - 100 * HOUR), book, BRIEFS, NOW)
    assert (first.entry, first.reports, first.silent_days) == ("commitment-1", (), 59)


def test_scenarios_are_tallied_by_their_indicators(talks: Connection, book: NameBook) -> None:
    directories = {SUBJECT: Directory(SUBJECTS / SUBJECT)}
    (scenario,) = scenarios(talks, ALL, directories, book, BRIEFS)
    assert (scenario.name, scenario.likelihood, scenario.quote) == ("Slow talks", "possible", "Talks may go on.")
    assert [(each.speaks, each.what, each.times) for each in scenario.indicators] == [
        ("for", "Meeting happened", 2),
        ("for", "Ukraine harder on territory", 1),
        ("against", "Agreement planned or happened with Russia", 1),
        ("against", "anybody softer on territory", 1),
    ]
    assert (scenario.speaks_for, scenario.speaks_against, scenario.balance) == (3, 2, 1)
    assert scenario.indicators[1].developments == (HARDER,)
    (later,) = scenarios(talks, replace(ALL, since=NOW - 5 * HOUR), directories, book, {})
    assert (later.speaks_for, later.speaks_against, later.known_from) == (1, 0, None)


def test_numbers_count_the_log_of_a_period(talks: Connection, book: NameBook) -> None:
    found = {(view.group, view.key): view.count for view in numbers(talks, ALL, book)}
    assert found["total", "items"] == 18
    assert found["total", "told"] == 1
    assert found["kind", "meeting"] == 6
    assert found["verdict", "false"] == 1
    assert found["source", "Bosphorus Wire"] > found["source", "Nevskaya Gazeta"]
    assert found["actor", "sergei-lavrov"] >= 5
    assert not any(group == "day" for group, _ in found)
    latest = numbers(talks, replace(ALL, since=NOW - 5 * HOUR), book)
    assert [(view.key, view.count) for view in latest if view.group == "day"] == [("2026-03-10", 2)]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (lambda: TimelineFilter(issues=("territory",), since=NOW - 28 * HOUR), [HARDER, WRONG, POSITION]),
        (lambda: TimelineFilter(actors=(("turkey",),)), [MEETING, HELD, CALLED]),
        (lambda: TimelineFilter(since=NOW - 22 * HOUR), [MEETING, MEETING]),
        (lambda: TimelineFilter(until=NOW - 24 * HOUR, since=NOW - 25 * HOUR, below_threshold=True), [RUMOUR, CALLED]),
        (lambda: TimelineFilter(subjects=("elsewhere",)), []),
        (lambda: TimelineFilter(limit=1), [MEETING]),
    ],
)
def test_a_timeline_has_every_piece_of_news_in_the_order_of_time(
    talks: Connection, book: NameBook, asked: Callable[[], TimelineFilter], wanted: list[str]
) -> None:
    assert [entry.development for entry in timeline_entries(talks, asked(), book)] == wanted


def test_an_entry_of_a_timeline_tells_the_move_the_source_and_the_mark(talks: Connection, book: NameBook) -> None:
    found = timeline_entries(talks, TimelineFilter(issues=("territory",)), book)
    entries = {entry.development: entry for entry in found}
    shift = entries[POSITION].shift
    assert shift is not None
    assert (shift.actor.id, shift.direction) == ("russia", "softer")
    assert entries[POSITION].english
    assert entries[WRONG].verdict == "false"
    assert entries[PLEDGE].source == "Bosphorus Wire"
    assert entries[PLEDGE].link.startswith("https://bosphorus-wire.example/")
