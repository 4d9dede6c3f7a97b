"""From documents to the baseline's lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from dipwatch.baseline.cues import Cues, load_cues
from dipwatch.baseline.entries import LISTS, Entry, merge
from dipwatch.baseline.meetings import Meetings
from dipwatch.baseline.outlook import scenarios, terms
from dipwatch.baseline.positions import Positions
from dipwatch.baseline.reading import Document, Grammar, read_document
from dipwatch.baseline.seeds import Seed
from dipwatch.baseline.who import actors, sources, venues
from dipwatch.extract import Reader

Lists = dict[str, tuple[Entry, ...]]


def derive(seeds: Sequence[Seed], reader: Reader) -> Lists:
    """Return what documents assert, list by list, without any correction.

    Entries of the same identity are one with all their sentences; those that contradict each other stay side by side.
    """
    cues = load_cues()
    found: dict[str, list[Entry]] = {name: [] for name in LISTS}
    for seed in seeds:
        _derive_one(read_document(seed, reader, cues), reader, cues, found)
    found["rounds"] = _dated(found["rounds"])
    return {name: merge(entries) for name, entries in found.items()}


def _derive_one(document: Document, reader: Reader, cues: Cues, found: dict[str, list[Entry]]) -> None:
    grammar = Grammar(reader.lexicon, cues)
    meetings = Meetings(reader.lexicon, grammar, cues)
    positions = Positions(reader.lexicon, grammar, cues)
    rounds = list(meetings.rounds(document))
    found["actors"] += actors(document, reader.lexicon, grammar, cues)
    found["venues"] += [*venues(document, reader.lexicon, cues), *_hosting(rounds)]
    found["rounds"] += rounds
    found["channels"] += meetings.channels(document)
    found["positions"] += positions.positions(document)
    found["proposals"] += positions.proposals(document)
    found["commitments"] += positions.commitments(document)
    found["scenarios"] += scenarios(document, reader.lexicon, cues)
    found["sources"] += sources(document, reader.lexicon, cues)
    found["terms"] += terms(document, cues)


def _hosting(rounds: list[Entry]) -> list[Entry]:
    return [Entry("venues", {"venue": r.slots["venue"], "uses": ("talks",)}, r.evidence) for r in rounds]


def _dated(rounds: list[Entry]) -> list[Entry]:
    """Give a round without a time that of the only dated round at its venue."""
    times: dict[str, set[str]] = defaultdict(set)
    for entry in rounds:
        times[entry.text("venue")] |= {entry.text("when")} - {""}
    return [
        replace(entry, slots={**entry.slots, "when": next(iter(times[venue]))})
        if not entry.text("when") and len(times[venue := entry.text("venue")]) == 1
        else entry
        for entry in rounds
    ]


def with_conflicts(lists: Lists) -> Lists:
    """Mark entries that contradict each other: the same envoy said to deal with other pairs of counterparts."""
    rivals: dict[str, list[Entry]] = defaultdict(list)
    for entry in lists["channels"]:
        for actor in entry.words("through") if entry.words("both") else ():
            rivals[actor].append(entry)
    conflicts: dict[str, list[str]] = defaultdict(list)
    for entries in rivals.values():
        for entry in entries:
            conflicts[entry.id] += [e.id for e in entries if set(e.words("both")) != set(entry.words("both"))]
    marked = tuple(
        replace(entry, conflicts=tuple(dict.fromkeys(conflicts[entry.id]))) if conflicts.get(entry.id) else entry
        for entry in lists["channels"]
    )
    return {**lists, "channels": marked}
