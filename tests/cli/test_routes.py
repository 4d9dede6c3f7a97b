from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.review.logged import MEETING, POSITION, RUMOUR, SUBJECTS

CONFIG = f"""
subjects = ["talks"]
subjects_dir = "{SUBJECTS}"
[[alerts.receivers]]
name = "desk"
url = "console:"
[[alerts.receivers]]
name = "chat"
url = "console:"
[alerts.route]
receiver = "desk"
group_interval = "10m"
[[alerts.route.routes]]
receiver = "chat"
match = {{ kind = ["meeting", "contact"], severity = ["high"] }}
continue = true
[[alerts.route.routes]]
match = {{ actor = ["sergei-lavrov"] }}
group_wait = "1m"
"""


@pytest.fixture
def routed(home: Path) -> Path:
    (home / "dipwatch.toml").write_text(CONFIG, encoding="utf-8")
    return home


@pytest.mark.usefixtures("routed")
def test_the_tree_is_drawn_with_what_each_route_inherits(run: Run) -> None:
    assert run("routes", "show").stdout.splitlines() == [
        "root: everything -> desk (waits 0s, then 10m)",
        "  root/1: kind meeting or contact and severity high -> chat (waits 0s, then 10m; goes on to the next)",
        "  root/2: actor sergei-lavrov -> desk (waits 1m, then 10m)",
    ]


@pytest.mark.usefixtures("routed")
@pytest.mark.parametrize(
    ("options", "reached"),
    [
        ([], ["desk"]),
        (["--severity", "high"], ["chat"]),
        (["--severity", "high", "--actor", "Лавров"], ["chat", "desk"]),
        (["--kind", "ceasefire", "--severity", "high"], ["desk"]),
    ],
)
def test_an_invented_development_reaches_who_asked_for_it(run: Run, options: list[str], reached: list[str]) -> None:
    result = run("routes", "test", *options, "--format", "json")
    assert result.exit_code == 0, result.stderr
    assert [routed["receiver"] for routed in json.loads(result.stdout)["receivers"]] == reached


@pytest.mark.usefixtures("filled", "routed")
def test_a_development_of_the_log_is_tried_as_it_stands_and_every_no_has_its_reason(run: Run) -> None:
    text = run("routes", "test", MEETING).stdout
    assert text.splitlines()[0] == f"{MEETING}: Встреча в Стамбуле состоялась"
    assert "reaches chat: due" in text
    assert "reaches desk: due" in text
    other = run("routes", "test", POSITION).stdout
    assert "chat: kind is position, not meeting or contact" in other
    assert "reaches chat" not in other


@pytest.mark.usefixtures("filled", "routed")
def test_what_was_kept_back_says_so(run: Run) -> None:
    assert "note: its latest news was kept back (below" in run("routes", "test", RUMOUR).stdout


@pytest.mark.usefixtures("filled", "routed")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["zzz"], "there is no development 'zzz'"),
        ([MEETING, "--kind", "meeting"], "not both"),
        (["--actor", "Lavrof"], "did you mean sergei-lavrov"),
        (["--subject", "nope"], "there is no subject 'nope'"),
    ],
)
def test_what_cannot_be_tried_is_refused(run: Run, words: list[str], said: str) -> None:
    result = run("routes", "test", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
