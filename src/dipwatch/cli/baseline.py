"""``dipwatch baseline``: what the seed documents assert, from which day, and on which sentence it rests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from dipwatch.baseline import (
    LISTS,
    Baseline,
    Difference,
    Entry,
    Finding,
    Seed,
    SeedInfo,
    Share,
    as_json,
    build,
    compare,
    entry_json,
    load_seeds,
    make_seed,
    title,
    verify,
)
from dipwatch.cli.base import Group
from dipwatch.cli.context import App, with_app
from dipwatch.cli.output import listed, put
from dipwatch.errors import ConfigError, DipwatchError, MachineError, Problem, UsageError
from dipwatch.extract import Reader
from dipwatch.lexicon import Lexicon
from dipwatch.review.formats import Column, Format
from dipwatch.shipped import shipped

F = TypeVar("F", bound=Callable[..., object])
ACCEPTED = "baseline.json"
_FORMATS = [Format.TABLE.value, Format.JSON.value, Format.MARKDOWN.value]
_QUOTE = 160


@dataclass(frozen=True)
class Place:
    """A subject with where its files and documents lie."""

    name: str
    folder: Path
    seeds: Path
    lexicon: Lexicon

    @property
    def accepted(self) -> Path:
        """Where the accepted build of a subject of one's own lies."""
        return self.folder / ACCEPTED

    @property
    def is_shipped(self) -> bool:
        """Tell whether the subject's folder is dipwatch's own, which is not to be written to."""
        return self.folder.resolve().is_relative_to(shipped("config").resolve())

    def build(self, *more: Seed) -> Baseline:
        """Build the baseline, with further documents if there are any. Raises ConfigError."""
        return build([*load_seeds(self.seeds), *more], self.folder, Reader(self.lexicon))


def subject_option(command: F) -> F:
    """Add ``--subject`` to a command."""
    return click.option("--subject", metavar="NAME", help="Which subject; default: the first one configured.")(command)


def form_option(command: F) -> F:
    """Add ``--format`` with the formats of a baseline to a command."""
    how = click.Choice(_FORMATS)
    return click.option("--format", "form", type=how, default=Format.TABLE.value, help="How to write it.")(command)


@click.group(cls=Group, examples=("dipwatch baseline build", "dipwatch baseline show positions --actor russia"))
def baseline() -> None:
    """Derive what the seed documents assert, show it, verify it, compare it."""


@baseline.command("build", examples=("dipwatch baseline build", "dipwatch baseline build --format json"))
@subject_option
@form_option
@with_app
def build_(app: App, /, subject: str | None, form: str) -> None:
    """Derive the baseline and say how much of it was derived without corrections."""
    place = _place(app, subject)
    built = place.build()
    if form == Format.JSON:
        _json(as_json(built, place.lexicon) | {"lists": list(LISTS)})
        return
    columns: list[Column[Share]] = [
        Column("list", "list", lambda share: share.list),
        Column("derived", "derived", lambda share: share.derived),
        Column("reviewed", "of", lambda share: share.reviewed),
        Column("share", "share", lambda share: f"{share.share:.0%}"),
        Column("dropped", "dropped", lambda share: share.dropped),
    ]
    listed(built.shares, columns, form, "no documents")
    click.echo(f"baseline {built.version} of {len(built.seeds)} documents in {place.seeds}", err=True)


@baseline.command(
    examples=(
        "dipwatch baseline show",
        "dipwatch baseline show positions --actor russia",
        "dipwatch baseline show --format json",
    )
)
@click.argument("name", metavar="[LIST]", required=False, type=click.Choice(list(LISTS)))
@click.option("--actor", metavar="ID", help="Only entries that name this actor.")
@click.option("--issue", metavar="ID", help="Only entries on this issue.")
@subject_option
@form_option
@with_app
def show(
    app: App, /, *, name: str | None, actor: str | None, issue: str | None, subject: str | None, form: str
) -> None:
    """Show the baseline, or one of its lists. What one thin document alone tells is marked with an asterisk."""
    place = _place(app, subject)
    built = place.build()
    wanted = [e for e in built.entries() if name in {None, e.list} and _names(e, actor) and _names(e, issue)]
    if form == Format.JSON:
        shown = {each: [entry_json(e, place.lexicon) for e in wanted if e.list == each] for each in LISTS}
        whole = as_json(built, place.lexicon)
        _json({**whole, **shown} if name is None else {"version": whole["version"], name: shown[name]})
        return
    listed(wanted, _entry_columns(place.lexicon), form, "nothing is known of that")


