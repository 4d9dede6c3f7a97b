"""The baseline of a subject: derived from its documents, corrected, and what it lends to detection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import TypeVar

from dipwatch.baseline.corrections import correct, load_corrections
from dipwatch.baseline.derive import derive, with_conflicts
from dipwatch.baseline.entries import LISTS, Entry, short_hash
from dipwatch.baseline.knowledge import Knowledge, KnownPosition
from dipwatch.baseline.seeds import Seed, load_seeds
from dipwatch.extract import Reader
from dipwatch.lexicon import Lexicon

K = TypeVar("K", str, tuple[str, str])
_VERSION_LENGTH = 12
_UNOFFICIAL = frozenset({"back channel", "track II", "reported"})


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a list stands as it was derived.

    ``derived`` of its ``total`` entries are so; the others were added or replaced by corrections, and ``dropped`` more
    were derived wrongly.
    """

    list: str
    derived: int
    total: int
    dropped: int

    @property
    def reviewed(self) -> int:
        """All entries that somebody had to judge: those that stand and those that were dropped."""
        return self.total + self.dropped

    @property
    def share(self) -> float:
        """The share derived without correction, 0 to 1."""
        return round(self.derived / self.reviewed, 3) if self.reviewed else 1.0


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the documents of a subject assert, list by list; ``version`` is a short hash of all of it."""

    seeds: tuple[Seed, ...]
    lists: Mapping[str, tuple[Entry, ...]]
    shares: tuple[Share, ...]
    version: str

    def entries(self) -> Iterator[Entry]:
        """Yield all entries, list by list."""
        for name in LISTS:
            yield from self.lists[name]

    def find(self, key: str) -> tuple[Entry, ...]:
        """Return the entries whose id begins with a key."""
        return tuple(entry for entry in self.entries() if entry.id.startswith(key))


def build(seeds: Sequence[Seed], folder: Path | None, reader: Reader) -> Baseline:
    """Derive a baseline with a reader and apply the corrections of a subject's folder (None: apply none).

    Raises ConfigError for corrections that can't be applied.
    """
    derived = derive(seeds, reader)
    corrections, source = load_corrections(folder) if folder else ((), None)
    corrected = correct(derived, corrections, source, seeds)
    lists = with_conflicts(corrected.lists)
    shares = tuple(
        Share(name, sum(e.derived for e in entries), len(entries), corrected.dropped[name])
        for name, entries in lists.items()
    )
    content = [[entry.id, sorted(entry.slots.items()), entry.evidence] for name in LISTS for entry in lists[name]]
    return Baseline(tuple(seeds), lists, shares, short_hash(content, _VERSION_LENGTH))


def load_knowledge(seeds_dir: Path, folder: Path, lexicon: Lexicon, reader: Reader | None = None) -> Knowledge:
    """Return what the documents of a folder lend to detection. Raises ConfigError.

    A reader of the same lexicon that exists already saves building one.
    """
    return knowledge(build(load_seeds(seeds_dir), folder, reader or Reader(lexicon)))


def knowledge(baseline: Baseline) -> Knowledge:
    """Return what a baseline lends to detection: nothing that one document alone, graded low, tells."""
    actors: dict[str, date] = {}
    venues: dict[str, date] = {}
    pairs: dict[tuple[str, str], date] = {}
    for entry in baseline.entries():
        if entry.single:
            continue
        if entry.list == "actors" and entry.text("actor"):
            _first(actors, entry.text("actor"), entry.known_from)
        if entry.list == "venues":
            _first(venues, entry.text("venue"), entry.known_from)
        for pair in _pairs(entry):
            _first(pairs, pair, entry.known_from)
    return Knowledge(actors, venues, pairs, tuple(_positions(baseline)), baseline.version)


def _first(days: dict[K, date], key: K, day: date) -> None:
    days[key] = min(days.get(key, day), day)


def _pairs(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield who is told to deal with whom, each pair sorted: in a channel also those through whom it goes."""
    if entry.list == "channels":
        involved = (*entry.words("between"), *entry.words("through"), *entry.words("on_behalf_of"))
    else:
        involved = entry.words("actors") if entry.list == "rounds" else ()
    yield from combinations(sorted(set(involved)), 2)


def _positions(baseline: Baseline) -> Iterator[KnownPosition]:
    """Yield for each document the best attested stance of each actor on each issue, from the day it counts as known.

    A document may tell several ("along current lines", "only with guarantees"): an official word weighs more than what
    is only reported, and then the one with the most sentences.
    """
    best: dict[tuple[str, str, str], tuple[tuple[int, int, int], KnownPosition]] = {}
    titles = {seed.info.id: seed.info.title for seed in baseline.seeds}
    for entry in baseline.lists["positions"]:
        for seed in () if entry.single else entry.seeds:
            told = [each for each in entry.evidence if each.seed == seed]
            weight = (_officiality(entry), len(told), len(entry.words("words")))
            day = max(entry.known_from, min(each.as_of for each in told))
            place, source = (entry.text("actor"), entry.text("issue"), seed), f"baseline: {titles[seed]}"
            position = KnownPosition(place[0], place[1], entry.text("stance"), day, told[0].shown, source)
            if place not in best or weight > best[place][0]:
                best[place] = weight, position
    for _, position in best.values():
        yield position


def _officiality(entry: Entry) -> int:
    attribution = set(entry.words("attribution"))
    return 1 if "official" in attribution else -len(_UNOFFICIAL & attribution)
