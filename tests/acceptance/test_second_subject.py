"""A second subject: the invented conflict alerts end to end by rules alone, and beside the first one nothing mixes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dipwatch.demo import DemoFeed, DemoItem, FeedServer, Newsroom
from dipwatch.shipped import shipped

SUBJECTS = ("ukraine", "corrin")
FEEDS = {
    "world": ("World Desk", SUBJECTS),
    "first": ("First Daily", ("ukraine",)),
    "second": ("Second Daily", ("corrin",)),
}
"""Each feed with its source and the subjects that list it: one serves both."""
ITEMS = (
    ("world", 0, "Snow falls on the coast"),
    ("first", 0, "Rowers win the cup"),
    ("second", 0, "A choir sings in the harbour"),
    ("world", 1, "Japan imposes new sanctions on Russia over the war in Ukraine"),
    ("world", 1, "Velmora and Brennoch to hold talks in Port Emmel on Thursday"),
    ("first", 1, "Putin and Macron speak by phone about Ukraine"),
    ("first", 1, "Pellgard pledges 40 million crowns in military aid to Brennoch"),
    ("second", 1, "Velmora and Brennoch exchange 64 prisoners at Ferrin Bridge"),
    ("second", 1, "Ukraine and Poland sign agreement on air defence"),
)
"""The last ones of `first` and `second` belong to the subject that does not read them."""
EXPECTED = {
    "ukraine": {
        "Japan imposes new sanctions on Russia over the war in Ukraine",
        "Putin and Macron speak by phone about Ukraine",
    },
    "corrin": {
        "Velmora and Brennoch to hold talks in Port Emmel on Thursday",
        "Velmora and Brennoch exchange 64 prisoners at Ferrin Bridge",
    },
}
NEWS = Newsroom(
    tuple(DemoFeed(name, source, "wire", "en", "rss") for name, (source, _) in FEEDS.items()),
    tuple(DemoItem(feed, f"{feed}-{n}", round_, 5 + n, title, "") for n, (feed, round_, title) in enumerate(ITEMS)),
)
CONFIG = """
database = "sqlite:///both.db"
subjects = ["ukraine", "corrin"]
subjects_dir = "subjects"
[polling]
interval = "1s"
fastest = "1s"
slowest = "1s"
host_spacing = "0s"
allow_networks = ["127.0.0.0/8"]
[alerts]
group_interval = "0s"
group_by = ["development"]
[alerts.route]
receiver = "first"
[[alerts.route.routes]]
receiver = "second"
match = { subject = ["corrin"] }
[[alerts.receivers]]
name = "first"
url = "console:"
[[alerts.receivers]]
name = "second"
url = "console:"
[health]
listen = "off"
"""


@dataclass(frozen=True)
class Both:
    """A folder in which both subjects are configured, after their feeds were polled twice."""

    command: str
    folder: Path

    def run(self, *arguments: str) -> str:
        return run(self.command, self.folder, *arguments)

    def listed(self, *arguments: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run(*arguments, "--format", "json"))
        return found


def run(command: str, folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [command, "--config", str(folder / "dipwatch.toml"), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def configured(folder: Path) -> Iterator[FeedServer]:
    with FeedServer(NEWS) as server:
        for subject in SUBJECTS:
            made = folder / "subjects" / subject
            shutil.copytree(shipped("config", "subjects", subject), made)
            listed = [
                f'[[feed]]\nid = "{name}"\nurl = "{server.base}/{name}"\nsource = "{source}"\nkind = "wire"\n'
                for name, (source, subjects) in FEEDS.items()
                if subject in subjects
            ]
            (made / "feeds.toml").write_text("\n".join(listed), encoding="utf-8")
        shutil.copytree(shipped("seeds"), folder / "subjects" / "ukraine" / "seeds")
        (folder / "dipwatch.toml").write_text(CONFIG, encoding="utf-8")
        yield server


@pytest.fixture(scope="module")
def both(installed: str, tmp_path_factory: pytest.TempPathFactory) -> Both:
    folder = tmp_path_factory.mktemp("both")
    with configured(folder) as server:
        run(installed, folder, "check")
        for number in range(2):
            server.begin_round(number)
            run(installed, folder, "poll", "--once", "--all", "--upgrade")
    return Both(installed, folder)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("subject", SUBJECTS)
def test_items_of_one_subject_never_become_developments_of_the_other(both: Both, subject: str) -> None:
    found = both.listed("history", "--subject", subject, "--below-threshold")
    assert {each["title"] for each in found} == EXPECTED[subject]
    assert {each["subject"] for each in found} == {subject}


def test_the_history_without_a_filter_holds_both(both: Both) -> None:
    titles = {each["title"] for each in both.listed("history")}
    assert titles == EXPECTED["ukraine"] | EXPECTED["corrin"]


def test_a_route_sends_each_subject_to_its_own_receiver(both: Both) -> None:
    sent = both.listed("alerts", "list", "--state", "sent")
    by_receiver = {name: {m["title"] for m in sent if m["receiver"] == name} for name in ("first", "second")}
    assert by_receiver == {"first": EXPECTED["ukraine"], "second": EXPECTED["corrin"]}


def test_one_feed_serves_two_subjects_and_is_polled_once_for_both(both: Both) -> None:
    feeds = {each["id"]: each["subjects"] for each in both.listed("feeds", "list")}
    assert feeds == {name: list(subjects) for name, (_, subjects) in FEEDS.items()}


def test_both_logs_are_decided_equal_again(both: Both) -> None:
    for subject in SUBJECTS:
        told = both.run("replay", "--stored", "--verify", "--subject", subject)
        assert told.startswith(subject)
        assert "equal to the change log" in told


def test_explain_says_by_what_each_was_scored(both: Both) -> None:
    for subject, said in (("corrin", "by rules, no model"), ("ukraine", "for all texts")):
        title = min(EXPECTED[subject])
        assert said in both.run("explain", "--subject", subject, "--text", title)


@pytest.mark.timeout(180)
def test_the_demo_of_the_invented_conflict_alerts_by_rules_alone(installed: str, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    done = subprocess.run(
        [installed, "demo", "--subject", "corrin", "--keep", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (folder / "subjects" / "corrin" / "model.json").exists()
    for told in ("DIGEST 2 developments", "planned → now: postponed", "rejects observers on the Corrin"):
        assert told in done.stdout
    assert done.stdout.count("\nNEW · ") >= 5
    for noise in ("rowers", "choir", "opinion"):
        assert noise not in done.stdout.lower(), "noise stays noise"
    assert "equal to the change log" in done.stdout


@pytest.mark.timeout(180)
def test_the_figures_of_the_page_are_what_the_evaluation_prints(installed: str, tmp_path: Path) -> None:
    (tmp_path / "dipwatch.toml").write_text('subjects = ["corrin"]\n', encoding="utf-8")
    trial = str(shipped("config", "subjects", "corrin", "trial.jsonl"))
    told = json.loads(run(installed, tmp_path, "eval", "--gold", trial, "--stream", trial, "--format", "json"))[
        "figures"
    ]
    page = (Path(__file__).parents[2] / "docs" / "another-subject.md").read_text(encoding="utf-8")
    for name in ("item_precision", "item_recall", "alert_precision", "thread_recall", "kind_accuracy"):
        (line,) = [line for line in page.splitlines() if line.startswith(f"| {name} ")]
        assert f"{told[name]:.3f}" == line.split("|")[-2].strip(), name
