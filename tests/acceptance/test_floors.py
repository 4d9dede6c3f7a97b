"""The installed command on the labelled streams keeps the figures that were reached."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))
STREAMS = {"dev": ("stream.jsonl.gz", "gold.jsonl"), "ruuk": ("ruuk.jsonl", "ruuk_gold.jsonl")}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", STREAMS)
def test_a_labelled_stream_is_read_as_well_as_before(name: str, installed: str, shared: Path, tmp_path: Path) -> None:
    stream, gold = (shared / "eval/dev" / file for file in STREAMS[name])
    out = tmp_path / "out.ndjson"
    with out.open("wb") as lines:
        subprocess.run([installed, "replay", stream, "--format", "ndjson"], stdout=lines, check=True, cwd=tmp_path)
    score = [sys.executable, str(shared / "eval/score.py"), str(gold), str(out), "--json"]
    figures = json.loads(subprocess.run(score, capture_output=True, check=True, text=True).stdout)
    lost = {figure: (figures[figure], least) for figure, least in FLOORS[name].items() if figures[figure] < least}
    assert not lost, f"below the floors: {lost}"
