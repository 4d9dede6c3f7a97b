"""A sixth document changes the baseline where it should and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.baseline.conftest import DOCUMENTS, SUBJECT

from dipwatch.baseline import Difference, Seed, as_json, build, compare
from dipwatch.extract import Reader
from dipwatch.lexicon import Lexicon


@pytest.fixture
def differences(
    shown: dict[str, Any], seeds: tuple[Seed, ...], reader: Reader, lexicon: Lexicon, document: Callable[..., Seed]
) -> tuple[Difference, ...]:
    text = (DOCUMENTS / "sixth.txt").read_text(encoding="utf-8")
    sixth = document(text, id="005", title="Envoys in Ankara: a note", as_of=date(2026, 5, 20))
    return compare(shown, as_json(build([*seeds, sixth], SUBJECT, reader), lexicon))


def of(found: tuple[Difference, ...], change: str, name: str, **slots: str) -> list[Difference]:
    return [
        each
        for each in found
        if (each.change, each.list) == (change, name) and slots.items() <= dict(each.entry).items()
    ]


def test_what_it_tells_first_is_added(differences: tuple[Difference, ...]) -> None:
    assert of(differences, "added", "rounds", venue="ankara", when="may 2026")
    assert of(differences, "added", "actors", actor="norway")
    assert of(differences, "added", "venues", venue="ankara")
    assert of(differences, "added", "positions", actor="ukraine", stance="immediate-full-truce")
    assert of(differences, "added", "commitments", actor="norway", amount="€2 billion")


def test_what_it_confirms_is_changed_only_in_its_documents(differences: tuple[Difference, ...]) -> None:
    (change,) = of(differences, "changed", "positions", actor="ukraine", stance="no-legal-cession")
    assert any(each.startswith("seeds: 003 -> 003 + 005") for each in change.changes)


def test_nothing_else_changes(differences: tuple[Difference, ...]) -> None:
    assert not [each for each in differences if each.change == "removed"]
    named = {"norway", "ukraine", "united-states", "russia"}
    for each in differences:
        actors = {value for value in each.entry.values() if isinstance(value, str)} & named
        assert actors or "005" in str(each.entry["evidence"])


def test_a_build_compared_with_itself_does_not_differ(shown: dict[str, Any]) -> None:
    assert compare(shown, shown) == ()


def test_what_is_gone_is_told(shown: dict[str, Any]) -> None:
    less = {**shown, "rounds": shown["rounds"][1:]}
    assert [(each.change, each.id) for each in compare(shown, less)] == [("removed", shown["rounds"][0]["id"])]
