"""The pattern language of docs/lexicon.md: rows of tokens that must follow each other within one sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product, zip_longest
from typing import Generic, NamedTuple, Protocol, TypeVar

from dipwatch.lexicon.tokens import TOKEN, fold, key

SLOTS = ("actor", "person", "state", "venue", "number", "date")
GAP = 4
"""The most words that ``...`` stands for."""
_MOST_OPTIONAL = 4

T = TypeVar("T", bound=Hashable)


class PatternError(ValueError):
    """A pattern that can't be used as written."""


class Word(NamedTuple):
    """One of some words, or a word that begins with one of some stems."""

    words: frozenset[str]
    stems: tuple[str, ...]

    def fits(self, word: str) -> bool:
        """Tell whether a folded word fits."""
        return word in self.words or (bool(self.stems) and word.startswith(self.stems))


class Slot(NamedTuple):
    """A recognised mention, number or date."""

    sort: str


class Gap(NamedTuple):
    """Up to so many words of any sort."""

    most: int


Element = Word | Slot | Gap
Rows = tuple[tuple[Element, ...], ...]


class Pattern(NamedTuple):
    """A compiled pattern; ``at_start`` and ``at_end`` bind it to the beginning or end of the title."""

    elements: tuple[Element, ...]
    at_start: bool
    at_end: bool


class Slots(Protocol):
    """What fits the slots of patterns in one sentence."""

    def of(self, sort: str) -> Mapping[int, tuple[int, ...]]:
        """Return where what fits a slot begins, with its possible exclusive ends."""
        ...


class Row(NamedTuple):
    """The words of a sentence with what fits slots; whether it begins or ends a title."""

    words: Sequence[str]
    slots: Slots
    opens_title: bool
    closes_title: bool


def compile_pattern(text: str) -> tuple[Pattern, ...]:
    """Compile a pattern into those without optional words that it stands for.

    Raises PatternError, saying what is wrong.
    """
    pieces, at_start, at_end = _pieces(text)
    choices = _choices(pieces)
    variants = [tuple(element for part in chosen for element in part) for chosen in product(*choices)]
    return tuple(Pattern(_trimmed(variant), at_start, at_end) for variant in dict.fromkeys(variants))


def check_pattern(text: str) -> None:
    """Raise PatternError, saying what is wrong, where a pattern can't be compiled."""
    _choices(_pieces(text)[0])


def _pieces(text: str) -> tuple[list[str], bool, bool]:
    """Return what a pattern is written of, and whether it is bound to the beginning and the end of the title."""
    pieces = text.split()
    at_start, at_end = pieces[:1] == ["^"], pieces[-1:] == ["$"]
    return pieces[at_start : len(pieces) - at_end], at_start, at_end


def _choices(pieces: Sequence[str]) -> list[Rows]:
    """Return the rows of elements that each piece stands for, an empty one where it is optional.

    What would match anywhere is refused: a pattern of which no word must stand.
    """
    if sum(piece[0] == "?" for piece in pieces) > _MOST_OPTIONAL:
        raise PatternError(f"has more than {_MOST_OPTIONAL} optional words")
    choices = [(*_elements(piece[1:]), ()) if piece[0] == "?" else _elements(piece) for piece in pieces]
    if not any(rows[-1] and isinstance(rows[0][0], Word) for rows in choices):
        raise PatternError("needs at least one word that is not optional")
    return choices


def _trimmed(elements: tuple[Element, ...]) -> tuple[Element, ...]:
    """Leave out a gap at either end, which asks for nothing."""
    first, last = 0, len(elements)
    while isinstance(elements[first], Gap):
        first += 1
    while isinstance(elements[last - 1], Gap):
        last -= 1
    return elements[first:last]


@lru_cache(maxsize=16384)  # a piece stands in three patterns on average, and each pattern is read by the checks too
def _elements(piece: str) -> Rows:
    """Return the rows of elements that a piece of a pattern stands for: several where its alternatives have hyphens."""
    if piece == "...":
        return ((Gap(GAP),),)
    if piece.startswith("{"):
        if piece[1:-1] not in SLOTS or not piece.endswith("}"):
            raise PatternError(f"{piece} is no slot; there are {', '.join('{' + slot + '}' for slot in SLOTS)}")
        return ((Slot(piece[1:-1]),),)
    options = [_literals(option, piece) for option in piece.split("/")]
    single = [option[0] for option in options if len(option) == 1]
    rows: list[tuple[Element, ...]] = [tuple(option) for option in options if len(option) > 1]
    return ((_either(single),), *rows) if single else tuple(rows)


def _either(literals: list[Word]) -> Word:
    if len(literals) == 1:
        return literals[0]
    return Word(
        frozenset().union(*(literal.words for literal in literals)),
        tuple(stem for literal in literals for stem in literal.stems),
    )


def _literals(option: str, piece: str) -> list[Word]:
    """Cut a piece as text is cut: ``cease-fire*`` is two words, the last of them a stem."""
    folded = fold(option)
    words = [key(match[0]) for match in TOKEN.finditer(folded)]
    if not words or set(folded) & set("?^${}*") - {"*"} or "*" in folded[:-1]:
        raise PatternError(f"{piece} is neither a word, a stem*, alternatives a/b, a {{slot}} nor ...")
    literals = [Word(frozenset({word}), ()) for word in words]
    if folded.endswith("*"):
        literals[-1] = Word(frozenset(), (words[-1],))
    return literals


