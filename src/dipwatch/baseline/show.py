"""A baseline as plain values for JSON: ids of the lexicon with English names beside, every entry with its sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dipwatch.baseline.build import Baseline
from dipwatch.baseline.entries import LISTS, Entry
from dipwatch.lexicon import Lexicon


def as_json(baseline: Baseline, lexicon: Lexicon) -> dict[str, Any]:
    """Return a baseline as a document: version, seeds, shares, and the ten lists."""
    return {
        "version": baseline.version,
        "subject": lexicon.subject.id,
        "seeds": [
            {
                "id": seed.info.id,
                "file": seed.info.file,
                "title": seed.info.title,
                "as_of": str(seed.info.as_of) if seed.info.as_of else None,
                "added": str(seed.info.added),
                "reliability": seed.info.reliability,
                "sha256": seed.sha256,
            }
            for seed in baseline.seeds
        ],
        "derived": {
            share.list: {"derived": share.derived, "total": share.total, "share": share.share, "dropped": share.dropped}
            for share in baseline.shares
        },
        **{name: [entry_json(entry, lexicon) for entry in baseline.lists[name]] for name in LISTS},
    }


def entry_json(entry: Entry, lexicon: Lexicon) -> dict[str, Any]:
    """Return an entry as a document; ``single_source`` marks what one document alone, graded low, tells."""
    told: dict[str, Any] = {"id": entry.id}
    for name, value in entry.slots.items():
        told[name] = list(value) if isinstance(value, tuple) else value
        if name in LISTS[entry.list].refs:
            told[f"{name}_name"] = _names(value, lexicon)
    if entry.list == "positions":
        told["stance_name"] = stance_name(entry, lexicon)
    if entry.list == "actors" and (known := lexicon.actors.get(entry.text("actor"))):
        told["type"] = known.type
        told["lexicon_role"] = known.role
    return told | {
        "known_from": str(entry.known_from),
        "reliability": entry.grade,
        "single_source": entry.single,
        "suppresses": not entry.single,
        "derived": entry.derived,
        "conflicts": list(entry.conflicts),
        **({"correction": entry.why} if entry.why else {}),
        "evidence": [
            {
                "seed": e.seed,
                "quote": e.quote,
                **({"shown": e.shown} if e.shown != e.quote else {}),
                "start": e.start,
                "end": e.end,
                "as_of": str(e.as_of),
            }
            for e in entry.evidence
        ],
    }


def stance_name(entry: Entry, lexicon: Lexicon) -> str:
    """Return the English name of a position's stance."""
    issue = lexicon.issues.get(entry.text("issue"))
    return next((s.name for s in issue.stance if s.id == entry.text("stance")), "") if issue else ""


def _names(value: object, lexicon: Lexicon) -> str | list[str]:
    if isinstance(value, tuple):
        return [lexicon.name(each) for each in value]
    return lexicon.name(str(value))


def title(entry: Entry | Mapping[str, Any], lexicon: Lexicon) -> str:
    """Return an entry's identity in words, e.g. ``Russia, territory: demands-whole-regions``."""
    name, slots = (entry.list, entry.slots) if isinstance(entry, Entry) else (entry["list"], entry)
    parts = [_words(slots[slot], lexicon) for slot in LISTS[name].identity if slots.get(slot)]
    return ", ".join(part for part in parts if part)


def _words(value: object, lexicon: Lexicon) -> str:
    names = _names(tuple(value) if isinstance(value, (list, tuple)) else value, lexicon)
    return names if isinstance(names, str) else " + ".join(names)
