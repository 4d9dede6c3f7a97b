"""The installed command on the project's own cases and invented feeds keeps the figures that were reached."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "own_cases.py"
FLOORS = tomllib.loads((Path(__file__).parent / "own_floors.toml").read_text(encoding="utf-8"))


@pytest.mark.timeout(300)
def test_own_cases_are_read_as_well_as_before(installed: str) -> None:
    script = [sys.executable, str(SCRIPT), "--command", installed, "--json"]
    measured = json.loads(subprocess.run(script, capture_output=True, check=True, text=True).stdout)
    cases, feeds = measured["cases"], measured["feeds"]
    recalls = {name: figures["item_recall"] for name, figures in cases["languages"].items()}
    reached = {"figures": cases["figures"], "language_item_recall": recalls, **feeds}
    lost = {
        f"{part}.{name}": (values[name], least)
        for part, values in reached.items()
        for name, least in FLOORS[part].items()
        if values[name] < least
    }
    lost |= {
        f"{name}.{figure}": (feeds[name][figure], most)
        for name in feeds
        for figure, most in FLOORS["feeds_at_most"].items()
        if feeds[name][figure] > most
    }
    assert not lost, f"below the floors, or above what there may be at most: {lost}"
