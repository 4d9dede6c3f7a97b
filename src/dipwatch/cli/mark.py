"""``dipwatch mark``: a user's word on a development, applied by whoever leads its subject."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime

import click
from sqlalchemy import Connection

from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.errors import UsageError
from dipwatch.model import Kind
from dipwatch.review import resolve_id
from dipwatch.store import commands, read_developments

_VALUES = {"confirm": "", "false": "", "duplicate-of": "the id of the other one", "kind": "a kind"}


@click.command(
    cls=Command,
    examples=(
        "dipwatch mark k3m9x2 confirm",
        "dipwatch mark k3m9x2 false",
        "dipwatch mark k3m9x2 duplicate-of p7q4w8",
        "dipwatch mark k3m9x2 kind agreement",
    ),
)
@click.argument("key", metavar="ID")
@click.argument("verdict", type=click.Choice([*_VALUES]))
@click.argument("value", required=False, default="")
@click.option("--author", metavar="NAME", default=getpass.getuser, show_default="you", help="Whose word it is.")
@with_app
def mark(app: App, /, key: str, verdict: str, value: str, author: str) -> None:
    """Confirm or correct a development.

    The mark is written down now and applied by the daemon in its next round; nothing is rewritten, and the log keeps
    both. `false` and `duplicate-of` are told to whoever was alerted.
    """
    with app.store() as store, store.begin() as connection:
        target = resolve_id(connection, key)
        value = _checked(connection, target, verdict, value)
        (row,) = read_developments(connection, [target])
        number = commands.add_command(
            connection,
            subject=row.subject,
            verb=verdict,
            target=target,
            value=value,
            author=author,
            at=datetime.now(UTC),
        )
    click.echo(f"mark {number} written: {' '.join(filter(None, (target, verdict, value)))}; the daemon applies it")


def _checked(connection: Connection, target: str, verdict: str, value: str) -> str:
    """Return the value that goes with a verdict on ``target``. Raises UsageError for one that doesn't."""
    if bool(value) != bool(_VALUES[verdict]):
        raise UsageError(f"{verdict} takes no value" if value else f"{verdict} needs {_VALUES[verdict]} after it")
    if verdict == "duplicate-of":
        if (other := resolve_id(connection, value)) == target:
            raise UsageError(f"{target} can't be a duplicate of itself; give the id of the other one")
        return other
    if verdict == "kind" and value not in list(Kind):
        raise UsageError(f"{value!r} is not a kind; there are {', '.join(Kind)}")
    return value
