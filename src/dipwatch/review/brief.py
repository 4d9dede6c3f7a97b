"""What the baseline says, for those who look back: the same entries that detection knows, without building them anew.

Deriving the baseline reads every seed with the whole lexicon, which takes seconds; what comes of it is a few hundred
kilobytes that follow from the files alone, and is kept (see ``review.cache``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from dipwatch.alerts import words
from dipwatch.review.cache import Cache
from dipwatch.shipped import shipped

Entry = Mapping[str, Any]
_READS = ("lexicon", "extract", "baseline")
"""The packages that derive a baseline."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence of a seed that an entry rests on, as it is shown, and the day it counts from."""

    seed: str
    quote: str
    as_of: date


@dataclass(frozen=True, slots=True)
class BriefPosition:
    """Where an actor stands on an issue by one seed; ``thin`` where one document alone, graded low, tells it."""

    entry: str
    actor: str
    issue: str
    stance: str
    known_from: date
    conditions: tuple[str, ...]
    evidence: tuple[Quoted, ...]
    thin: bool


@dataclass(frozen=True, slots=True)
class Brief:
    """A subject's baseline; ``lists`` are those of `dipwatch baseline show --format json`."""

    version: str = "none"
    lists: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    chosen: Sequence[Mapping[str, str]] = ()
    """The positions that detection goes by: one for each actor, issue and seed."""
    documents: Mapping[str, str] = field(default_factory=dict)
    """Title and date of each seed, by its id."""

    def entries(self, name: str) -> Sequence[Entry]:
        """Return the entries of one list."""
        return self.lists.get(name, ())

    def document(self, seed: str) -> str:
        """Return what a reader knows a seed by: its title and date."""
        return self.documents.get(seed, f"seed {seed}")

    def positions(self) -> Iterator[BriefPosition]:
        """Yield the positions that detection goes by, and where there are none, those of thin documents."""
        known = {(entry["actor"], entry["issue"], entry["stance"]): entry for entry in self.entries("positions")}
        told = set()
        for each in self.chosen:
            entry = known[each["actor"], each["issue"], each["stance"]]
            told.add((each["actor"], each["issue"]))
            yield _position(entry, date.fromisoformat(each["known_from"]), each["quote"], thin=False)
        for entry in known.values():
            if entry["single_source"] and (entry["actor"], entry["issue"]) not in told:
                yield _position(entry, date.fromisoformat(entry["known_from"]), "", thin=True)


def evidence(entry: Entry) -> tuple[Quoted, ...]:
    """Return the sentences of an entry."""
    return tuple(
        Quoted(e["seed"], e.get("shown", e["quote"]), date.fromisoformat(e["as_of"])) for e in entry["evidence"]
    )


def load_brief(folder: Path, seeds: Path | None, cache: Cache) -> Brief:
    """Return the baseline of a subject; ``seeds`` is the folder of its documents, if it has any. Raises ConfigError."""
    if seeds is None:
        return Brief()
    told = cache.get(f"baseline-{folder.name}", _inputs(folder, seeds), lambda: _derived(folder, seeds))
    return Brief(told["version"], told["lists"], told["chosen"], told["documents"])


def _inputs(folder: Path, seeds: Path) -> Iterator[bytes]:
    """Yield all that a baseline is derived from: the files of the subject, its seeds, and the code that reads them."""
    package = Path(__file__).parents[1]
    code = [path for name in _READS for path in (package / name).iterdir()]
    common = shipped("config", "common")
    shared = common.iterdir() if common.is_dir() else ()
    for path in sorted([*folder.iterdir(), *seeds.iterdir(), *shared, *code]):
        if path.is_file() and path.name != "feeds.toml":
            yield path.name.encode()
            yield path.read_bytes()


def _derived(folder: Path, seeds: Path) -> dict[str, Any]:
    # deriving needs all of the lexicon, which nothing else here does
    from dipwatch.baseline import LISTS, as_json, build, knowledge, load_seeds  # noqa: PLC0415 (see above)
    from dipwatch.extract import Reader, load_model  # noqa: PLC0415 (see above)
    from dipwatch.lexicon import load_lexicon  # noqa: PLC0415 (see above)

    lexicon = load_lexicon(folder)
    built = build(load_seeds(seeds), folder, Reader(lexicon, load_model(folder)))
    told = as_json(built, lexicon)
    chosen = [
        {
            "actor": each.actor,
            "issue": each.issue,
            "stance": each.stance,
            "known_from": str(each.known_from),
            "quote": each.quote,
        }
        for each in knowledge(built).positions
    ]
    lists = {name: told[name] for name in LISTS}
    documents = {seed.info.id: _document(seed.info.title, seed.info.as_of) for seed in built.seeds}
    return {"version": built.version, "lists": lists, "chosen": chosen, "documents": documents}


def _document(title: str, as_of: date | None) -> str:
    return f"“{title}”, {words.day(as_of) or 'undated'}"


def _position(entry: Entry, known_from: date, first: str, *, thin: bool) -> BriefPosition:
    told = evidence(entry)
    leading = [each for each in told if each.quote == first]
    return BriefPosition(
        entry=entry["id"],
        actor=entry["actor"],
        issue=entry["issue"],
        stance=entry["stance"],
        known_from=known_from,
        conditions=tuple(entry.get("conditions", ())),
        evidence=(*leading, *(each for each in told if each not in leading)),
        thin=thin,
    )
