"""A document as it is read: blocks, sentences and clauses, without what the page put around them.

Every replacement is one character for one, so that offsets in the cleaned text are offsets in the document and every
quote is a verbatim piece of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dipwatch.baseline.cues import Cues
from dipwatch.baseline.seeds import Seed
from dipwatch.lexicon import split_sentences

_MENDED = str.maketrans({**dict.fromkeys("\u00a0\u2007\u202f\u2009\ufeff\u200b\t", " "), "'": "’"})
_LINE = re.compile(r"[^\r\n]+")
_BULLET = re.compile(r"\s*(?:[•●▪◦*‣-]|\d{1,2}[.)])\s+")
_LABEL = re.compile(r"(?P<label>[^\s:;.?!][^:;.?!]{2,90}?)(?:\s*\([^()]{3,40}\))?:\s")
_REPEATED = re.compile(r"(?P<phrase>\b[^\n.:;]{8,80}?)(?:\s+(?P=phrase)){2,}")
_CLAUSE = re.compile(r";\s+")
_LONG = 260
"""From this length on a sentence is cut at its semicolons."""
_LONGEST_HEADING = 90


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence, or a part of a long one: ``text`` is cleaned, ``start`` and ``end`` are offsets in the document.

    ``sentence`` and ``block`` number what it is part of; ``heading`` stands above it, ``label`` at the beginning of its
    block ("NATO membership: ..."). ``opens`` tells whether it begins its sentence.
    """

    seed: Seed
    text: str
    start: int
    end: int
    sentence: int
    block: int
    heading: str
    label: str
    opens: bool

    @property
    def quote(self) -> str:
        """Its words as they stand in the document."""
        return self.seed.text[self.start : self.end]

    @property
    def shown(self) -> str:
        """Its words as they are shown, with lost letters put back; of the same length."""
        return self.seed.info.mended(self.quote)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    bullet: bool
    heading: bool


def clean(seed: Seed) -> str:
    """Return the text of a document, of the same length: hyphens and spaces mended, strings of keywords blanked."""
    text = seed.info.mended(seed.text.translate(_MENDED))
    text = _REPEATED.sub(lambda match: " " * len(match[0]), text)
    return _without_title(text, seed.info.title)


def _without_title(text: str, title: str) -> str:
    """Blank the title where it trails a sentence as a keyword."""
    return re.sub(rf"(?<=[a-z.] ){re.escape(title)}(?=\s*[.\n])", lambda match: " " * len(match[0]), text)


def clauses(seed: Seed, cues: Cues) -> tuple[Clause, ...]:
    """Return the clauses of a document in its order; a sentence that stands twice is there once."""
    found: list[Clause] = []
    seen: set[str] = set()
    heading = ""
    for number, line in enumerate(_lines(clean(seed), cues)):
        if line.heading:
            heading = line.text.strip()
        if line.heading or line.text.strip() == seed.info.title:
            continue
        label = _label(line)
        for sentence in split_sentences(line.text, "summary"):
            words = " ".join(token.word for token in sentence.tokens)
            if words in seen:
                continue
            seen.add(words)
            index = found[-1].sentence + 1 if found else 0
            for start, end in _parts(sentence.text):
                first = line.start + sentence.start + start
                text = sentence.text[start:end]
                found.append(Clause(seed, text, first, first + end - start, index, number, heading, label, start == 0))
    return tuple(found)


def _lines(text: str, cues: Cues) -> Iterator[_Line]:
    skipping = False
    for match in _LINE.finditer(text):
        line = match[0]
        if not line.strip():
            continue
        if cues.rest_is_furniture.search(line):
            skipping = True
        if skipping or cues.furniture.search(line):
            continue
        bullet = _BULLET.match(line)
        body = line[bullet.end() :] if bullet else line
        start = match.start() + (bullet.end() if bullet else 0)
        yield _Line(body, start, bullet is not None, bullet is None and _is_heading(body))


def _is_heading(line: str) -> bool:
    """Tell whether a line stands above others: it is short and ends like no sentence, or asks."""
    bare = line.strip()
    if bare.endswith("?"):
        return len(bare) <= 2 * _LONGEST_HEADING
    return len(bare) <= _LONGEST_HEADING and not re.search(r"[.!:;,”\"…|]$|: ", bare)


def _label(line: _Line) -> str:
    match = _LABEL.match(line.text) if line.bullet else None
    return match["label"].strip() if match else ""


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the clauses of a sentence begin and end."""
    start = 0
    if len(text) >= _LONG:
        for match in _CLAUSE.finditer(text):
            yield start, match.start()
            start = match.end()
    yield start, len(text)
