"""``dipwatch mark``: a user's word on a development, applied by whoever leads its subject."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime

import click
from sqlalchemy import Connection

from dipwatch.cli import suggestions
from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.detect import ITEM_SEPARATOR
from dipwatch.errors import UsageError
from dipwatch.model import Kind
from dipwatch.review.ids import resolve_id
from dipwatch.store import commands
from dipwatch.store.developments import family, read_developments
from dipwatch.store.log import read_changes

_VALUES = {
    "confirm": "",
    "false": "",
    "duplicate-of": "the id of the other one",
    "split": "the log's entries of the reports to take out, such as 41,43",
    "kind": "a kind",
}


@click.command(
    cls=Command,
    examples=(
        "dipwatch mark k3m9x2 confirm",
        "dipwatch mark k3m9x2 false",
        "dipwatch mark k3m9x2 duplicate-of p7q4w8",
        "dipwatch mark k3m9x2 split 41,43",
        "dipwatch mark k3m9x2 kind agreement",
    ),
)
@click.argument("key", metavar="ID", shell_complete=suggestions.developments)
@click.argument("verdict", type=click.Choice([*_VALUES]))
@click.argument("value", required=False, default="")
@click.option("--author", metavar="NAME", default=getpass.getuser, show_default="you", help="Whose word it is.")
@with_app
def mark(app: App, /, key: str, verdict: str, value: str, author: str) -> None:
    """Confirm or correct a development.

    The mark is written down now and applied by the daemon in its next round; nothing is rewritten, and the log keeps
    both. `false` and `duplicate-of` are told to whoever was alerted.

    `split` takes reports out into a development of their own. Name them by their entries of the log, as `dipwatch show`
    prints them ("entry 41 of the log"), or by their items' ids. It also undoes a `duplicate-of`; `duplicate-of` undoes
    a split, `confirm` a `false`.
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
    if verdict == "split":
        return _reports(connection, target, value)
    if verdict == "kind" and value not in list(Kind):
        raise UsageError(f"{value!r} is not a kind; there are {', '.join(Kind)}")
    return value


def _reports(connection: Connection, target: str, value: str) -> str:
    """Return the items of the reports that ``value`` names. Raises UsageError for one that is no report of it."""
    entries = {
        str(number): change.item
        for name in family(connection, target)
        for number, change in read_changes(connection, development=name)
        if change.item and change.claim
    }
    named = [part.strip() for part in value.split(ITEM_SEPARATOR) if part.strip()]
    unknown = [part for part in named if part not in entries and part not in entries.values()]
    if unknown or not named:
        told = ", ".join(entries) or "none"
        raise UsageError(f"{', '.join(unknown) or value!r} is no report of {target}; its entries of the log: {told}")
    return ITEM_SEPARATOR.join(dict.fromkeys(entries.get(part) or part for part in named))
