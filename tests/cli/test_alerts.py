from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from dipwatch.store import outbox
from dipwatch.store.outbox import OutboxEntry, claim_group, enqueue, record_failure
from dipwatch.store.store import Store

NOW = datetime.now(UTC)


def in_store(home: Path) -> Store:
    return Store.open(f"sqlite:///{home / 'dipwatch.db'}")


def add_dead(home: Path, *, fallback: str = "") -> int:
    """Put a message into the outbox that its receiver refused for good, or asked to wait with; returns its id."""
    store = in_store(home)
    with store.begin() as connection:
        body = {"subject": "news", "lines": ["l"]}
        enqueue(connection, [OutboxEntry(None, "console", "g", "test", NOW, body)], NOW)
        message = claim_group(connection, NOW, "me", NOW + timedelta(minutes=1), "console")
        assert message is not None
        pause = NOW + timedelta(hours=5)
        record_failure(
            connection, message, NOW, 0.1, outcome="refused", detail="HTTP 404", next_attempt_at=None, pause_until=pause
        )
        if fallback:
            outbox.hand_to_fallback(connection, message, fallback, NOW, "HTTP 404")
    store.close()
    return message.rows[0].id


def listed(run: Run, *arguments: str) -> Sequence[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("alerts", *arguments, "--format", "json").stdout)
    return found


def test_a_dead_message_is_listed_shown_retried_and_dropped(filled: Path, run: Run) -> None:
    number = str(add_dead(filled))
    assert "news" in [row["title"] for row in listed(run, "list", "--state", "dead")]
    shown = run("alerts", "show", number).stdout
    assert "dead" in shown
    assert "attempt 1: refused HTTP 404" in shown
    assert run("alerts", "retry", number).stdout == "1 message due now\n"
    assert "news" not in [row["title"] for row in listed(run, "list", "--state", "dead")]
    store = in_store(filled)
    with store.begin() as connection:
        taken = claim_group(connection, datetime.now(UTC), "me", NOW + timedelta(minutes=1), "console")
    store.close()
    assert taken is not None, "a retry ends the pause that the receiver asked for"
    assert run("alerts", "drop", number).stdout == "1 message dropped\n"
    assert run("alerts", "drop", number).exit_code == 2


def test_a_message_that_stands_in_says_for_whom(filled: Path, run: Run) -> None:
    number = add_dead(filled, fallback="boss")
    (row,) = [row for row in listed(run, "list", "--state", "waiting") if row["receiver"] == "boss"]
    assert row["id"] != number
    assert "stands in for console: HTTP 404" in run("alerts", "show", str(row["id"])).stdout


def test_receivers_are_listed_with_what_became_of_their_messages(filled: Path, run: Run) -> None:
    before = {row["receiver"]: row for row in listed(run, "receivers")}["console"]
    add_dead(filled)
    after = {row["receiver"]: row for row in listed(run, "receivers")}["console"]
    assert (after["failed"], after["dead"]) == (int(str(before["failed"])) + 1, int(str(before["dead"])) + 1)
    assert after["detail"] == "HTTP 404"
    assert after["paused_until"]
    assert after["failing_since"]


def test_a_test_message_uses_the_users_templates(home: Path, run: Run) -> None:
    (home / "templates").mkdir()
    (home / "templates" / "message.txt").write_text("From our desk: {{ message.lead }}", encoding="utf-8")
    with (home / "dipwatch.toml").open("a", encoding="utf-8") as file:
        file.write('[alerts]\ntemplates = "templates"\n')
    done = run("alerts", "test", "console")
    assert done.exit_code == 0
    assert "From our desk: This is a test" in done.stdout


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{ message.lead }}\n{% if %}", "alerts.templates: message.txt:2: "),
        (None, "alerts.templates: there is no folder"),
    ],
)
def test_check_names_a_broken_template(home: Path, run: Run, template: str | None, told: str) -> None:
    if template is not None:
        (home / "templates").mkdir()
        (home / "templates" / "message.txt").write_text(template, encoding="utf-8")
    with (home / "dipwatch.toml").open("a", encoding="utf-8") as file:
        file.write('[alerts]\ntemplates = "templates"\n')
    areas = {area["area"]: area for area in json.loads(run("check", "--format", "json").stdout)}
    (problem,) = areas["templates"]["problems"]
    assert problem["what"].startswith(told)
    assert problem["where"].endswith("dipwatch.toml:6")


@pytest.mark.parametrize(
    ("value", "told"), [(None, "this environment variable is not set"), ("beat.example", "is not an http(s) address")]
)
def test_check_names_a_heartbeat_that_leads_nowhere(
    home: Path, run: Run, value: str | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BEAT_URL", raising=False)
    if value:
        monkeypatch.setenv("BEAT_URL", value)
    with (home / "dipwatch.toml").open("a", encoding="utf-8") as file:
        file.write('[heartbeat]\nurl = "env:BEAT_URL"\n')
    areas = {area["area"]: area for area in json.loads(run("check", "--format", "json").stdout)}
    (problem,) = areas["heartbeat"]["problems"]
    assert told in problem["what"]


@pytest.mark.usefixtures("filled")
def test_messages_of_one_subject_are_listed(run: Run) -> None:
    states = [option for state in ("waiting", "sending", "sent", "dead", "dropped") for option in ("--state", state)]
    whole = json.loads(run("alerts", "list", *states, "--format", "json").stdout)
    assert whole
    own = json.loads(run("alerts", "list", *states, "--subject", "talks", "--format", "json").stdout)
    assert own == [each for each in whole if each["development"]]
    assert "there is no subject nope" in run("alerts", "list", "--subject", "nope").stderr
