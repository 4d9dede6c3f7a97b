"""The dictionary makes its forms late: they must be those that making all of them at once gives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipwatch.lexicon import Actor, Lexicon, declensions, load_lexicon
from dipwatch.lexicon.forms import Sense, Spelling, spellings
from dipwatch.lexicon.tokens import words_of
from dipwatch.lexicon.trie import NameTrie, Node
from dipwatch.shipped import shipped

Forms = dict[tuple[str, ...], tuple[Sense, ...]]


def at_once(lexicon: Lexicon) -> Forms:
    """Return every form with what it stands for, from a trie of all forms of all names."""
    root = Node()
    for spelling in spellings(lexicon):
        for forms in spelling.forms.values():
            for words, sense in forms:
                root.add(words, sense)
    return dict(below(root))


def below(node: Node, *words: str) -> Iterator[tuple[tuple[str, ...], tuple[Sense, ...]]]:
    if node.senses:
        yield words, node.senses
    for word, following in node.next.items():
        yield from below(following, *words, word)


def made_late(trie: NameTrie) -> Forms:
    found: Forms = {}
    for word in trie.openings:
        node = trie.get(word)
        assert node is not None
        found |= below(node, word)
    return found


@pytest.mark.parametrize("subject", ["ukraine", "corrin"])
def test_forms_made_when_asked_for_are_those_made_at_once(subject: str) -> None:
    lexicon = load_lexicon(shipped("config", "subjects", subject))
    assert made_late(NameTrie(lexicon)) == at_once(lexicon)


def test_every_form_of_every_name_stands_in_the_dictionary(ukraine: Lexicon) -> None:
    trie = NameTrie(ukraine)
    places = [venue for venue in ukraine.venues.values() if venue.type != "country"]  # countries go by the actor's name
    missing = [
        form
        for entry in [*ukraine.actors.values(), *places, *ukraine.offices.values()]
        for language, name in entry.each()
        for form in declensions(name, language, entry.gender if isinstance(entry, Actor) else None)
        if not ends(trie, words_of(form))
    ]
    assert missing == []


def ends(trie: NameTrie, words: tuple[str, ...]) -> bool:
    node = trie.get(words[0])
    for word in words[1:]:
        node = node.next.get(word) if node else None
    return node is not None and bool(node.senses)


def test_a_word_that_begins_no_name_leads_nowhere(straits: Lexicon) -> None:
    trie = NameTrie(straits)
    assert trie.get("harbour") is None
    assert "harbour" not in trie.openings


def test_the_order_in_which_words_are_asked_for_does_not_matter(straits: Lexicon) -> None:
    one, other = NameTrie(straits), NameTrie(straits)
    for word in reversed(list(other.openings)):
        other.get(word)
    assert made_late(one) == made_late(other)


_WORD = st.text(alphabet="АВЕИКЛНОСЬЯавеийклностьяєіїABCabc'-=.", min_size=1, max_size=7)
_NAME = st.lists(_WORD | st.sampled_from(["–", "&", "посол", "Лев", "Нью-Йорк"]), min_size=1, max_size=3).map(" ".join)


@given(
    _NAME,
    st.sampled_from(["en", "ru", "uk"]),
    st.sampled_from(["exact", "metonym", "adjective"]),
    st.sampled_from("mf"),
)
def test_the_first_words_of_a_name_are_those_of_its_forms(name: str, language: str, via: str, gender: str) -> None:
    person = Actor.model_validate({"id": "a", "name": "A", "type": "person", "gender": gender})
    spelling = Spelling(person, via, language, name)
    assert set(spelling.first_words()) == set(spelling.forms)
