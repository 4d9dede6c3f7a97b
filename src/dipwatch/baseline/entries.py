"""What the baseline holds: entries in ten lists, each with the sentences it rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Value = str | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A list: the word for one entry, the slots that make its identity, and those that hold ids of the lexicon."""

    singular: str
    identity: tuple[str, ...]
    refs: tuple[str, ...] = ()


LISTS: Mapping[str, Shape] = {
    "actors": Shape("actor", ("actor", "unnamed"), ("actor",)),
    "venues": Shape("venue", ("venue",), ("venue",)),
    "channels": Shape("channel", ("level", "between", "through"), ("between", "through")),
    "rounds": Shape("round", ("venue", "when"), ("venue", "actors", "absent", "issues")),
    "positions": Shape("position", ("actor", "issue", "stance"), ("actor", "issue", "speakers")),
    "proposals": Shape("proposal", ("proposal",), ("by", "issues")),
    "commitments": Shape("commitment", ("actor", "issue", "amount"), ("actor", "issue", "toward")),
    "scenarios": Shape("scenario", ("scenario",)),
    "sources": Shape("source", ("source",), ("source",)),
    "terms": Shape("term", ("sort", "term")),
}
GRADES = ("low", "medium", "high")
_ID_LENGTH = 10
_MOST_EVIDENCE = 8
"""Sentences that are kept with an entry: an actor such as a party to the war is named in nearly all."""


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """A sentence that an entry rests on: verbatim, with its place in the document and the day it counts from.

    ``shown`` is the same for people, with hyphens and apostrophes that its document has lost put back.
    """

    seed: str
    start: int
    end: int
    as_of: date
    quote: str
    grade: str
    shown: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that the documents assert.

    ``grade`` is high, medium or low; an entry that one document alone tells and that is graded low is marked
    ``single`` and never suppresses an alert. ``known_from`` is the day from which it counts as known. ``conflicts``
    holds the ids of entries that say otherwise, ``derived`` is false for a reviewed correction.
    """

    list: str
    slots: Mapping[str, Value]
    evidence: tuple[Evidence, ...]
    derived: bool = True
    why: str = ""
    conflicts: tuple[str, ...] = field(default=())

    @property
    def key(self) -> tuple[Value, ...]:
        """What tells it from other entries of its list."""
        return tuple(self.slots.get(name, "") for name in LISTS[self.list].identity)

    @property
    def id(self) -> str:
        """A stable id: a hash of its list and identity."""
        return f"{LISTS[self.list].singular}-{short_hash([self.list, self.key], _ID_LENGTH)}"

    @property
    def seeds(self) -> tuple[str, ...]:
        """The documents that tell of it."""
        return tuple(dict.fromkeys(each.seed for each in self.evidence))

    @property
    def grade(self) -> str:
        """The best grade of the documents behind it; two documents that are graded low make it medium."""
        best = max((GRADES.index(each.grade) for each in self.evidence), default=0)
        return GRADES[max(best, 1) if len(self.seeds) > 1 else best]

    @property
    def single(self) -> bool:
        """Tell whether one document alone, graded low, tells of it."""
        return self.grade == GRADES[0]

    @property
    def known_from(self) -> date:
        """The day of its first telling; among documents graded low, the second of them has to tell it too."""
        sound = [each.as_of for each in self.evidence if each.grade != GRADES[0]]
        if sound or len(self.seeds) == 1:
            return min(sound or [each.as_of for each in self.evidence])
        return sorted(min(e.as_of for e in self.evidence if e.seed == seed) for seed in self.seeds)[1]

    def text(self, slot: str) -> str:
        """Return a slot that holds one word, empty where it is missing."""
        value = self.slots.get(slot, "")
        return value if isinstance(value, str) else ""

    def words(self, slot: str) -> tuple[str, ...]:
        """Return a slot as a tuple, empty where it is missing."""
        value = self.slots.get(slot, ())
        return value if isinstance(value, tuple) else (value,) if isinstance(value, str) and value else ()


def merge(entries: list[Entry]) -> tuple[Entry, ...]:
    """Return entries with those of the same identity made one, in the order of their first telling."""
    merged: dict[str, Entry] = {}
    for entry in entries:
        known = merged.get(entry.id)
        merged[entry.id] = entry if known is None else _both(known, entry)
    return tuple(merged.values())


def _both(one: Entry, other: Entry) -> Entry:
    slots = dict(one.slots)
    for name, value in other.slots.items():
        slots[name] = _joined(slots.get(name), value)
    evidence = {(each.seed, each.start): each for each in (*one.evidence, *other.evidence)}
    return Entry(one.list, slots, _kept(tuple(evidence.values())), one.derived and other.derived, one.why or other.why)


def _joined(one: Value | None, other: Value) -> Value:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return tuple(dict.fromkeys((*one, *other)))
    return one or other


def _kept(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Keep the first sentences, but at least one of every document and grade day, so that no date is lost."""
    kept: list[Evidence] = []
    days: set[tuple[str, date]] = set()
    for each in evidence:
        if len(kept) < _MOST_EVIDENCE or (each.seed, each.as_of) not in days:
            kept.append(each)
            days.add((each.seed, each.as_of))
    return tuple(kept)


def short_hash(value: object, length: int) -> str:
    """Return the first hexadecimal digits of the hash of a value."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:length]