@baseline.command("verify", examples=("dipwatch baseline verify", "dipwatch baseline verify accepted.json"))
@click.argument("stored", required=False, type=click.Path(path_type=Path, dir_okay=False))
@subject_option
@form_option
@with_app
def verify_(app: App, /, *, stored: Path | None, subject: str | None, form: str) -> None:
    """Check that every quote stands in its document and every id in the lexicon; report documents that changed.

    Held against an accepted build, a changed document is reported and each quote that has gone fails; without one, a
    changed document fails.
    """
    place = _place(app, subject)
    built = place.build()
    findings = verify(built, place.lexicon, _accepted(place, stored))
    columns: list[Column[Finding]] = [
        Column("result", "result", lambda finding: "fails" if finding.fails else "changed"),
        Column("where", "where", lambda finding: finding.where),
        Column("what", "what", lambda finding: finding.what, long=True),
    ]
    quotes = sum(len(entry.evidence) for entry in built.entries())
    listed(findings, columns, form, f"{quotes} quotes stand in {len(built.seeds)} documents")
    if any(finding.fails for finding in findings):
        raise DipwatchError(f"the baseline of {place.name} does not verify")


@baseline.command(
    examples=("dipwatch baseline diff before.json", "dipwatch baseline diff --with briefing.txt --as-of 2026-05-04")
)
@click.argument("stored", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--with", "more", type=click.Path(path_type=Path, dir_okay=False), help="A document not yet in the seeds."
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day that document speaks from.")
@click.option("--title", "named", metavar="TEXT", help="Its title; default: its first line.")
@subject_option
@form_option
@with_app
def diff(
    app: App,
    /,
    *,
    stored: Path | None,
    more: Path | None,
    as_of: datetime | None,
    named: str | None,
    subject: str | None,
    form: str,
) -> None:
    """Compare an accepted or saved build with the present one, or the present one with one further document."""
    place = _place(app, subject)
    now = as_json(place.build(), place.lexicon)
    if more is not None:
        before, after = now, as_json(place.build(_document(more, as_of, named)), place.lexicon)
    else:
        before, after = _stored(stored or place.accepted), now
    found = compare(before, after)
    if form == Format.JSON:
        _json([_difference_json(each) for each in found])
        return
    listed(found, _difference_columns(place.lexicon), form, "nothing differs")


@baseline.command(examples=("dipwatch baseline accept", "dipwatch baseline accept --to accepted.json"))
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), help="The file; default: in the subject's folder."
)
@subject_option
@with_app
def accept(app: App, /, to: Path | None, subject: str | None) -> None:
    """Keep the present build as the reviewed one, which `diff` and `verify` hold later ones against."""
    place = _place(app, subject)
    if to is None and place.is_shipped:
        raise UsageError(f"{place.name} is shipped with dipwatch; say where to keep the build with --to FILE")
    file = to or place.accepted
    built = as_json(place.build(), place.lexicon)
    try:
        file.write_text(json.dumps(built, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise MachineError(f"{file} can't be written: {error}") from error
    click.echo(f"baseline {built['version']} kept in {file}")


@baseline.command(examples=("dipwatch baseline explain position-3f",))
@click.argument("key", metavar="ID")
@subject_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write it.")
@with_app
def explain(app: App, /, *, key: str, subject: str | None, form: str) -> None:
    """Show an entry with every sentence it rests on, its day, its grade, and what contradicts it."""
    place = _place(app, subject)
    built = place.build()
    entries = built.find(key)
    if not entries:
        raise UsageError(f"no entry's id begins with {key!r}; `dipwatch baseline show` lists them")
    if form == Format.JSON:
        _json([entry_json(entry, place.lexicon) for entry in entries])
        return
    for entry in entries:
        for line in _explained(entry, place.lexicon):
            click.echo(line)


def _place(app: App, name: str | None) -> Place:
    subject = name or app.config.subjects[0]
    if subject not in app.lexicons:
        raise UsageError(f"there is no subject {subject!r}; configured are {', '.join(app.lexicons)}")
    folder = app.loaded.subject_folder(subject)
    seeds = app.loaded.seeds_folder(subject)
    if seeds is None:
        raise ConfigError(
            [Problem(str(folder / "seeds"), "there are no seeds", "put documents there, or set seeds_dir")]
        )
    return Place(subject, folder, seeds, app.lexicons[subject])


def _names(entry: Entry, wanted: str | None) -> bool:
    return wanted is None or any(wanted in entry.words(slot) for slot in entry.slots)


def _document(file: Path, as_of: datetime | None, named: str | None) -> Seed:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} can't be read: {error}") from error
    first = next((line.strip() for line in text.splitlines() if line.strip()), file.stem)
    added = datetime.now(UTC).date()
    return make_seed(
        SeedInfo(
            id=file.stem, file=file.name, title=named or first, added=added, as_of=as_of.date() if as_of else None
        ),
        text,
    )


def _stored(file: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"there is no build in {file}; `dipwatch baseline accept` keeps one") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} is no stored build: {error}") from error
    return told


