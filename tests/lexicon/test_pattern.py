from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipwatch.lexicon.pattern import PatternError, PatternIndex, Row, check_pattern, compile_pattern
from dipwatch.lexicon.patterns import MentionSlots
from dipwatch.lexicon.tokens import words_of


def matches(pattern: str, text: str) -> list[str]:
    """Return the words that a pattern without mentions covers in a title."""
    words = words_of(text)
    row = Row(words, MentionSlots(words, [], {}), opens_title=True, closes_title=True)
    return [" ".join(words[hit.start : hit.end]) for hit in PatternIndex([(pattern, "x")]).find(row)]


@pytest.mark.parametrize(
    ("pattern", "text", "covers"),
    [
        ("met with", "Dorin met with Velsky", ["met with"]),
        ("met with", "Dorin met Velsky with joy", []),
        ("Met WITH", "they met with us", ["met with"]),
        ("negotiat*", "negotiators negotiate", ["negotiators", "negotiate"]),
        ("negotiat*", "renegotiated", []),
        ("met/meets/meeting", "he meets her", ["meets"]),
        ("call*/phone* off", "phoned off, calls off", ["phoned off", "calls off"]),
        ("cease-fire", "a cease fire and a cease-fire", ["cease fire", "cease fire"]),
        ("cease-fire/truce deal", "truce deal, cease-fire deal", ["truce deal", "cease fire deal"]),
        ("calls ... off", "calls off", ["calls off"]),
        ("calls ... off", "calls the whole long round off", ["calls the whole long round off"]),
        ("calls ... off", "calls the whole very long round off", []),
        ("open* ?the straits", "opens the straits, open straits", ["opens the straits", "open straits"]),
        ("?not say*", "did not say", ["not say", "say"]),
        ("^ live", "Live talks live", ["live"]),
        ("happened $", "it happened and happened", ["happened"]),
        ("... deal ...", "a deal", ["deal"]),
        ("until {date}", "open until 3 March 2026 at noon", ["until 3 march 2026"]),
        ("until {date}", "open until Monday", ["until monday"]),
        ("until {date}", "open until 40 ships pass", []),
        ("{number} prisoners", "they freed 1,200 prisoners", ["1 200 prisoners"]),
        ("{number} prisoners", "two hundred prisoners", ["two hundred prisoners"]),
        ("провел* переговоры", "Дорин провёл переговоры", ["провел переговоры"]),
    ],
)
def test_the_pattern_language(pattern: str, text: str, covers: list[str]) -> None:
    assert matches(pattern, text) == covers


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("?the", "at least one word"),
        ("...", "at least one word"),
        ("{actor} {actor}", "at least one word"),
        ("{actors} met", "is no slot"),
        ("me*t", "neither a word"),
        ("met ^ with", "neither a word"),
        ("met /with", "neither a word"),
        ("?a ?b ?c ?d ?e f", "optional"),
        ("", "at least one word"),
    ],
)
def test_a_pattern_that_cannot_match_as_meant_is_refused(pattern: str, says: str) -> None:
    with pytest.raises(PatternError, match=says):
        compile_pattern(pattern)
    with pytest.raises(PatternError, match=says):
        check_pattern(pattern)


_PIECE = st.sampled_from(
    ["a", "b/c", "ab*", "a-b/c", "?c", "?", "?...", "...", "{actor}", "?{venue}", "{x}", "^", "$", "*"]
)


def faulty(check: Callable[[str], object], pattern: str) -> bool:
    try:
        check(pattern)
    except PatternError:
        return True
    return False


@given(st.lists(_PIECE, max_size=6).map(" ".join))
def test_what_the_check_lets_pass_can_be_compiled_and_the_other_way_round(pattern: str) -> None:
    assert faulty(check_pattern, pattern) == faulty(compile_pattern, pattern)
