"""Decides what a found form stands for, from its surroundings; what stays ambiguous is left open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from dipwatch.lexicon.declension import declensions
from dipwatch.lexicon.entries import LANGUAGES
from dipwatch.lexicon.forms import Sense, Spelling
from dipwatch.lexicon.lexicon import Lexicon
from dipwatch.lexicon.phrases import CALENDAR, CONJUNCTIONS, FORMER, PREFIXES, SUFFIXES, TITLES
from dipwatch.lexicon.places import Beside, governed_as_place, names_topic, stands_for_place
from dipwatch.lexicon.reading import Hit, Words
from dipwatch.lexicon.tokens import words_of
from dipwatch.model import MentionSort

_BEFORE = 7
_SHORTEST_GIVEN_NAME = 3
_UKRAINIAN = frozenset("іїєґІЇЄҐ")


@dataclass(frozen=True, slots=True)
class Decided:
    """A hit with its sense; ``place`` says that it is named as a place. Without a sense it is left open."""

    hit: Hit
    sense: Sense | None
    place: bool = False


@dataclass(frozen=True, slots=True)
class Support:
    """What the text says beside an ambiguous name."""

    refs: frozenset[str]
    countries: frozenset[str]
    words: str
    """All words, folded, each between blanks."""


class Scene(NamedTuple):
    """A text with the hits that are judged in it, and its language where it is known."""

    words: Words
    hits: Sequence[Hit]
    language: str | None

    def hit_at(self, first: int) -> bool:
        """Tell whether a hit begins at a word."""
        return any(hit.first == first for hit in self.hits)

    def hit_before(self, last: int) -> bool:
        """Tell whether a hit ends before a word."""
        return any(hit.last == last for hit in self.hits)


class Judge:
    """Chooses among the senses of hits for one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    @cached_property
    def _given(self) -> dict[str, frozenset[str]]:
        return _given_names(self._lexicon)

    @cached_property
    def _all_given(self) -> frozenset[str]:
        return frozenset().union(*self._given.values())

    @cached_property
    def _context(self) -> dict[tuple[MentionSort, str], tuple[str, ...]]:
        return _contexts(self._lexicon)

    def decide(self, words: Words, hits: Sequence[Hit], *, language: str | None, context: str) -> list[Decided]:
        """Return each hit that is a name at all, with its sense or left open.

        What is clear is decided first and then supports what is not.
        """
        scene = Scene(words, [hit for hit in hits if not _compounded(words, hit)], language)
        decided: list[Decided] = []
        for hit in scene.hits:
            decided.append(self._one(scene, hit, decided, None))
        if all(one.sense for one in decided):
            return decided
        support = self._support(words, decided, context)
        again: list[Decided] = []
        for one in decided:
            again.append(one if one.sense else self._one(scene, one.hit, again, support))
        return again

    def _one(self, scene: Scene, hit: Hit, earlier: Sequence[Decided], support: Support | None) -> Decided:
        senses = [s for s in hit.senses if not s.needs or (support is not None and self._supported(s, support))]
        if not senses or self._another_bearer(scene, hit, senses[0]):
            return Decided(hit, None)
        place = self._is_place(scene, hit, senses, earlier)
        senses = _narrowed(senses, place=place)
        if len(senses) > 1 and support is not None:
            senses = [s for s in senses if self._supported(s, support)] or senses
        if len(senses) != 1 or self._part_of_longer_name(scene, hit, senses[0]):
            return Decided(hit, None)
        return Decided(hit, senses[0], place)

    # Places

    def _is_place(self, scene: Scene, hit: Hit, senses: Sequence[Sense], earlier: Sequence[Decided]) -> bool:
        sorts = {sense.sort for sense in senses}
        if sorts == {MentionSort.VENUE}:
            return True
        double = len(sorts) > 1
        if not double and not self._is_state(senses[0]):
            return False
        joined = _joined_to(scene.words, hit, earlier)
        if joined is not None and scene.words.words[hit.first - 1] in CONJUNCTIONS:
            return joined.place
        beside = _beside(scene, hit, joined=joined is not None)
        return stands_for_place(beside) if double else governed_as_place(beside) and not names_topic(beside)

    def _is_state(self, sense: Sense) -> bool:
        actor = self._lexicon.actors.get(sense.ref)
        return actor is not None and actor.type == "state" and sense.via == "exact"

    @staticmethod
    def _part_of_longer_name(scene: Scene, hit: Hit, sense: Sense) -> bool:
        """Tell whether a place's name begins an unknown name, as in «Paris Hilton»; not seen in title case."""
        words, after = scene.words, hit.last
        if sense.sort is not MentionSort.VENUE and sense.via != "metonym":
            return False
        if after >= len(words) or words.gap(after - 1) != " " or not words.capital(after):
            return False
        if governed_as_place(_beside(scene, hit, joined=False)):
            return False
        following = words.words[after]
        return not (scene.hit_at(after) or following in CALENDAR or following in TITLES or words.title_case)

    # Persons

    def _another_bearer(self, scene: Scene, hit: Hit, sense: Sense) -> bool:
        """Tell whether a surname is claimed by a given name that isn't this person's, as in «Melania Trump»."""
        words, before = scene.words, hit.first - 1
        if before < 0 or not sense.surname or not words.capital(before) or words.gap(before) != " ":
            return False
        given = words.words[before]
        if given in self._given.get(sense.ref, frozenset()) or scene.hit_before(hit.first):
            return False
        if given in self._all_given:
            return True
        plain = len(given) < _SHORTEST_GIVEN_NAME or given in TITLES or given in CALENDAR or words.acronym(before)
        return not plain and words.proper(before)

    # Support

    def _support(self, words: Words, decided: Iterable[Decided], context: str) -> Support:
        refs = [self._entry(one.sense) for one in decided if one.sense]
        countries = {self._lexicon.country(ref) for ref in refs} | {self._state_side(ref) for ref in refs}
        spoken = f" {' '.join((*words.words, *words_of(context)))} "
        return Support(frozenset(refs), frozenset(c for c in countries if c), spoken)

    def _supported(self, sense: Sense, support: Support) -> bool:
        ref = self._entry(sense)
        if ref in support.refs or {self._lexicon.country(ref), self._state_side(ref)} & support.countries:
            return True
        return any(word in support.words for word in self._context.get((sense.sort, ref), ()))

    def _entry(self, sense: Sense) -> str:
        return self._lexicon.offices[sense.ref].of if sense.via == "office" else sense.ref

    def _state_side(self, ref: str) -> str | None:
        """Return the side where it is that of one state; «europe» or «mediator» says too little."""
        side = self._lexicon.side(ref)
        actor = self._lexicon.actors.get(side)
        return side if actor is not None and actor.type == "state" else None

    # Offices

    def holder(self, words: Words, decided: Decided, following: Decided | None, on: date) -> str:
        """Return who an office refers to: its holder on the day, else the actor it belongs to.

        A former holder, or another person named right after, known or not, is not its holder.
        """
        assert decided.sense is not None  # noqa: S101  # an open name is never asked about
        office = self._lexicon.offices[decided.sense.ref]
        holders = self._lexicon.holders(office.id, on)
        first = decided.hit.first
        former = first > 0 and words.words[first - 1] in FORMER and words.one_name(first - 1)
        unknown = _begins_unknown_name(words, decided.hit.last, following)
        if former or unknown or len(holders) != 1 or self._names_another(words, decided, following, holders[0]):
            return office.of
        return holders[0]

    def _names_another(self, words: Words, decided: Decided, following: Decided | None, holder: str) -> bool:
        if following is None or following.sense is None or following.hit.first != decided.hit.last:
            return False
        actor = self._lexicon.actors.get(following.sense.ref)
        is_another = actor is not None and actor.type == "person" and actor.id != holder
        return is_another and words.gap(decided.hit.last - 1) == " "


