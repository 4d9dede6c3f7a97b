"""``dipwatch db restore|copy|export|import``: a history put back, or carried over to another database."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import make_url

from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.errors import MachineError, UsageError
from dipwatch.secret_reference import resolve_secret
from dipwatch.store.copying import copy as copy_rows
from dipwatch.store.engine import open_engine
from dipwatch.store.exchange import export_log, import_log
from dipwatch.store.restore import require_no_leader
from dipwatch.store.restore import restore as put_back
from dipwatch.store.store import Store

_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command(cls=Command, examples=("dipwatch db restore /var/backups/dipwatch/dipwatch-20260301T030000Z.db",))
@_FILE
@with_app
def restore(app: App, /, file: Path) -> None:
    """Put a backup in the place of an SQLite database: checked, upgraded, the present one kept aside.

    It refuses while a dipwatch works on the database. What was published since the backup and still stands in the
    feeds is read again; what was sent since may be sent again.
    """
    url = make_url(resolve_secret(app.config.database))
    if url.get_backend_name() != "sqlite":
        raise MachineError("dipwatch restores SQLite only; use pg_restore, or `dipwatch db import`")
    done = put_back(file, app.loaded.base / str(url.database), datetime.now(UTC))
    click.echo(f"{app.loaded.base / str(url.database)}: restored, {sum(done.rows.values())} rows")
    if done.aside:
        click.echo(f"{done.aside}: the database as it was; delete it when you don't need it any more")


@click.command(
    cls=Command,
    examples=(
        "dipwatch db copy sqlite:///dipwatch.db postgresql+psycopg://dipwatch@db.example.org/dipwatch",
        "dipwatch db copy sqlite:////var/lib/dipwatch/dipwatch.db env:NEW_DATABASE",
    ),
)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@with_app
def copy(app: App, /, source: str, target: str) -> None:
    """Move a whole history between databases: all tables, compared when they have arrived.

    FROM and TO are URLs as of the key database, or references to them. TO is created where it is empty, and refused
    where it isn't; where anything goes wrong it stays as it was. No dipwatch may work on FROM meanwhile.
    """
    with _opened(app, source) as old, _opened(app, target, upgrade=True) as new:
        if old.place == new.place:
            raise UsageError("FROM and TO are the same database")
        require_no_leader(old, datetime.now(UTC))
        counts = copy_rows(old, new)
        click.echo(f"{new.place}: {sum(counts.values())} rows of {len(counts)} tables, equal to those of {old.place}")
    click.echo("now set database to it and start dipwatch again")


@click.command("export", cls=Command, examples=("dipwatch db export log.ndjson.gz",))
@_FILE
@with_app
def export(app: App, /, file: Path) -> None:
    """Write the whole log as JSON lines, also while it is in use; a name that ends with .gz is packed.

    The format is described in docs/formats.md. `dipwatch db import` reads it into any empty database, also years later.
    """
    with app.store() as store:
        counts = export_log(store, file, datetime.now(UTC))
    click.echo(f"{file}: {sum(counts.values())} rows of {len(counts)} tables")


@click.command("import", cls=Command, examples=("dipwatch --database sqlite:///new.db db import log.ndjson.gz",))
@_FILE
@with_app
def import_(app: App, /, file: Path) -> None:
    """Read what `dipwatch db export` wrote into a database that is empty or does not exist yet.

    All of it arrives, compared with what was exported, or nothing does.
    """
    if not file.is_file():
        raise UsageError(f"there is no file {shlex.quote(str(file))}")
    engine = open_engine(resolve_secret(app.config.database), app.loaded.base)
    with closing(Store(engine)) as store:
        counts = import_log(engine, file)
        click.echo(f"{store.place}: {sum(counts.values())} rows of {len(counts)} tables, equal to those exported")


@contextmanager
def _opened(app: App, url: str, *, upgrade: bool = False) -> Iterator[Store]:
    with closing(Store.open(resolve_secret(url), app.loaded.base, upgrade=upgrade, create=upgrade)) as store:
        yield store
