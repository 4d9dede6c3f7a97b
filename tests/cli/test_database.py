"""``dipwatch db``: care of the database from the command line."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.cli.conftest import Run
from tests.review.logged import SUBJECT

from dipwatch.store import leases
from dipwatch.store.leases import detection_lease
from dipwatch.store.schema import item_table
from dipwatch.store.store import Store


def history(run: Run, *options: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run(*options, "history", "--format", "json").stdout)
    return found


def test_what_was_exported_and_imported_tells_the_same_history(filled: Path, run: Run) -> None:
    written = run("db", "export", "log.ndjson.gz")
    assert (written.exit_code, "rows of" in written.output) == (0, True)
    other = ("--database", "sqlite:///other.db")
    read = run(*other, "db", "import", "log.ndjson.gz")
    assert read.exit_code == 0, read.output
    assert "equal to those exported" in read.output
    assert history(run, *other) == history(run) != []
    again = run(*other, "db", "import", "log.ndjson.gz")
    assert again.exit_code == 1
    assert "is not empty" in again.output
    assert (filled / "other.db").exists()


def test_a_history_is_copied_and_reads_the_same(filled: Path, run: Run) -> None:
    done = run("db", "copy", "sqlite:///dipwatch.db", "sqlite:///copy.db")
    assert done.exit_code == 0, done.output
    assert history(run, "--database", "sqlite:///copy.db") == history(run)
    assert run("db", "copy", "sqlite:///dipwatch.db", "sqlite:///copy.db").exit_code == 1
    same = run("db", "copy", "sqlite:///dipwatch.db", f"sqlite:///{filled}/dipwatch.db")
    assert (same.exit_code, "the same database" in same.output) == (2, True)
    assert run("db", "copy", "sqlite:///missing.db", "sqlite:///third.db").exit_code == 1


@pytest.fixture
def led(filled: Path) -> Path:
    """A daemon works on the database."""
    store = Store.open(f"sqlite:///{filled / 'dipwatch.db'}")
    with store.begin() as connection:
        leases.take(connection, detection_lease(SUBJECT), "host:17", datetime.now(UTC), timedelta(minutes=5))
    store.close()
    return filled


@pytest.mark.usefixtures("led")
def test_nothing_is_copied_or_restored_while_a_daemon_works(run: Run) -> None:
    assert run("db", "backup", "backup.db").exit_code == 0
    for command in (("copy", "sqlite:///dipwatch.db", "sqlite:///copy.db"), ("restore", "backup.db")):
        done = run("db", *command)
        assert done.exit_code == 1
        assert "(host:17); stop it first" in done.output


def test_a_backup_is_restored_and_the_former_database_named(filled: Path, run: Run) -> None:
    before = history(run)
    assert run("db", "backup", "backup.db").exit_code == 0
    shutil.copyfile(filled / "dipwatch.toml", filled / "dipwatch.db")
    done = run("db", "restore", "backup.db")
    assert done.exit_code == 0, done.output
    assert history(run) == before
    (aside,) = filled.glob("dipwatch.db.before-*")
    assert str(aside) in done.output


def test_pruning_follows_the_configuration(filled: Path, run: Run) -> None:
    with_texts = (
        "gone: the texts of {} items, 0 items without news, {} messages, {} attempts to deliver, 0 events of feeds"
    )
    long_ago = datetime.now(UTC) - timedelta(weeks=60)
    store = Store.open(f"sqlite:///{filled / 'dipwatch.db'}")
    with store.begin() as connection:
        items = connection.execute(update(item_table).values(first_seen_at=long_ago, summary="text")).rowcount
    store.close()
    dry = run("db", "prune", "--dry-run")
    assert (dry.exit_code, f"would go: the texts of {items} items" in dry.output) == (0, True)
    kept = run("--set", "retention.texts=0s", "--set", "retention.deliveries=0s", "db", "prune")
    assert kept.output.strip() == with_texts.format(0, 0, 0)
    assert f"the texts of {items} items" in run("db", "prune").output
    assert "the texts of 0 items" in run("db", "prune", "--texts-older-than", "26w").output


@pytest.mark.parametrize("setting", ["retention.noise=1w", "retention.deliveries=1d"])
def test_a_retention_that_would_harm_is_refused(home: Path, run: Run, setting: str) -> None:
    done = run("--set", setting, "db", "prune")
    assert (done.exit_code, "or 0s to keep all" in done.output) == (2, True)
    assert home.exists()


@pytest.mark.usefixtures("filled")
def test_the_folder_of_copies_is_made_but_not_those_above_it(run: Run, home: Path) -> None:
    made = run("db", "backup", "--keep", "2", "copies")
    assert (made.exit_code, len(list((home / "copies").iterdir()))) == (0, 1), made.stderr
    deep = run("db", "backup", "--keep", "2", "a/b")
    assert (deep.exit_code, "can't be made (No such file or directory)" in deep.stderr) == (1, True)
    (home / "file").touch()
    assert "is no folder" in run("db", "backup", "--keep", "2", "file").stderr
