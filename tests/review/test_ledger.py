from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection
from tests.review.logged import HOUR, NOW, POSITION, SUBJECT
from tests.review.talks import BRIEFS, HARDER, QUOTE

from dipwatch.review.agenda import commitments
from dipwatch.review.columns import COMMITMENTS, POSITIONS
from dipwatch.review.filters import HistoryFilter
from dipwatch.review.formats import Format, Surface, write
from dipwatch.review.ledger import LedgerFilter, PositionView, positions
from dipwatch.review.listed import NameBook, Ref
from dipwatch.review.matrix import SIGNS, detail, matrix
from dipwatch.review.story import as_text

ALL = LedgerFilter(subjects=(SUBJECT,))


@pytest.fixture
def ledger(talks: Connection, book: NameBook) -> dict[str, PositionView]:
    return {view.actor.id: view for view in positions(talks, ALL, book, BRIEFS)}


def test_a_position_begins_with_the_baseline_and_moves_with_what_was_accepted(ledger: dict[str, PositionView]) -> None:
    ukraine = ledger["ukraine"]
    assert [(step.origin, step.direction, step.development, step.entry) for step in ukraine.steps] == [
        ("baseline", "baseline", None, "position-1"),
        ("log", "harder", HARDER, None),
    ]
    assert ukraine.steps[0].quote == QUOTE
    assert ukraine.steps[0].conditions == "only with guarantees"
    assert ukraine.steps[0].at == datetime(2026, 3, 1, tzinfo=UTC)
    assert (ukraine.direction, ukraine.origin, ukraine.since) == ("harder", "log", ukraine.steps[-1].at)
    assert ukraine.steps[-1].source == "Bosphorus Wire"


def test_what_a_user_marked_false_or_was_below_the_threshold_moves_nothing(ledger: dict[str, PositionView]) -> None:
    assert all(step.direction != "softer" for step in ledger["ukraine"].steps)


def test_a_shift_without_a_baseline_stands_by_itself(ledger: dict[str, PositionView]) -> None:
    russia = ledger["russia"]
    assert [(step.development, step.direction, step.verdict) for step in russia.steps] == [
        (POSITION, "softer", "confirm")
    ]
    assert russia.was is not None
    assert russia.was.name == "demands all of it"


def test_what_one_thin_document_tells_is_marked(ledger: dict[str, PositionView]) -> None:
    assert [step.thin for step in ledger["turkey"].steps] == [True]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (LedgerFilter((SUBJECT,), actors=("russia",)), ["russia"]),
        (LedgerFilter((SUBJECT,), issues=("ceasefire",)), []),
        (LedgerFilter((SUBJECT,), at=datetime(2026, 3, 2, tzinfo=UTC)), ["ukraine"]),
        (LedgerFilter((SUBJECT,), at=NOW - 27 * HOUR), ["ukraine", "turkey"]),
        (LedgerFilter(("elsewhere",)), []),
    ],
)
def test_a_ledger_is_that_of_some_actors_and_issues_at_a_time(
    talks: Connection, book: NameBook, asked: LedgerFilter, wanted: list[str]
) -> None:
    assert [view.actor.id for view in positions(talks, asked, book, BRIEFS)] == wanted


def test_the_day_of_the_baseline_is_the_day_it_is_known_from(talks: Connection, book: NameBook) -> None:
    (view,) = positions(talks, LedgerFilter((SUBJECT,), ("ukraine",), at=NOW - 100 * HOUR), book, BRIEFS)
    assert view.since.date() == date(2026, 3, 1)
    assert view.stance is not None
    assert view.stance.id == "demands-all"


def test_the_day_of_the_baseline_is_the_same_in_every_zone(talks: Connection, book: NameBook) -> None:
    behind = Surface(width=200, zone=ZoneInfo("America/New_York"))
    views = positions(talks, LedgerFilter((SUBJECT,), ("turkey", "ukraine")), book, BRIEFS)
    text = matrix(views, behind)
    assert f"{SIGNS['baseline']} 2026-03-02" in text
    assert f"{SIGNS['harder']} 2026-03-09" in text
    assert f"{SIGNS['baseline']} 2026-03-01 baseline" in as_text(detail(views, behind), behind)
    told = write(views, POSITIONS, Format.MARKDOWN, behind)
    assert "| 2026-03-02 |" in told
    assert "2026-03-02T00:00:00+00:00" in write(views, POSITIONS, Format.CSV, behind)
    known = commitments(talks, HistoryFilter(subjects=(SUBJECT,)), book, BRIEFS, NOW)
    (promised,) = (view for view in known if view.origin == "baseline")
    assert "| 2026-01-10 |" in write([promised], COMMITMENTS, Format.MARKDOWN, behind)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_a_matrix_fits_its_surface_and_holds_every_position(ledger: dict[str, PositionView], width: int) -> None:
    text = matrix(list(ledger.values()), Surface(width=width, zone=UTC))
    assert max(map(len, text.splitlines())) <= width
    assert f"{SIGNS['harder']} 2026-03-09" in text
    assert f"{SIGNS['baseline']} 2026-03-02" in text
    assert "\x1b" not in text


def test_a_matrix_has_colours_on_a_terminal_only(ledger: dict[str, PositionView]) -> None:
    assert "\x1b[31m" in matrix(list(ledger.values()), Surface(width=80, color=True, zone=UTC))


def test_many_issues_become_several_parts_of_a_matrix(ledger: dict[str, PositionView]) -> None:
    one = ledger["ukraine"]
    views = [replace(one, issue=Ref(f"issue-{number}", f"issue {number}")) for number in range(7)]
    text = matrix(views, Surface(width=80, zone=UTC))
    assert text.count("Ukraine") == 4  # two issues beside each other, and one
    assert max(map(len, text.splitlines())) <= 80


def test_the_detail_tells_each_step_with_its_evidence_the_latest_first(ledger: dict[str, PositionView]) -> None:
    text = as_text(detail([ledger["ukraine"]], Surface(zone=UTC)), Surface(zone=UTC))
    assert text.index("Umerov: no metre of land") < text.index(QUOTE)
    assert f"dipwatch show {HARDER}" in text
    assert "seed 001; dipwatch baseline explain position-1" in text
    assert "Condition: only with guarantees" in text
