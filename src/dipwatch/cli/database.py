"""``dipwatch db``: care of the database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from dipwatch.cli.base import Group
from dipwatch.cli.context import App, with_app
from dipwatch.cli.times import duration
from dipwatch.config import resolve_secret
from dipwatch.store import maintenance, migrate, open_engine
from dipwatch.store.engine import place


@click.group(cls=Group, examples=("dipwatch db upgrade", "dipwatch db backup /var/backups/dipwatch.db"))
def db() -> None:
    """Upgrade, back up and trim the database."""


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


@db.command(examples=("dipwatch db backup /var/backups/dipwatch.db",))
@click.argument("file", type=click.Path(path_type=Path))
@with_app
def backup(app: App, /, file: Path) -> None:
    """Copy an SQLite database while it is in use, and check the copy."""
    with app.store() as store:
        rows = sum(maintenance.backup(store, file).values())
    click.echo(f"{file}: a sound copy with {rows} rows")


@db.command(examples=("dipwatch db vacuum",))
@with_app
def vacuum(app: App, /) -> None:
    """Give unused room back to the disk."""
    with app.store() as store:
        maintenance.vacuum(store)
        click.echo(f"{store.place}: vacuumed")


@db.command(examples=("dipwatch db prune --older-than 90d --dry-run", "dipwatch db prune --older-than 26w"))
@click.option("--older-than", metavar="AGE", required=True, help="First seen longer ago than this, e.g. 90d or 26w.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@with_app
def prune(app: App, /, older_than: str, *, dry_run: bool) -> None:
    """Empty the texts of old items; headlines, evidence and the change log stay."""
    before = datetime.now(UTC) - duration("--older-than", older_than)
    with app.store() as store, store.begin() as connection:
        pruned = maintenance.prune(connection, before, dry_run=dry_run)
    done = "would be emptied" if dry_run else "emptied"
    click.echo(f"{pruned.items} items and {pruned.revisions} wordings first seen before {before:%Y-%m-%d} {done}")
