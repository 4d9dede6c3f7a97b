"""Everything that can happen to a daemon, each thing once: the short form of `python -m tests.trials.chaos`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.trials import chaos
from tests.trials.timed import TrialClock

SECONDS = 12.0
SEED = 11
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.timeout(600)
def test_whatever_happens_every_development_is_found_and_told(tmp_path: Path) -> None:
    expected, account = chaos.run(tmp_path, SECONDS, SEED, wires=2)
    assert len(expected.alerted) >= 3
    assert sum(account.happened.values()) >= 4
    failed = [what for what, holds in chaos.checks(expected, account).items() if not holds]
    assert not failed, account.log[-3000:]


def test_a_trial_clock_runs_at_its_speed_and_can_be_set(tmp_path: Path) -> None:
    clock = TrialClock(tmp_path / "clock")
    clock.set(NOON, speed=3600)
    assert NOON <= clock.now() < NOON + timedelta(days=1)
    clock.set(NOON)
    assert NOON <= clock.now() < NOON + timedelta(minutes=1)
    clock.step(timedelta(hours=-2))
    again = TrialClock(tmp_path / "clock")
    assert NOON - timedelta(hours=2) <= again.now() < NOON - timedelta(hours=1)
