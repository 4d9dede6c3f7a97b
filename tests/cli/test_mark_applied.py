"""A mark from the command line to the log: written, applied by the daemon's tick, told by `show`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.review.logged import HOUR, MEETING, NOW, POSITION, SUBJECT, SUBJECTS

from dipwatch.config import LoadedConfig, load_config
from dipwatch.daemon.setup import Subject, load_subject
from dipwatch.daemon.subject import SubjectPipeline, Ticked
from dipwatch.store import leases, outbox
from dipwatch.store.leases import detection_lease
from dipwatch.store.log import read_changes
from dipwatch.store.store import Store


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedConfig:
    path = tmp_path_factory.mktemp("loaded") / "dipwatch.toml"
    path.write_text(f'subjects = ["{SUBJECT}"]\nsubjects_dir = "{SUBJECTS}"\n', encoding="utf-8")
    return load_config(path, environ={})


@pytest.fixture(scope="module")
def subject(loaded: LoadedConfig) -> Subject:
    return load_subject(loaded, SUBJECT)


@pytest.fixture
def database(filled: Path) -> Store:
    return Store.open(f"sqlite:///{filled / 'dipwatch.db'}")


def tick(store: Store, subject: Subject, loaded: LoadedConfig) -> Ticked | None:
    with store.begin() as connection:
        lease = leases.take(connection, detection_lease(SUBJECT), "test", NOW, HOUR)
    assert lease
    return SubjectPipeline(subject, loaded.config.alerts, 100).tick(store, lease, NOW)


def shown(run: Run, key: str) -> dict[str, object]:
    view: dict[str, object] = json.loads(run("show", key, "--format", "json").stdout)
    return view


def test_a_mark_waits_is_applied_and_is_told(run: Run, database: Store, subject: Subject, loaded: LoadedConfig) -> None:
    assert "; the daemon applies it" in run("mark", MEETING, "false", "--author", "ben").stdout
    assert "false, by ben: waits for the daemon" in run("show", MEETING).stdout
    ticked = tick(database, subject, loaded)
    assert ticked
    assert ticked.changes == 1
    text = run("show", MEETING).stdout
    assert "Your mark: false" in text
    assert "CORRECTION" in text
    assert "Note: false" in text
    assert f"false, by ben: {MEETING} marked false" in text
    with database.connect() as connection:
        rows = outbox.list_outbox(connection, ("waiting",))
    assert [(row.purpose, row.receiver) for row in rows if row.purpose == "correction"] == [("correction", "desk")]
    assert "correction to desk: waiting" in text
    database.close()


def test_a_wrong_kind_is_put_right_and_history_finds_it_there(
    run: Run, database: Store, subject: Subject, loaded: LoadedConfig
) -> None:
    run("mark", POSITION, "kind", "proposal")
    tick(database, subject, loaded)
    database.close()
    assert [
        json.loads(line)["id"]
        for line in run("history", "--kind", "proposal", "--format", "ndjson").stdout.splitlines()
    ] == [POSITION]


def test_a_duplicate_leads_to_the_one_it_repeats(
    run: Run, database: Store, subject: Subject, loaded: LoadedConfig
) -> None:
    run("mark", POSITION, "duplicate-of", MEETING)
    tick(database, subject, loaded)
    database.close()
    assert shown(run, POSITION)["development"] == shown(run, MEETING)["development"]
    assert POSITION in str(shown(run, MEETING)["merged"])


def test_a_mark_that_cannot_be_applied_says_why(
    run: Run, database: Store, subject: Subject, loaded: LoadedConfig
) -> None:
    run("mark", POSITION, "duplicate-of", MEETING)
    run("mark", MEETING, "duplicate-of", POSITION)
    ticked = tick(database, subject, loaded)
    database.close()
    assert ticked
    assert ticked.changes == 1, "the first mark has made them one"
    assert f"{MEETING} can't be a duplicate of" in run("show", MEETING).stdout


def test_a_report_is_split_off_by_its_entry_of_the_log(
    run: Run, database: Store, subject: Subject, loaded: LoadedConfig
) -> None:
    run("mark", POSITION, "duplicate-of", MEETING)
    tick(database, subject, loaded)
    with database.connect() as connection:
        (entry, report), *_ = [each for each in read_changes(connection, development=POSITION) if each[1].item]
    assert f"split {report.item}" in run("mark", MEETING, "split", str(entry)).stdout
    tick(database, subject, loaded)
    with database.connect() as connection:
        placed = [change for _, change in read_changes(connection) if change.note == f"split-from {MEETING}"]
    database.close()
    assert [change.item for change in placed] == [report.item]
    new = shown(run, placed[0].development)
    assert placed[0].development not in {MEETING, POSITION}
    assert new["development"]["title"] == report.title  # type: ignore[index] # a view as JSON
    assert f"split {placed[0].development}" in run("show", MEETING).stdout


@pytest.mark.parametrize("value", ["999", "no-such-item", ","])
def test_what_is_no_report_of_it_is_named_before_anything_is_written(
    run: Run, database: Store, subject: Subject, loaded: LoadedConfig, value: str
) -> None:
    refused = run("mark", MEETING, "split", value)
    assert refused.exit_code == 2
    assert f"is no report of {MEETING}; its entries of the log: " in refused.stderr
    assert tick(database, subject, loaded) is None
    database.close()
