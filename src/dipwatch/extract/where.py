"""Where an act takes place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.extract.words import WORDS, any_of
from dipwatch.lexicon import Lexicon
from dipwatch.lexicon.tokens import fold
from dipwatch.model import Kind, Mention, MentionSort

_HAS_PLACE = frozenset({Kind.MEETING, Kind.CONTACT, Kind.AGREEMENT})
"""Kinds that happen somewhere; for the others a place counts only beside words for talks."""
_CITIES = frozenset({"city", "site"})
_BEFORE, _AFTER = 60, 24
"""Characters around a place that are looked at: «summit between the two leaders in Budapest», «Geneva peace talks»."""
_TALKS = re.compile(any_of(WORDS.venues.talks))
_STRIKES = re.compile(any_of(WORDS.venues.strikes))


def find_venue(parsed: Parsed, lead: ParsedSentence, kind: Kind, lexicon: Lexicon) -> str | None:
    """Return the id of the city or site where the leading act takes place; None where none is named.

    A place beside words for talks counts, wherever it stands first; for kinds that happen somewhere so does any other
    place that is not told as struck or fought over.
    """
    sentences = [lead, *(s for s in parsed.sentences if s is not lead)][:3]
    places = [(sentence, mention) for sentence in sentences for mention in _cities(sentence, lexicon)]
    for sentence, mention in places:
        if _beside_talks(sentence, mention):
            return mention.ref
    if kind in _HAS_PLACE:
        return next((m.ref for sentence, m in places if not _STRIKES.search(fold(sentence.sentence.text))), None)
    return None


def _cities(sentence: ParsedSentence, lexicon: Lexicon) -> Iterator[Mention]:
    return (m for m in sentence.of_sort(MentionSort.VENUE) if lexicon.venues[m.ref].type in _CITIES)


def _beside_talks(sentence: ParsedSentence, mention: Mention) -> bool:
    text, offset = fold(sentence.sentence.text), sentence.sentence.start
    start, end = mention.span.start - offset, mention.span.end - offset
    around = f"{text[max(0, start - _BEFORE) : start]} | {text[end : end + _AFTER]}"
    return bool(_TALKS.search(around)) and not _STRIKES.search(around)
