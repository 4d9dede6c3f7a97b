"""What a user types for an actor, venue or issue: an id or a name in any language, turned into lexicon ids.

A state stands for everybody who acts for it, a city for its sites, a coarse issue for the finer ones that are reported
as it: who asks for Russia's developments means its ministers' too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rapidfuzz import fuzz, process

from dipwatch.errors import UsageError
from dipwatch.lexicon import Lexicon

_NEAR = 70
"""From this likeness (0 to 100) on a name is worth suggesting; none is ever taken for another."""
_SUGGESTIONS = 3


def actor_ids(typed: str, lexicons: Iterable[Lexicon]) -> tuple[str, ...]:
    """Return the actor meant, with all that act for it. Raises UsageError with suggestions for an unknown name."""
    lexicons = tuple(lexicons)
    meant = _meant("actor", typed, (pair for lexicon in lexicons for pair in _actor_names(lexicon)))
    acting = [actor for lexicon in lexicons for actor in lexicon.actors if meant & set(_above(lexicon, actor))]
    return tuple(sorted({*meant, *acting}))


def venue_ids(typed: str, lexicons: Iterable[Lexicon]) -> tuple[str, ...]:
    """Return the venue meant, with the sites within it. Raises UsageError with suggestions for an unknown name."""
    lexicons = tuple(lexicons)
    names = ((name, venue.id) for one in lexicons for venue in one.venues.values() for name in _names(venue.id, venue))
    meant = _meant("venue", typed, names)
    sites = [venue for lexicon in lexicons for venue in lexicon.venues if lexicon.city(venue) in meant]
    return tuple(sorted({*meant, *sites}))


def issue_ids(typed: str, lexicons: Iterable[Lexicon]) -> tuple[str, ...]:
    """Return the issues meant: that one, or all that are reported as it. Raises UsageError for an unknown name."""
    issues = [issue for lexicon in lexicons for issue in lexicon.issues.values()]
    names = ((name, issue.id) for issue in issues for name in (issue.id, issue.name, issue.output))
    return tuple(sorted(_meant("issue", typed, names)))


def _actor_names(lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    for actor in lexicon.actors.values():
        for name in _names(actor.id, actor):
            yield name, actor.id


def _names(key: str, entry: object) -> Iterator[str]:
    """Yield the id, the name shown and every other name of an entry; a leading = only says that it isn't declined."""
    yield key
    for words in (getattr(entry, name) for name in ("name", "en", "ru", "uk")):
        yield from (word.removeprefix("=") for word in ((words,) if isinstance(words, str) else words))


def _above(lexicon: Lexicon, actor: str) -> Iterator[str]:
    """Yield those in whose name an actor acts, up to its principal."""
    seen = {actor}
    above = lexicon.acts_for(actor)
    while above is not None and above not in seen:
        yield above
        seen.add(above)
        above = lexicon.acts_for(above)


def _meant(sort: str, typed: str, names: Iterable[tuple[str, str]]) -> set[str]:
    known: dict[str, set[str]] = {}
    for name, key in names:
        known.setdefault(_folded(name), set()).add(key)
    if (found := known.get(_folded(typed))) is not None:
        return found
    raise UsageError(f"no {sort} is called {typed!r}{_suggestion(typed, known)}")


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").split())


def _suggestion(typed: str, known: Mapping[str, set[str]]) -> str:
    near = process.extract(_folded(typed), list(known), scorer=fuzz.WRatio, score_cutoff=_NEAR, limit=3 * _SUGGESTIONS)
    keys = list(dict.fromkeys(min(known[name]) for name, _, _ in near))[:_SUGGESTIONS]
    return f"; did you mean {' or '.join(keys)}?" if keys else "; `dipwatch lexicon find NAME` looks further"
