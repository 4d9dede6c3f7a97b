"""``dipwatch show``: one development in full."""

from __future__ import annotations

import json

import click

from dipwatch.cli import suggestions
from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.cli.output import put, surface
from dipwatch.review.detail import development
from dipwatch.review.story import tell, tell_markdown
from dipwatch.store.codec import encode


@click.command(cls=Command, examples=("dipwatch show k3m9x2", "dipwatch show k3m9x2 --format json"))
@click.argument("key", metavar="ID", shell_complete=suggestions.developments)
@click.option("--format", "form", type=click.Choice(["text", "json", "md"]), default="text", help="How to write it.")
@with_app
def show(app: App, /, key: str, form: str) -> None:
    """Show a development: its sources, what the baseline says, its whole timeline with the evidence, how to mark it.

    Every entry of the timeline tells whom it was sent to.

    ID is the development's id or the beginning of it.
    """
    with app.store() as store, store.connect() as connection:
        detail = development(connection, key, app.names, app.brief)
    if form == "json":
        put(json.dumps(encode(detail), ensure_ascii=False, indent=2) + "\n")
    else:
        put(tell(detail, surface()) if form == "text" else tell_markdown(detail, surface()))
