"""What ids are called and who acts for whom, read straight from a subject's files.

Loading a lexicon checks thousands of patterns, which takes longer than everything else a command does that only shows
and finds names. Here each file is read when it is first needed, as it was parsed before if a cache holds that, and
nothing is checked: that is what `dipwatch lexicon check` and the daemon are for. What is read agrees with the lexicon
for every file that passes their checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from dipwatch.alerts.words import humanised
from dipwatch.review.cache import Cache
from dipwatch.toml_file import read_toml

_LANGUAGES = ("en", "ru", "uk")
Table = Mapping[str, Any]


class Directory:
    """The named entries of a subject. Everything raises ConfigError where a file is missing or is not TOML."""

    def __init__(self, folder: Path, cache: Cache | None = None) -> None:
        self.folder = folder
        self._cache = cache or Cache(None)

    @cached_property
    def actors(self) -> Mapping[str, Table]:
        """The actors by id, as they are written."""
        return self._entries("actors", "actor")

    @cached_property
    def venues(self) -> Mapping[str, Table]:
        """The venues by id, as they are written."""
        return self._entries("venues", "venue")

    @cached_property
    def issues(self) -> Mapping[str, Table]:
        """The issues by id, as they are written."""
        return self._entries("issues", "issue")

    @cached_property
    def offices(self) -> Mapping[str, Table]:
        """The offices by id, as they are written."""
        return self._entries("offices", "office")

    @cached_property
    def scenarios(self) -> Mapping[str, Table]:
        """The scenarios by id, as they are written."""
        return self._entries("scenarios", "scenario")

    def name(self, ref: str) -> str:
        """Return the English name of an actor, venue, issue or office; an id that is not known is said in words."""
        found = self.actors.get(ref) or self.venues.get(ref) or self.issues.get(ref) or self.offices.get(ref)
        return str(found.get("name", ref)) if found else humanised(ref)

    def stance(self, issue: str, stance: str) -> str:
        """Return what a stance on an issue is called."""
        for known in _tables(self.issues.get(issue, {}).get("stance")):
            if known["id"] == stance:
                return str(known.get("name", stance))
        return humanised(stance)

    def acts_for(self, actor: str) -> str | None:
        """Return the actor in whose name another acts; a body without such an entry acts for its country."""
        entry = self.actors.get(actor, {})
        return entry.get("acts_for") or (entry.get("country") if entry.get("type") == "body" else None)

    def principal(self, actor: str) -> str:
        """Return the actor at the end of the chain of ``acts_for``: itself where it acts for nobody."""
        seen = {actor}
        while (above := self.acts_for(actor)) is not None and above not in seen:
            seen.add(above)
            actor = above
        return actor

    def city(self, venue: str) -> str:
        """Return the venue that a site lies within, or the venue itself."""
        return str(self.venues.get(venue, {}).get("within") or venue)

    def _entries(self, file: str, array: str) -> dict[str, Table]:
        path = self.folder / f"{file}.toml"
        try:
            content = path.read_bytes()
        except OSError:
            content = b""  # reading it once more says what is wrong
        data = self._cache.get(file, (content,), lambda: read_toml(path).data)
        return {str(table["id"]): table for table in _tables(data.get(array))}


def names_of(key: str, entry: Table) -> Iterator[str]:
    """Yield the id, the name shown and every other name of an entry; a leading = only says that it isn't declined."""
    yield key
    yield str(entry.get("name", key))
    for language in _LANGUAGES:
        yield from (str(word).removeprefix("=") for word in entry.get(language, ()))


def _tables(found: object) -> Iterator[Table]:
    """Yield what is a table with an id; what else stands there is for the checks to complain of."""
    tables = found if isinstance(found, list) else []
    yield from (table for table in tables if isinstance(table, dict) and "id" in table)
