from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from dipwatch.cli.app import cli
from dipwatch.cli.keys import example_keys

SHARE = Path(__file__).parents[2] / "share"
FILES = {
    "man/man1/dipwatch.1": ("reference", "man"),
    "man/man5/dipwatch.toml.5": ("reference", "man-configuration"),
    "bash-completion/completions/dipwatch": ("completion", "bash"),
    "zsh/site-functions/_dipwatch": ("completion", "zsh"),
    "fish/vendor_completions.d/dipwatch.fish": ("completion", "fish"),
}
"""What the packages install beside the program, and the command that writes it."""
PAGES = [name for name in FILES if name.startswith("man/")]


def written(*command: str) -> str:
    return CliRunner().invoke(cli, command, prog_name="dipwatch", catch_exceptions=False).output


def page(name: str) -> str:
    return written(*FILES[name])


@pytest.mark.parametrize("name", FILES)
def test_the_checked_in_file_is_what_the_program_writes(name: str) -> None:
    command = FILES[name]
    assert (SHARE / name).read_text(encoding="utf-8") == written(*command), (
        f"write it anew: dipwatch {' '.join(command)} > share/{name}"
    )


def test_nothing_else_lies_among_them() -> None:
    assert {str(path.relative_to(SHARE)) for path in SHARE.rglob("*") if path.is_file()} == set(FILES)


def test_the_page_holds_every_command_with_each_of_its_options() -> None:
    text = page("man/man1/dipwatch.1").replace(r"\-", "-")
    with click.Context(cli, info_name="dipwatch") as root:
        for command in all_commands(cli, root):
            parts = text.split(f".SS {command.command_path} [OPTIONS]")
            assert len(parts) == 2, command.command_path
            about = re.split(r"^\.S[HS] ", parts[1], maxsplit=1, flags=re.MULTILINE)[0]
            for parameter in command.command.params:
                if isinstance(parameter, click.Option) and not parameter.hidden:
                    assert rf"\fB{parameter.opts[-1]}" in about or parameter.opts[-1] in about, parameter.name


def all_commands(group: click.Group, context: click.Context) -> list[click.Context]:
    found: list[click.Context] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            below = click.Context(command, info_name=name, parent=context)
            found += [below, *(all_commands(command, below) if isinstance(command, click.Group) else [])]
    return found


def test_the_page_holds_every_key_of_the_configuration() -> None:
    text = page("man/man5/dipwatch.toml.5")
    for key in example_keys():
        assert not key.about or rf"\fB{key.name}\fR" in text, key.name


@pytest.mark.parametrize("name", PAGES)
def test_no_line_of_a_page_is_a_request_by_accident(name: str) -> None:
    requests = {line.split()[0] for line in page(name).splitlines() if line.startswith((".", "'"))}
    assert requests <= {".TH", ".SH", ".SS", ".PP", ".TP", ".RS", ".RE", ".nf", ".fi", ".BR", ".ad", ".nh"}


@pytest.mark.parametrize("name", PAGES)
def test_every_backslash_begins_an_escape_that_man_programs_know(name: str) -> None:
    assert set(re.findall(r"\\(fB|fI|fR|.)", page(name))) <= {"fB", "fI", "fR", "-", "e", "&", ":"}