def _accepted(place: Place, stored: Path | None) -> dict[str, Any] | None:
    """Return the build that was named, else the one accepted in the subject's folder if there is one."""
    if stored is not None:
        return _stored(stored)
    return _stored(place.accepted) if place.accepted.is_file() else None


def _entry_columns(lexicon: Lexicon) -> list[Column[Entry]]:
    return [
        Column("id", "id", lambda entry: entry.id),
        Column("list", "list", lambda entry: entry.list, least=100),
        Column("entry", "entry", lambda entry: f"{title(entry, lexicon)}{' *' if entry.single else ''}"),
        Column("known_from", "known from", lambda entry: str(entry.known_from), least=90),
        Column("reliability", "grade", lambda entry: entry.grade, least=110),
        Column("seeds", "seeds", lambda entry: entry.seeds, least=110),
        Column("quote", "sentence", lambda entry: _short(entry.evidence[0].shown), least=100, long=True),
    ]


def _difference_columns(lexicon: Lexicon) -> list[Column[Difference]]:
    return [
        Column("change", "change", lambda each: each.change),
        Column("list", "list", lambda each: each.list),
        Column("id", "id", lambda each: each.id, least=90),
        Column("entry", "entry", lambda each: title({**each.entry, "list": each.list}, lexicon)),
        Column("changes", "what", lambda each: "; ".join(each.changes), long=True),
    ]


def _difference_json(each: Difference) -> dict[str, Any]:
    return {
        "change": each.change,
        "list": each.list,
        "id": each.id,
        "changes": list(each.changes),
        "entry": dict(each.entry),
    }


def _explained(entry: Entry, lexicon: Lexicon) -> list[str]:
    told = entry_json(entry, lexicon)
    beside = {"id", "evidence", "conflicts", "known_from", "reliability", "single_source", "suppresses", "derived"}
    lines = [f"{entry.id}: {title(entry, lexicon)}"]
    lines += [f"  {name}: {_said(value)}" for name, value in told.items() if name not in beside and value]
    lines.append(
        f"  known from {entry.known_from}, graded {entry.grade}, {'derived' if entry.derived else 'corrected'}"
    )
    if entry.single:
        lines.append("  told by one thin document alone: it never suppresses an alert")
    lines += [f"  contradicted by {other}" for other in entry.conflicts]
    for each in entry.evidence:
        lines.append(f"  seed {each.seed}, {each.start} to {each.end}, as of {each.as_of}:")
        lines.append(f"    {each.shown}")
    return lines


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _short(quote: str) -> str:
    return quote if len(quote) <= _QUOTE else f"{quote[: _QUOTE - 1]}…"


def _json(value: object) -> None:
    put(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
