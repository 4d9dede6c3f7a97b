"""A folder with a configuration and a filled database, and the command line run in it."""

from __future__ import annotations

import logging
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.review.logged import SUBJECTS, fill

from dipwatch.cli.app import cli
from dipwatch.store.store import Store

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def untouched_log() -> Iterator[None]:
    """Put the log back as it was: commands set it up for their process."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a configuration of the test's subject, no database yet."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "dipwatch.toml").write_text(
        f'subjects = ["talks"]\nsubjects_dir = "{SUBJECTS}"\n[logging]\nlevel = "warning"\n', encoding="utf-8"
    )
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def filled(home: Path, migrated_sqlite: Path) -> Path:
    """The same with a database that holds the log of ``tests.review.logged``."""
    shutil.copyfile(migrated_sqlite, home / "dipwatch.db")
    store = Store.open(f"sqlite:///{home / 'dipwatch.db'}")
    fill(store)
    store.close()
    return home


@pytest.fixture
def run() -> Run:
    """Run a command in this process."""

    def called(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments, prog_name="dipwatch")

    return called


@pytest.fixture(scope="session")
def installed() -> str:
    """The installed command."""
    command = Path(sysconfig.get_path("scripts")) / "dipwatch"
    if not command.exists():
        pytest.skip(f"dipwatch is not installed beside {sys.executable}: pip install --editable .")
    return str(command)
