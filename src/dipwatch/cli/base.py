"""What every command is made of: help with examples, late loading, errors as one line and an exit code.

A command's module is imported only when the command is used, so that ``dipwatch --help`` costs next to nothing.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

import click
from click.shell_completion import CompletionItem

from dipwatch.errors import DipwatchError, ProblemsError

INTERRUPTED = 130
"""128 plus the number of SIGINT, as shells report it."""
READER_GONE = 141
"""128 plus the number of SIGPIPE: what a program ends with when `head` has read enough, and no error."""


class Command(click.Command):
    """A command whose help ends with examples: lines that can be pasted into a shell."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:  # noqa: ANN401 (click's own)
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below the options."""
        super().format_epilog(ctx, formatter)
        write_examples(self.examples, formatter)


class Group(click.Group):
    """Commands under one name, such as ``dipwatch db``; without a command it shows its help."""

    command_class = Command

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:  # noqa: ANN401 (click's own)
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (signature is click's)
        """Return the commands in the order in which they are written."""
        return list(self.commands)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below the commands."""
        super().format_epilog(ctx, formatter)
        write_examples(self.examples, formatter)


def code(codes: type[StrEnum]) -> click.Choice[str]:
    """Return the type of an option that takes a code as it is written in the log; click would take enums by name."""
    return click.Choice([each.value for each in codes])


def write_examples(examples: Sequence[str], formatter: click.HelpFormatter) -> None:
    """Write a section with one example a line, unwrapped."""
    if not examples:
        return
    with formatter.section("Examples" if len(examples) > 1 else "Example"):
        for example in examples:
            formatter.write(f"{'':{formatter.current_indent}}{example}\n")


@dataclass(frozen=True, slots=True)
class Lazy:
    """A command that is imported when it is used: ``module:attribute``, and what the overview says of it."""

    target: str
    summary: str

    def load(self) -> click.Command:
        """Import the command; the collector of cycles, which rests until then (see ``app.main``), sets out."""
        module, _, attribute = self.target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        if not gc.isenabled():
            gc.freeze()  # what modules are made of stays for good
            gc.enable()
        return command


OTHER_WORDS = {"mute": "silence", "search": "history", "log": "history", "backup": "db", "start": "run", "serve": "run"}
"""What newcomers try, and the command that does it."""


class Program(click.Group):
    """The program's outermost group: late commands in sections, and the one place where errors become exit codes."""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 (click's own)
        sections: Mapping[str, Mapping[str, Lazy]],
        hidden_commands: Mapping[str, Lazy],
        **kwargs: Any,  # noqa: ANN401 (click's own)
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections
        self.hidden_commands = hidden_commands

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:  # noqa: ANN401 (click's own)
        """Read the arguments, and write the help where it is asked for."""
        with reader_may_leave():
            return super().make_context(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (signature is click's)
        """Return the names of the commands that are shown, in the order of the sections."""
        return [name for late in self.sections.values() for name in late]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (as above)
        """Return a command, imported now."""
        for commands in (*self.sections.values(), self.hidden_commands):
            if cmd_name in commands:
                return commands[cmd_name].load()
        return None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands without importing any, and the options."""
        found = {name: late.summary for commands in self.sections.values() for name, late in commands.items()}
        offered = [CompletionItem(name, help=text) for name, text in found.items() if name.startswith(incomplete)]
        return offered + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command meant; a misspelt one is answered with the names that come near."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            other = OTHER_WORDS.get(args[0])
            near = [other] if other else get_close_matches(args[0], self.list_commands(ctx))
            ctx.fail(f"No such command {args[0]!r}.{f' Did you mean {near[0]!r}?' if near else ''}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (signature is click's)
        """Write the overview, section by section, without importing any command."""
        for title, commands in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name, late.summary) for name, late in commands.items()])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 (what a command returns)
        """Run the command. The family of errors becomes one line a problem; anything else keeps its traceback."""
        try:
            with reader_may_leave():
                return super().invoke(ctx)
        except DipwatchError as error:
            raise Failure(error) from error
        except KeyboardInterrupt:
            raise click.exceptions.Exit(INTERRUPTED) from None


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """End quietly, with READER_GONE, where the reader of the output goes away (``dipwatch history | head -1``).

    Connections that break are errors of the family by the time they come here.
    """
    try:
        yield
    except BrokenPipeError:
        # What is left in the buffer is flushed at exit: https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(READER_GONE) from None


class Failure(click.ClickException):
    """An error of the family on its way to the user."""

    def __init__(self, error: DipwatchError) -> None:
        super().__init__(str(error))
        self.error = error
        self.exit_code = error.exit_code  # type: ignore[misc] # click reads it from the instance

    def show(self, file: Any = None) -> None:  # noqa: ANN401 (signature is click's)
        """Write the lines to the standard error."""
        for line in error_lines(self.error):
            click.echo(f"dipwatch: {line}", file=file, err=file is None)


def error_lines(error: DipwatchError) -> Iterator[str]:
    """Yield one line for each problem of an error."""
    messages = [str(problem) for problem in error.problems] if isinstance(error, ProblemsError) else [str(error)]
    for message in messages:
        yield " ".join(message.split()) or type(error).__name__
