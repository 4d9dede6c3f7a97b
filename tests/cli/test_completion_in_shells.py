"""The completion in the shells themselves: what stands on the line, or is offered, after a tab."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.review.logged import MEETING

WAIT = 30.0
"""Seconds that a shell may take."""
CASES = [
    (["hist"], ["history"]),
    (["show", MEETING[:3]], [MEETING]),
    (["history", "--actor", "lav"], ["sergei-lavrov"]),
    (["history", "--kind", "me"], ["meeting"]),
    (["completion", ""], ["bash", "zsh", "fish"]),
]
Complete = Callable[[list[str]], list[str]]

pytestmark = pytest.mark.usefixtures("filled")


@pytest.fixture
def script(request: pytest.FixtureRequest, run: Run, installed: str, tmp_path: Path) -> Path:
    """The completion of the shell that the test is of, in a folder of its own; the command is found."""
    shell = str(request.node.originalname).removeprefix("test_").partition("_")[0]
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed: apt-get install {shell}")
    request.getfixturevalue("monkeypatch").setenv("PATH", f"{Path(installed).parent}:{os.environ['PATH']}")
    folder = tmp_path / "completion"
    folder.mkdir()
    path = folder / "_dipwatch"
    path.write_text(run("completion", shell).stdout, encoding="utf-8")
    return path


def said(*command: str) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=WAIT)
    assert not done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(("typed", "offered"), CASES)
def test_bash_offers(script: Path, typed: list[str], offered: list[str]) -> None:
    words = " ".join(f"'{word}'" for word in ("dipwatch", *typed))
    asking = f'source {script}; COMP_WORDS=({words}); COMP_CWORD={len(typed)}; _dipwatch_completion dipwatch "" ""'
    assert said("bash", "--norc", "-c", f'{asking}; printf "%s\\n" "${{COMPREPLY[@]}}"') == offered


@pytest.mark.parametrize(("typed", "offered"), CASES)
def test_fish_offers(script: Path, typed: list[str], offered: list[str]) -> None:
    line = " ".join(("dipwatch", *typed))
    lines = said("fish", "--no-config", "-c", f"source {script}; complete -C '{line}'")
    assert [told.partition("\t")[0] for told in lines] == sorted(offered)


@pytest.mark.parametrize(("typed", "offered"), [case for case in CASES if len(case[1]) == 1])
def test_zsh_completes_the_line(script: Path, tmp_path: Path, typed: list[str], offered: list[str]) -> None:
    ready, line = tmp_path / "ready", tmp_path / "line"
    (script.parent / ".zshrc").write_text(
        f"fpath=({script.parent} $fpath)\n"
        "autoload -Uz compinit && compinit -u -D\n"
        f"begins() {{ : > {ready} }}; zle -N zle-line-init begins\n"
        f"tell() {{ print -rn -- $BUFFER > {line}.part; mv {line}.part {line} }}; zle -N tell; bindkey '^X' tell\n",
        encoding="utf-8",
    )
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        ["zsh", "-i"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"ZDOTDIR": str(script.parent), "TERM": "dumb"},
        start_new_session=True,
    ) as zsh:
        os.close(theirs)
        try:
            there(ready)
            os.write(ours, f"{' '.join(('dipwatch', *typed))}\t\x18".encode())
            assert there(line).split() == ["dipwatch", *typed[:-1], *offered]
        finally:
            zsh.kill()
            os.close(ours)


def there(path: Path) -> str:
    """Wait for a file; return what it holds."""
    until = time.monotonic() + WAIT
    while not path.exists():
        assert time.monotonic() < until, f"no {path.name}"
        time.sleep(0.02)
    return path.read_text(encoding="utf-8")
