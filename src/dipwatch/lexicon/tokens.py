"""Cuts text into tokens and sentences, with the offsets kept.

A token is a run of letters and digits with inner apostrophes (``прем'єр``) or a dotted abbreviation (``U.S.``). Hyphens
part tokens, so that both states are found in ``US-Ukraine``; a possessive ending (``'s``) belongs to no token.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from dipwatch.lexicon.phrases import ABBREVIATIONS, BEFORE_FIGURE

_APOSTROPHES = "'’ʼ‘`"
_POSSESSIVE = rf"(?<=[{_APOSTROPHES}])[sS](?![^\W_])"
_WORD = rf"(?!{_POSSESSIVE})(?:[^\W\d_](?:\.[^\W\d_])+(?!\w)\.?|[^\W_]+(?:[{_APOSTROPHES}](?!{_POSSESSIVE})[^\W_]+)*)"
TOKEN = re.compile(_WORD)

_KEEP_MARKS = frozenset("йЙїЇўЎ")
_LAST_LETTER = 0x3000
"""Latin, Greek, Cyrillic and their punctuation lie below; what lies above has no case."""


def _fold_table() -> dict[int, str]:
    """Map each letter to its lower-case, accentless form, where that is one letter; offsets must not move."""
    table = {}
    for code in range(128, _LAST_LETTER):
        letter = chr(code)
        lower = letter.lower()
        base = lower if letter in _KEEP_MARKS else unicodedata.normalize("NFD", lower)[0]
        folded = _SPECIAL.get(lower, base)
        if folded != letter and len(folded) == 1:
            table[code] = folded
    table |= {code: chr(code).lower() for code in range(128)}
    table |= {ord(mark): "'" for mark in _APOSTROPHES}
    return table


_SPECIAL = {"ё": "е", "ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "s", "æ": "a", "ґ": "г"}
_FOLD = _fold_table()


def fold(text: str) -> str:
    """Return the text as it is compared: lower case, without accents (``й`` and ``ї`` stay), of the same length."""
    return text.lower() if text.isascii() else text.translate(_FOLD)


def words_of(text: str) -> tuple[str, ...]:
    """Return the folded words of a name or phrase."""
    folded = fold(text)
    if folded.isalpha():  # one word, which needs no search
        return (folded,)
    found = TOKEN.findall(folded)
    return tuple(map(key, found) if "." in text else found)


def key(word: str) -> str:
    """Return a folded token as it is compared: ``u.s.`` as ``us``."""
    return word.replace(".", "")


@dataclass(frozen=True, slots=True)
class Token:
    """A word as compared and where it stands in its field."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of a field: ``text`` is the sentence itself, offsets are those of the whole field.

    ``first`` and ``last`` tell whether it begins or ends its field.
    """

    field: str
    text: str
    start: int
    end: int
    tokens: tuple[Token, ...]
    first: bool
    last: bool


_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)|\n+")
_NEAR = 40
"""How many characters around a stop are looked at."""
_OPENING = "\"'“‘«(["


def split_sentences(text: str, field: str) -> tuple[Sentence, ...]:
    """Split a field's plain text into sentences.

    Abbreviations, initials and figures ("U.S.", "Dr.", "No. 3", "т.е.", "S. Lavrov") end none, nor do colons and
    semicolons. Sentences without a word are left out.
    """
    cuts = [0, *(match.end() for match in _END.finditer(text) if _ends_sentence(text, match)), len(text)]
    folded = fold(text)
    tokens = [Token(key(folded[m.start() : m.end()]), m.start(), m.end()) for m in TOKEN.finditer(folded)]
    pieces = []
    place = 0
    for start, end in pairwise(cuts):
        begin = place
        while place < len(tokens) and tokens[place].start < end:
            place += 1
        if begin < place:
            pieces.append((start, end, tuple(tokens[begin:place])))
    return tuple(
        _sentence(text, field, piece, first=index == 0, last=index == len(pieces) - 1)
        for index, piece in enumerate(pieces)
    )


def _sentence(text: str, field: str, piece: tuple[int, int, tuple[Token, ...]], *, first: bool, last: bool) -> Sentence:
    start, end, tokens = piece
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip())
    end -= len(raw) - len(raw.rstrip())
    return Sentence(field, text[start:end], start, end, tokens, first, last)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Tell whether a stop ends its sentence: a full stop after an abbreviation or before a small letter doesn't."""
    mark = match[0]
    following = text[match.end() : match.end() + _NEAR]
    after = following.lstrip()
    if mark.startswith("\n") or not after or "\n" in following[: len(following) - len(after)]:
        return True
    first = after.lstrip(_OPENING)[:1]
    if first.islower():
        return False
    return mark != "." or not _is_abbreviation(text[max(0, match.start() - _NEAR) : match.start()], first)


def _is_abbreviation(before: str, first: str) -> bool:
    """Tell whether what stands before a full stop is an initial or abbreviation; ``first`` is the next letter."""
    words = re.split(r"[\s.(\[\"'“‘«]", before)
    last = fold(words[-1])
    return (len(last) == 1 and last.isalpha()) or last in ABBREVIATIONS or (last in BEFORE_FIGURE and first.isdigit())
