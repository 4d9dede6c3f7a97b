"""Rounds of talks, and the channels through which actors deal with each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dipwatch.baseline.cues import Cues
from dipwatch.baseline.entries import Entry
from dipwatch.baseline.reading import Document, Grammar, Read, found_in, groups
from dipwatch.baseline.who import roles_in
from dipwatch.lexicon import Lexicon
from dipwatch.model import Mention, MentionSort

_MOST_BETWEEN = 120
_NEAR = 28
_CLOSE = 24
_PAIR = 2
_THROUGH = frozenset({"mediator", "conduit", "host"})


@dataclass(frozen=True, slots=True)
class _Round:
    """A round as a clause names it: where, when, in which form; ``noun`` is where it says so."""

    venue: str
    when: str
    form: str
    noun: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Meetings:
    """Derives rounds and channels with one lexicon."""

    lexicon: Lexicon
    grammar: Grammar
    cues: Cues

    def rounds(self, document: Document) -> Iterator[Entry]:
        """Yield each round of talks: where, when, who, on what, with which result.

        What the block of a round goes on to say belongs to it, as long as it names no other round.
        """
        block, current = -1, list[_Round]()
        for read in document.reads:
            if self.cues.get("heading", "scenarios").search(read.clause.heading):
                continue
            named = self._named(read)
            if block == read.clause.block and self._goes_on(read, current, named):
                yield self._round(read, replace(current[0], form="", noun=None), alone=not named)
            elif named:
                block, current = read.clause.block, named
            for each in named:
                yield self._round(read, each, alone=True)

    def _named(self, read: Read) -> list[_Round]:
        """Return the rounds a clause names; a state beside one of its own cities is only their host."""
        found = [
            _Round(self._venue(place), self._when(read, place, noun), read.text[slice(*noun)].lower(), noun)
            for place, noun in self._places(read)
        ]
        hosts = {self.lexicon.country(each.venue) for each in found if each.venue != self.lexicon.country(each.venue)}
        return [each for each in found if each.venue not in hosts]

    def _goes_on(self, read: Read, current: list[_Round], named: list[_Round]) -> bool:
        """Tell whether a clause goes on about the one round of its block: it refers back to it or names no other."""
        if len(current) != 1 or current[0].venue in {each.venue for each in named}:
            return False
        if self.cues.get("meeting", "back_to").search(read.text):
            return True
        return not named and bool(read.clause.label) and read.clause.opens

    def _round(self, read: Read, told: _Round, *, alone: bool) -> Entry:
        """Return what a clause tells of a round; who took part only where it tells of no other one."""
        absent = tuple(m.ref for m in read.actors if self._after(read, m, "without"))
        return read.entry(
            "rounds",
            venue=told.venue,
            when=told.when,
            form=told.form,
            actors=tuple(a for a in self._present(read, told) if a not in absent) if alone else (),
            absent=absent,
            issues=read.issue_ids,
            results=(read.clause.shown,) if self.cues.get("meeting", "result").search(read.text) else (),
        )

    def _places(self, read: Read) -> Iterator[tuple[Mention, tuple[int, int]]]:
        """Yield the places at which a clause says that a meeting was held, with the noun that says so."""
        for place in read.mentions:
            if self._may_host(place):
                for noun in found_in(self.cues.get("meeting", "noun"), read):
                    if self._meets_at(read, place, noun):
                        yield place, noun
                        break

    def _may_host(self, mention: Mention) -> bool:
        if mention.sort is MentionSort.VENUE:
            return self.lexicon.venues[mention.ref].type != "region"
        if mention.sort is not MentionSort.ACTOR:
            return False
        return self.lexicon.actors[mention.ref].type == "state" or self._seat(mention) is not None

    def _meets_at(self, read: Read, place: Mention, noun: tuple[int, int]) -> bool:
        if noun[0] >= place.span.end:
            gap = read.text[place.span.end : noun[0]]
            as_state = place.sort is MentionSort.ACTOR and self._seat(place) is None
            return bool(re.fullmatch(r"(?:[\s-]?[\w-]+){0,2}[\s-]", gap)) and (
                not as_state or bool(self.cues.get("meeting", "hosted").search(gap))
            )
        between = read.text[noun[1] : place.span.start]
        if len(between) > _MOST_BETWEEN or re.search(r"[;.:]", between) or place.via == "adjective":
            return False
        return bool(self.cues.get("meeting", "before_place").search(between))

    def _seat(self, mention: Mention) -> str | None:
        """Return the city whose name a metonym is, None for other mentions."""
        if mention.via != "metonym":
            return None
        return next((v.id for v in self.lexicon.venues.values() if mention.text in v.en), None)

    def _venue(self, place: Mention) -> str:
        return place.ref if place.sort is MentionSort.VENUE else self._seat(place) or place.ref

    def _when(self, read: Read, place: Mention, noun: tuple[int, int]) -> str:
        """Return the month or season of a round as told near it, in small letters; "earlier" counts too."""
        first, last = min(place.span.start, noun[0]), max(place.span.end, noun[1])
        around = read.text[max(0, first - _NEAR) : last + _NEAR]
        if date := self.cues.date.search(around):
            return f"{date['month'] or date['part']} {date['year'] or date['year2']}".lower()
        for name in ("seasons", "earlier"):
            if match := self.cues.get("dates", name).search(around):
                return match[0].lower()
        return ""

    def _present(self, read: Read, told: _Round) -> tuple[str, ...]:
        """Return who took part: whom the clause says it involved, else whom it names, with whom they act for."""
        parties = self.lexicon.subject.parties if self.cues.get("meeting", "all_parties").search(read.text) else ()
        first, last = self._part(read, told.noun)
        involved = self.cues.get("meeting", "involved").search(read.text)
        taking = [
            mention
            for mention in read.actors
            if told.venue not in {mention.ref, self._seat(mention)}
            and first <= mention.span.start < last
            and (mention.span.start >= involved.end() if involved else mention.via != "place")
            and not self._after(read, mention, "towards")
        ]
        persons = [m.ref for m in taking if self.lexicon.actors[m.ref].type == "person"]
        return tuple(dict.fromkeys([*self.grammar.principals(taking), *persons, *parties]))

    def _part(self, read: Read, noun: tuple[int, int] | None) -> tuple[int, int]:
        """Return the part of a clause around a noun, up to ", while" and the like; all of it without one."""
        cuts = [match.start() for match in self.cues.get("meeting", "parting").finditer(read.text)] if noun else []
        first = max((cut for cut in cuts if noun and cut <= noun[0]), default=0)
        return first, min((cut for cut in cuts if noun and cut > noun[0]), default=len(read.text))

    def _after(self, read: Read, mention: Mention, name: str) -> bool:
        return bool(self.cues.get("meeting", name).search(read.text[: mention.span.start]))

    def channels(self, document: Document) -> Iterator[Entry]:
        """Yield who deals with whom, through whom and at which level."""
        for read in document.reads:
            if self.cues.get("heading", "scenarios").search(read.clause.heading):
                continue
            if not self.cues.get("channel", "contact").search(read.text):
                continue
            level = self._level(read)
            both = self._counterparts(read)
            through = self._through(read)
            between = tuple(sorted(a for a in both if a not in through))
            if (
                len(between) < _PAIR
                and (through or level != "bilateral")
                and self._about_the_parties(read, level, through)
            ):
                between = tuple(sorted(self.lexicon.subject.parties))
            if len(between) >= _PAIR:
                yield read.entry(
                    "channels",
                    level="mediated" if through and level == "bilateral" else level,
                    between=between,
                    through=through,
                    on_behalf_of=tuple(
                        a for a in dict.fromkeys(map(self.lexicon.principal, through)) if a not in through
                    ),
                    both=tuple(sorted(self._paired(read))),
                    about=read.issue_ids,
                    results=(read.clause.shown,) if self.cues.get("meeting", "result").search(read.text) else (),
                    ready=bool(self.cues.get("channel", "readiness").search(read.text)),
                )

    def _level(self, read: Read) -> str:
        """Return the level a clause tells, the most particular first; what is marked as a back channel stays so."""
        text = f"{read.clause.label}. {read.text}"
        for name, level in (("track_two", "track II"), ("track_one", "track I"), ("back", "back channel")):
            if self.cues.get("channel", name).search(text):
                return level
        return "bilateral"

    def _counterparts(self, read: Read) -> list[str]:
        """Return in whose names a clause says that some deal with others; fewer than two where it says so of none."""
        found = self._paired(read) or self._hyphenated(read)
        with_whom = [m for m in read.actors if self.cues.get("channel", "with").search(read.text[: m.span.start])]
        if with_whom:
            subjects = list(self.grammar.principals(self.grammar.subjects(read)))
            withs = [
                p for g in groups(read, self.cues) if any(m in with_whom for m in g) for p in self.grammar.principals(g)
            ]
            found = list(dict.fromkeys([*found, *subjects, *withs]))
        return found

    def _paired(self, read: Read) -> list[str]:
        """Return whom "both X and Y" and "between X and Y" name."""
        for group in groups(read, self.cues):
            start = read.text[: group[0].span.start]
            if len(set(self.grammar.principals(group))) > 1 and self.cues.get("channel", "pair").search(start):
                return list(self.grammar.principals(group))
        return []

    def _hyphenated(self, read: Read) -> list[str]:
        """Return whom a compound before a word of contact names ("Russian-Ukrainian contacts")."""
        for one, other in zip(read.actors, read.actors[1:], strict=False):
            follows = self.cues.get("channel", "contact").search(read.text, other.span.end, other.span.end + _CLOSE)
            if follows and read.text[one.span.end : other.span.start] in {"-", "–"}:
                return list(self.grammar.principals([one, other]))
        return []

    def _through(self, read: Read) -> tuple[str, ...]:
        """Return who mediates: whom the clause gives such a role, or an envoy who deals with two others."""
        told = [actor for actor, roles in roles_in(read, self.grammar, self.cues).items() if _THROUGH & set(roles)]
        paired = self._paired(read)
        envoys = [
            m.ref
            for m in read.actors
            if self.lexicon.actors[m.ref].type == "person" and paired and self.lexicon.principal(m.ref) not in paired
        ]
        return tuple(dict.fromkeys([a for a in [*told, *envoys] if a not in self.lexicon.subject.parties]))

    def _about_the_parties(self, read: Read, level: str, through: tuple[str, ...]) -> bool:
        return (
            bool(through)
            or level in {"track I", "track II"}
            or any(m.ref in self.lexicon.subject.parties for m in read.actors)
        )
