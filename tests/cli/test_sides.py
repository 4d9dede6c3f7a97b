"""The commands that look at the log from a side of their own."""

from __future__ import annotations

import csv
import io
import json
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from tests.cli.conftest import Run
from tests.review import logged
from tests.review.logged import MEETING, POSITION, RUMOUR
from tests.review.talks import AHEAD, BRIEF, CALLED, DEAL, HARDER, HELD, PLEDGE, fill_more

from dipwatch.cli.app import cli
from dipwatch.cli.context import App
from dipwatch.model import Change, Item
from dipwatch.store.store import Store

LISTINGS = ("timeline", "positions", "network", "upcoming", "commitments", "scenarios", "stats")


@pytest.fixture(autouse=True)
def more(filled: Path) -> None:
    """Fill the log with what these commands show."""
    store = Store.open(f"sqlite:///{filled / 'dipwatch.db'}")
    fill_more(store)
    store.close()


def rows(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.parametrize("command", LISTINGS)
@pytest.mark.parametrize("form", ["table", "json", "ndjson", "csv", "md"])
def test_every_listing_writes_every_format(run: Run, command: str, form: str) -> None:
    options = ["--overdue", "520w"] if command == "upcoming" else []
    result = run(command, *options, "--format", form)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout
    if form == "json":
        assert len(json.loads(result.stdout)) == len(rows(run(command, *options, "--format", "ndjson").stdout))
    if form == "csv":
        lengths = {len(row) for row in csv.reader(io.StringIO(result.stdout))}
        assert len(lengths) == 1


@pytest.mark.parametrize(
    ("arguments", "key", "wanted"),
    [
        (["timeline", "--actor", "Türkiye"], "development", [MEETING, HELD, CALLED]),
        (["timeline", "--issue", "territory", "--since", "2026-03-09T10:00Z"], "development", [POSITION]),
        (["timeline", "--limit", "1"], "development", [MEETING]),
        (["positions", "--actor", "Umerov"], "actor", [{"id": "ukraine", "name": "Ukraine"}]),
        (["positions", "--at", "2026-03-09T09:30Z"], "actor", [{"id": "ukraine", "name": "Ukraine"}]),
        (["commitments", "--actor", "Russia"], "development", [PLEDGE, DEAL]),
        (["commitments", "--silent", "9999d"], "development", []),
        (["network", "--by", "party"], "times", [3]),
        (["upcoming", "--actor", "turkey", "--overdue", "520w"], "id", []),
        (["scenarios"], "balance", [1]),
    ],
)
def test_a_listing_has_what_is_asked_for(run: Run, arguments: list[str], key: str, wanted: list[object]) -> None:
    result = run(*arguments, "--format", "ndjson")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [row[key] for row in rows(result.stdout)] == wanted


def test_positions_are_a_matrix_and_one_of_them_is_told_step_by_step(run: Run) -> None:
    assert "▲ 2026-03-09" in run("positions").stdout
    told = run("positions", "--actor", "Ukraine", "--issue", "territory").stdout
    assert f"dipwatch show {HARDER}" in told
    assert run("positions", "--actor", "Ukraine", "--detail").stdout == told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["history", "--source", "Bosforus Wire"], "did you mean Bosphorus Wire?"),
        (["history", "--pair", "Lavrow", "Umerov"], "did you mean sergei-lavrov"),
        (["history", "--after", "nosuch"], "there is no development 'nosuch'"),
        (["history", "--text", "!"], "there is no word"),
        (["history", "--follow", "--format", "csv"], "--follow can write table or ndjson"),
        (["timeline", "--actor", "Ukrane"], "did you mean ukraine"),
        (["positions", "--issue", "teritory"], "did you mean territory"),
        (["positions", "--at", "whenever"], "is not a time"),
        (["network", "--subject", "nowhere"], "there is no subject nowhere"),
        (["commitments", "--silent", "long"], "--silent long"),
    ],
)
def test_what_there_is_not_is_an_error_with_what_may_be_meant(run: Run, arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_table_goes_on_after_its_last_id(run: Run) -> None:
    first = run("history", "--limit", "2")
    assert first.stderr.startswith("there are more: --after ")
    last = first.stderr.split()[4]
    following = rows(run("history", "--after", last, "--format", "ndjson").stdout)
    everything = [row["id"] for row in rows(run("history", "--format", "ndjson").stdout)]
    assert [row["id"] for row in following] == everything[2:]


def test_a_history_by_day_has_a_heading_for_each(run: Run) -> None:
    lines = run("history", "--by", "day", "--below-threshold").stdout.splitlines()
    assert lines[0].startswith("Tuesday 2026-03-10")
    assert any(line.startswith("Monday 2026-03-09") for line in lines)
    assert RUMOUR in "".join(lines)


def test_a_pair_is_two_actors(run: Run) -> None:
    found = rows(run("history", "--pair", "Russia", "Türkiye", "--format", "ndjson").stdout)
    assert [row["id"] for row in found] == [MEETING, CALLED, HELD]


def test_show_prints_what_to_type(run: Run) -> None:
    told = run("show", AHEAD).stdout
    assert f"dipwatch mark {AHEAD} false" in told
    assert f"dipwatch explain {AHEAD}" in told


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_a_shell_is_a_script_for_it(run: Run, shell: str) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert "_DIPWATCH_COMPLETE" in result.stdout
    if shell == "bash" and shutil.which("bash"):
        checked = subprocess.run(["bash", "-n"], input=result.stdout, text=True, capture_output=True, check=False)
        assert checked.returncode == 0, checked.stderr


def complete(*typed: str) -> list[str]:
    asked = ShellComplete(cli, {}, "dipwatch", "_DIPWATCH_COMPLETE")
    return [item.value for item in asked.get_completions(list(typed[:-1]), typed[-1])]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        (["hist"], ["history"]),
        (["--data"], ["--database"]),
        (["show", "hel"], [HELD]),
        (["mark", "HEL"], [HELD]),
        (["explain", "pled"], [PLEDGE]),
        (["history", "--actor", "lav"], ["sergei-lavrov"]),
        (["history", "--actor", "Rus"], ["russia", "rustem-umerov"]),
        (["timeline", "--issue", "t"], ["territory"]),
        (["history", "--venue", "dol"], ["dolmabahce-palace"]),
        (["history", "--source", "bos"], ["Bosphorus Wire"]),
        (["history", "--kind", "me"], ["meeting"]),
        (["stats", "--subject", ""], ["talks"]),
        (["completion", "z"], ["zsh"]),
        (["--config", "nowhere.toml", "show", ""], []),
    ],
)
def test_ids_names_and_codes_are_completed(typed: list[str], wanted: list[str]) -> None:
    assert complete(*typed) == wanted


