"""``dipwatch reference``: docs/commands.md and docs/configuration.md, written from the program itself.

A key's description is the comment above it in config/dipwatch.toml, so that it is written once; its default is the
configuration's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from dipwatch.cli.base import Command, Door
from dipwatch.config import ENVIRONMENT_PREFIX, FILE_NAME, Config
from dipwatch.shipped import shipped

_SECTION = re.compile(r"#?\[+([a-z_.]+)\]+$")
_KEY = re.compile(r"#([a-z_]+) = (.+)$")
_WIDTH = 100
_TITLES = {"": "Top of the file"}
_TABLES = ("alerts.receivers", "alerts.times", "alerts.route", "alerts.route.routes")
"""What can't be set by the environment: lists of tables, and the tree of routes."""
_EXAMPLES = ("config", "examples")
"""Where whole examples lie, a file each, whose first line says what it shows."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the example file: its table, its name, the value shown there, what is said of it."""

    table: str
    name: str
    value: str
    about: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it; empty where none does."""
        if self.table in _TABLES:
            return ""
        path = (*self.table.split("."), self.name) if self.table else (self.name,)
        return ENVIRONMENT_PREFIX + "__".join(path).upper()


@click.command(cls=Command, hidden=True, examples=("dipwatch reference commands > docs/commands.md",))
@click.argument("about", type=click.Choice(["commands", "configuration"]))
@click.pass_context
def reference(context: click.Context, about: str) -> None:
    """Write the reference of the commands or of the configuration as Markdown."""
    door = context.find_root().command
    lines = commands(door) if about == "commands" and isinstance(door, Door) else configuration()
    click.echo("\n".join(lines))


def commands(door: Door) -> Iterator[str]:
    """Yield the reference of all commands."""
    yield "# Commands"
    yield ""
    yield "Written by `dipwatch reference commands`."
    yield ""
    with click.Context(door, info_name="dipwatch", terminal_width=_WIDTH, **door.context_settings) as root:
        yield from _help(root, door)
        for title, late in door.sections.items():
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


def examples() -> list[Path]:
    """Return the files of whole examples, in their order."""
    return sorted(shipped(*_EXAMPLES).glob("*.toml"))


def example_keys() -> list[Key]:
    """Return the keys of the example file in its order."""
    keys: list[Key] = []
    table, comment = "", list[str]()
    for line in shipped("config", FILE_NAME).read_text(encoding="utf-8").splitlines():
        if section := _SECTION.fullmatch(line):
            table = section[1]
        elif key := _KEY.fullmatch(line):
            keys.append(Key(table, key[1], key[2], " ".join(comment)))
        elif line.startswith("# "):
            comment.append(line.removeprefix("# "))
            continue
        comment = []
    return keys


def _default(key: Key) -> str:
    """Return the default as TOML writes it; empty where there is none and the file shows an example."""
    if key.table in _TABLES:
        return ""
    section: object = Config()
    for name in filter(None, key.table.split(".")):
        section = getattr(section, name)
    return "" if getattr(section, key.name) is None else f"`{key.value}`"


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
