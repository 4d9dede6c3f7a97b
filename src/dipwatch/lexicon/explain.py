"""What `dipwatch lexicon check` and `dipwatch lexicon find` show: counts, and how a name is understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz, process

from dipwatch.lexicon.lexicon import Lexicon
from dipwatch.lexicon.names import Names, OpenName
from dipwatch.lexicon.tokens import fold
from dipwatch.model import Mention

_CLOSE = 88.0
"""The ratio from which a spelling is worth suggesting: below it, look-alikes outnumber variants (design, section 5)."""
_MOST = 5
_FIELD = "name"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An actor whose name is spelled much like what was asked for; ``ratio`` is 0 to 100."""

    actor: str
    name: str
    ratio: float


@dataclass(frozen=True, slots=True)
class NameExplained:
    """How a name is understood on a day.

    ``mentions`` are what ``Names.find`` sees in it (``via`` tells exact names from skeletons and offices), ``offices``
    the office ids that the persons among them hold, ``open`` what is left open for want of context.
    """

    name: str
    mentions: tuple[Mention, ...]
    offices: Mapping[str, tuple[str, ...]]
    open: tuple[OpenName, ...]
    suggestions: tuple[Suggestion, ...]


def suggest(lexicon: Lexicon, name: str) -> tuple[Suggestion, ...]:
    """Return the actors whose names are spelled most like ``name``, the closest first.

    For people to look at, never for matching: it can't tell `Lavrova` from `Lavrov`.
    """
    spelled = {(actor.id, alias): fold(alias) for actor in lexicon.actors.values() for _, alias in actor.each()}
    close = process.extract(fold(name), spelled, scorer=fuzz.ratio, score_cutoff=_CLOSE, limit=None)
    best: dict[str, Suggestion] = {}
    for _, ratio, (actor, alias) in sorted(close, key=lambda found: (-found[1], found[2])):
        best.setdefault(actor, Suggestion(actor, alias.removeprefix("="), round(ratio, 1)))
    return tuple(best.values())[:_MOST]


def explain_name(lexicon: Lexicon, name: str, on: date, names: Names | None = None) -> NameExplained:
    """Return how ``name`` is understood on a day; ``names`` saves building the dictionary where it exists already."""
    names = names or Names(lexicon)
    mentions = names.find(name, field=_FIELD, on=on)
    left_open = names.open_names(name, field=_FIELD)
    offices = {m.ref: held for m in mentions if (held := lexicon.offices_of(m.ref, on))}
    whole = name.strip() in {*(m.text for m in mentions), *(known.text for known in left_open)}
    return NameExplained(
        name=name,
        mentions=mentions,
        offices=offices,
        open=left_open,
        suggestions=() if whole else suggest(lexicon, name),
    )


def lexicon_report(lexicon: Lexicon) -> list[str]:
    """Return the lines that tell how much a lexicon holds."""
    types = Counter(actor.type for actor in lexicon.actors.values())
    names = sum(1 for entries in (lexicon.actors, lexicon.venues) for e in entries.values() for _ in e.each())
    stances = sum(len(issue.stance) for issue in lexicon.issues.values())
    patterns = sum(1 for cue in lexicon.cues.values() for _ in cue.each())
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(types.items()))
    return [
        f"{lexicon.subject.name} ({lexicon.subject.id}), version {lexicon.version}",
        f"{len(lexicon.actors)} actors: {kinds}",
        f"{len(lexicon.offices)} offices with {len(lexicon.tenures)} tenures",
        f"{len(lexicon.venues)} venues; {names} names of actors and venues",
        f"{len(lexicon.issues)} issues with {stances} stances",
        f"{len(lexicon.cues)} cues with {patterns} patterns",
        f"{len(lexicon.scenarios)} scenarios",
    ]
