"""``dipwatch schema``: the JSON Schema of what a command writes."""

from __future__ import annotations

import json

import click

from dipwatch.cli.base import Command
from dipwatch.cli.json_schemas import ROWS, WHOLES
from dipwatch.cli.json_schemas import schema as schema_of
from dipwatch.cli.output import put


@click.command(cls=Command, examples=("dipwatch schema history", "dipwatch schema show > show.schema.json"))
@click.argument("listing", type=click.Choice([*ROWS, *WHOLES]))
def schema(listing: str) -> None:
    """Write the JSON Schema of what a command writes with --format json; docs/schemas holds all of them.

    What is a list there is one object a line with --format ndjson.
    """
    put(json.dumps(schema_of(listing), ensure_ascii=False, indent=2) + "\n")
