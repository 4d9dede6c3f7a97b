from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipwatch.lexicon import split_sentences
from dipwatch.lexicon.tokens import fold, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("US-Ukraine talks", ("us", "ukraine", "talks")),
        ("the U.S.-led plan", ("the", "us", "led", "plan")),
        ("Dorin's and Holm’s", ("dorin", "and", "holm")),
        ("won't, can’t", ("won't", "can't")),
        ("прем'єр-міністр", ("прем'єр", "міністр")),
        ("Erdoğan, Élysée", ("erdogan", "elysee")),
        ("ещё Ёлка й Її", ("еще", "елка", "й", "її")),
        ("3.5% of 1,200", ("3", "5", "of", "1", "200")),
    ],
)
def test_words_are_cut_and_folded(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dorin left. Holm stayed.", ["Dorin left.", "Holm stayed."]),
        ("Dr. Holm met Gen. Orr. Talks ended.", ["Dr. Holm met Gen. Orr.", "Talks ended."]),
        ("The U.S. Senate voted. It passed.", ["The U.S. Senate voted.", "It passed."]),
        ("Article No. 3 stands. No. It fell.", ["Article No. 3 stands.", "No.", "It fell."]),
        ("Это т.е. пауза. Всё.", ["Это т.е. пауза.", "Всё."]),
        ("И. В. Дорин прибыл. Встреча прошла.", ["И. В. Дорин прибыл.", "Встреча прошла."]),
        ("Live: talks; no deal", ["Live: talks; no deal"]),
        ("“Enough!” said Dorin. Yes?", ["“Enough!” said Dorin.", "Yes?"]),
        ("First line\nSecond line", ["First line", "Second line"]),
        ("...", []),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert [sentence.text for sentence in split_sentences(text, "summary")] == sentences


def test_the_first_and_last_sentence_know_it() -> None:
    assert [(s.first, s.last) for s in split_sentences("One. Two. Three.", "title")] == [
        (True, False),
        (False, False),
        (False, True),
    ]


@given(st.text())
def test_folding_moves_no_letter(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_offsets_are_those_of_the_field(text: str) -> None:
    for sentence in split_sentences(text, "summary"):
        assert text[sentence.start : sentence.end] == sentence.text
        for token in sentence.tokens:
            assert sentence.start <= token.start < token.end <= sentence.end


@given(st.lists(st.sampled_from(["Dorin left", "т.е.", "Dr.", ". ", "! ", "\n", "U.S. ", "3"]), max_size=20))
def test_every_word_is_in_one_sentence(parts: list[str]) -> None:
    text = "".join(parts)
    words = [token.word for sentence in split_sentences(text, "summary") for token in sentence.tokens]
    assert tuple(words) == words_of(text)
