"""The pager, on a real terminal of a few lines."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

import pytest

LINES, COLUMNS = 12, 70


def shown(installed: str, *arguments: str, **environment: str) -> str:
    """Return what a command writes to a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    bare = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "LESS", "NO_COLOR"}}
    with subprocess.Popen(
        [installed, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=bare | {"TERM": "xterm"} | environment,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        told = b""
        try:
            while piece := os.read(ours, 4096):
                told += piece
        except OSError:
            pass  # nobody has the other end any more: https://man7.org/linux/man-pages/man7/pty.7.html
        os.close(ours)
        assert process.wait(timeout=60) == 0, told.decode()
    return told.decode()


@pytest.fixture
def pager(tmp_path: Path) -> Path:
    """A pager that keeps what it is given, and what it is told by the environment."""
    script = tmp_path / "pager"
    script.write_text(f'#!/bin/sh\nprintf "%s" "$LESS" > {tmp_path}/less\ncat > {tmp_path}/given\n', encoding="utf-8")
    script.chmod(0o755)
    return script


@pytest.mark.usefixtures("filled")
def test_what_is_longer_than_the_terminal_goes_through_the_pager(installed: str, pager: Path, tmp_path: Path) -> None:
    said = shown(installed, "show", "meet", PAGER=str(pager))
    given = (tmp_path / "given").read_text(encoding="utf-8")
    assert said == ""
    assert len(given.splitlines()) > LINES
    assert "\x1b[" in given  # in colours, which the pager lets pass:
    assert (tmp_path / "less").read_text(encoding="utf-8") == "FRX"


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(("history", "--limit", "1"), {}), (("show", "meet"), {"DIPWATCH_PAGER": "off"})],
    ids=["fits", "off"],
)
def test_what_fits_or_shall_have_none_is_written(
    installed: str, pager: Path, tmp_path: Path, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    assert "2026-03-10" in shown(installed, *arguments, PAGER=str(pager), **environment)
    assert not (tmp_path / "given").exists()
