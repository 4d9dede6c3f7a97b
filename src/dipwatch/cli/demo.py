"""``dipwatch demo``: the whole way on this machine, from feeds of our own to alerts and their history."""

from __future__ import annotations

import shlex
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from dipwatch.cli.base import Command
from dipwatch.demo import Show, load_news, shown_subjects
from dipwatch.errors import UsageError
from dipwatch.outline import FILE_NAME


@click.command(
    cls=Command,
    examples=("dipwatch demo", "dipwatch demo --keep /tmp/dipwatch-demo", "dipwatch demo --subject corrin"),
)
@click.option(
    "--subject",
    type=click.Choice(shown_subjects()),
    default="ukraine",
    show_default=True,
    help="Whose news to show; corrin is an invented conflict, read by rules alone.",
)
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep configuration, database and log in this folder, which must be new or empty.",
)
def demo(subject: str, keep: Path | None) -> None:
    """Show the whole way: feeds served on this machine, the real daemon, alerts, history. Needs no network.

    The feeds are made up, from facts of the seed documents: talks that are planned, held and postponed, a position
    stated again and one that moves, the same act told by several outlets in three languages, an edited headline, noise,
    a broken feed.
    Those of corrin tell of a conflict that does not exist; no model was trained for it.
    """
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(TemporaryDirectory(prefix="dipwatch-demo-")))
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(f"--keep {folder}: the folder is not empty; name a new one")
        folder.mkdir(parents=True, exist_ok=True)
        Show(load_news(subject), folder.resolve(), click.echo).run()
        if keep:
            file = shlex.quote(str(folder.resolve() / FILE_NAME))
            click.echo(f"\nKept in {folder}; look around with: dipwatch --config {file} history")
        else:
            click.echo(
                "\nTo look around in such a log: dipwatch demo --keep DIR. For alerts of your own: dipwatch init DIR"
            )
