from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.review.logged import MEETING, POSITION, RUMOUR

from dipwatch.store import commands
from dipwatch.store.store import Store

pytestmark = pytest.mark.usefixtures("filled")


def ids(output: str) -> list[str]:
    return [json.loads(line)["id"] for line in output.splitlines()]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ([], [POSITION, MEETING]),
        (["--below-threshold"], [POSITION, MEETING, RUMOUR]),
        (["--limit", "1"], [POSITION]),
        (["--limit", "0"], [POSITION, MEETING]),
        (["--actor", "Лавров"], [POSITION, MEETING]),
        (["--actor", "Russia", "--actor", "turkey"], [MEETING]),
        (["--venue", "Стамбул"], [MEETING]),
        (["--issue", "territory"], [POSITION]),
        (["--kind", "meeting", "--kind", "position"], [POSITION, MEETING]),
        (["--status", "planned"], []),
        (["--severity", "medium"], [POSITION]),
        (["--reason", "position_shift"], [POSITION]),
        (["--source", "Bosphorus Wire"], [MEETING]),
        (["--text", "dolmabahce"], [MEETING]),
        (["--subject", "talks"], [POSITION, MEETING]),
        (["--since", "2026-03-09T00:00Z"], [POSITION, MEETING]),
        (["--since", "2026-03-10T00:00Z"], [MEETING]),
        (["--until", "2026-03-08T23:00Z"], [MEETING]),
        (["--since", "3h"], []),
    ],
)
def test_history_finds_what_is_asked_for(run: Run, options: list[str], wanted: list[str]) -> None:
    result = run("history", *options, "--format", "ndjson")
    assert (result.exit_code, result.stderr) == (0, "")
    assert ids(result.stdout) == wanted


def test_an_empty_table_says_so_beside_the_data(run: Run) -> None:
    result = run("history", "--since", "3h")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no developments match\n")


def test_what_only_a_receiver_has_taken_counts_as_told(run: Run) -> None:
    rows = [json.loads(line) for line in run("history", "--below-threshold", "--format", "ndjson").stdout.splitlines()]
    assert {row["id"]: (row["alerted"], row["told"]) for row in rows} == {
        MEETING: (True, "alert"),
        POSITION: (False, None),  # the receiver has refused it
        RUMOUR: (False, None),
    }
    assert "Told: not delivered" in run("show", POSITION).stdout


def test_a_pipe_has_the_width_that_columns_asks_for_or_120(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def widest() -> int:
        return max(map(len, run("history").stdout.splitlines()))

    monkeypatch.delenv("COLUMNS")
    assert 100 < widest() <= 120
    monkeypatch.setenv("COLUMNS", "70")
    assert widest() <= 70
    monkeypatch.setenv("COLUMNS", "0")
    assert widest() <= 20
    monkeypatch.setenv("COLUMNS", "wide")
    assert widest() > 100


def test_a_table_that_is_cut_says_how_to_see_the_rest(run: Run) -> None:
    result = run("history", "--limit", "1")
    assert result.stderr == f"there are more: --after {POSITION} goes on, --limit 0 shows all\n"
    assert run("history").stderr == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--actor", "Lavrof"], "did you mean sergei-lavrov"),
        (["--since", "soon"], "is not a time that dipwatch understands"),
        (["--kind", "party"], "'party' is not one of"),
        (["--subject", "other"], "there is no subject other; known are talks"),
        (["--limit", "-1"], "not in the range"),
        (["--since", "2026-03-02", "--until", "2026-03-01"], "--until 2026-03-01 is over when --since 2026-03-02"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_code_2(run: Run, options: list[str], said: str) -> None:
    result = run("history", *options)
    assert result.exit_code == 2
    assert said in result.stderr


def test_show_tells_all_and_what_to_type_next(run: Run) -> None:
    text = run("show", "meet").stdout
    assert "Dolmabahce Palace on Thursday.”" in text
    assert f"dipwatch mark {MEETING} confirm" in text
    assert json.loads(run("show", "meet", "--format", "json").stdout)["development"]["id"] == MEETING
    assert run("show", "meet", "--format", "md").stdout.startswith("# ")


def test_show_refuses_an_unknown_id(run: Run) -> None:
    result = run("show", "zzz")
    assert (result.exit_code, result.stderr) == (
        2,
        "dipwatch: there is no development 'zzz'; `dipwatch history` lists their ids\n",
    )


@pytest.mark.parametrize(
    ("words", "verb", "value"),
    [
        (["posi", "confirm"], "confirm", ""),
        (["posi", "false"], "false", ""),
        (["posi", "duplicate-of", "meet"], "duplicate-of", MEETING),
        (["posi", "kind", "proposal"], "kind", "proposal"),
    ],
)
def test_a_mark_is_written_for_the_leader(run: Run, filled: Path, words: list[str], verb: str, value: str) -> None:
    result = run("mark", *words, "--author", "ben")
    assert result.exit_code == 0, result.stderr
    store = Store.open(f"sqlite:///{filled / 'dipwatch.db'}")
    with store.connect() as connection:
        last = commands.list_commands(connection, "talks")[-1]
    store.close()
    assert (last.command.verb, last.command.target, last.command.value) == (verb, POSITION, value)
    assert (last.command.author, last.answer) == ("ben", None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["posi", "confirm", "meet"], "confirm takes no value"),
        (["posi", "duplicate-of"], "needs the id of the other one"),
        (["posi", "duplicate-of", "pos"], "can't be a duplicate of itself"),
        (["posi", "duplicate-of", "zzz"], "there is no development 'zzz'"),
        (["posi", "kind", "party"], "'party' is not a kind; there are meeting,"),
        (["posi", "wrong"], "'wrong' is not one of"),
    ],
)
def test_a_mark_that_makes_no_sense_is_refused(run: Run, words: list[str], said: str) -> None:
    result = run("mark", *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_status_tells_what_fails_and_what_waits(run: Run) -> None:
    text = run("status").stdout
    assert "1 fine, 1 failing, 1 off" in text
    assert "nevskaya-gazeta: timeout, 3 times slow" in text
    assert "tick 6 at" in text
    assert "1 given up" in text
    assert json.loads(run("status", "--format", "json").stdout)["feeds"]["failing"] == 1
