"""Reviewed corrections: a file that adds, replaces or drops entries on top of what is derived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dipwatch.baseline.asof import as_of
from dipwatch.baseline.cues import load_cues
from dipwatch.baseline.entries import LISTS, Entry, Evidence, Value, merge
from dipwatch.baseline.seeds import Seed
from dipwatch.errors import ConfigError, Problem
from dipwatch.faults import faults
from dipwatch.toml_file import TomlFile, read_toml

FILE = "baseline.toml"
Lists = dict[str, tuple[Entry, ...]]
Given = str | bool | list[str]


class Correction(BaseModel):
    """One reviewed correction.

    ``match`` names slots of the entries to replace or drop, ``entry`` the slots of what is added or put in their place
    (for ``replace`` only those that change). ``seed`` and ``quote`` say on which sentence it rests, ``why`` what was
    misread.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["add", "replace", "drop"]
    of: Annotated[str, Field(alias="list")]
    seed: str
    quote: Annotated[str, Field(min_length=8)]
    why: Annotated[str, Field(min_length=4)]
    match: dict[str, str | list[str]] = Field(default_factory=dict)
    entry: dict[str, Given] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Corrected:
    """The lists after correction, and how many derived entries were dropped, by list."""

    lists: Lists
    dropped: Mapping[str, int]


def load_corrections(folder: Path) -> tuple[tuple[Correction, ...], TomlFile | None]:
    """Read a subject's corrections; none where it has no such file. Raises ConfigError with file and line."""
    path = folder / FILE
    if not path.is_file():
        return (), None
    source = read_toml(path)
    found: list[Correction] = []
    problems: list[Problem] = []
    for number, table in enumerate(source.data.get("correction", [])):
        try:
            found.append(Correction.model_validate(table))
        except ValidationError as error:
            problems += [
                Problem(
                    source.where("correction", number, *fault.key),
                    f"{'.'.join(map(str, fault.key))}: {fault.what}",
                    fault.mend,
                )
                for fault in faults(error)
            ]
    if problems:
        raise ConfigError(problems)
    return tuple(found), source


def correct(
    lists: Lists, corrections: Sequence[Correction], source: TomlFile | None, seeds: Sequence[Seed]
) -> Corrected:
    """Apply corrections in their order.

    Raises ConfigError where a quote isn't in its document, or where one matches nothing: the document or the lexicon
    has changed, and somebody should look again.
    """
    by_id = {seed.info.id: seed for seed in seeds}
    result = dict(lists)
    dropped = dict.fromkeys(LISTS, 0)
    problems: list[Problem] = []
    for number, one in enumerate(corrections):
        where = source.where("correction", number) if source else FILE
        fault = _fault(one, by_id)
        if fault is None:
            entries = list(result[one.of])
            matched = [e for e in entries if one.do != "add" and _matches(e, one.match)]
            if one.do != "add" and not matched:
                fault = "it matches no derived entry"
            else:
                dropped[one.of] += len(matched) if one.do == "drop" else 0
                result[one.of] = _applied(one, entries, matched, by_id[one.seed])
        if fault:
            problems.append(Problem(where, fault, "look again at the document and correct or remove it"))
    if problems:
        raise ConfigError(problems)
    return Corrected(result, dropped)


def _fault(one: Correction, seeds: Mapping[str, Seed]) -> str | None:
    if one.of not in LISTS:
        return f"{one.of!r} is no list; there are {', '.join(LISTS)}"
    if one.seed not in seeds:
        return f"there is no seed {one.seed!r}"
    if one.quote not in seeds[one.seed].text:
        return f"its quote is not in seed {one.seed}"
    return None


def _applied(one: Correction, entries: list[Entry], matched: list[Entry], seed: Seed) -> tuple[Entry, ...]:
    kept = [entry for entry in entries if entry not in matched]
    evidence = (_evidence(one, seed),)
    slots = {name: _value(value) for name, value in one.entry.items()}
    if one.do == "add":
        return merge([*kept, Entry(one.of, slots, evidence, derived=False, why=one.why)])
    if one.do == "replace":
        changed = [
            replace(entry, slots={**entry.slots, **slots}, evidence=_with(entry, evidence), derived=False, why=one.why)
            for entry in matched
        ]
        return merge([*kept, *changed])
    return tuple(kept)


def _with(entry: Entry, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    known = {each.quote for each in entry.evidence}
    return (*entry.evidence, *(each for each in evidence if each.quote not in known))


def _evidence(one: Correction, seed: Seed) -> Evidence:
    start = seed.text.index(one.quote)
    day, info = as_of(one.quote, seed.info, load_cues()), seed.info
    return Evidence(info.id, start, start + len(one.quote), day, one.quote, info.reliability, info.mended(one.quote))


def _matches(entry: Entry, match: Mapping[str, str | list[str]]) -> bool:
    return bool(match) and all(entry.slots.get(name, "") == _value(value) for name, value in match.items())


def _value(value: Given) -> Value:
    return tuple(value) if isinstance(value, list) else value
