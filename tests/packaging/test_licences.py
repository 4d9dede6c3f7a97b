from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from tests.packaging.licences import Package, closure, data, document, licence_of, locked

ROOT = Path(__file__).parents[2]
LISTED = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| ([a-z0-9][a-z0-9-]*) \| ([^|]+?)(?: \(1\))? \|$", LISTED, re.MULTILINE))
ANEW = "write it anew: python -m tests.packaging.licences > docs/licences.md"


def test_every_package_of_the_locked_set_is_listed() -> None:
    assert locked() - set(ROWS) == set(), ANEW


def test_everything_that_dipwatch_needs_here_is_listed() -> None:
    assert closure(["dipwatch"]) - {"dipwatch"} - set(ROWS) == set(), ANEW


def test_each_licence_is_the_one_that_the_installed_package_names() -> None:
    compared = 0
    for name, licence in ROWS.items():
        try:
            assert licence == licence_of(name), f"{name}: {ANEW}"
        except PackageNotFoundError:
            continue
        compared += 1
    assert compared >= len(locked())


def test_every_listed_licence_goes_together_with_that_of_dipwatch() -> None:
    assert [row for row in ROWS.items() if Package(*row).verdict == "bad"] == []


@pytest.mark.parametrize(
    ("licence", "verdict"),
    [
        ("MIT", "fine"),
        ("Apache-2.0 AND MIT", "fine"),
        ("(BSD-3-Clause AND MIT)", "fine"),
        ("GPL-3.0-only OR MIT", "fine"),
        ("MPL-2.0", "weak"),
        ("LGPL-3.0-only", "weak"),
        ("MIT AND LGPL-3.0-only", "weak"),
        ("GPL-3.0-only", "bad"),
        ("MIT AND AGPL-3.0-or-later", "bad"),
        ("Proprietary", "bad"),
        ("unknown", "bad"),
    ],
)
def test_a_licence_is_judged_by_all_its_parts_and_the_best_of_its_choices(licence: str, verdict: str) -> None:
    assert Package("anything", licence).verdict == verdict


def test_a_bad_licence_stands_out_in_the_document() -> None:
    lines = list(document({"": [Package("anything", "GPL-3.0-only")]}))
    assert "| anything | GPL-3.0-only **does not go together with Apache-2.0, or is not known** |" in lines


def test_every_row_of_the_data_stands_in_the_document() -> None:
    for row in data():
        assert f"| {row['what']} | {row['origin']} | {row['terms']} |" in LISTED, ANEW
