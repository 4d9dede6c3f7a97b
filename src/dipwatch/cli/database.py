"""``dipwatch db``: care of the database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from dipwatch.cli.base import Group
from dipwatch.cli.context import App, with_app
from dipwatch.cli.times import duration
from dipwatch.cli.transfer import copy, export, import_, restore
from dipwatch.daemon.retention import bounds_of
from dipwatch.errors import MachineError, UsageError
from dipwatch.secret_reference import resolve_secret
from dipwatch.store import maintenance, migrate, retention
from dipwatch.store.engine import open_engine, place
from dipwatch.store.retention import Bounds


@click.group(cls=Group, examples=("dipwatch db upgrade", "dipwatch db backup /var/backups/dipwatch.db"))
def db() -> None:
    """Upgrade, back up, restore, move and trim the database."""


@db.command(examples=("dipwatch db upgrade",))
@with_app
def upgrade(app: App, /) -> None:
    """Create the database, or bring one of an older dipwatch up to date; it happens whole or not at all."""
    engine = open_engine(resolve_secret(app.config.database), app.loaded.base)
    try:
        before = migrate.current(engine)
        migrate.upgrade(engine)
        after = migrate.current(engine)
        change = "is up to date" if before == after else f"brought from {before or 'empty'} to {after}"
        click.echo(f"{place(engine.url)}: {change}")
    finally:
        engine.dispose()


@db.command(examples=("dipwatch db current",))
@with_app
def current(app: App, /) -> None:
    """Show the database, its schema, and the schema this dipwatch works with."""
    engine = open_engine(resolve_secret(app.config.database), app.loaded.base, create=False)
    try:
        state, revision = migrate.state(engine), migrate.current(engine)
        click.echo(f"{place(engine.url)}: {state}; schema {revision or 'none'}, dipwatch works with {migrate.head()}")
    finally:
        engine.dispose()


@db.command(examples=("dipwatch db backup dipwatch-copy.db", "dipwatch db backup --keep 14 /var/backups/dipwatch"))
@click.argument("target", metavar="FILE|FOLDER", type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(min=1), help="Of the copies in FOLDER, keep the newest so many.")
@with_app
def backup(app: App, /, target: Path, *, keep: int | None) -> None:
    """Copy an SQLite database while it is in use, and check the copy.

    Into a FOLDER it goes under a name with date and time; with --keep, the folder is made if need be.
    """
    if keep:
        _make_folder(target)
    file = target / maintenance.dated_name(datetime.now(UTC)) if target.is_dir() else target
    with app.store() as store:
        rows = sum(maintenance.backup(store, file).values())
    click.echo(f"{file}: a sound copy with {rows} rows")
    for old in maintenance.drop_older_backups(target, keep) if keep else ():
        click.echo(f"{old}: deleted, {keep} newer ones are kept")


def _make_folder(target: Path) -> None:
    """Make the last folder of a path where it is missing."""
    try:
        target.mkdir(exist_ok=True)
    except FileExistsError as error:
        raise UsageError(f"--keep: {target} is no folder") from error
    except OSError as error:
        raise MachineError(f"{target} can't be made ({error.strerror})") from error


@db.command(examples=("dipwatch db vacuum",))
@with_app
def vacuum(app: App, /) -> None:
    """Give unused room back to the disk."""
    with app.store() as store:
        maintenance.vacuum(store)
        click.echo(f"{store.place}: vacuumed")


@db.command(examples=("dipwatch db prune --dry-run", "dipwatch db prune --texts-older-than 26w"))
@click.option("--texts-older-than", metavar="AGE", help="Empty only texts first seen longer ago than this, e.g. 26w.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@with_app
def prune(app: App, /, texts_older_than: str | None, *, dry_run: bool) -> None:
    """Let go what is older than [retention] says, as the daemon does each day.

    Headlines, claims with their evidence, and the change log stay.
    """
    now = datetime.now(UTC)
    bounds = bounds_of(app.config, now)
    if texts_older_than:
        bounds = Bounds(texts=now - duration("--texts-older-than", texts_older_than))
    with app.store() as store:
        pruned = retention.prune(store, bounds, dry_run=dry_run)
    click.echo(f"{'would go' if dry_run else 'gone'}: {pruned}")


for command in (restore, copy, export, import_):
    db.add_command(command)
