"""What a user types for an actor, venue or issue: an id or a name in any language, turned into lexicon ids.

A state stands for everybody who acts for it, a city for its sites, a coarse issue for the finer ones that are reported
as it: who asks for Russia's developments means its ministers' too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dipwatch.errors import UsageError
from dipwatch.review.directory import Directory, names_of

_NEAR = 70
"""From this likeness (0 to 100) on a name is worth suggesting; none is ever taken for another."""
_SUGGESTIONS = 3


def actor_ids(typed: str, directories: Iterable[Directory]) -> tuple[str, ...]:
    """Return the actor meant, with all that act for it. Raises UsageError with suggestions for an unknown name."""
    directories = tuple(directories)
    meant = meant_ids("actor", typed, directories)
    acting = [actor for one in directories for actor in one.actors if meant & set(_above(one, actor))]
    return tuple(sorted({*meant, *acting}))


def venue_ids(typed: str, directories: Iterable[Directory]) -> tuple[str, ...]:
    """Return the venue meant, with the sites within it. Raises UsageError with suggestions for an unknown name."""
    directories = tuple(directories)
    meant = meant_ids("venue", typed, directories)
    sites = [venue for one in directories for venue in one.venues if one.city(venue) in meant]
    return tuple(sorted({*meant, *sites}))


def issue_ids(typed: str, directories: Iterable[Directory]) -> tuple[str, ...]:
    """Return the issues meant: that one, or all that are reported as it. Raises UsageError for an unknown name."""
    return tuple(sorted(meant_ids("issue", typed, directories)))


def meant_ids(sort: str, typed: str, directories: Iterable[Directory]) -> set[str]:
    """Return the ids that go by a name; ``sort`` is actor, venue or issue. Raises UsageError for an unknown name."""
    known: dict[str, set[str]] = {}
    for directory in directories:
        for name, key in _pairs(sort, directory):
            known.setdefault(_folded(name), set()).add(key)
    if (found := known.get(_folded(typed))) is not None:
        return found
    raise UsageError(f"no {sort} is called {typed!r}{_suggestion(typed, known)}")


def _pairs(sort: str, directory: Directory) -> Iterator[tuple[str, str]]:
    """Yield every name with its id."""
    if sort == "issue":
        for key, entry in directory.issues.items():
            yield from ((str(name), key) for name in (key, entry.get("name"), entry.get("output")) if name)
        return
    entries = directory.actors if sort == "actor" else directory.venues
    for key, entry in entries.items():
        yield from ((name, key) for name in names_of(key, entry))


def _above(directory: Directory, actor: str) -> Iterator[str]:
    """Yield those in whose name an actor acts, up to its principal."""
    seen = {actor}
    above = directory.acts_for(actor)
    while above is not None and above not in seen:
        yield above
        seen.add(above)
        above = directory.acts_for(above)


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").split())


def nearest(typed: str, known: Iterable[str], limit: int = _SUGGESTIONS) -> list[str]:
    """Return the known names that come near to what was typed, the nearest first; both are folded."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 (only who mistyped waits for it)

    return [
        name for name, _, _ in process.extract(typed, list(known), scorer=fuzz.WRatio, score_cutoff=_NEAR, limit=limit)
    ]


def _suggestion(typed: str, known: Mapping[str, set[str]]) -> str:
    near = nearest(_folded(typed), known, 3 * _SUGGESTIONS)
    keys = list(dict.fromkeys(min(known[name]) for name in near))[:_SUGGESTIONS]
    return f"; did you mean {' or '.join(keys)}?" if keys else "; `dipwatch lexicon find NAME` looks further"
