"""Killed between rounds and in the middle of one, the daemon loses nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.acceptance.driver import Installation, installation


def tied(site: Installation) -> dict[object, object]:
    """Each item that is tied to a development, with that development."""
    rows = site.query("SELECT item_id, development_id FROM changes ORDER BY seq")
    return {item: development for item, development in rows}  # noqa: C416 (a row is no pair to mypy)


@pytest.mark.timeout(300)
def test_kills_lose_no_development_and_repeat_at_most_one_message_each(installed: str, tmp_path: Path) -> None:
    with installation(installed, tmp_path / "calm") as calm:
        calm.start()
        for number in range(calm.newsroom.rounds + 1):
            calm.begin_round(number)
            calm.settle()
        assert calm.terminate() == 0
    with installation(installed, tmp_path / "killed") as site:
        site.start()
        site.settle()
        site.kill()  # between rounds
        site.begin_round(1)
        site.start()
        site.settle()
        site.begin_round(2)
        site.wait(lambda: bool(site.server.served))
        site.kill()  # while feeds are being stored
        site.start()
        site.settle()
        site.begin_round(3)
        ticks = site.log.count('"tick"')
        site.wait(lambda: site.log.count('"tick"') > ticks)
        site.kill()  # while detection and delivery are at work
        site.start()
        site.settle()
        assert site.terminate() == 0

        assert tied(site) == tied(calm)
        assert sorted(site.alerted()) == sorted(calm.alerted())
        assert len(calm.alerted()) >= 5
        assert site.query("SELECT count(*) FROM outbox WHERE state != 'sent'") == [(0,)]
        printed = Counter(site.references())
        sent = {key for (key,) in site.query("SELECT DISTINCT message_key FROM outbox")}
        assert set(printed) == sent, "every message was printed"
        assert sum(printed.values()) - len(sent) <= site.kills
        verified = site.run("replay", "--stored", "--verify")
        assert verified.returncode == 0, verified.stderr
