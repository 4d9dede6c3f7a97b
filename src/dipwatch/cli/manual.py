"""The man pages dipwatch(1) and dipwatch.toml(5), written from the commands and from the commented configuration.

They use the man macros that every man program knows: https://man7.org/linux/man-pages/man7/man.7.html. They carry no
date, so that they change only when the program does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import click

from dipwatch import __version__
from dipwatch.cli.base import Command, Group, Program
from dipwatch.cli.keys import default_of, example_keys, examples
from dipwatch.outline import ENVIRONMENT_PREFIX, FILE_NAME

_QUOTED = re.compile(r"`([^`]+)`")
_ABOUT_CODES = {
    "0": "All is well.",
    "1": "Something failed and is named, the machine included.",
    "2": "Wrong usage or configuration.",
    "130": "Stopped by Ctrl-C.",
    "141": "The reader of the output went away, as head(1) does.",
}
_ABOUT_CONFIGURATION = (
    "The file is TOML. Every key has a default; `dipwatch init` writes a file in which all of them stand.",
    "A key given by `dipwatch --set KEY=VALUE` comes first, then the environment variable named here, then the file.",
)
_ABOUT_FILES = {
    f"./{FILE_NAME}, /etc/dipwatch/{FILE_NAME}": f"The configuration, where none is named; see {FILE_NAME}(5).",
    "/var/lib/dipwatch": "Database and backups of the installed service.",
}


def command_page(program: Program) -> Iterator[str]:
    """Yield the lines of dipwatch(1)."""
    with click.Context(program, info_name="dipwatch", **program.context_settings) as root:
        summary, *about = _paragraphs(program.help or "")
        yield from _head("DIPWATCH", 1, "dipwatch", summary)
        yield from (".SH SYNOPSIS", r"\fBdipwatch\fR [\fIOPTIONS\fR] \fICOMMAND\fR [\fIARGS\fR]...")
        yield ".SH DESCRIPTION"
        yield from _text(about)
        yield ".SH OPTIONS"
        yield from _options(root, program)
        for title, late in program.sections.items():
            yield f".SH COMMANDS: {title.upper()}"
            for name, command in late.items():
                yield from _command(root, name, command.load())
    yield ".SH EXIT STATUS"
    yield from _definitions(_ABOUT_CODES.items())
    yield ".SH ENVIRONMENT"
    keys = f"Any key of {FILE_NAME}(5), e.g. {ENVIRONMENT_PREFIX}POLLING__INTERVAL=5m."
    yield from _definitions(
        [(f"{ENVIRONMENT_PREFIX}CONFIG", "As --config."), (f"{ENVIRONMENT_PREFIX}SECTION__KEY", keys)]
    )
    yield ".SH FILES"
    yield from _definitions(_ABOUT_FILES.items())
    yield from (".SH SEE ALSO", f".BR {FILE_NAME} (5)")


def configuration_page() -> Iterator[str]:
    """Yield the lines of dipwatch.toml(5)."""
    yield from _head("DIPWATCH.TOML", 5, FILE_NAME, "configuration of dipwatch")
    yield ".SH DESCRIPTION"
    yield from _text(_ABOUT_CONFIGURATION)
    keys = [key for key in example_keys() if key.about]
    for table in dict.fromkeys(key.table for key in keys):
        yield f".SH {_plain(f'[{table}]' if table else 'TOP OF THE FILE')}"
        for key in (key for key in keys if key.table == table):
            default, variable = default_of(key), key.variable
            known = [f"Default: {default}." if default else "", f"Environment: {variable}." if variable else ""]
            yield from _definitions([(key.name, " ".join(filter(None, (key.about, *known))))])
    yield ".SH EXAMPLES"
    for example in examples():
        title, _, text = example.read_text(encoding="utf-8").partition("\n")
        yield f".SS {_plain(title.removeprefix('# '))}"
        yield from _verbatim(text.strip().splitlines())
    yield from (".SH SEE ALSO", ".BR dipwatch (1)")


def _head(title: str, section: int, name: str, summary: str) -> Iterator[str]:
    yield f'.TH {title} {section} "" "dipwatch {__version__}" ""'
    yield from (".ad l", ".nh")  # ragged and unhyphenated: names and commands are read best whole
    yield ".SH NAME"
    yield rf"{name} \- {_plain(summary)}"


def _command(parent: click.Context, name: str, command: click.Command) -> Iterator[str]:
    with click.Context(command, info_name=name, parent=parent) as context:
        usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
        yield f".SS {_plain(usage)}"
        yield from _text(_paragraphs(command.help or ""))
        yield from _options(context, command)
        if isinstance(command, Command | Group) and command.examples:
            yield from (".PP", "For example:", ".PP")
            yield from _verbatim(command.examples)
        if isinstance(command, click.Group):
            for below in command.list_commands(context):
                found = command.get_command(context, below)
                if found is not None and not found.hidden:
                    yield from _command(context, below, found)


def _options(context: click.Context, command: click.Command) -> Iterator[str]:
    """Yield the options of a command; every command has --help, which is told once."""
    options = [parameter for parameter in command.get_params(context) if isinstance(parameter, click.Option)]
    records = [record for option in options if (record := option.get_help_record(context))]
    yield from _definitions(record for record in records if context.parent is None or "--help" not in record[0])


def _definitions(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, about in pairs:
        yield from (".TP", rf"\fB{_plain(term)}\fR", _formatted(about))


def _text(paragraphs: Iterable[str]) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs):
        yield from ([".PP"] if number else [])
        yield _formatted(paragraph)


def _verbatim(lines: Iterable[str]) -> Iterator[str]:
    yield from (".RS 4", ".nf")
    yield from map(_plain, lines)
    yield from (".fi", ".RE")


def _paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]


def _formatted(text: str) -> str:
    """Return prose with what stands in backticks in bold."""
    return _QUOTED.sub(r"\\fB\1\\fR", _plain(text))


def _plain(text: str) -> str:
    r"""Return a line that stands as written: no escape, no request, hyphens that can be copied, breaks at |."""
    text = text.replace("\\", r"\e").replace("-", r"\-").replace("|", r"|\:")
    return rf"\&{text}" if text.startswith((".", "'")) else text