def _begins_unknown_name(words: Words, after: int, following: Decided | None) -> bool:
    """Tell whether a name that isn't known stands right after an office; in title case capitals tell none."""
    if after >= len(words) or words.gap(after - 1) != " " or words.title_case or not words.capital(after):
        return False
    if following is not None and following.hit.first == after:
        return False
    return not (words.acronym(after) or words.words[after] in CALENDAR or words.words[after] in TITLES)


def _narrowed(senses: Sequence[Sense], *, place: bool) -> list[Sense]:
    """Keep the senses that fit a place or an actor; of those left, a thing's written name counts before a case form."""
    wanted = MentionSort.VENUE if place else MentionSort.ACTOR
    fitting = [sense for sense in senses if sense.sort is wanted] or list(senses)
    written = [sense for sense in fitting if not sense.declined]
    return written if written and not any(sense.surname for sense in fitting) else fitting


def _compounded(words: Words, hit: Hit) -> bool:
    """Tell whether a hyphen makes something else of a name: «pro-Russian», «Russian-speaking»."""
    if words.hyphen_after(hit.first - 1) and words.words[hit.first - 1] in PREFIXES:
        return True
    return words.hyphen_after(hit.last - 1) and words.words[hit.last] in SUFFIXES


def _joined_to(words: Words, hit: Hit, earlier: Sequence[Decided]) -> Decided | None:
    """Return the name before that a conjunction or hyphen ties a hit to."""
    if not earlier or earlier[-1].sense is None:
        return None
    last = earlier[-1].hit.last
    if last == hit.first:
        return earlier[-1] if words.hyphen_after(last - 1) else None
    return earlier[-1] if last == hit.first - 1 and words.words[last] in CONJUNCTIONS else None


def _beside(scene: Scene, hit: Hit, *, joined: bool) -> Beside:
    words = scene.words
    gap = words.gap(hit.last - 1)
    return Beside(
        name=words.words[hit.first],
        before=words.clause_before(hit.first, _BEFORE),
        after=words.words[hit.last : hit.last + 2],
        gap_after="-" if words.hyphen_after(hit.last - 1) else gap,
        first=hit.first == 0,
        joined=joined,
        ukrainian=scene.language == "uk" or (scene.language is None and not _UKRAINIAN.isdisjoint(words.text)),
    )


def _given_names(lexicon: Lexicon) -> dict[str, frozenset[str]]:
    """Return each person's given names in all forms: the first words of its names of several words."""
    return {
        actor.id: frozenset(
            word
            for language, name in actor.each()
            if len(words := words_of(name)) > 1 and words[0] not in TITLES
            for word in Spelling(actor, "exact", language, name).first_words()
        )
        for actor in lexicon.actors.values()
        if actor.type == "person"
    }


def _contexts(lexicon: Lexicon) -> dict[tuple[MentionSort, str], tuple[str, ...]]:
    """Return the context words of each entry that has some, folded, in all forms, between blanks."""
    return {
        (sort, entry.id): tuple(f" {' '.join(words_of(form))} " for word in entry.context for form in _all_forms(word))
        for sort, entries in ((MentionSort.ACTOR, lexicon.actors), (MentionSort.VENUE, lexicon.venues))
        for entry in entries.values()
        if entry.context
    }


def _all_forms(word: str) -> Iterable[str]:
    """Return a context word in the forms of both languages that decline; Latin words come out as they are."""
    return dict.fromkeys(form for language in LANGUAGES for form in declensions(word, language))
