"""``dipwatch subject``: begin a subject of one's own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from dipwatch.cli.base import Group
from dipwatch.cli.context import App, with_app
from dipwatch.errors import MachineError, UsageError
from dipwatch.shipped import shipped

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PLACEHOLDER = "@NAME@"
_DEFAULT_FOLDER = Path("subjects")


@click.group(cls=Group, examples=("dipwatch subject new border-talks",))
def subject() -> None:
    """Begin a subject of one's own: another conflict to watch."""


@subject.command(
    examples=("dipwatch subject new border-talks", "dipwatch subject new border-talks --into ~/dipwatch/subjects")
)
@click.argument("name")
@click.option(
    "--into",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of your subjects; default: subjects_dir, else subjects beside the configuration.",
)
@with_app
def new(app: App, /, name: str, folder: Path | None) -> None:
    """Make the skeleton of the subject NAME: commented files that are valid as they stand, and a folder for documents.

    NAME is lower-case letters and digits, joined by hyphens. Nothing is overwritten. docs/another-subject.md tells what
    to write first.
    """
    configured = app.loaded.under_base(app.config.subjects_dir)
    place = folder or configured or app.loaded.base / _DEFAULT_FOLDER
    _refuse(name, place)
    _write(name, place)
    for line in _next_steps(app, name, place):
        click.echo(line)


def _refuse(name: str, place: Path) -> None:
    """Raise UsageError where a subject can't be called so, or is already."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a subject: use lower-case letters and digits, joined by hyphens")
    for taken in (place / name, shipped("config", "subjects", name)):
        if taken.exists():
            raise UsageError(f"there is a subject {name} already, in {taken}; choose another name")


def _write(name: str, place: Path) -> None:
    """Write all files or none. Raises MachineError."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=place, prefix=f".{name}-") as unfinished:
            made = Path(shutil.copytree(shipped("config", "skeleton"), Path(unfinished) / name))
            for path in made.glob("*.toml"):
                text = path.read_text(encoding="utf-8")
                path.write_text(text.replace(_PLACEHOLDER, name), encoding="utf-8")
            made.rename(place / name)
    except OSError as error:
        raise MachineError(f"{place / name} can't be written ({error.strerror})") from error


def _next_steps(app: App, name: str, place: Path) -> Iterator[str]:
    where = place.resolve()
    configured = app.loaded.under_base(app.config.subjects_dir)
    lists = ", ".join(f'"{each}"' for each in (*app.config.subjects, name))
    yield f"{where / name} written. Next:"
    yield f"  1. In {app.loaded.file or 'dipwatch.toml'}: subjects = [{lists}]"
    if configured is None or configured.resolve() != where:
        yield f'     and subjects_dir = "{where}"'
    yield "  2. Name the parties (subject.toml, actors.toml), who speaks for them (offices.toml), and where they talk"
    yield "     (venues.toml):"
    yield "       dipwatch lexicon check"
    yield "  3. Write what is argued about (issues.toml), and see how a headline is read:"
    yield f'       dipwatch explain --subject {name} --text "..."'
    yield "  4. Put documents into seeds/, and list them in seeds/index.toml:"
    yield f"       dipwatch baseline build --subject {name}"
    yield "  5. List feeds (feeds.toml):"
    yield "       dipwatch check"
    yield "How long each step takes, and what to expect of it: docs/another-subject.md"
