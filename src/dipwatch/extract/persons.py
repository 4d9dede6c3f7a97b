"""People whom the lexicon doesn't know: capitalised names beside a title.

A list of titles found 13 of 13 new persons with one false, where small named-entity models found 9 at a hundred times the
cost (design notes). What is found is shown and compared by name; it never becomes a lexicon entry by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dipwatch.model import Mention, MentionSort, Span

_LATIN_NAME = r"[A-Z][\w'’\-]+(?:\s+(?:al-|bin|de|van|von|der|el|al)\s?)?(?:\s+[A-Z][\w'’\-]+){1,2}"
_CYRILLIC_NAME = r"[А-ЯЁІЇЄҐ][а-яёіїєґ'’\-]+(?:\s+[А-ЯЁІЇЄҐ][а-яёіїєґ'’\-]+){1,2}"
_TITLES_EN = (
    "envoy|special envoy|negotiator|chief negotiator|foreign minister|defen[cs]e minister|prime minister|president|chancellor|"
    "ambassador|spokesman|spokeswoman|spokesperson|deputy foreign minister|secretary of state|secretary|minister|adviser|advisor|"
    "commissioner|mediator|representative|delegation head|chief of staff|general|admiral|senator|premier"
)
_TITLES_RU_UK = (
    "спецпосланник|спецпредставитель|посланник|переговорщик|министр иностранных дел|глава мид|премьер-министр|премьер|президент|"
    "канцлер|посол|пресс-секретарь|замглавы мид|министр обороны|советник|помощник|спецпосланець|спецпредставник|посланець|"
    "переговірник|міністр закордонних справ|глава мзс|прем'єр-міністр|прем'єр|прессекретар|речник|міністр оборони|радник|помічник"
)
_PATTERNS = (
    re.compile(rf"(?i:\b(?:{_TITLES_EN}))\s+(?P<name>{_LATIN_NAME})"),
    re.compile(rf"(?P<name>{_LATIN_NAME}),\s+(?:the\s+|a\s+)?(?:[\w'’\-]+\s+){{0,3}}?(?i:(?:{_TITLES_EN}))\b"),
    re.compile(rf"(?i:\b(?:{_TITLES_RU_UK}))\w*\s+(?:[А-ЯІЇЄ]{{2,4}}\s+|[А-ЯЁІЇЄҐ]\w+\s+)?(?P<name>{_CYRILLIC_NAME})"),
)


def find_unknown_persons(text: str, field: str, known: Sequence[Mention]) -> tuple[Mention, ...]:
    """Return names beside titles that no known mention overlaps; ``ref`` is the name as written."""
    taken = [(mention.span.start, mention.span.end) for mention in known if mention.span.field == field]
    found: dict[int, Mention] = {}
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span("name")
            if not any(start < stop and begin < end for begin, stop in taken):
                name = match["name"]
                found.setdefault(
                    start, Mention(Span(field, start, end), name, MentionSort.UNKNOWN_PERSON, name, via="title")
                )
    return tuple(found[start] for start in sorted(found))
