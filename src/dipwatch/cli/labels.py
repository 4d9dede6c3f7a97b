"""What routes and silences may ask of a change: the labels, and which values each can have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from dipwatch.cli.lookup import meant_ids
from dipwatch.errors import UsageError
from dipwatch.model import Kind, Reason, Severity, SourceKind
from dipwatch.review.directory import Directory
from dipwatch.settings import LANGUAGES, Matchers

NAMED = ("actor", "venue", "issue")
"""Labels whose values are ids of a subject's entries."""


class Entries(Protocol):
    """A lexicon or a directory: what has ids."""

    @property
    def actors(self) -> Mapping[str, Any]:
        """The actors by id."""
        ...

    @property
    def venues(self) -> Mapping[str, Any]:
        """The venues by id."""
        ...

    @property
    def issues(self) -> Mapping[str, Any]:
        """The issues by id."""
        ...


def known_codes(subjects: Iterable[str]) -> dict[str, set[str]]:
    """Return the values of each label that has a fixed set of them."""
    return {
        "language": {*LANGUAGES},
        "kind": {*Kind},
        "severity": {*Severity},
        "source_kind": {*SourceKind},
        "reason": {*Reason},
        "subject": {*subjects},
    }


def known_ids(entries: Sequence[Entries]) -> dict[str, set[str]]:
    """Return the ids that actors, venues and issues have."""
    return {
        "actor": {key for each in entries for key in each.actors},
        "venue": {key for each in entries for key in each.venues},
        "issue": {key for each in entries for key in each.issues},
    }


def choices(label: str, values: Iterable[str]) -> str:
    """Say what a label's value can be."""
    if label in NAMED:
        return "`dipwatch lexicon find NAME` shows the ids"
    return f"there are {', '.join(sorted(values))}"


def matchers(asked: Sequence[str], subjects: Sequence[str], directories: Sequence[Directory]) -> dict[str, list[str]]:
    """Return what is asked for by words such as ``actor=Witkoff``, with ids in place of names.

    A label that stands twice may have either value. Raises UsageError for a label or a value that there is not.
    """
    found: dict[str, list[str]] = {}
    for text in asked:
        label, _, value = text.partition("=")
        if label not in Matchers.model_fields or not value:
            raise UsageError(f"{text!r} is not LABEL=VALUE; the labels are {', '.join(Matchers.model_fields)}")
        found.setdefault(label, []).extend(_values(label, value, subjects, directories))
    return found


def _values(label: str, value: str, subjects: Sequence[str], directories: Sequence[Directory]) -> list[str]:
    if label in NAMED:
        return sorted(meant_ids(label, value, directories))
    known = known_codes(subjects).get(label)
    if known is not None and value not in known:
        raise UsageError(f"there is no {label} {value!r}; {choices(label, known)}")
    return [value]


def typed(matched: Mapping[str, Sequence[str]]) -> list[str]:
    """Return matchers as the words that they would be typed as."""
    return [f"{label}={value}" for label, values in matched.items() for value in values]
