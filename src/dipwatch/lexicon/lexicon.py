"""What dipwatch knows of a subject, loaded and checked, with the questions the rest of the program asks of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from dipwatch.errors import Problem
from dipwatch.lexicon.entries import LOWEST_RANK, Actor, Cue, Issue, Office, Scenario, Subject, Tenure, Venue
from dipwatch.model import Direction

STALE_AFTER = timedelta(days=365)


@dataclass(frozen=True)
class Lexicon:
    """The entries of a subject by id, in the order of the files.

    ``version`` is a short hash of all that was read; ``where`` tells the ``file:line`` of a tenure, for warnings.
    """

    subject: Subject
    actors: Mapping[str, Actor]
    offices: Mapping[str, Office]
    tenures: tuple[Tenure, ...]
    venues: Mapping[str, Venue]
    issues: Mapping[str, Issue]
    cues: Mapping[str, Cue]
    scenarios: Mapping[str, Scenario]
    version: str
    where: Callable[[int], str] = field(repr=False, compare=False)

    @cached_property
    def _tenures_of_office(self) -> Mapping[str, Sequence[Tenure]]:
        return _grouped(self.tenures, lambda tenure: tenure.office)

    @cached_property
    def _tenures_of_person(self) -> Mapping[str, Sequence[Tenure]]:
        return _grouped(self.tenures, lambda tenure: tenure.person)

    def name(self, ref: str) -> str:
        """Return the English name of an actor, venue, issue or office id; the id itself where it is unknown."""
        for entries in (self.actors, self.venues, self.issues, self.offices):
            if ref in entries:
                return entries[ref].name
        return ref

    def holders(self, office: str, on: date) -> tuple[str, ...]:
        """Return the persons who hold an office on a day, in the order of the file."""
        return tuple(tenure.person for tenure in self._tenures_of_office.get(office, ()) if tenure.covers(on))

    def offices_of(self, actor: str, on: date) -> tuple[str, ...]:
        """Return the offices a person holds on a day, in the order of the file."""
        return tuple(tenure.office for tenure in self._tenures_of_person.get(actor, ()) if tenure.covers(on))

    def rank(self, actor: str, on: date) -> int:
        """Return 1 (head of state) to 4 (other): the highest office held on that day, else the actor's own rank."""
        held = [self.offices[office].rank for office in self.offices_of(actor, on)]
        own = self.actors[actor].rank if actor in self.actors else None
        return min(held) if held else own or LOWEST_RANK

    def acts_for(self, actor: str) -> str | None:
        """Return the actor in whose name another acts; a body without such an entry acts for its country."""
        entry = self.actors.get(actor)
        if entry is None:
            return None
        return entry.acts_for or (entry.country if entry.type == "body" else None)

    def principal(self, actor: str) -> str:
        """Return the actor at the end of the chain of ``acts_for``: itself where it acts for nobody."""
        return self._principals.get(actor, actor)

    def principals(self, actors: Iterable[str]) -> frozenset[str]:
        """Return the principals of some actors."""
        known = self._principals
        return frozenset([known.get(actor, actor) for actor in actors])

    @cached_property
    def _principals(self) -> dict[str, str]:
        return {actor: self._end_of_chain(actor) for actor in self.actors}

    def _end_of_chain(self, actor: str) -> str:
        seen = {actor}
        while (above := self.acts_for(actor)) is not None and above not in seen:
            seen.add(above)
            actor = above
        return actor

    @cached_property
    def persons(self) -> frozenset[str]:
        """The ids of the actors that are persons."""
        return frozenset(actor.id for actor in self.actors.values() if actor.type == "person")

    def side(self, actor: str) -> str:
        """Return the side of an actor, ``other`` where it is unknown."""
        return self.actors[actor].side if actor in self.actors else "other"

    def country(self, ref: str) -> str | None:
        """Return the actor id of the state an actor or venue belongs to; a state belongs to itself."""
        if ref in self.actors:
            entry = self.actors[ref]
            if entry.type == "state":
                return ref
            return entry.country or (None if (above := self.principal(ref)) == ref else self.country(above))
        return self.venues[ref].country if ref in self.venues else None

    def city(self, venue: str) -> str:
        """Return the venue that a site lies within, or the venue itself."""
        entry = self.venues.get(venue)
        return entry.within if entry is not None and entry.within else venue

    def in_gate(self, actor: str) -> bool:
        """Tell whether a mention of the actor opens the gate: it is named there, or acts for one that is."""
        return actor in self._in_gate

    @cached_property
    def _in_gate(self) -> frozenset[str]:
        gate = set(self.subject.gate.actors)
        return frozenset(actor for actor in self.actors if {actor, self.principal(actor), self.acts_for(actor)} & gate)

    def stance_index(self, issue: str, stance: str) -> int:
        """Return the place of a stance on its issue's scale, from 0 at the low end.

        Raises KeyError where the issue or the stance is unknown.
        """
        return self._stances[issue, stance]

    @cached_property
    def _stances(self) -> dict[tuple[str, str], int]:
        return {
            (issue.id, stance.id): place for issue in self.issues.values() for place, stance in enumerate(issue.stance)
        }

    def direction(self, issue: str, actor: str, was: str, stance: str) -> Direction | None:
        """Tell which way an actor moved on an issue: harder is toward its own end of the scale.

        None when it did not move or when neither end is its own.
        """
        moved = self.stance_index(issue, stance) - self.stance_index(issue, was)
        end = self._own_end(issue, actor)
        if not moved or not end:
            return None
        return Direction.HARDER if (moved > 0) == (end > 0) else Direction.SOFTER

    def is_against(self, issue: str, actor: str, stance: str) -> bool:
        """Tell whether a stance lies on the other half of its scale than the actor's own end.

        False where neither end is its own. Raises KeyError where the issue or the stance is unknown.
        """
        end = self._own_end(issue, actor)
        middle = (len(self.issues[issue].stance) - 1) / 2
        return (self.stance_index(issue, stance) - middle) * end < 0

    def _own_end(self, issue: str, actor: str) -> int:
        """Return -1 for the low end, 1 for the high end, 0 for none or both; an id counts before its side."""
        entry = self.issues[issue]
        for names in ({actor}, {self.principal(actor)}, {self.side(actor)}):
            end = bool(names & set(entry.high)) - bool(names & set(entry.low))
            if end:
                return end
        return 0

    def warnings(self, on: date) -> list[Problem]:
        """Return what should be looked at but does not stop anything: stale and vacant offices."""
        return [*self._stale(on), *self._vacant(on)]

    def _stale(self, on: date) -> list[Problem]:
        return [
            Problem(
                self.where(index),
                f"{tenure.person} as {tenure.office} was verified last on {tenure.verified_on}",
                "look again and set verified_on",
            )
            for index, tenure in enumerate(self.tenures)
            if tenure.covers(on) and on - tenure.verified_on > STALE_AFTER
        ]

    def _vacant(self, on: date) -> list[Problem]:
        return [
            Problem(f"office {office}", f"nobody is known to hold it on {on}", "add a tenure")
            for office in self.offices
            if not self.holders(office, on)
        ]


def _grouped(tenures: Iterable[Tenure], key: Callable[[Tenure], str]) -> Mapping[str, Sequence[Tenure]]:
    groups: dict[str, list[Tenure]] = defaultdict(list)
    for tenure in tenures:
        groups[key(tenure)].append(tenure)
    return groups
