"""What the baseline lends to detection: who, where, with whom and which positions were known, and from which day.

An entry counts as known only from its day, so that seeds of spring 2026 neither mute the news of an older stream nor
lend it the future.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class KnownPosition:
    """A position the seeds assert: where an actor stood on an issue, from when and by whom that is known."""

    actor: str
    issue: str
    stance: str
    known_from: date
    quote: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Ids of the lexicon with the day from which the baseline knows them; pairs are sorted two-tuples of actor ids.

    Entries too thin to suppress anything (one seed alone, graded low) are not among them. ``version`` is the short hash
    of the baseline they come from.
    """

    actors: Mapping[str, date] = field(default_factory=dict)
    venues: Mapping[str, date] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], date] = field(default_factory=dict)
    positions: tuple[KnownPosition, ...] = ()
    version: str = "none"

    def knows_actor(self, actor: str, on: date) -> bool:
        """Tell whether an actor was known on a day."""
        return self.actors.get(actor, date.max) <= on

    def knows_venue(self, venue: str, on: date) -> bool:
        """Tell whether a venue was known on a day."""
        return self.venues.get(venue, date.max) <= on

    def knows_pair(self, one: str, other: str, on: date) -> bool:
        """Tell whether two actors were known to deal with each other on a day."""
        first, second = sorted((one, other))
        return self.pairs.get((first, second), date.max) <= on

    def position(self, actor: str, issue: str, on: date) -> KnownPosition | None:
        """Return the newest position of an actor on an issue that was known on a day."""
        known = [p for p in self.positions if (p.actor, p.issue) == (actor, issue) and p.known_from <= on]
        return max(known, key=lambda position: position.known_from, default=None)
