"""``dipwatch init``: a configuration to start from."""

from __future__ import annotations

from pathlib import Path

import click

from dipwatch.cli.base import Command
from dipwatch.config import FILE_NAME
from dipwatch.errors import MachineError, UsageError
from dipwatch.shipped import shipped

_STEPS = {
    "check": "names everything that is to be mended",
    "alerts test console": "sends a test message to a receiver",
    "run --upgrade": "creates the database and starts",
}


@click.command(cls=Command, examples=("dipwatch init ~/dipwatch",))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Write a commented dipwatch.toml into DIR, which is made if need be; nothing is overwritten."""
    target = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(shipped("config", FILE_NAME).read_text(encoding="utf-8"))
    except FileExistsError as error:
        raise UsageError(f"{error.filename} exists already; nothing was written") from error
    except OSError as error:
        raise MachineError(f"{target} can't be written ({error.strerror})") from error
    click.echo(f"{target} written. Next, once it says what you want:")
    for step, what in _STEPS.items():
        click.echo(f"  dipwatch --config {target} {step:<20} {what}")
