"""The dictionary of all names in all their forms: tries over folded words.

One is of the names as they are written and declined, one of the skeletons of Latin names, for spellings that differ by
transliteration. Of the first only the words that names begin with are known from the start: making its hundred thousand
forms takes longer than all the rest of loading, and texts ask for few of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from dipwatch.lexicon.entries import Venue
from dipwatch.lexicon.forms import Sense, Spelling, is_surname, named, spellings
from dipwatch.lexicon.lexicon import Lexicon
from dipwatch.lexicon.skeleton import SHORTEST, skeletons
from dipwatch.lexicon.tokens import words_of
from dipwatch.model import MentionSort


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


class NameTrie:
    """The names of actors, offices and venues with their case forms; ``openings`` are those that begin with a word."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.openings: dict[str, list[Spelling]] = {}
        for spelling in spellings(lexicon):
            for word in spelling.first_words():
                self.openings.setdefault(word, []).append(spelling)
        self._nodes: dict[str, Node] = {}

    def get(self, word: str) -> Node | None:
        """Return where the forms that begin with a folded word lead on; they are made when it's first asked for."""
        node = self._nodes.get(word)
        if node is None and word in self.openings:
            node = self._nodes[word] = self._grown(word)
        return node

    def _grown(self, word: str) -> Node:
        node = Node()
        for spelling in self.openings[word]:
            for words, sense in spelling.forms[word]:
                node.add(words[1:], sense)
        return node


def skeleton_trie(lexicon: Lexicon) -> Node:
    """Return the trie of skeletons of Latin names that are long enough and mean nothing else."""
    root = Node()
    for entry in named(lexicon):
        sort = MentionSort.VENUE if isinstance(entry, Venue) else MentionSort.ACTOR
        for name in entry.en:
            words = words_of(name)
            if words and name not in entry.needs and all(len(word) >= SHORTEST for word in words[-1:]):
                keys = [skeletons(word)[0] for word in words]
                root.add(keys, Sense(sort, entry.id, "skeleton", name, surname=is_surname(entry, words)))
    return root
