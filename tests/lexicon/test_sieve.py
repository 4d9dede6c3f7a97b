"""The quick test before reading may let too much through, never too little."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipwatch.lexicon import Lexicon, Names, Patterns, split_sentences
from dipwatch.lexicon.pattern import PatternIndex, Row
from dipwatch.lexicon.sieve import Sieve
from dipwatch.shipped import shipped

ON = date(2026, 3, 1)


@pytest.fixture(scope="session")
def names(ukraine: Lexicon) -> Names:
    return Names(ukraine)


@pytest.fixture(scope="session")
def patterns(ukraine: Lexicon) -> Patterns:
    return Patterns(ukraine)


@pytest.fixture(scope="session")
def sieve(names: Names, patterns: Patterns) -> Sieve:
    return names.sieve(patterns.gate)


@pytest.mark.parametrize(
    "text",
    [
        "Kremlin sees no reason to hurry",
        "Zelenskyj lands in Oslo",  # by its skeleton
        "The Ukrainian side left early",
        "Envoys met in Istanbul over a grain deal",  # by a phrase
        "No word yet on NATO membership",
        "Переговоры с украинской делегацией",
        "Лавров прилетел в Анкару",
        "Зеленський зустрівся з послами",
        "U.S. and Ukrainian officials",
    ],
)
def test_what_opens_the_gate_passes(sieve: Sieve, text: str) -> None:
    assert sieve.lets_through(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The harbour board argues about the ferries once more",
        "A new timetable for the trams",  # not New START
        "Peace at last after a noisy summer",  # not peace in Europe
        "Президент клуба ушёл",
    ],
)
def test_what_names_nothing_of_the_subject_is_held_back(sieve: Sieve, text: str) -> None:
    assert not sieve.lets_through(text)


def _opens(names: Names, patterns: Patterns, text: str) -> bool:
    mentions = names.find(text, field="title", on=ON)
    return any(patterns.opens_gate(sentence, mentions) for sentence in split_sentences(text, "title"))


def _all_names(lexicon: Lexicon) -> list[str]:
    entries = [*lexicon.actors.values(), *lexicon.venues.values(), *lexicon.offices.values()]
    return [name.removeprefix("=") for entry in entries for _, name in entry.each()]


def test_no_name_of_the_lexicon_opens_the_gate_unseen(
    ukraine: Lexicon, names: Names, patterns: Patterns, sieve: Sieve
) -> None:
    frames = ("{} met envoys in Oslo", "Envoys of {} went home", "{}")
    texts = [frame.format(name) for name in _all_names(ukraine) for frame in frames]
    assert [text for text in texts if _opens(names, patterns, text) and not sieve.lets_through(text)] == []


_WORDS = st.sampled_from(["a", "b", "c", "ab", "abc"])
_PATTERN = st.lists(st.sampled_from(["a", "b/c", "ab*", "?c", "...", "c"]), min_size=1, max_size=4).map(" ".join)


class _NoSlots:
    def of(self, _sort: str) -> dict[int, tuple[int, ...]]:
        return {}


@given(st.lists(_PATTERN, min_size=1, max_size=4), st.lists(_WORDS, max_size=6))
def test_a_text_with_a_match_may_match(texts: list[str], words: list[str]) -> None:
    usable = [text for text in texts if set(text.split()) - {"?c", "..."}]
    index = PatternIndex([(text, text) for text in usable])
    if any(index.find(Row(words, _NoSlots(), opens_title=False, closes_title=False))):
        assert index.may_match(words)


def test_the_shipped_stream_loses_nothing(sieve: Sieve, names: Names, patterns: Patterns) -> None:
    demo = sorted(shipped("config").rglob("*.toml"))
    lines = [line for path in demo for line in path.read_text(encoding="utf-8").splitlines() if " " in line]
    unseen = [line for line in lines[::40] if not sieve.lets_through(line) and _opens(names, patterns, line)]
    assert unseen == []
