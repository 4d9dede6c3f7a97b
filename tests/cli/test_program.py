from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from dipwatch.cli.app import SECTIONS, cli
from dipwatch.cli.base import Command, Group, Lazy, Program
from dipwatch.errors import ConfigError, MachineError, Problem, UsageError

FAULTS = {
    "config": ConfigError([Problem("a.toml:3", "one\nline"), Problem("a.toml:4", "another", "mend it")]),
    "usage": UsageError("not so"),
    "machine": MachineError("the disk is full"),
    "interrupt": KeyboardInterrupt(),
    "defect": RuntimeError("a defect"),
}


@click.command(cls=Command)
@click.argument("fault")
def failing(fault: str) -> None:
    raise FAULTS[fault]


FAILING = Program("dipwatch", sections={"All": {"fail": Lazy(f"{__name__}:failing", "Fail.")}}, hidden_commands={})


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    found: list[tuple[tuple[str, ...], click.Command]] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found.append(((*path, name), command))
        if isinstance(command, click.Group):
            found += every_command(command, (*path, name))
    return found


@pytest.mark.parametrize(
    ("fault", "code", "lines"),
    [
        ("config", 2, ["dipwatch: a.toml:3: one line", "dipwatch: a.toml:4: another; mend it"]),
        ("usage", 2, ["dipwatch: not so"]),
        ("machine", 1, ["dipwatch: the disk is full"]),
        ("interrupt", 130, []),
    ],
)
def test_the_family_of_errors_is_one_line_a_problem_and_an_exit_code(fault: str, code: int, lines: list[str]) -> None:
    result = CliRunner().invoke(FAILING, ["fail", fault])
    assert (result.exit_code, result.stderr.splitlines()) == (code, lines)
    assert result.stdout == ""


def test_a_defect_keeps_its_traceback() -> None:
    result = CliRunner().invoke(FAILING, ["fail", "defect"])
    assert isinstance(result.exception, RuntimeError)


def test_every_command_has_a_help_with_an_example_of_itself() -> None:
    for path, command in every_command(cli):
        result = CliRunner().invoke(cli, [*path, "--help"])
        assert result.exit_code == 0, path
        assert isinstance(command, Command | Group), path
        assert command.help, path
        assert any(f"dipwatch {path[0]}" in example or "dipwatch --" in example for example in command.examples), path
        assert all(example in result.output for example in command.examples), path


def test_the_overview_shows_every_command_under_its_own_name() -> None:
    overview = CliRunner().invoke(cli, ["--help"]).output
    for commands in SECTIONS.values():
        for name, late in commands.items():
            assert late.summary in " ".join(overview.split()), name
            assert late.load().name == name


def test_a_misspelt_command_is_answered_with_the_right_one() -> None:
    result = CliRunner().invoke(cli, ["histroy"])
    assert result.exit_code == 2
    assert "Did you mean 'history'?" in result.stderr


def test_hidden_commands_work_without_standing_in_the_overview() -> None:
    assert "reference" not in CliRunner().invoke(cli, ["--help"]).output
    assert CliRunner().invoke(cli, ["reference", "--help"]).exit_code == 0


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from dipwatch.cli.app import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'apprise', 'aiohttp', 'feedparser', 'pydantic', 'alembic', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)\n"
    )
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "history" in done.stdout
    assert time.monotonic() - started < 5  # far above the quarter second it takes, for a machine under load


@pytest.mark.parametrize("setting", ["polling.interval", "=5m"])
def test_a_setting_that_is_none_is_refused(setting: str, home: Path) -> None:  # noqa: ARG001 (the current folder)
    result = CliRunner().invoke(cli, ["--set", setting, "feeds", "list"])
    assert result.exit_code == 2
    assert "KEY=VALUE" in result.stderr
