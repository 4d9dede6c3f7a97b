"""Labelled items and what was detected in them: the two sides of an evaluation.

A labelled file holds an object a line: ``id``, ``seen`` (or ``first_seen``), ``dev`` (``yes``, ``context`` or ``no``),
``title``; for ``yes`` also ``kind``, ``status``, ``actors``, ``venue``, ``shift`` and ``thread``, which items of one
real-world development share (docs/formats.md). An item without a line is no development.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dipwatch.errors import UsageError
from dipwatch.model import Kind, Status

_DEV = ("yes", "context", "no")


@dataclass(frozen=True, slots=True)
class LabelledShift:
    """A position that moved: names as in the lexicon's English, the issue as it is put out."""

    actor: str
    issue: str
    direction: str


@dataclass(frozen=True, slots=True)
class Label:
    """What a careful reader said of an item. ``seen`` is an ISO 8601 time; names are folded for comparison."""

    id: str
    seen: str
    dev: str
    title: str = ""
    language: str = ""
    kind: str = ""
    status: str = ""
    actors: frozenset[str] = frozenset()
    venue: str = ""
    shift: LabelledShift | None = None
    thread: str = ""
    cause: str = ""
    """Why an item that is no development looks like one, where the reader said so."""

    @property
    def yes(self) -> bool:
        """Tell whether it is a development."""
        return self.dev == "yes"


@dataclass(frozen=True, slots=True)
class Found:
    """An item that was tied to a development, and how it was read: a line of ``dipwatch replay``."""

    item: str
    at: str
    development: str
    change: str
    alert: bool
    kind: str
    status: str
    actors: frozenset[str]
    venue: str
    shift: LabelledShift | None
    title: str = ""


def folded(name: str) -> str:
    """Return a name without case, accents and doubled blanks."""
    apart = unicodedata.normalize("NFKD", " ".join(name.lower().split()))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def read_labels(records: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Label]:
    """Return the labels of records, each given with its place. Raises UsageError for one that can't be used."""
    return [_label(where, record) for where, record in records]


def found_of(line: Mapping[str, Any]) -> Found:
    """Return what a line of a replay says."""
    return Found(
        item=line["item"],
        at=line["at"],
        development=line["development"],
        change=line["change"],
        alert=line["alert"],
        kind=line["kind"],
        status=line["status"],
        actors=frozenset(map(folded, line["actors"])),
        venue=folded(line["venue"] or ""),
        shift=_shift(line["shift"]),
        title=line["title"],
    )


def _label(where: str, record: Mapping[str, Any]) -> Label:
    name, seen, dev = record.get("id"), record.get("seen") or record.get("first_seen"), record.get("dev")
    if not name or not seen:
        raise UsageError(f"{where}: a label needs id and seen")
    if dev not in _DEV:
        raise UsageError(f"{where}: dev is {dev!r}; it is one of {', '.join(_DEV)}")
    title, language, cause = (str(record.get(key) or "") for key in ("title", "lang", "cause"))
    if dev != "yes":
        return Label(name, seen, dev, title, language, cause=cause)
    for key, known in (("kind", Kind), ("status", Status)):
        if record.get(key) not in list(known):
            raise UsageError(f"{where}: {key} is {record.get(key)!r}; it is one of {', '.join(known)}")
    try:
        return Label(
            name,
            seen,
            dev,
            title,
            language,
            kind=record["kind"],
            status=record["status"],
            actors=frozenset(map(folded, record.get("actors") or ())),
            venue=folded(record.get("venue") or ""),
            shift=_shift(record.get("shift")),
            thread=record.get("thread") or name,
            cause=cause,
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise UsageError(f"{where}: actors is a list of names, shift has actor, issue and direction") from error


def _shift(given: Mapping[str, str] | None) -> LabelledShift | None:
    if not given:
        return None
    return LabelledShift(folded(given["actor"]), given["issue"], given.get("direction") or "")
