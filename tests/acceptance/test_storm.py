"""A storm of developments within a minute leaves every channel within its limits, and loses none."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import pytest
from tests.acceptance.driver import Installation, installation
from tests.alerts.peers import HttpPeer, http_peer

from dipwatch.demo import DemoFeed, DemoItem, Newsroom
from dipwatch.shipped import shipped

FEEDS = tuple(DemoFeed(f"wire-{number}", f"Wire {number}", "wire", "en", "rss") for number in range(4))
LIMIT, PER = 10, 20.0
"""Messages within so many seconds: an hour would be too long for a test."""
ALERTS = f"""
receivers = [
    {{ name = "chat", url = "json://127.0.0.1:CHAT/", limits = ["{LIMIT} per {PER:.0f}s"] }},
    {{ name = "desk", url = "json://127.0.0.1:DESK/" }},
]
[alerts.route]
receiver = "chat"
[[alerts.route.routes]]
continue = true
[[alerts.route.routes]]
receiver = "desk"
group_by = ["severity"]
group_wait = "3s"
group_interval = "5s"
"""


def names(sort: str, *, of_type: str = "") -> list[str]:
    entries = tomllib.loads(shipped("config", "subjects", "ukraine", f"{sort}s.toml").read_text(encoding="utf-8"))
    return [entry["name"] for entry in entries[sort] if not of_type or entry["type"] == of_type]


def storm() -> Iterator[DemoItem]:
    """Yield a calm round, then meetings of hundreds of pairs of people that have nothing to do with each other."""
    for feed in FEEDS:
        yield DemoItem(feed.id, f"{feed.id}-calm", 0, 200, "Heavy rain is expected along the coast", "")
    people, venues = names("actor", of_type="person"), names("venue")
    half = len(people) // 2
    pairs = [*zip(people[0::2], people[1::2], strict=False), *zip(people[:250], people[half:], strict=False)]
    for number, ((one, other), feed) in enumerate(zip(pairs, cycle(FEEDS), strict=False)):
        title = f"{one} meets {other} in {venues[number * 7 % len(venues)]} for talks on Ukraine"
        yield DemoItem(feed.id, f"storm-{number}", 1, 5, title, "")


@pytest.fixture
def stormy(installed: str, tmp_path: Path) -> Iterator[Installation]:
    with installation(installed, tmp_path / "storm", Newsroom(FEEDS, tuple(storm()))) as made:
        yield made


def told(channel: HttpPeer) -> list[list[str]]:
    """The developments of each message that a channel got."""
    messages = [json.loads(json.loads(request.body)["message"]) for request in channel.received]
    assert all(message["left_out"] == 0 for message in messages)
    return [[entry["development"] for entry in message["entries"]] for message in messages]


@pytest.mark.timeout(400)
def test_a_storm_comes_as_groups_and_digests_within_the_limits_and_nothing_is_missing(stormy: Installation) -> None:
    with http_peer() as chat, http_peer() as desk:
        alerts = ALERTS.replace("CHAT", str(chat.port)).replace("DESK", str(desk.port))
        text = stormy.config.read_text(encoding="utf-8").replace('group_interval = "0s"\n', alerts)
        stormy.config.write_text(text.replace("[alerts]", "[detection]\nbatch = 60\n\n[alerts]"), encoding="utf-8")
        stormy.start()
        stormy.settle()
        stormy.begin_round(1)
        stormy.settle()
        assert stormy.terminate() == 0
    developments = {str(row[0]) for row in stormy.query("SELECT DISTINCT development_id FROM changes WHERE alert")}
    assert len(developments) >= 500
    for channel in (chat, desk):
        counted = [development for message in told(channel) for development in message]
        assert set(counted) == developments
        assert len(counted) <= len(developments) + 5, "an update may come in a later message"
    assert stormy.query("SELECT DISTINCT state FROM outbox") == [("sent",)]
    times = [request.at for request in chat.received]
    assert all(later - first >= PER for first, later in zip(times, times[LIMIT:], strict=False))
    assert len(chat.received) <= len(developments) // 20
    assert len(desk.received) <= len(developments) // 20


def test_a_quiet_day_is_told_once_in_one_line(installed: str, tmp_path: Path) -> None:
    calm = tuple(item for item in storm() if item.round == 0)
    with installation(installed, tmp_path / "calm", Newsroom(FEEDS, calm)) as site, http_peer() as desk:
        at = datetime.now(UTC).strftime("%H:%M")
        receivers = f'receivers = [{{ name = "desk", url = "json://127.0.0.1:{desk.port}/" }}]\n'
        rest = f'route = {{ receiver = "desk" }}\nassurance = {{ receivers = ["desk"], at = "{at}" }}\n'
        text = site.config.read_text(encoding="utf-8")
        site.config.write_text(text.replace("[alerts]\n", f"[alerts]\n{receivers}{rest}"), encoding="utf-8")
        for _ in range(2):
            done = site.run("poll", "--once", "--all", "--upgrade")
            assert done.returncode == 0, done.stderr
    (request,) = desk.received
    told = json.loads(request.body)
    assert told["title"] == "DAILY 4 of 4 feeds fine, 0 items read, 0 developments, 0 just below the threshold"
    assert "dipwatch history --below-threshold --since" in told["message"]
