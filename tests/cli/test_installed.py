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


def test_history_loads_neither_parsers_nor_senders_nor_the_lexicons_checks(filled: Path) -> None:
    script = (
        "import sys\n"
        "from dipwatch.cli.app import cli\n"
        "try: cli.main(['history', '--actor', 'Lavrov'])\n"
        "except SystemExit: pass\n"
        "heavy = {'apprise', 'aiohttp', 'feedparser', 'alembic', 'jinja2', 'dipwatch.lexicon'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=filled, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "Sergei Lavrov" in done.stdout


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
