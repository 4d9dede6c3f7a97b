"""Checks of a baseline: quotes still stand in their documents, documents are as they were entered, ids are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dipwatch.baseline.build import Baseline
from dipwatch.baseline.entries import LISTS, Entry
from dipwatch.baseline.seeds import Seed
from dipwatch.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found wrong (``fails``) or only changed."""

    where: str
    what: str
    fails: bool


def verify(baseline: Baseline, lexicon: Lexicon, accepted: Mapping[str, Any] | None = None) -> tuple[Finding, ...]:
    """Return what is wrong with a baseline or changed in its documents; empty where all is well.

    A document that is not as it was entered fails, since a quote may have gone with the change; where an ``accepted``
    build tells which quotes there were, the change is only reported, and each quote that has gone fails.
    """
    held = verify_stored(accepted, baseline.seeds) if accepted is not None else ()
    changed = _changed(baseline.seeds, fails=accepted is None)
    return (*changed, *held, *_quotes(baseline), *_refs(baseline, lexicon))


def verify_stored(stored: Mapping[str, Any], seeds: tuple[Seed, ...]) -> tuple[Finding, ...]:
    """Hold a stored build against the documents of today: a change inside a quote fails, any other is reported."""
    texts = {seed.info.id: seed for seed in seeds}
    findings = [
        Finding(f"seed {told['id']}", "it has changed since the baseline was accepted", fails=False)
        for told in stored["seeds"]
        if told["id"] in texts and texts[told["id"]].sha256 != told["sha256"]
    ]
    for name in LISTS:
        for entry in stored[name]:
            for each in entry["evidence"]:
                seed = texts.get(each["seed"])
                if seed is None or each["quote"] not in seed.text:
                    findings.append(Finding(entry["id"], f"its quote is no longer in seed {each['seed']}", fails=True))
    return tuple(findings)


def _changed(seeds: tuple[Seed, ...], *, fails: bool) -> Iterator[Finding]:
    unsure = "; without an accepted build nobody can tell whether a quote has gone" if fails else ""
    for seed in seeds:
        if seed.changed:
            what = f"{seed.info.file} is not as it was entered into the index{unsure}"
            yield Finding(f"seed {seed.info.id}", what, fails=fails)


def _quotes(baseline: Baseline) -> Iterator[Finding]:
    texts = {seed.info.id: seed.text for seed in baseline.seeds}
    for entry in baseline.entries():
        if not entry.evidence:
            yield Finding(entry.id, "it rests on no sentence", fails=True)
        for each in entry.evidence:
            if texts.get(each.seed, "")[each.start : each.end] != each.quote:
                yield Finding(entry.id, f"its quote does not stand at {each.start} in seed {each.seed}", fails=True)


def _refs(baseline: Baseline, lexicon: Lexicon) -> Iterator[Finding]:
    for entry in baseline.entries():
        for slot in LISTS[entry.list].refs:
            for ref in entry.words(slot):
                if lexicon.name(ref) == ref and not _known(ref, lexicon):
                    yield Finding(entry.id, f"{slot} {ref!r} is not in the lexicon", fails=True)
        yield from _stance(entry, lexicon)


def _known(ref: str, lexicon: Lexicon) -> bool:
    return any(ref in entries for entries in (lexicon.actors, lexicon.venues, lexicon.issues, lexicon.offices))


def _stance(entry: Entry, lexicon: Lexicon) -> Iterator[Finding]:
    if entry.list != "positions":
        return
    try:
        lexicon.stance_index(entry.text("issue"), entry.text("stance"))
    except KeyError:
        what = f"the issue {entry.text('issue')!r} has no stance {entry.text('stance')!r}"
        yield Finding(entry.id, what, fails=True)
