"""The dictionary of all names in all their forms: a trie over folded words.

Two tries are made: one of names as they are written and declined, one of the skeletons of Latin names, for spellings
that differ by transliteration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dipwatch.lexicon.declension import adjective_forms, compound_form, declensions
from dipwatch.lexicon.entries import Actor, Multilingual, Named, Venue
from dipwatch.lexicon.lexicon import Lexicon
from dipwatch.lexicon.skeleton import SHORTEST, skeletons
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


@dataclass(slots=True)
class Node:
    """A place in the trie: the senses that end here and the words that lead on."""

    senses: tuple[Sense, ...] = ()
    next: dict[str, Node] = field(default_factory=dict)

    def add(self, words: Iterable[str], sense: Sense) -> None:
        """Add a form."""
        node = self
        for word in words:
            following = node.next.get(word)
            if following is None:
                following = node.next[word] = Node()
            node = following
        if not any(_same(known, sense) for known in node.senses):
            node.senses = (*node.senses, sense)


def _same(known: Sense, other: Sense) -> bool:
    return (known.ref, known.sort, known.via == "office") == (other.ref, other.sort, other.via == "office") and (
        known.compound == other.compound
    )


def exact_case(name: str) -> bool:
    """Tell whether a name is so short that it matches with its own case only."""
    letters = name.replace(".", "")
    return len(letters) <= _SHORT and letters.isupper()


def name_trie(lexicon: Lexicon) -> Node:
    """Return the trie of all names of actors, offices and venues with their case forms."""
    root = Node()
    for form, sense in _forms(lexicon):
        if words := words_of(form):
            root.add(words, sense)
    return root


def skeleton_trie(lexicon: Lexicon) -> Node:
    """Return the trie of skeletons of Latin names that are long enough and mean nothing else."""
    root = Node()
    for entry, sort in _named(lexicon):
        for name in entry.en:
            words = words_of(name)
            if words and name not in entry.needs and all(len(word) >= SHORTEST for word in words[-1:]):
                keys = [skeletons(word)[0] for word in words]
                root.add(keys, Sense(sort, entry.id, "skeleton", name, surname=_is_surname(entry, words)))
    return root


def _named(lexicon: Lexicon) -> Iterator[tuple[Named, MentionSort]]:
    yield from ((actor, MentionSort.ACTOR) for actor in lexicon.actors.values())
    yield from ((venue, MentionSort.VENUE) for venue in lexicon.venues.values() if not _is_state(lexicon, venue))


def _is_state(lexicon: Lexicon, venue: Venue) -> bool:
    """Tell whether a country is known as an actor: its name is that of the state, named as a place or not."""
    return venue.type == "country" and venue.country in lexicon.actors


def _forms(lexicon: Lexicon) -> Iterator[tuple[str, Sense]]:
    for entry, sort in _named(lexicon):
        yield from _name_forms(entry, sort)
    for actor in lexicon.actors.values():
        yield from _words_forms(actor, actor.metonyms, "metonym")
        yield from _adjective_forms(actor)
    for office in lexicon.offices.values():
        for language, name in office.each():
            for form in declensions(name, language):
                yield form, Sense(MentionSort.ACTOR, office.id, "office", name, declined=form != name)


def _name_forms(entry: Named, sort: MentionSort) -> Iterator[tuple[str, Sense]]:
    gender = entry.gender if isinstance(entry, Actor) else None
    for language, name in entry.each():
        for form in declensions(name, language, gender):
            yield form, _sense(entry, sort, "exact", name, declined=form != name)


def _words_forms(actor: Actor, names: Multilingual, via: str) -> Iterator[tuple[str, Sense]]:
    for language, name in names.each():
        for form in declensions(name, language):
            yield form, _sense(actor, MentionSort.ACTOR, via, name, declined=form != name)


def _adjective_forms(actor: Actor) -> Iterator[tuple[str, Sense]]:
    for language, word in actor.adjectives.each():
        for form in adjective_forms(word, language):
            yield form, _sense(actor, MentionSort.ACTOR, "adjective", word, declined=form != word)
        for form in compound_form(word, language):
            yield form, _sense(actor, MentionSort.ACTOR, "adjective", word, declined=True, compound=True)


def _sense(
    entry: Named, sort: MentionSort, via: str, name: str, *, declined: bool = False, compound: bool = False
) -> Sense:
    plain = name.removeprefix("=")
    words = words_of(plain)
    exact = exact_case(plain)
    return Sense(
        sort=sort,
        ref=entry.id,
        via=via,
        name=plain,
        exact=exact,
        capital=not exact and len(words) == 1 and plain[:1].isupper(),
        compound=compound,
        needs=name in entry.needs or plain in entry.needs,
        declined=declined,
        surname=via == "exact" and _is_surname(entry, words),
    )


def _is_surname(entry: Named, words: tuple[str, ...]) -> bool:
    return isinstance(entry, Actor) and entry.type == "person" and len(words) == 1
