from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.build import CLAIM, MINUTE, NOW, SUBJECT, log_changes, make_change

from dipwatch.errors import StoreError
from dipwatch.model import Change, ChangeType, Kind, Severity, Status
from dipwatch.store.developments import Development, carry_on, family, fold, read_developments
from dipwatch.store.log import read_changes, recall
from dipwatch.store.store import Store

_numbers = count(1)


def _folded(*changes: Change) -> Development:
    state: Development | None = None
    for change in changes:
        state = fold(state, change, SUBJECT)
    assert state is not None
    return state


def test_the_first_change_opens_a_development() -> None:
    opened = _folded(make_change("d1", item=None))
    assert (opened.opened_at, opened.last_change_at) == (NOW, NOW)
    assert (opened.kind, opened.status, opened.venue, opened.issue) == ("meeting", "planned", "vienna", "territory")
    assert (opened.alerted, opened.verdict, opened.redirect_to) == (True, None, None)


def test_an_update_moves_it_and_a_support_only_adds_to_it() -> None:
    changed: dict[str, Any] = {
        "status": Status.HAPPENED,
        "severity": Severity.LOW,
        "title": "They met",
        "at": NOW + MINUTE,
    }
    first = make_change("d1", alert=False)
    update = _folded(first, make_change("d1", type=ChangeType.UPDATE, sources=2, **changed))
    assert (update.status, update.severity, update.title, update.sources) == ("happened", "low", "They met", 2)
    support = _folded(first, make_change("d1", type=ChangeType.SUPPORT, sources=3, confidence=0.95, **changed))
    assert (support.status, support.severity, support.title) == ("planned", "high", first.title)
    assert (support.sources, support.confidence, support.last_change_at) == (3, 0.95, NOW + MINUTE)


def test_an_update_that_moves_the_status_brings_its_title_though_nobody_is_told() -> None:
    first = make_change("d1", title="A to meet B")
    held = make_change("d1", type=ChangeType.UPDATE, alert=False, status=Status.HAPPENED, title="A has met B")
    assert _folded(first, replace(held, status_was=Status.PLANNED)).title == "A has met B"
    assert _folded(first, replace(held, status=Status.PLANNED)).title == "A to meet B"


def test_reports_count_items_and_an_alert_is_not_forgotten() -> None:
    first = make_change("d1", alert=True)
    reports = [make_change("d1", type=ChangeType.SUPPORT, alert=False) for _ in range(3)]
    with_items = [replace(change, item=f"i{number}") for number, change in enumerate(reports)]
    after = _folded(first, *with_items)
    assert (after.reports, after.alerted) == (3, True)


@pytest.mark.parametrize(
    ("note", "verdict", "redirect"),
    [
        ("false", "false", None),
        ("confirm", "confirm", None),
        ("duplicate-of d2", None, "d2"),
        ("kind contact", None, None),
    ],
)
def test_a_users_mark_is_kept(note: str, verdict: str | None, redirect: str | None) -> None:
    mark = make_change("d1", type=ChangeType.CORRECTION, note=note, kind=Kind.CONTACT, claim=None)
    after = _folded(make_change("d1"), mark)
    assert (after.verdict, after.redirect_to, after.kind, after.venue) == (verdict, redirect, "contact", "vienna")


def test_a_place_that_an_update_does_not_name_stays() -> None:
    nowhere = make_change("d1", type=ChangeType.UPDATE, claim=None)
    elsewhere = make_change("d1", type=ChangeType.UPDATE, alert=True, claim=replace(CLAIM, venue="rome"))
    assert _folded(make_change("d1"), nowhere).venue == "vienna"
    assert _folded(make_change("d1"), elsewhere).venue == "rome"
    assert _folded(make_change("d1"), replace(elsewhere, alert=False)).venue == "vienna", "nobody was told of rome"


def test_another_subjects_development_is_refused(store: Store) -> None:
    log_changes(store, [make_change("d1")])
    with pytest.raises(StoreError, match="belongs to subject ukraine, not to gaza"), store.begin() as connection:
        carry_on(connection, "gaza", [make_change("d1")])


CHANGES = st.builds(
    make_change,
    st.sampled_from(["a", "b", "c"]),
    type=st.sampled_from(list(ChangeType)),
    alert=st.booleans(),
    kind=st.sampled_from(list(Kind)),
    status=st.sampled_from(list(Status)),
    sources=st.integers(1, 5),
    note=st.sampled_from(["", "false", "confirm", "duplicate-of b"]),
    claim=st.sampled_from([None, CLAIM]),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ticks=st.lists(st.lists(CHANGES, max_size=6), max_size=4))
def test_the_view_is_the_fold_of_the_log(store: Store, ticks: list[list[Change]]) -> None:
    example = next(_numbers)  # developments of their own for every example
    own = [[replace(c, development=f"{c.development}{example}") for c in tick] for tick in ticks]
    for changes in own:
        log_changes(store, changes)
    names = sorted({change.development for changes in own for change in changes})
    with store.connect() as connection:
        expected = [_folded(*(c for _, c in read_changes(connection, development=name))) for name in names]
        assert read_developments(connection, names) == expected


def test_a_split_takes_reports_away_and_the_first_title_with_them() -> None:
    first = replace(make_change("d1", title="The first"), item="a")
    second = replace(make_change("d1", type=ChangeType.SUPPORT, alert=False, title="The second"), item="b")
    taken = replace(
        make_change(
            "d1", type=ChangeType.CORRECTION, alert=False, title="The second", status=Status.REPORTED, sources=1
        ),
        item="a",
        claim=None,
        note="split d2",
    )
    left = _folded(first, second, taken)
    assert (left.reports, left.title, left.status, left.sources) == (1, "The second", "reported", 1)
    placed = replace(first, type=ChangeType.CORRECTION, development="d2", note="split-from d1", first_at=NOW)
    assert (_folded(placed).reports, _folded(placed).title, _folded(placed).redirect_to) == (1, "The first", None)


def test_what_was_merged_is_one_family_and_is_recalled_in_the_order_of_the_log(store: Store) -> None:
    correction: dict[str, Any] = {"type": ChangeType.CORRECTION, "alert": False}
    changes = [
        make_change("d1"),
        make_change("d2"),
        make_change("d3"),
        make_change("d4"),
        make_change("d2", note="duplicate-of d1", **correction),
        make_change("d3", note="duplicate-of d2", **correction),
        make_change("d1", type=ChangeType.SUPPORT, alert=False),
    ]
    log_changes(store, changes)
    with store.connect() as connection:
        assert [sorted(family(connection, name)) for name in ("d1", "d2", "d3", "d4")] == [
            ["d1", "d2", "d3"],
            ["d1", "d2", "d3"],
            ["d1", "d2", "d3"],
            ["d4"],
        ]
        assert recall(connection, "d2") == tuple(change for change in changes if change.development != "d4")
        assert recall(connection, "unheard-of") == ()
