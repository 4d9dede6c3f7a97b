"""Every command in the documents exists and works, on the demo's log; see ``pages`` for the few that can't be run.

The convention: commands stand in blocks marked ``sh``, one a line. The words in ``_filled`` are placeholders; all
else is run as it stands. Pages run from top to bottom, each on a copy of the log.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tests.docs.conftest import Stage
from tests.docs.pages import NOT_RUN, Line, block_lines, inline_lines, pages

from dipwatch.cli.app import cli

PAGES = [page for page in pages() if next(block_lines(page), None)]
SUBJECTS = {"another-subject.md": "corrin"}
"""Pages that speak of another subject than the demo's."""
SETS = ("cd", "export")
"""What a shell does itself."""
_ELLIPSIS = re.compile(r"\.\.\.|…")


@pytest.fixture
def copied(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder and the home of whoever types: a copy of the demo's."""
    folder = tmp_path / "home"
    shutil.copytree(stage.folder, folder, ignore=shutil.ignore_patterns("subjects"))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(stage.folder.parent / "cache"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("DIPWATCH_CONFIG", raising=False)
    return folder


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_work_from_top_to_bottom(
    page: Path, stage: Stage, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _speak_of(SUBJECTS.get(page.name), copied / "dipwatch.toml")
    failed = [told for line in block_lines(page) if (told := _outcome(line, stage, copied, monkeypatch))]
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_the_commands_in_the_sentences_of_a_page_exist_with_their_options(page: Path) -> None:
    lines = [*inline_lines(page), *block_lines(page)]
    faults = [f"{line}: {fault}" for line in lines if line.words[0] == "dipwatch" and (fault := _fault(line))]
    assert not faults, "\n".join(faults)


def test_what_is_not_run_is_still_in_the_documents() -> None:
    reasons = {line.why_not_run for page in pages() for line in block_lines(page)}
    unused = [told for told, reason in NOT_RUN.items() if reason not in reasons]
    assert not unused, f"take these out of NOT_RUN: {unused}"


def _speak_of(subject: str | None, file: Path) -> None:
    if subject:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('subjects = ["ukraine"]', f'subjects = ["{subject}"]'), encoding="utf-8")
        own = file.with_name("feeds.toml")
        own.write_text(own.read_text(encoding="utf-8").replace("enabled = false\n", ""), encoding="utf-8")


def _outcome(line: Line, stage: Stage, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a command unless it can't be; returns what went wrong."""
    words = _filled(line, stage, home)
    if line.why_not_run:
        return ""
    if words[0] in SETS:
        _set(words, monkeypatch)
        return ""
    if words[0] != "dipwatch":
        return f"{line}: a program that is neither run nor listed in NOT_RUN"
    words, target = (words[:-2], words[-1]) if words[-2:-1] == [">"] else (words, "")
    with _quiet_log():
        result = CliRunner().invoke(cli, words[1:], prog_name="dipwatch")
    if result.exit_code:
        return f"{line}: exit code {result.exit_code}: {result.output}{result.exception or ''}"
    if target:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).write_text(result.stdout, encoding="utf-8")
    return ""


def _filled(line: Line, stage: Stage, home: Path) -> list[str]:
    """Return the words of a command with everything put in that a reader would put in."""
    meant = {
        "ID": stage.development,
        "OTHER": stage.other,
        "ENTRY": stage.entry,
        "ENTRIES": stage.entry,
        "ITEM": stage.item,
        "ENTRY-OF-BASELINE": stage.position,
        "NAME": "Witkoff",
        "un-news": "harbour-daily",
        "https://desk.example.org/": f"{stage.server}/desk",
    }
    places = {"/etc/dipwatch": f"{home}/etc", "/var/backups": f"{home}/backups", "~/": f"{home}/"}
    words = [meant.get(word, word) for word in line.words]
    for place, own in places.items():
        words = [own + word.removeprefix(place) if word.startswith(place) else word for word in words]
    return [word.replace("=ID", f"={stage.development}") for word in words]


def _set(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    if words[0] == "cd":
        monkeypatch.chdir(words[1])
        return
    name, _, value = words[1].partition("=")
    monkeypatch.setenv(name, os.path.expandvars(value))


def _fault(line: Line) -> str:
    """Parse a command as far as its options, without running it; returns what is wrong."""
    command: click.Command = cli
    words = [word for word in _ELLIPSIS.sub("", line.text.partition("#")[0]).replace("|", " ").split()[1:] if word]
    while words and isinstance(command, click.Group):
        word = words.pop(0)
        if word.startswith("-"):
            words = words[1:] if word == "--config" else words
            continue
        found = command.get_command(click.Context(command), word)
        if found is None:
            return f"there is no command {word!r}" if word.islower() else ""
        command = found
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help", "-h"}
    asked = [word.partition("=")[0].strip("[],;.") for word in words if re.match(r"\[?--?[a-z]", word)]
    unknown = [option for option in asked if option not in known]
    return f"there is no option {unknown[0]}" if unknown else ""


@contextmanager
def _quiet_log() -> Iterator[None]:
    """Put the log back as it was: commands set it up for their process."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = handlers
        root.setLevel(level)
