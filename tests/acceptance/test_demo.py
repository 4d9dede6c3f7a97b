"""``dipwatch demo`` from end to end."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest


@pytest.mark.timeout(180)
def test_the_demo_shows_alerts_a_history_and_that_a_replay_is_equal(installed: str, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    started = time.monotonic()
    done = subprocess.run(
        [installed, "demo", "--keep", str(folder)], capture_output=True, text=True, check=False, timeout=150
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert time.monotonic() - started < 120, "the demo is bounded, on a busy machine too"
    digest, *rounds = done.stdout.split("\nRound ")
    assert digest.count("DIGEST") == 1
    assert "90 billion" in digest or "90bn" in digest
    assert len(rounds) == 4
    assert done.stdout.count("\nNEW · ") >= 3
    assert "\nNEW · " in rounds[3], "the last round has news"
    assert "baseline: " in rounds[3], "a position that moved is held against its document"
    for told in rounds:
        assert "Not told: " in told, "what was kept from the reader is said"
    assert "rowers" not in done.stdout.lower(), "noise stays noise"
    history, _, end = done.stdout.partition("dipwatch history\n")[2].partition("dipwatch feeds list")
    assert "Miami" in history
    assert "Ukraine on NATO membership: ready to give the bid up" in history
    assert "strait-review" in end
    assert "old-gazette" in end
    assert "equal to the change log" in end


def test_a_folder_that_holds_something_is_left_alone(installed: str, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    done = subprocess.run([installed, "demo", "--keep", str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, [path.name for path in tmp_path.iterdir()]) == (2, ["mine.txt"])
    assert len(done.stderr.splitlines()) == 1
