"""A text cut into words, as name matching looks at it, and the hits found in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from dipwatch.lexicon.forms import Sense
from dipwatch.lexicon.phrases import SMALL
from dipwatch.lexicon.tokens import TOKEN, fold, key

# What may stand between two words of one name: space, hyphen, possessive, the stop of an abbreviation or initial.
_WITHIN_NAME = re.compile(r"(?:['’ʼ]s?)?[ \t\u00a0\u2009\u202f]+|[-‐‑]|\. ?|['’ʼ]| ?& ?")
_LONGEST_ABBREVIATION = 3
"""Letters of a word whose full stop may stand within a name («St. Petersburg», «Gen. Kellogg»)."""
_CLAUSE_END = re.compile(r"[.;:!?…\n]")
_HYPHENS = frozenset("-‐‑–")
_TELLING = 3
"""Letters a word must have for its capital or small letter to tell title case from running text."""
_FEW = 4
"""One word in so many begins small in running text, even where it is full of names."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A form of the lexicon found at words ``first`` to ``last`` (exclusive), with the senses its case allows."""

    first: int
    last: int
    senses: tuple[Sense, ...]


class Words:
    """The words of a text with their places; everything else is found when it is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = fold(text)
        spans = [match.span() for match in TOKEN.finditer(self.folded)]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        self.words = [self.folded[start:end] for start, end in spans]
        if "." in self.folded:
            self.words = [key(word) for word in self.words]

    def __len__(self) -> int:
        return len(self.words)

    def gap(self, index: int) -> str:
        """Return what stands between a word and the next one; to the end of the text after the last."""
        following = index + 1
        return self.text[self.ends[index] : self.starts[following] if following < len(self.words) else len(self.text)]

    def one_name(self, index: int) -> bool:
        """Tell whether a word and the next one may belong to one name."""
        gap = self.gap(index)
        if gap == " ":
            return True
        if gap.startswith(".") and len(self.words[index]) > _LONGEST_ABBREVIATION:
            return False
        return _WITHIN_NAME.fullmatch(gap) is not None

    def hyphen_after(self, index: int) -> bool:
        """Tell whether a hyphen ties a word to the next one."""
        return 0 <= index < len(self.words) - 1 and self.gap(index) in _HYPHENS

    def capital(self, index: int) -> bool:
        """Tell whether a word begins with a capital."""
        return self.text[self.starts[index]].isupper()

    def clause_before(self, index: int, most: int) -> list[str]:
        """Return up to ``most`` words before a word within its clause, the nearest last."""
        first = index
        while first > 0 and index - first < most and not _CLAUSE_END.search(self.gap(first - 1)):
            first -= 1
        return self.words[first:index]

    def acronym(self, index: int) -> bool:
        """Tell whether a word is written in capitals alone."""
        return self.text[self.starts[index] : self.ends[index]].isupper()

    def opens_clause(self, index: int) -> bool:
        """Tell whether a word stands first in the text or after a stop, colon or quotation mark."""
        return index == 0 or not self.one_name(index - 1) or self.hyphen_after(index - 1)

    def slice(self, first: int, last: int) -> str:
        """Return the text of the words ``first`` to ``last`` (exclusive)."""
        return self.text[self.starts[first] : self.ends[last - 1]]

    @cached_property
    def has_capitals(self) -> bool:
        """Tell whether the text uses capitals at all."""
        return self.text != self.text.lower()

    @cached_property
    def title_case(self) -> bool:
        """Tell whether the text is a headline in title case, where a capital says nothing."""
        telling = [i for i, word in enumerate(self.words) if len(word) >= _TELLING and word not in SMALL]
        small = sum(not self.capital(index) for index in telling)
        return small * _FEW < len(telling)

    def proper(self, index: int) -> bool:
        """Tell whether a word's capital shows that it is a name: not where every word, or this one, must have one."""
        return self.capital(index) and not (self.opens_clause(index) or self.title_case)

    def allows(self, sense: Sense, first: int, last: int) -> bool:
        """Tell whether the case of the text, and a hyphen where one is due, allow a sense."""
        if sense.exact:
            return self.slice(first, last).replace(".", "") == sense.name.replace(".", "")
        if sense.capital and not self.capital(first) and self.has_capitals:
            return False
        return not sense.compound or self.hyphen_after(last - 1)
