"""A spelling reduced to what transliterations agree on, so that `Zelenskiy`, `Zelenskyj` and `Zelensky` meet.

Only what differs by the system of transliteration is merged (BGN/PCGN, ISO 9, national systems, French and German
habits). Vowels other than i/y and endings that change gender or person stay, so that `Lavrova`, `Umarov` and
`Zelenska` are not taken for their look-alikes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from dipwatch.lexicon.tokens import fold

SHORTEST = 5
"""Letters a single word must have: shorter ones collide."""
DISTINCT = 6
"""Letters of a skeleton that no common word is likely to share; shorter ones need more to go by."""

_MERGED = (
    (re.compile(r"shch|sch(?=[aeiouy])|tsch"), "š"),
    (re.compile(r"sh|sz"), "š"),
    (re.compile(r"zh"), "ž"),
    (re.compile(r"kh"), "h"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"ck"), "k"),
    (re.compile(r"t[sz](?!$)|tz$"), "c"),
    (re.compile(r"ts$"), "c"),
    (re.compile(r"ks"), "x"),
    (re.compile(r"ou"), "u"),
    (re.compile(r"w"), "v"),
    (re.compile(r"f+$"), "v"),
    (re.compile(r"[yj]"), "i"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"(?<=.)ie"), "e"),
)
_NUMERAL = 3
"""Letters below which a word stays as it is: «Track I» is not «Track II»."""
_J_AS_IN_FRENCH = re.compile(r"j")


@lru_cache(maxsize=65536)
def skeletons(word: str) -> tuple[str, ...]:
    """Return the skeletons of one word: two where a ``j`` may be read as in French (`Jovkva`) or German (`Sergej`)."""
    plain = fold(word).replace("'", "")
    if len(plain) < _NUMERAL:
        return (plain,)
    readings = dict.fromkeys((plain, _J_AS_IN_FRENCH.sub("zh", plain)))
    return tuple(dict.fromkeys(_skeleton(reading) for reading in readings))


def _skeleton(word: str) -> str:
    for pattern, merged in _MERGED:
        word = pattern.sub(merged, word)
    return word
