"""What ids are called in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from dipwatch.alerts.words import humanised

if TYPE_CHECKING:  # only for an annotation: who looks names up elsewhere needs no lexicon
    from dipwatch.lexicon import Lexicon


class Names(Protocol):
    """Where ids get their names from; an id that is not known is said in words of its own."""

    def name(self, ref: str) -> str:
        """Return the English name of an actor, venue, issue or office."""
        ...

    def stance(self, issue: str, stance: str) -> str:
        """Return what a stance on an issue is called."""
        ...

    def principal(self, actor: str) -> str:
        """Return the actor in whose name another acts in the end: itself where it acts for nobody."""
        ...


class LexiconNames:
    """Names from a subject's lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def name(self, ref: str) -> str:
        """Return the English name of an actor, venue, issue or office."""
        found = self._lexicon.name(ref)
        return humanised(ref) if found == ref else found

    def stance(self, issue: str, stance: str) -> str:
        """Return what a stance on an issue is called."""
        entry = self._lexicon.issues.get(issue)
        names = {known.id: known.name for known in entry.stance} if entry else {}
        return names.get(stance) or humanised(stance)

    def principal(self, actor: str) -> str:
        """Return the actor in whose name another acts in the end."""
        return self._lexicon.principal(actor)
