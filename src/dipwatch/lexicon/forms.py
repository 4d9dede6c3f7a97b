"""The names of a lexicon as they are spelled in its files, with all their forms and what these may stand for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from dipwatch.lexicon.declension import Gender, adjective_forms, compound_form, declensions, first_forms
from dipwatch.lexicon.entries import Actor, Multilingual, Named, Office, Venue
from dipwatch.lexicon.lexicon import Lexicon
from dipwatch.lexicon.tokens import words_of
from dipwatch.model import MentionSort

_SHORT = 3
"""A name of at most so many letters, in capitals, matches with that case only (docs/lexicon.md)."""


@dataclass(frozen=True, slots=True)
class Sense:
    """One thing that a form may stand for.

    ``exact`` and ``capital`` are what the text's case must be; ``compound`` forms stand before a hyphen only.
    """

    sort: MentionSort
    ref: str
    via: str
    name: str
    exact: bool = False
    capital: bool = False
    compound: bool = False
    needs: bool = False
    declined: bool = False
    surname: bool = False
    """A person named by one word alone."""


def exact_case(name: str) -> bool:
    """Tell whether a name is so short that it matches with its own case only."""
    letters = name.replace(".", "")
    return len(letters) <= _SHORT and letters.isupper()


@dataclass(frozen=True)
class Spelling:
    """A name of an entry as it stands in the files; ``via`` is exact, metonym, adjective or office."""

    entry: Named | Office
    via: str
    language: str
    text: str

    def first_words(self) -> Sequence[str]:
        """Return the folded words that its forms begin with; to know them it takes only the first word's forms."""
        if self.via != "adjective":
            first = self.text.split(maxsplit=1)[0]
            if words := _first_words(first, self.language, self._gender):
                return words
        return tuple(self.forms)

    @cached_property
    def forms(self) -> Mapping[str, Sequence[tuple[tuple[str, ...], Sense]]]:
        """Its forms by their first word: each in folded words, with what it stands for."""
        found = defaultdict(list)
        for form, sense in self._forms():
            if words := words_of(form):
                found[words[0]].append((words, sense))
        return found

    @property
    def _gender(self) -> Gender:
        return self.entry.gender if isinstance(self.entry, Actor) and self.via == "exact" else None

    def _forms(self) -> Iterator[tuple[str, Sense]]:
        written = self._office() if isinstance(self.entry, Office) else self._sense(self.entry)
        declined = replace(written, declined=True)
        if self.via != "adjective":
            for form in declensions(self.text, self.language, self._gender):
                yield form, written if form == self.text else declined
            return
        for form in adjective_forms(self.text, self.language):
            yield form, written if form == self.text else declined
        for form in compound_form(self.text, self.language):
            yield form, replace(declined, compound=True)

    def _office(self) -> Sense:
        return Sense(MentionSort.ACTOR, self.entry.id, self.via, self.text)

    def _sense(self, entry: Named) -> Sense:
        plain = self.text.removeprefix("=")
        words = words_of(plain)
        exact = exact_case(plain)
        return Sense(
            sort=MentionSort.VENUE if isinstance(entry, Venue) else MentionSort.ACTOR,
            ref=entry.id,
            via=self.via,
            name=plain,
            exact=exact,
            capital=not exact and len(words) == 1 and plain[:1].isupper(),
            needs=self.text in entry.needs or plain in entry.needs,
            surname=self.via == "exact" and is_surname(entry, words),
        )


def is_surname(entry: Named, words: Sequence[str]) -> bool:
    """Tell whether a name of these words is a person's surname alone."""
    return isinstance(entry, Actor) and entry.type == "person" and len(words) == 1


@lru_cache(maxsize=16384)
def _first_words(first: str, language: str, gender: Gender) -> tuple[str, ...]:
    """Return the folded words that the forms of a name's first word begin with; none where one of them has no letter.

    What has no letter («–») is no word of a text, so that the name begins with what comes after it.
    """
    forms = [words_of(form) for form in first_forms(first, language, gender)]
    return tuple(dict.fromkeys(words[0] for words in forms)) if all(forms) else ()


def spellings(lexicon: Lexicon) -> Iterator[Spelling]:
    """Yield all names of actors, venues and offices; where a form is that of several, earlier ones count first."""
    for entry in named(lexicon):
        yield from _written(entry, "exact", entry)
    for actor in lexicon.actors.values():
        yield from _written(actor, "metonym", actor.metonyms)
        yield from _written(actor, "adjective", actor.adjectives)
    for office in lexicon.offices.values():
        yield from _written(office, "office", office)


def _written(entry: Named | Office, via: str, words: Multilingual) -> Iterator[Spelling]:
    return (Spelling(entry, via, language, text) for language, text in words.each())


def named(lexicon: Lexicon) -> Iterator[Named]:
    """Yield the actors and venues, but for the countries that are known as actors.

    Their name is that of the state, named as a place or not.
    """
    yield from lexicon.actors.values()
    for venue in lexicon.venues.values():
        if venue.type != "country" or venue.country not in lexicon.actors:
            yield venue
