"""Killed at random instants while it delivers, the daemon loses no message and repeats none without a record of it.

``make kills`` runs it at full length: 1,000 alerts, 20 kills.
"""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path

import pytest
from tests.acceptance.deliveries import HUNG, RECEIVERS, accounts, desks, kill_at_random, prepare, settled
from tests.acceptance.driver import installation

from dipwatch.demo import Newsroom

ALERTS = int(os.environ.get("DIPWATCH_KILLS_ALERTS", "60"))
KILLS = int(os.environ.get("DIPWATCH_KILLS", "3"))
SEED = int(os.environ.get("DIPWATCH_KILLS_SEED") or random.SystemRandom().randrange(10**6))
LONGEST = 5.0
"""Seconds that the daemon may run before it is killed."""


def say(line: str) -> None:
    """Write a line of the report; pytest shows it with -s, or where the test fails."""
    sys.stdout.write(f"{line}\n")


@pytest.mark.timeout(600 + 60 * KILLS + 2 * ALERTS)
def test_kills_lose_no_message_and_repeat_at_most_one_each(installed: str, tmp_path: Path) -> None:
    say(f"seed {SEED}: {ALERTS} alerts to {len(RECEIVERS)} receivers, {KILLS} kills")
    started = time.monotonic()
    with installation(installed, tmp_path / "site", Newsroom((), ())) as site, desks(SEED) as peers:
        prepare(site, peers, ALERTS)
        kill_at_random(site, KILLS, random.Random(SEED), LONGEST)
        peers[HUNG].released.set()
        assert settled(site, 300 + 2 * ALERTS), site.log[-2000:]
        assert site.terminate() == 0
        found = accounts(site)
    say(f"{time.monotonic() - started:.0f} s")
    for name in RECEIVERS:
        peer, account = peers[name], found[name]
        told = dict(sorted(account.outcomes.items()))
        say(f"{name}: {len(peer.taken)} arrived, {peer.repeated} repetitions; recorded {told}")
    for name in RECEIVERS:
        peer, account = peers[name], found[name]
        assert len(account.keys) == ALERTS, name
        assert account.dead == 0, name
        assert set(peer.taken) == account.keys, f"{name}: every message arrived"
        assert account.outcomes["interrupted"] <= KILLS, f"{name}: one message in flight at most"
        assert peer.repeated <= account.outcomes["interrupted"] + account.outcomes["unknown"], name
        assert account.outcomes["sent"] == ALERTS, name
