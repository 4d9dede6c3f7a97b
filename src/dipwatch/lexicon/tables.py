"""The entries of a subject as read from its files, each with the place it was read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from dipwatch.errors import ConfigError, Problem
from dipwatch.faults import faults
from dipwatch.lexicon.common import with_common
from dipwatch.lexicon.entries import Actor, Cue, Entry, Issue, Office, Scenario, Subject, Tenure, Venue
from dipwatch.shipped import common_cues_file
from dipwatch.toml_file import TomlFile, read_toml

E = TypeVar("E", bound=Entry)

ARRAYS = {
    "actors": ("actor",),
    "offices": ("office", "tenure"),
    "venues": ("venue",),
    "issues": ("issue",),
    "cues": ("cue",),
    "scenarios": ("scenario",),
}


@dataclass(frozen=True, slots=True)
class Row(Generic[E]):
    """An entry and where it stands."""

    entry: E
    source: TomlFile
    array: str
    index: int

    def where(self, *key: str | int) -> str:
        """Return ``file:line`` of the entry or of one of its keys."""
        return self.source.where(self.array, self.index, *key)


@dataclass(frozen=True, slots=True)
class Tables:
    """All valid rows; ``ids`` also holds those of rows that are wrong otherwise, so that references to them stand."""

    subject: Subject | None
    subject_file: TomlFile
    actors: tuple[Row[Actor], ...]
    offices: tuple[Row[Office], ...]
    tenures: tuple[Row[Tenure], ...]
    venues: tuple[Row[Venue], ...]
    issues: tuple[Row[Issue], ...]
    cues: tuple[Row[Cue], ...]
    scenarios: tuple[Row[Scenario], ...]
    ids: dict[str, frozenset[str]]
    content: dict[str, Any]


@dataclass
class TableReader:
    """Reads the files of a folder and gathers what is wrong with them in ``problems``."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)

    def read(self) -> Tables:
        """Return the valid rows.

        Raises ConfigError when a file is missing or is not TOML.
        """
        files = self._files()
        subject = self._entry(Subject, files["subject"], files["subject"].data, ())
        if subject is not None and subject.common_cues:
            files["common"] = read_toml(common_cues_file())
        return Tables(
            subject=subject,
            subject_file=files["subject"],
            actors=self._rows(files["actors"], "actor", Actor),
            offices=self._rows(files["offices"], "office", Office),
            tenures=self._rows(files["offices"], "tenure", Tenure),
            venues=self._rows(files["venues"], "venue", Venue),
            issues=self._rows(files["issues"], "issue", Issue),
            cues=self._cues(files, subject),
            scenarios=self._rows(files["scenarios"], "scenario", Scenario),
            ids={array: _ids(files[file], array) for file, arrays in ARRAYS.items() for array in arrays},
            content={name: file.data for name, file in files.items()},
        )

    def _files(self) -> dict[str, TomlFile]:
        files = {}
        for name in ("subject", *ARRAYS):
            try:
                files[name] = read_toml(self.folder / f"{name}.toml")
            except ConfigError as error:
                self.problems.extend(error.problems)
        if self.problems:
            raise ConfigError(self.problems)
        for name, arrays in ARRAYS.items():
            self._only(files[name], arrays)
        return files

    def _only(self, source: TomlFile, arrays: tuple[str, ...]) -> None:
        self.problems.extend(
            Problem(source.where(key), f"{key}: unknown key", f"this file holds {' and '.join(arrays)} tables")
            for key in source.data
            if key not in arrays
        )

    def _rows(self, source: TomlFile, array: str, entry: type[E]) -> tuple[Row[E], ...]:
        tables = source.data.get(array, [])
        if not isinstance(tables, list):
            self.problems.append(Problem(source.where(array), f"{array} must be written as [[{array}]] tables"))
            return ()
        found = ((index, self._entry(entry, source, table, (array, index))) for index, table in enumerate(tables))
        return tuple(Row(value, source, array, index) for index, value in found if value is not None)

    def _cues(self, files: dict[str, TomlFile], subject: Subject | None) -> tuple[Row[Cue], ...]:
        """Return the subject's cues, with the common ones where it has them."""
        own = files["cues"]
        if subject is None or "common" not in files:
            return self._rows(own, "cue", Cue)
        common = files["common"]
        unknown = set(subject.without_cues) - _ids(common, "cue")
        where = files["subject"].where("without_cues")
        self.problems.extend(
            Problem(where, f"without_cues: there is no common cue {name}", f"its ids stand in {common.path}")
            for name in sorted(unknown)
        )
        placed = with_common(common, own, subject.without_cues)
        found = ((each, self._entry(Cue, each.source, each.table, ("cue", each.index))) for each in placed)
        return tuple(Row(cue, each.source, "cue", each.index) for each, cue in found if cue is not None)

    def _entry(self, entry: type[E], source: TomlFile, data: object, key: tuple[str | int, ...]) -> E | None:
        try:
            return entry.model_validate(data)
        except ValidationError as error:
            self.problems.extend(_problems(error, source, key))
            return None


def _ids(source: TomlFile, array: str) -> frozenset[str]:
    tables = source.data.get(array, [])
    rows: Iterator[object] = (row for row in (tables if isinstance(tables, list) else []) if isinstance(row, dict))
    return frozenset(str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row)


def _problems(error: ValidationError, source: TomlFile, key: tuple[str | int, ...]) -> Iterator[Problem]:
    for fault in faults(error):
        path = (*key, *fault.key)
        dotted = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
        yield Problem(source.where(*path), f"{dotted}: {fault.what}", fault.mend)
