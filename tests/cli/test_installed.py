from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def called(command: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command, *arguments], capture_output=True, text=True, check=False, timeout=60, env=os.environ | environment
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--set", "polling.interval=often", "history"], 2, "polling.interval: is not a duration"),
        (["--set", "unheard=1", "history"], 2, "unheard: unknown key"),
        (["--config", "nowhere.toml", "history"], 2, "nowhere.toml: there is no such file"),
        (["--set", "subjects=['nowhere']", "history"], 2, "subject nowhere has no folder"),
        (["--database", "sqlite:///file/below/dipwatch.db", "db", "upgrade"], 1, "can't be opened or created"),
        (["history"], 1, "there is no database"),
        (["--database", "postgresql+psycopg://nobody:hush@127.0.0.1:1/none", "history"], 1, "can't be reached"),
        (["--database", "env:DIPWATCH_TEST_UNSET", "history"], 2, "this environment variable is not set"),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_code(
    installed: str, home: Path, arguments: list[str], code: int, said: str
) -> None:
    (home / "file").write_text("", encoding="utf-8")
    done = called(installed, *arguments)
    assert done.returncode == code, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert said in done.stderr
    assert "hush" not in done.stderr


def test_a_missing_lexicon_file_is_one_line_and_code_2(installed: str, home: Path) -> None:
    subject = home / "subjects" / "bare"
    subject.mkdir(parents=True)
    for name in ("subject", "offices", "venues", "issues", "cues", "scenarios"):
        (subject / f"{name}.toml").write_text("", encoding="utf-8")
    done = called(installed, "--set", "subjects=['bare']", "--set", "subjects_dir=subjects", "lexicon", "check")
    assert done.returncode == 2
    assert done.stderr == f"dipwatch: {subject / 'actors.toml'}: there is no such file; create it or correct the path\n"


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "arguments",
    [["history"], ["show", "meet", "--format", "json"], ["feeds", "list"], ["--help"], ["history", "--help"]],
)
def test_a_reader_that_goes_away_is_no_error_to_speak_of(installed: str, arguments: list[str]) -> None:
    listing = subprocess.Popen([installed, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert listing.stdout is not None
    listing.stdout.close()
    assert listing.stderr is not None
    with listing.stderr as stderr:
        assert stderr.read() == ""
    assert listing.wait(timeout=60) == 141


HEAVY = {
    "alembic",
    "apprise",
    "aiohttp",
    "feedparser",
    "jinja2",
    "pydantic",
    "sqlalchemy.orm",
    "sqlalchemy.dialects.postgresql",
    "dipwatch.alerts.render",
    "dipwatch.config",
    "dipwatch.feeds.fetch",
    "dipwatch.lexicon",
    "dipwatch.review.operation",
    "dipwatch.review.views",
    "dipwatch.settings",
    "dipwatch.store.ingest",
    "dipwatch.store.outbox",
}
"""What a search of the log does without: each takes a part of the time that it may take (docs/measurements.md)."""


@pytest.mark.parametrize(
    ("arguments", "also", "said"),
    [
        (["--actor", "Lavrov", "--since", "2026-01-01"], set(), "Sergei Lavrov"),
        (["--text", "Istanbul", "--format", "json"], {"rich"}, "Istanbul"),
    ],
)
def test_history_loads_only_what_a_search_needs(
    filled: Path, installed: str, arguments: list[str], also: set[str], said: str
) -> None:
    assert called(installed, "history").returncode == 0  # the configuration is sound, which is kept
    script = (
        "import sys\n"
        "from dipwatch.cli.app import cli\n"
        f"try: cli.main({['history', *arguments]!r})\n"
        "except SystemExit: pass\n"
        f"heavy = {HEAVY | also!r} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=filled, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert said in done.stdout


@pytest.mark.usefixtures("filled")
def test_the_configuration_is_taken_from_the_environment_too(installed: str, home: Path) -> None:
    away = home / "away"
    away.mkdir()
    done = subprocess.run(
        [installed, "history", "--format", "ndjson"],
        cwd=away,
        env=os.environ | {"DIPWATCH_CONFIG": str(home / "dipwatch.toml")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2), done.stderr


def test_the_module_is_the_command(installed: str) -> None:
    python = str(Path(installed).with_name("python3"))
    assert called(python, "-m", "dipwatch", "--version").stdout == called(installed, "--version").stdout


def test_where_nothing_is_configured_init_is_suggested(
    installed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DIPWATCH_DATABASE", raising=False)
    done = called(installed, "history")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "`dipwatch init` makes one, `dipwatch --config FILE ...` takes one that lies elsewhere" in done.stderr
    assert list(tmp_path.iterdir()) == []
