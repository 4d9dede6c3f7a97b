"""Scenarios with their likelihood, the glossary, and the documents' own warnings as rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dipwatch.baseline.cues import Cues
from dipwatch.baseline.entries import Entry
from dipwatch.baseline.reading import Document, Read
from dipwatch.lexicon import Lexicon, Scenario

_WORD = re.compile(r"[^\W\d_]{4,}")
_ALIKE = 0.5
"""The share of a scenario's words that must be found in a lexicon's name for the two to be the same."""


def scenarios(document: Document, lexicon: Lexicon, cues: Cues) -> Iterator[Entry]:
    """Yield the outlooks of a document: name, likelihood as written, and the indicators of the lexicon's scenario."""
    open_block = -1
    name = likelihood = ""
    for read in document.reads:
        match = cues.get("scenario", "opens").search(read.text)
        if match:
            open_block, name, likelihood = read.clause.block, match["name"].strip(), match["likelihood"] or ""
        elif read.clause.block != open_block:
            continue
        told = likelihood or _likelihood(read, cues)
        linked = _linked(name, lexicon)
        yield read.entry(
            "scenarios",
            scenario=linked.id if linked else name.casefold(),
            name=name,
            likelihood=(told,) if told else (),
            speaks_for=_indicators(linked, "for"),
            speaks_against=_indicators(linked, "against"),
        )
        likelihood = ""


def _likelihood(read: Read, cues: Cues) -> str:
    match = cues.get("scenario", "likelihood").search(read.text)
    return match[0].strip() if match else ""


def _linked(name: str, lexicon: Lexicon) -> Scenario | None:
    words = set(_WORD.findall(name.casefold()))
    shares = {
        s.id: len(words & set(_WORD.findall(s.name.casefold()))) / max(len(words), 1)
        for s in lexicon.scenarios.values()
    }
    best = max(shares, key=lambda each: shares[each], default=None)
    return lexicon.scenarios[best] if best and shares[best] >= _ALIKE else None


def _indicators(scenario: Scenario | None, speaks: str) -> tuple[str, ...]:
    told = (i for i in scenario.indicator if i.speaks == speaks) if scenario else ()
    return tuple(" ".join(filter(None, [i.kind, "/".join(i.status), i.actor, i.issue, i.direction])) for i in told)


def terms(document: Document, cues: Cues) -> Iterator[Entry]:
    """Yield the glossary's words and the rules that the document's warnings come to."""
    for read in document.reads:
        if read.clause.label and cues.get("heading", "glossary").search(read.clause.heading):
            meaning = read.clause.shown.split(":", 1)[1].strip()
            yield read.entry("terms", sort="glossary", term=read.clause.label.casefold(), meaning=meaning)
        for rule in cues.rules:
            if all(pattern.search(read.text) for pattern in rule.all):
                yield read.entry("terms", sort="rule", term=rule.rule)
