"""What users look at in a listing of developments: view models for terminal, formats and report, and their names.

Ids come with their names. Times are aware UTC. The order of the fields is that of the formats (docs/formats.md): new
ones are added at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dipwatch.alerts.english import english_line
from dipwatch.alerts.names import Names
from dipwatch.model import Claim


@dataclass(frozen=True, slots=True)
class Ref:
    """An actor, venue, issue or stance: the lexicon's id and the name shown."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class DevelopmentView:
    """A development as it stands; ``reasons`` are those of its latest news, ``changed_at`` counts every change.

    ``alerted`` says whether anybody was told of it, ``told`` how: by an ``alert``, or in a ``digest`` only. ``english``
    is the line built from the slots of the report that has the title, where that is in Russian or Ukrainian.
    """

    id: str
    subject: str
    opened_at: datetime
    changed_at: datetime
    kind: str
    status: str
    severity: str
    confidence: float
    title: str
    actors: tuple[Ref, ...]
    venue: Ref | None
    issue: Ref | None
    reasons: tuple[str, ...]
    sources: int
    reports: int
    alerted: bool
    verdict: str | None
    told: str | None
    english: str | None


class NameBook:
    """Names by subject; the ids of a subject that has no lexicon here are shown as they are."""

    def __init__(self, names: Mapping[str, Names]) -> None:
        self._names = names

    def ref(self, subject: str, key: str) -> Ref:
        """Return an actor, venue or issue with its name."""
        names = self._names.get(subject)
        return Ref(key, names.name(key) if names else key)

    def optional(self, subject: str, key: str | None) -> Ref | None:
        """Return the same, or None where there is none."""
        return self.ref(subject, key) if key else None

    def stance(self, subject: str, issue: str | None, stance: str | None) -> Ref | None:
        """Return a stance with its name, or None where there is none."""
        if not issue or not stance:
            return None
        names = self._names.get(subject)
        return Ref(stance, names.stance(issue, stance) if names else stance)

    def principal(self, subject: str, actor: str) -> str:
        """Return the actor in whose name another acts in the end: itself where that is not known."""
        names = self._names.get(subject)
        return names.principal(actor) if names else actor

    def english(self, subject: str, claim: Claim) -> str | None:
        """Return the English line of a claim; None for a subject that has no lexicon here."""
        names = self._names.get(subject)
        return english_line(claim, names) if names else None
