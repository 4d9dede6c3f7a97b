"""Loads a subject's folder into a lexicon, or says everything that is wrong with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from dipwatch.errors import ConfigError
from dipwatch.lexicon.checks import check
from dipwatch.lexicon.entries import Actor, Cue, Issue, Office, Scenario, Venue
from dipwatch.lexicon.lexicon import Lexicon
from dipwatch.lexicon.tables import Row, TableReader

_VERSION_LENGTH = 12


E = TypeVar("E", Actor, Cue, Issue, Office, Scenario, Venue)


def load_lexicon(folder: Path) -> Lexicon:
    """Load the lexicon of a subject's folder.

    Raises ConfigError with every problem found, each with file and line: missing files, unknown keys, wrong values, ids
    that don't exist or stand twice, dates out of order, names that two actors claim, patterns that don't compile.
    """
    reader = TableReader(folder)
    tables = reader.read()
    problems = [*reader.problems, *check(tables)]
    if problems or tables.subject is None:
        raise ConfigError(problems)
    tenures = tables.tenures
    return Lexicon(
        subject=tables.subject,
        actors=_by_id(tables.actors),
        offices=_by_id(tables.offices),
        tenures=tuple(row.entry for row in tenures),
        venues=_by_id(tables.venues),
        issues=_by_id(tables.issues),
        cues=_by_id(tables.cues),
        scenarios=_by_id(tables.scenarios),
        version=_version(tables.content),
        where=lambda tenure: tenures[tenure].where(),
    )


def _by_id(rows: Sequence[Row[E]]) -> Mapping[str, E]:
    return MappingProxyType({str(row.entry.id): row.entry for row in rows})


def _version(content: Mapping[str, Any]) -> str:
    """Hash what was read, not how it was written: comments and layout don't count, nor does the machine."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_VERSION_LENGTH]
