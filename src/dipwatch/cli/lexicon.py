"""``dipwatch lexicon``: what is known of the field, and how a name is understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import click

from dipwatch.cli.base import Group
from dipwatch.cli.context import App, with_app
from dipwatch.errors import DipwatchError
from dipwatch.lexicon import Lexicon, OpenName
from dipwatch.lexicon.explain import NameExplained, explain_name, lexicon_report

_MOST_CONTEXT = 5


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
    told = [(entries, explain_name(entries, name, today)) for entries in app.lexicons.values()]
    if not any(each.mentions or each.open for _, each in told):
        raise DipwatchError(f"nothing is known by the name {name!r}; {_hint(each for _, each in told)}")
    for entries, each in told:
        for line in _explained(entries, each):
            click.echo(line)


def _hint(told: Iterable[NameExplained]) -> str:
    near = [f"{suggestion.name} ({suggestion.actor})" for each in told for suggestion in each.suggestions]
    return f"did you mean {' or '.join(near)}?" if near else "names are added in actors.toml or venues.toml"


def _explained(lexicon: Lexicon, told: NameExplained) -> Iterator[str]:
    for mention in told.mentions:
        yield f"{mention.text}: {mention.sort} {mention.ref}, {lexicon.name(mention.ref)} (by {mention.via})"
        yield from (f"  office: {lexicon.name(office)}" for office in told.offices.get(mention.ref, ()))
        if mention.ref in lexicon.actors and (role := lexicon.actors[mention.ref].role):
            yield f"  role: {role}"
    for name in told.open:
        yield f"{name.text}: {' or '.join(f'{ref}, {lexicon.name(ref)}' for ref in name.refs)}"
        yield f"  {_condition(lexicon, name)}"
    for near in told.suggestions:
        yield f"did you mean {near.name} ({near.actor})?"


def _condition(lexicon: Lexicon, name: OpenName) -> str:
    """Say what a text must hold besides for a name that is left open to count."""
    entries = [entry for ref in name.refs if (entry := lexicon.actors.get(ref) or lexicon.venues.get(ref))]
    context = [word for entry in entries for word in entry.context][:_MOST_CONTEXT]
    words = f", or a word such as {', '.join(context)}" if context else ""
    return f"counts only in a text that also holds a name of the same country or side{words}"
