"""``dipwatch lexicon``: what is known of the field, and how a name is understood."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from dipwatch.cli.base import Group
from dipwatch.cli.context import App, with_app
from dipwatch.errors import UsageError
from dipwatch.lexicon import Lexicon
from dipwatch.lexicon.explain import NameExplained, explain_name, lexicon_report


@click.group(cls=Group, examples=("dipwatch lexicon find Ушаков",))
def lexicon() -> None:
    """Check what is known of the field, find a name in it."""


@lexicon.command(examples=("dipwatch lexicon check",))
@with_app
def check(app: App, /) -> None:
    """Load the lexicons of the configured subjects, say what they hold, or all that is wrong with them."""
    today = datetime.now(UTC).date()
    for entries in app.lexicons.values():
        for line in lexicon_report(entries):
            click.echo(line)
        for warning in entries.warnings(today):
            click.echo(f"warning: {warning}")


@lexicon.command(examples=("dipwatch lexicon find Ушаков", 'dipwatch lexicon find "the Russian foreign minister"'))
@click.argument("name")
@with_app
def find(app: App, /, name: str) -> None:
    """Show what a name is understood as, in any of the languages, and what it may have been meant for."""
    today = datetime.now(UTC).date()
    lines = [
        line for entries in app.lexicons.values() for line in _explained(entries, explain_name(entries, name, today))
    ]
    if not lines:
        raise UsageError(f"nothing is known by the name {name!r}; names are added in actors.toml or venues.toml")
    for line in lines:
        click.echo(line)


def _explained(lexicon: Lexicon, told: NameExplained) -> Iterator[str]:
    for mention in told.mentions:
        yield f"{mention.text}: {mention.sort} {mention.ref}, {lexicon.name(mention.ref)} (by {mention.via})"
        yield from (f"  {lexicon.name(office)}" for office in told.offices.get(mention.ref, ()))
        if mention.ref in lexicon.actors and (role := lexicon.actors[mention.ref].role):
            yield f"  {role}"
    for name in told.open:
        yield f"{name.text}: left open, it may be {' or '.join(name.refs)}"
    for near in told.suggestions:
        yield f"did you mean {near.name} ({near.actor})?"
