"""Which of the subject's languages a text is written in.

Only English, Russian and Ukrainian need telling apart, and their alphabets do it: letters that one of the Cyrillic two
lacks decide, then the commonest words. A statistical detector is no better on headlines and says "Bulgarian" to many of them.
"""

from __future__ import annotations

import re

_CYRILLIC = re.compile(r"[А-Яа-яЁёІіЇїЄєҐґ]")
_LATIN = re.compile(r"[A-Za-z]")
_OTHER_SCRIPT = re.compile(r"[^\W\dA-Za-z\u00c0-\u024f\u0400-\u04ff_]")
_UKRAINIAN = re.compile(r"[іїєґ]|\b(?:та|що|від|щодо|про|у|й|як|це|не)\b", re.IGNORECASE)
_RUSSIAN = re.compile(r"[ыэъё]|\b(?:и|что|от|его|об|как|это|из|с)\b", re.IGNORECASE)
OTHER = "other"


def detect_language(text: str, declared: str | None = None) -> str:
    """Return ``en``, ``ru``, ``uk`` or ``other``.

    ``declared`` is what the feed says; it decides only where the letters don't.
    """
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if len(_OTHER_SCRIPT.findall(text)) > max(cyrillic, latin):
        return OTHER
    if cyrillic <= latin:
        return "en" if latin else OTHER
    ukrainian, russian = len(_UKRAINIAN.findall(text)), len(_RUSSIAN.findall(text))
    if ukrainian != russian:
        return "uk" if ukrainian > russian else "ru"
    return declared if declared in {"ru", "uk"} else "ru"
