from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.cli.valid import validated
from tests.review.logged import SUBJECTS


def problems(run: Run) -> tuple[int, dict[str, list[str]]]:
    result = run("check", "--format", "json")
    found = {
        area["area"]: [f"{p['where']}: {p['what']}" for p in area["problems"]]
        for area in validated("check", result.stdout)
    }
    return result.exit_code, found


BROKEN = """
database = "sqlite:///missing/dipwatch.db"
subjects = ["talks"]
subjects_dir = "subjects"
[polling]
interval = "often"
unheard = 1
[[alerts.receivers]]
name = "chat"
url = "env:DIPWATCH_TEST_CHAT"
[alerts.route]
receiver = "chat"
[[alerts.route.routes]]
match = { kind = ["party"] }
"""


@pytest.fixture
def broken(home: Path) -> Path:
    """A configuration with a fault in every part."""
    shutil.copytree(SUBJECTS, home / "subjects")
    folder = home / "subjects" / "talks"
    with (folder / "actors.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[actor]]\nid = "nobody"\nname = "Nobody"\ntype = "ghost"\n')
    with (folder / "feeds.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[feed]]\nid = "odd"\nurl = "ftp://odd.example"\nsource = "Odd"\nkind = "wire"\n')
    (home / "dipwatch.toml").write_text(
        BROKEN,
        encoding="utf-8",
    )
    return home


@pytest.mark.usefixtures("filled")
def test_a_sound_configuration_is_fine(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 0, result.stdout
    assert "problem" not in result.stdout
    assert "up to date, can be written" in result.stdout


@pytest.mark.usefixtures("home")
def test_a_database_that_is_yet_to_be_made_is_no_problem_and_is_not_made(run: Run, home: Path) -> None:
    code, found = problems(run)
    assert (code, found["database"]) == (0, [])
    assert not (home / "dipwatch.db").exists()


@pytest.mark.usefixtures("broken")
def test_every_problem_is_named_with_its_place_not_only_the_first(run: Run) -> None:
    code, found = problems(run)
    assert code == 2
    assert [problem.split(": ")[:2] for problem in found["config"]] == [
        ["dipwatch.toml:6", "polling.interval"],
        ["dipwatch.toml:7", "polling.unheard"],
        ["dipwatch.toml:14", "alerts.route.routes.1.match.kind.1"],
    ]
    assert len(found["subject"]) == 1
    assert "actors.toml:" in found["subject"][0]
    assert len(found["feeds"]) == 1
    assert "feeds.toml:" in found["feeds"][0]
    assert found["routes"] == [], "what only the faulty lexicon knows is left out"
    assert "DIPWATCH_TEST_CHAT" in found["receivers"][0]
    assert "there is no folder" in found["database"][0]


def test_a_secret_of_a_feed_that_leads_nowhere_is_named(run: Run, home: Path) -> None:
    shutil.copytree(SUBJECTS, home / "subjects")
    with (home / "subjects" / "talks" / "feeds.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[feed]]\nid = "closed"\nurl = "https://closed.example"\nsource = "Closed"\nkind = "wire"\n')
        file.write('username = "ann"\npassword = "env:UNSET_HERE"\n')
    (home / "dipwatch.toml").write_text('subjects = ["talks"]\nsubjects_dir = "subjects"\n', encoding="utf-8")
    code, found = problems(run)
    assert code == 2
    assert found["feeds"] == ["feed closed: env:UNSET_HERE: this environment variable is not set"]


def test_what_only_the_machine_has_wrong_gives_code_1(run: Run, home: Path) -> None:
    (home / "dipwatch.toml").write_text('database = "sqlite:///missing/dipwatch.db"\n', encoding="utf-8")
    (home / "subjects").symlink_to(SUBJECTS)
    result = run("--set", "subjects=['talks']", "--set", "subjects_dir=subjects", "check")
    assert result.exit_code == 1, result.stdout


def test_a_file_that_is_no_database_is_named(run: Run, home: Path) -> None:
    (home / "dipwatch.db").write_text("not a database, but long enough to be looked at as one" * 20, encoding="utf-8")
    code, found = problems(run)
    assert code == 1
    assert "is not an SQLite database" in found["database"][0]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("setting", "where"),
    [("polling.interval=often", "command line: polling.interval"), ("polling=5", "command line: polling")],
)
def test_a_fault_on_the_command_line_is_not_laid_on_the_file(run: Run, setting: str, where: str) -> None:
    result = run("--set", setting, "check")
    assert result.exit_code == 2
    assert where in result.stdout


@pytest.mark.usefixtures("home")
def test_a_fault_in_the_environment_is_laid_on_the_variable(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIPWATCH_POLLING__INTERVAL", "often")
    assert "DIPWATCH_POLLING__INTERVAL: polling.interval" in run("check").stdout


@pytest.mark.usefixtures("home")
def test_a_missing_subject_is_one_problem(run: Run) -> None:
    result = run("--set", "subjects=['nope']", "check")
    assert result.exit_code == 2
    assert result.stdout.count("problem: ") == 1
    assert "subject nope has no folder" in result.stdout


def test_a_missing_file_is_one_problem(run: Run) -> None:
    result = run("--config", "nowhere.toml", "check")
    assert result.exit_code == 2
    assert "nowhere.toml: there is no such file" in result.stdout


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(("after", "named"), [("", True), ("[[alerts.route.routes]]\n", False)])
def test_a_route_that_continues_with_none_after_it_is_named(after: str, *, named: bool, run: Run, home: Path) -> None:
    routes = 'match = { severity = ["high"] }\ncontinue = true\n'
    with (home / "dipwatch.toml").open("a", encoding="utf-8") as file:
        file.write(f'[alerts.route]\nreceiver = "console"\n[[alerts.route.routes]]\n{routes}{after}')
    code, found = problems(run)
    assert code == (2 if named else 0)
    assert [problem for problem in found["routes"] if "routes.1: it continues" in problem] == found["routes"]
    assert bool(found["routes"]) is named


@pytest.mark.usefixtures("filled")
def test_a_route_that_its_times_leave_no_time_is_named(run: Run, home: Path) -> None:
    with (home / "dipwatch.toml").open("a", encoding="utf-8") as file:
        file.write('[[alerts.times]]\nname = "always"\n[alerts.route]\nreceiver = "console"\nmute = ["always"]\n')
    code, found = problems(run)
    assert code == 2
    assert "alerts.route: its mute and active times leave no time to send at" in found["routes"][0]
