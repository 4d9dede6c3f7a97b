"""``dipwatch completion``: what a shell needs to complete commands, options, ids and names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from dipwatch.cli.base import Command

_VARIABLE = "_DIPWATCH_COMPLETE"
"""The environment variable by which click knows that a shell asks."""


@click.command(
    cls=Command,
    examples=(
        "dipwatch completion bash > ~/.local/share/bash-completion/completions/dipwatch",
        "dipwatch completion zsh > ~/.zfunc/_dipwatch",
        "dipwatch completion fish > ~/.config/fish/completions/dipwatch.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Write the completion for a shell (bash 4.4 or newer, zsh, fish).

    Ids of developments, names of actors, venues and issues, sources and codes are completed from the configured
    database and subjects.
    """
    found = get_completion_class(shell)
    assert found is not None, shell  # noqa: S101 (click has all three of them)
    program = context.find_root().command
    click.echo(found(program, {}, "dipwatch", _VARIABLE).source())