def test_the_commands_are_completed_without_being_imported(installed: str, filled: Path) -> None:
    result = subprocess.run(
        [installed],
        env={"_DIPWATCH_COMPLETE": "bash_complete", "COMP_WORDS": "dipwatch ", "COMP_CWORD": "1", "PATH": "/usr/bin"},
        cwd=filled,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "plain,history" in result.stdout.splitlines()


def test_a_followed_history_writes_what_comes(installed: str, filled: Path) -> None:
    with subprocess.Popen(
        [
            installed,
            "history",
            "--follow",
            "--every",
            "100ms",
            "--format",
            "ndjson",
            "--below-threshold",
            "--kind",
            "contact",
        ],
        cwd=filled,
        stdout=subprocess.PIPE,
        text=True,
    ) as following:
        assert following.stdout is not None
        assert [json.loads(following.stdout.readline())["id"] for _ in range(2)] == [RUMOUR, CALLED]
        store = Store.open(f"sqlite:///{filled / 'dipwatch.db'}")
        _again(store)
        store.close()
        assert json.loads(following.stdout.readline())["id"] == "come2aaaaa"
        following.send_signal(signal.SIGINT)
        assert following.wait(30) == 0


def _again(store: Store) -> None:
    """Write one more contact."""

    def decide(items: Sequence[Item]) -> list[Change]:
        return [replace(change, development="come2aaaaa") for change in logged._rumour(items)]

    logged._tick(store, logged.NOW, [("bosphorus-wire", "One more visit may be planned")], decide)


def test_positions_before_the_baseline_knows_any_say_from_when_on_it_does(run: Run) -> None:
    found = run("positions", "--at", "1999-01-01")
    assert (found.exit_code, found.stdout) == (0, "")
    assert found.stderr == "no position is known\n", "there is no baseline"


def test_positions_say_from_when_on_the_baseline_knows_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(App, "brief", lambda _app, _subject: BRIEF)
    found = run("positions", "--at", "1999-01-01")
    first = min(told.known_from for told in BRIEF.positions())
    assert found.stderr == f"no position was known by then; the baseline knows of one from {first} on\n"