class Anchored(NamedTuple, Generic[T]):
    """A pattern in the index, by one of its words, the anchor."""

    pattern: Pattern
    payload: T
    leads: bool
    """The anchor is the first element, so that a match begins at it."""
    second: Word | None
    """What the word after the anchor must be, None where it may be any or none."""

    def may_go_on(self, following: str | None) -> bool:
        """Tell whether the word after the anchor fits."""
        return self.second is None or (following is not None and self.second.fits(following))


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A match: the payload and the words it covers, ``end`` exclusive."""

    payload: T
    start: int
    end: int


class PatternIndex(Generic[T]):
    """Patterns by the words they begin with; those that begin with a slot by their rarest word."""

    def __init__(self, patterns: Sequence[tuple[str, T]]) -> None:
        compiled = [(pattern, payload) for text, payload in patterns for pattern in compile_pattern(text)]
        counts = Counter(k for pattern, _ in compiled for e in pattern.elements for k in _keys(e))
        self._words: dict[str, list[Anchored[T]]] = defaultdict(list)
        self._stems: dict[str, list[Anchored[T]]] = defaultdict(list)
        for pattern, payload in compiled:
            anchor = _anchor(pattern, counts)
            entry = _anchored(pattern, payload, anchor)
            for word in sorted(anchor.words):
                self._words[word].append(entry)
            for stem in anchor.stems:
                self._stems[stem].append(entry)
        self._lengths = sorted({len(stem) for stem in self._stems})
        self._candidates = lru_cache(maxsize=32768)(self._look_up)

    def _look_up(self, word: str) -> tuple[Anchored[T], ...]:
        found = list(self._words.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found.extend(self._stems.get(word[:length], ()))
        return tuple(found)

    def touches(self, words: Sequence[str]) -> bool:
        """Tell whether any word could belong to a match: a cheap test before ``find``."""
        return any(map(self._candidates, words))

    def may_match(self, words: Sequence[str]) -> bool:
        """Tell whether a match may stand in a text: a quick test that never says no to a text with a match."""
        return any(map(self._candidates, words)) and any(
            entry.may_go_on(following)
            for word, following in zip_longest(words, words[1:])
            for entry in self._candidates(word)
        )

    def find(self, row: Row) -> Iterator[Found[T]]:
        """Yield each match once, in the order of the words that anchor them."""
        seen: set[tuple[T, int, int]] = set()
        for position, (word, following) in enumerate(zip_longest(row.words, row.words[1:])):
            for entry in self._candidates(word):
                if not entry.may_go_on(following):
                    continue
                for start in (position,) if entry.leads else _starts(entry.pattern, row):
                    end = match_at(entry.pattern, row, start)
                    if end is not None and (entry.payload, start, end) not in seen:
                        seen.add((entry.payload, start, end))
                        yield Found(entry.payload, start, end)


def _keys(element: Element) -> tuple[str, ...]:
    return (*element.words, *element.stems) if isinstance(element, Word) else ()


def _anchor(pattern: Pattern, counts: Counter[str]) -> Word:
    literals = [element for element in pattern.elements if isinstance(element, Word)]
    if literals[0] is pattern.elements[0]:
        return literals[0]
    return min(literals, key=lambda literal: sum(counts[k] for k in _keys(literal)))


def _anchored(pattern: Pattern, payload: T, anchor: Word) -> Anchored[T]:
    leads = anchor is pattern.elements[0]
    second = pattern.elements[1] if leads and len(pattern.elements) > 1 else None
    return Anchored(pattern, payload, leads, second if isinstance(second, Word) else None)


def _starts(pattern: Pattern, row: Row) -> Sequence[int]:
    first = pattern.elements[0]
    return sorted(row.slots.of(first.sort)) if isinstance(first, Slot) else range(len(row.words))


def match_at(pattern: Pattern, row: Row, start: int) -> int | None:
    """Return the exclusive end of a match that begins at a word, None where there is none."""
    if pattern.at_start and not (start == 0 and row.opens_title):
        return None
    for end in _ends(pattern.elements, 0, row, start):
        if not pattern.at_end or (end == len(row.words) and row.closes_title):
            return end
    return None


def _ends(elements: tuple[Element, ...], index: int, row: Row, position: int) -> Iterator[int]:
    """Yield the exclusive ends of what matches the elements from ``index`` on at a position: words one by one."""
    for place in range(index, len(elements)):
        element = elements[place]
        if not isinstance(element, Word):
            for after in _steps(element, row, position):
                yield from _ends(elements, place + 1, row, after)
            return
        if position >= len(row.words) or not element.fits(row.words[position]):
            return
        position += 1
    yield position


def _steps(element: Slot | Gap, row: Row, position: int) -> Sequence[int]:
    """Return the positions after a slot or gap that is matched at ``position``."""
    if isinstance(element, Gap):
        return range(position, min(position + element.most, len(row.words)) + 1)
    return row.slots.of(element.sort).get(position, ())
