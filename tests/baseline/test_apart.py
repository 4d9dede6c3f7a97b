"""Deriving works, without corrections, on documents written apart from the lexicon's making."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from tests.baseline.conftest import DOCUMENTS

from dipwatch.extract import Reader
from dipwatch.lexicon import load_lexicon

SHARES = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "baseline_shares.py"))
LEAST = {"actors": 0.8, "venues": 0.8, "rounds": 0.5, "positions": 0.5}


@pytest.mark.parametrize("name", ["briefing", "straits"])
def test_most_of_what_a_reader_lists_by_hand_is_derived(name: str, reader: Reader) -> None:
    its_reader = reader if name == "briefing" else Reader(load_lexicon(DOCUMENTS / name))
    baseline, expected = SHARES["read_apart"](name, its_reader)
    for each, least in LEAST.items():
        gone = list(SHARES["missed"](baseline, each, expected[each]))
        assert 1 - len(gone) / len(expected[each]) >= least, gone
