from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from tests.cli.conftest import Run
from tests.cli.valid import validated
from tests.review.logged import MEETING

pytestmark = pytest.mark.usefixtures("filled")


def states(run: Run, *options: str) -> dict[int, str]:
    rows = validated("silence-list", run("silence", "list", *options, "--format", "json").stdout)
    return {row["id"]: row["state"] for row in rows}


def test_a_silence_is_added_by_names_listed_and_ended(run: Run) -> None:
    added = run("silence", "add", "actor=Лавров", "kind=meeting", "kind=contact", "--for", "2h", "--why", "known")
    assert added.exit_code == 0, added.stderr
    assert added.stdout.startswith("silence 1: actor=sergei-lavrov kind=meeting kind=contact, from ")
    assert " until " in added.stdout.splitlines()[0]
    assert "dipwatch silence expire 1" in added.stdout
    assert "known" in run("silence", "list").stdout
    assert states(run) == {1: "in force"}
    assert run("silence", "expire", "1").stdout == "1 silence ended\n"
    assert states(run) == {}
    assert states(run, "--all") == {1: "over"}


def test_a_silence_to_come_is_called_off(run: Run) -> None:
    run("silence", "add", "severity=low", "--from", "2090-01-01", "--until", "2090-01-02", "--why", "holidays")
    assert states(run) == {1: "to come"}
    run("silence", "expire", "1")
    assert states(run) == {}


def test_weekdays_are_those_to_come(run: Run) -> None:
    added = run("silence", "add", "severity=low", "--from", "saturday", "--until", "sunday", "--why", "weekend")
    assert added.exit_code == 0, added.stderr
    (row,) = json.loads(run("silence", "list", "--format", "json").stdout)
    begins, ends = (datetime.fromisoformat(row[key]) for key in ("starts_at", "ends_at"))
    assert (begins.weekday(), ends.weekday()) == (5, 0)
    assert ends > datetime.now(UTC)
    assert ends.date() - begins.date() == timedelta(days=2)


@pytest.mark.parametrize("machine", ["Pacific/Auckland", "America/Lima"])
def test_days_and_times_are_those_of_the_configured_zone(
    run: Run, monkeypatch: pytest.MonkeyPatch, machine: str
) -> None:
    zone = ("--set", "alerts.zone=Europe/Kyiv")
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", machine)
        time.tzset()
        words = ("--from", "2090-01-02", "--until", "2090-01-02T18:30", "--why", "rest")
        added = run(*zone, "silence", "add", "severity=low", *words)
        listed = run(*zone, "silence", "list").stdout
    time.tzset()
    assert added.stdout.splitlines()[0].endswith("from 2090-01-02 00:00 until 2090-01-02 18:30 (Europe/Kyiv)")
    assert "2090-01-02 00:00" in listed
    (row,) = json.loads(run("silence", "list", "--format", "json").stdout)
    assert (row["starts_at"], row["ends_at"]) == ("2090-01-01T22:00:00+00:00", "2090-01-02T16:30:00+00:00")


def test_what_is_silenced_does_not_reach_its_receiver(run: Run) -> None:
    assert "reaches console: due" in run("routes", "test", MEETING).stdout
    run("silence", "add", "actor=sergei-lavrov", "--for", "2h", "--author", "ann", "--why", "known")
    assert "reaches console: no, silence 1 by ann until" in run("routes", "test", MEETING).stdout


def test_a_development_is_silenced_by_its_id_and_silences_may_overlap(run: Run) -> None:
    added = run("silence", "add", f"development={MEETING[:4]}", "--for", "2h", "--author", "ann", "--why", "known")
    assert added.stdout.startswith(f"silence 1: development={MEETING}, from ")
    assert " until " in added.stdout.splitlines()[0]
    run("silence", "add", "actor=sergei-lavrov", "--for", "5h", "--author", "bob", "--why", "too")
    assert "no, silence 2 by bob" in run("routes", "test", MEETING).stdout, "the one that ends last"
    run("silence", "expire", "2")
    assert "no, silence 1 by ann" in run("routes", "test", MEETING).stdout
    assert states(run, "--all") == {1: "in force", 2: "over"}


WHY = ("--why", "known")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "kind=meeting", *WHY], "say how long with --for"),
        (["add", "kind=meeting", "--for", "1h", "--until", "2090-01-01", *WHY], "say how long with --for"),
        (["add", "kind=meeting", "--for", "soon", *WHY], "is not a duration"),
        (["add", "kind=meeting", "--until", "2020-01-01", *WHY], "over before it begins"),
        (["add", "kind=party", "--for", "1h", *WHY], "there is no kind 'party'; there are agreement,"),
        (["add", "actor=Lavrof", "--for", "1h", *WHY], "did you mean sergei-lavrov"),
        (["add", "development=zzz", "--for", "1h", *WHY], "there is no development 'zzz'"),
        (["add", "language=xx", "--for", "1h", *WHY], "there is no language 'xx'; there are en, other, ru, uk"),
        (["add", "colour=red", "--for", "1h", *WHY], "the labels are kind, actor,"),
        (["add", "meeting", "--for", "1h", *WHY], "is not LABEL=VALUE"),
        (["add", "kind=meeting", "--for", "1h"], "Missing option '--why'"),
        (["add", "--for", "1h", *WHY], "Missing argument"),
        (["expire", "7"], "none of these silences is in force"),
    ],
)
def test_what_makes_no_silence_is_refused(run: Run, words: list[str], said: str) -> None:
    result = run("silence", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert states(run, "--all") == {}
