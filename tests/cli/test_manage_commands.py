from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.review.logged import POSITION


def messages(run: Run, *options: str) -> dict[int, tuple[str, str]]:
    rows = json.loads(run("alerts", "list", *options, "--format", "json").stdout)
    return {row["id"]: (row["state"], row["development"]) for row in rows}


def test_init_writes_a_configuration_that_checks_out_and_overwrites_nothing(run: Run, home: Path) -> None:
    result = run("init", "new/place")
    assert result.exit_code == 0
    for step in ("check", "alerts test console", "run --upgrade"):
        assert f"dipwatch --config {Path.cwd()}/new/place/dipwatch.toml {step}" in result.stdout
    written = home / "new/place/dipwatch.toml"
    written.write_text("mine", encoding="utf-8")
    again = run("init", "new/place")
    assert again.exit_code == 2
    assert "exists already; nothing was written" in again.stderr
    assert written.read_text(encoding="utf-8") == "mine"


def test_init_below_a_file_fails_with_code_1(run: Run, home: Path) -> None:
    (home / "file").write_text("", encoding="utf-8")
    result = run("init", "file/place")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1


def test_feeds_are_listed_before_there_is_a_database(run: Run, home: Path) -> None:
    rows = json.loads(run("feeds", "list", "--format", "json").stdout)
    assert [row["health"] for row in rows] == ["new", "new", "off"]
    assert not (home / "dipwatch.db").exists()
    assert "no feeds match" in run("feeds", "list", "--health", "gone").stderr
    unknown = run("feeds", "list", "--subject", "nope")
    assert (unknown.exit_code, unknown.stderr) == (2, "dipwatch: there is no subject nope; configured are talks\n")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_the_shipped_feeds_are_listed_within_any_width_with_whole_ids(
    run: Run, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = run("--set", "subjects=['ukraine']", "feeds", "list")
    rows = json.loads(run("--set", "subjects=['ukraine']", "feeds", "list", "--format", "json").stdout)
    assert max(map(len, result.stdout.splitlines())) <= width
    assert [row["id"] for row in rows][:5] == [row.split()[0] for row in result.stdout.splitlines() if row[0] != " "][
        2:7
    ]
    assert "Health" in result.stdout.splitlines()[0].split()


@pytest.mark.usefixtures("filled")
def test_a_feed_is_shown_with_what_happened_to_it(run: Run) -> None:
    text = run("feeds", "show", "nevskaya-gazeta").stdout
    assert "failing" in text
    assert "broken timeout three times" in text
    (event,) = json.loads(run("feeds", "show", "nevskaya-gazeta", "--format", "json").stdout)["events"]
    assert event["event"] == "broken"
    unknown = run("feeds", "show", "nevskaya")
    assert unknown.exit_code == 2
    assert "did you mean nevskaya-gazeta" in unknown.stderr


@pytest.mark.usefixtures("filled")
def test_messages_are_listed_retried_and_dropped(run: Run) -> None:
    ((dead, _),) = messages(run, "--state", "dead").items()
    assert messages(run, "--state", "dead")[dead] == ("dead", POSITION)
    assert "no such channel" in run("alerts", "show", str(dead)).stdout
    assert run("alerts", "retry", "--dead").stdout == "1 message due now\n"
    assert messages(run)[dead][0] == "waiting"
    assert run("alerts", "drop", str(dead)).stdout == "1 message dropped\n"
    assert dead not in messages(run)


@pytest.mark.usefixtures("filled")
def test_a_message_tells_when_it_was_sent_or_when_it_is_tried_next(run: Run) -> None:
    sent, waiting = (run("alerts", "list", "--state", state).stdout for state in ("sent", "waiting"))
    assert ("Sent" in sent, "Next attempt" in sent) == (True, False)
    assert ("Sent" in waiting, "Next attempt" in waiting) == (False, True)
    rows = json.loads(run("alerts", "list", "--state", "sent", "--format", "json").stdout)
    assert {row["sent_at"] for row in rows} == {"2026-03-10T11:00:00+00:00"}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "words", [["retry"], ["retry", "1", "--dead"], ["drop"], ["drop", "999"], ["show", "999"], ["retry", "1"]]
)
def test_messages_that_are_not_named_or_not_open_are_refused(run: Run, words: list[str]) -> None:
    result = run("alerts", *words)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.usefixtures("home")
def test_a_receiver_is_tried_without_a_database(run: Run, home: Path) -> None:
    result = run("alerts", "test", "console")
    assert result.exit_code == 0, result.stderr
    assert "dipwatch reaches this receiver" in result.stdout
    assert not (home / "dipwatch.db").exists()
    unknown = run("alerts", "test", "nobody")
    assert unknown.exit_code == 2
    assert "configured are: console" in unknown.stderr


@pytest.mark.usefixtures("home")
def test_the_lexicon_is_reported_and_names_are_explained(run: Run) -> None:
    assert "5 actors" in run("lexicon", "check").stdout
    assert "actor sergei-lavrov, Sergei Lavrov (by exact)" in run("lexicon", "find", "Лаврова").stdout
    labelled = run("lexicon", "find", "Lavrov").stdout.splitlines()[1:]
    assert labelled[-1] == "  role: foreign minister"
    assert all(line.startswith("  office: ") for line in labelled[:-1])


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("name", "said"),
    [("qqqq", "names are added in actors.toml"), ("Rustem Umerowa", "did you mean Rustem Umerov (rustem-umerov)?")],
)
def test_a_name_that_is_not_known_is_no_wrong_usage(run: Run, name: str, said: str) -> None:
    result = run("lexicon", "find", name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.usefixtures("home")
def test_a_name_that_counts_only_with_others_says_so_and_is_not_suggested_again(run: Run) -> None:
    text = run("--set", "subjects=['ukraine']", "lexicon", "find", "Georgia").stdout
    assert text.splitlines()[0] == "Georgia: georgia, Georgia"
    assert "counts only in a text that also holds a name of the same country or side, or a word such as Tbilisi" in text
    assert "did you mean" not in text


@pytest.mark.usefixtures("home")
def test_a_database_is_made_shown_copied_and_trimmed(run: Run, home: Path) -> None:
    missing = run("db", "current")
    assert missing.exit_code == 1
    assert "dipwatch db upgrade" in missing.stderr
    assert "brought from empty to" in run("db", "upgrade").stdout
    assert "is up to date" in run("db", "upgrade").stdout
    assert "current; schema" in run("db", "current").stdout
    assert "a sound copy with" in run("db", "backup", "copy.db").stdout
    assert (home / "copy.db").exists()
    assert run("db", "backup", "copy.db").exit_code == 1
    assert run("db", "vacuum").exit_code == 0
    assert "would go: the texts of" in run("db", "prune", "--texts-older-than", "90d", "--dry-run").stdout
    for age in ("soon", "0d"):
        assert run("db", "prune", "--texts-older-than", age).exit_code == 2
