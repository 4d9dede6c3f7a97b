"""Where an act takes place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from dipwatch.extract.clauses import clause_of, main_end
from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.extract.words import WORDS, any_of
from dipwatch.lexicon import Lexicon
from dipwatch.lexicon.tokens import fold
from dipwatch.model import Kind, Mention, MentionSort

_HAS_PLACE = frozenset({Kind.MEETING, Kind.CONTACT, Kind.AGREEMENT})
"""Kinds that happen somewhere; for the others a place counts only beside words for talks."""
_SENTENCES = 3
"""Sentences that are looked at, the leading one first."""
_CITIES = frozenset({"city", "site"})
_BEFORE, _AFTER = 60, 24
"""Characters around a place that are looked at: «summit between the two leaders in Budapest», «Geneva peace talks»."""
_TALKS = re.compile(any_of(WORDS.venues.talks))
_STRIKES = re.compile(any_of(WORDS.venues.strikes))

Place = tuple[ParsedSentence, Mention]


def find_venue(parsed: Parsed, lead: ParsedSentence, kind: Kind, lexicon: Lexicon) -> str | None:
    """Return the id of the city or site where the leading act takes place; None where none is named.

    A place beside words for talks counts; for kinds that happen somewhere so does any other place of a main clause that
    is not told as struck or fought over. Main clauses come first: what follows «after» or «ahead of» is another act.
    """
    sentences = [lead, *(s for s in parsed.sentences if s is not lead)][:_SENTENCES]
    places = [(sentence, mention) for sentence in sentences for mention in _cities(sentence, lexicon)]
    main = [(s, m) for s, m in places if m.span.start < main_end(s)]
    chosen = _first(_beside_talks, main)
    if chosen is None and kind in _HAS_PLACE:
        chosen = _first(_not_struck, main)
    return chosen or _first(_beside_talks, places)


def _first(fits: Callable[[ParsedSentence, Mention], bool], places: Sequence[Place]) -> str | None:
    return next((mention.ref for sentence, mention in places if fits(sentence, mention)), None)


def _cities(sentence: ParsedSentence, lexicon: Lexicon) -> Iterator[Mention]:
    return (m for m in sentence.of_sort(MentionSort.VENUE) if lexicon.venues[m.ref].type in _CITIES)


def _not_struck(sentence: ParsedSentence, _: Mention) -> bool:
    return not _STRIKES.search(fold(sentence.sentence.text))


def _beside_talks(sentence: ParsedSentence, mention: Mention) -> bool:
    """Tell whether a place stands beside words for talks, and none for strikes, within its clause."""
    text, offset = fold(sentence.sentence.text), sentence.sentence.start
    first, last = (place - offset for place in clause_of(sentence, mention.span.start, mention.span.end))
    start, end = mention.span.start - offset, mention.span.end - offset
    around = f"{text[max(first, start - _BEFORE) : start]} | {text[end : min(last, end + _AFTER)]}"
    return bool(_TALKS.search(around)) and not _STRIKES.search(around)
