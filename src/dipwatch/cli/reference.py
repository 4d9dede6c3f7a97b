"""``dipwatch reference``: the references in docs/ and the man pages in share/, written from the program itself."""

from __future__ import annotations

from collections.abc import Iterator

import click

from dipwatch.cli.base import Command, Program
from dipwatch.cli.keys import Key, default_of, example_keys, examples
from dipwatch.cli.manual import command_page, configuration_page
from dipwatch.outline import FILE_NAME

_WIDTH = 100
_TITLES = {"": "Top of the file"}


@click.command(
    cls=Command,
    hidden=True,
    examples=("dipwatch reference commands > docs/commands.md", "dipwatch reference man > share/man/man1/dipwatch.1"),
)
@click.argument("about", type=click.Choice(["commands", "configuration", "man", "man-configuration"]))
@click.pass_context
def reference(context: click.Context, about: str) -> None:
    """Write the reference of the commands or of the configuration, as Markdown or as a man page."""
    program = context.find_root().command
    assert isinstance(program, Program)  # noqa: S101 (the command hangs on no other)
    pages = {
        "commands": lambda: commands(program),
        "configuration": configuration,
        "man": lambda: command_page(program),
        "man-configuration": configuration_page,
    }
    click.echo("\n".join(pages[about]()))


def commands(program: Program) -> Iterator[str]:
    """Yield the reference of all commands."""
    yield "# Commands"
    yield ""
    yield "Written by `dipwatch reference commands`."
    yield ""
    with click.Context(program, info_name="dipwatch", terminal_width=_WIDTH, **program.context_settings) as root:
        yield from _help(root, program)
        for title, late in program.sections.items():
            yield f"## {title}"
            yield ""
            for name, command in late.items():
                yield from _command(root, name, command.load(), 3)


def configuration() -> Iterator[str]:
    """Yield the reference of the configuration's keys."""
    yield "# Configuration"
    yield ""
    yield f"Written by `dipwatch reference configuration` from `config/{FILE_NAME}`, which `dipwatch init` copies."
    keys = example_keys()
    for table in dict.fromkeys(key.table for key in keys):
        yield ""
        yield f"## {_TITLES.get(table, f'[{table}]')}"
        yield ""
        yield "| Key | Default | Environment | What it does |"
        yield "| --- | --- | --- | --- |"
        for key in (key for key in keys if key.table == table and key.about):
            variable = f"`{key.variable}`" if key.variable else ""
            yield f"| `{key.name}` | {_default(key)} | {variable} | {key.about} |"
    yield ""
    yield "## Examples"
    for example in examples():
        title, _, text = example.read_text(encoding="utf-8").partition("\n")
        yield from ("", f"### {title.removeprefix('# ')}", "", "```toml", *text.strip().splitlines(), "```")


def _default(key: Key) -> str:
    default = default_of(key)
    return f"`{default}`" if default else ""


def _command(parent: click.Context, name: str, command: click.Command, level: int) -> Iterator[str]:
    yield f"{'#' * level} dipwatch {' '.join([*_path(parent), name])}"
    yield ""
    with click.Context(command, info_name=name, parent=parent, terminal_width=_WIDTH) as context:
        yield from _help(context, command)
        if isinstance(command, click.Group):
            for below in command.list_commands(context):
                found = command.get_command(context, below)
                if found is not None and not found.hidden:
                    yield from _command(context, below, found, level + 1)


def _path(context: click.Context) -> list[str]:
    return context.command_path.split()[1:]


def _help(context: click.Context, command: click.Command) -> Iterator[str]:
    yield "```text"
    yield from (line.rstrip() for line in command.get_help(context).splitlines())
    yield "```"
    yield ""
