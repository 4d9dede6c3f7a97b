"""Which of the subject's languages a text is written in.

Only English, Russian and Ukrainian need telling apart, and their alphabets do it: letters that one of the Cyrillic two
lacks decide, then the commonest words. A statistical detector is no better on headlines and says "Bulgarian" to many.
"""

from __future__ import annotations

import re

from dipwatch.extract.words import WORDS, any_of
from dipwatch.lexicon import fold

OTHER = "other"

_CYRILLIC = re.compile(r"[А-Яа-яЁёІіЇїЄєҐґ]")
_LATIN = re.compile(r"[A-Za-z]")
_OTHER_SCRIPT = re.compile(r"[^\W\dA-Za-z\u00c0-\u024f\u0400-\u04ff_]")
_LETTERS = {
    "uk": re.compile(r"[іїєґ]|[сцз]ьк|(?<=[бвмпфр])['’ʼ](?=[яюєї])", re.IGNORECASE),
    "ru": re.compile(r"[ыэъё]", re.IGNORECASE),
}
"""Letters, and letters beside each other, of one alphabet alone."""
_COMMON = {language: re.compile(any_of(words)) for language, words in WORDS.languages.items()}


def detect_language(text: str, declared: str | None = None) -> str:
    """Return ``en``, ``ru``, ``uk`` or ``other``.

    ``declared`` is what the feed says; feeds err, so it decides between the Cyrillic two alone, and only where neither
    letters nor words do. Latin letters are read as English.
    """
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if len(_OTHER_SCRIPT.findall(text)) > max(cyrillic, latin):
        return OTHER
    if cyrillic <= latin:
        return "en" if latin else OTHER
    for patterns, where in ((_LETTERS, text), (_COMMON, fold(text))):
        ukrainian, russian = (len(patterns[language].findall(where)) for language in ("uk", "ru"))
        if ukrainian != russian:
            return "uk" if ukrainian > russian else "ru"
    return declared if declared in {"ru", "uk"} else "ru"
