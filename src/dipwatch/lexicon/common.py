"""The cues that subjects share: the general words of diplomacy, to which a subject adds its own.

A subject takes part with ``common_cues = true`` in its subject.toml. An entry of its cues.toml with the id of a common
cue adds its patterns to those; whatever else it says (weight, status, ...) counts in place of what the common one says.
``without_cues`` leaves common ones out, also to put another one of the same id in their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dipwatch.lexicon.entries import LANGUAGES
from dipwatch.toml_file import TomlFile

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """A table of a cue as it counts, with the file and the place in it where it was written last."""

    table: Table
    source: TomlFile
    index: int


def with_common(common: TomlFile, own: TomlFile, without: Sequence[str]) -> Iterator[Placed]:
    """Yield the common cues with what the subject adds to them, in the order of both files.

    A cue of the subject alone comes after the one it stands below in the subject's file: cues that begin at the same
    word are found in this order.
    """
    shared = [each for each in _tables(common) if each.table["id"] not in without]
    added: dict[str, Placed] = {}
    below: dict[str | None, list[Placed]] = {}
    anchor = None
    known = {str(each.table["id"]) for each in shared}
    for each in _tables(own):
        name = str(each.table.get("id", ""))
        if name in known and name not in added:
            added[name], anchor = each, name
        else:
            below.setdefault(anchor, []).append(each)  # new, or twice the same, which the checks tell
    for each in shared:
        name = str(each.table["id"])
        yield _joined(each, added[name]) if name in added else each
        yield from below.get(name, ())
    yield from below.get(None, ())


def _joined(common: Placed, own: Placed) -> Placed:
    words = {
        language: [*common.table.get(language, ()), *own.table[language]]
        for language in LANGUAGES
        if isinstance(own.table.get(language), list)
    }
    return Placed({**common.table, **own.table, **words}, own.source, own.index)


def _tables(source: TomlFile) -> Iterator[Placed]:
    """Yield what is a table; what else stands there is for the checks to complain of."""
    tables = source.data.get("cue", [])
    for index, table in enumerate(tables if isinstance(tables, list) else []):
        if isinstance(table, dict):
            yield Placed(table, source, index)
