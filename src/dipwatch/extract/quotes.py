"""Words given as somebody's own, and who said them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dipwatch.extract.words import WORDS, any_of
from dipwatch.lexicon import fold
from dipwatch.model import Mention, MentionSort, Quote, Span

# Single quotation marks are quotes only where they don't close a contraction or a possessive.
_QUOTED = re.compile(
    r"“(?P<a>[^“”]{3,400})”|«(?P<b>[^«»]{3,400})»|\"(?P<c>[^\"]{3,400})\"|„(?P<d>[^„“”]{3,400})[“”]"
    r"|(?<!\w)[‘'](?P<e>[^‘’'][^‘’]{2,200}?)[’'](?!\w)"
)
_NAME = re.compile(r"[^\W\d_a-zа-яіїєґё][\w’'\-]*")
"""A single word with a capital in quotation marks is the name of a ship, firm or paper: «Газпром»."""
_SENTENCE_END = re.compile(r"[.!?…][\"”»’]?\s|\n")
_SPEECH = re.compile(rf"{any_of(WORDS.quotes.speech)}|:(?=\s)")


def find_quotes(text: str, field: str, mentions: Sequence[Mention]) -> tuple[Quote, ...]:
    """Return the quotations of a text, in its order, each with the actor who speaks as far as that can be told."""
    folded = fold(text)
    actors = [m for m in mentions if m.sort is MentionSort.ACTOR and m.span.field == field]
    quotes = []
    for match in _QUOTED.finditer(text):
        group = match.lastgroup or "a"
        if not _NAME.fullmatch(match[group]):
            span = Span(field, match.start(group), match.end(group))
            outside = [actor for actor in actors if not span.start <= actor.span.start < span.end]
            quotes.append(Quote(match[group], _speaker(folded, span, outside), span))
    return tuple(quotes)


def _speaker(folded: str, quote: Span, actors: Sequence[Mention]) -> str:
    """Return who speaks: the subject of a verb of speech in the quotation's sentence, else its first actor."""
    begin = max((match.end() for match in _SENTENCE_END.finditer(folded, 0, quote.start - 1)), default=0)
    stop = _SENTENCE_END.search(folded, quote.end)
    end = stop.start() if stop else len(folded)
    before = [actor for actor in actors if begin <= actor.span.start and actor.span.end < quote.start]
    after = [actor for actor in actors if quote.end < actor.span.start and actor.span.end <= end]
    found = (
        _subject(folded, begin, quote.start, before)
        or _subject(folded, quote.end + 1, end, after)
        or next(iter((*before, *after, *sorted(actors, key=lambda actor: _distance(actor.span, quote)))), None)
    )
    return found.ref if found else ""


def _subject(folded: str, begin: int, end: int, actors: Sequence[Mention]) -> Mention | None:
    """Return the actor nearest before the first verb of speech (or colon) that has one, else the first after it."""
    verbs = list(_SPEECH.finditer(folded, begin, end))
    for verb in verbs:
        if earlier := [actor for actor in actors if actor.span.end <= verb.start()]:
            return earlier[-1]
    return next((actor for verb in verbs[:1] for actor in actors if actor.span.start >= verb.end()), None)


def _distance(one: Span, other: Span) -> int:
    return max(other.start - one.end, one.start - other.end, 0)
