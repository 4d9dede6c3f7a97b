"""Words given as somebody's own, and who said them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dipwatch.model import Mention, MentionSort, Quote, Span

# Single quotation marks are quotes only where they don't close a contraction or a possessive.
_QUOTED = re.compile(
    r"“(?P<a>[^“”]{3,400})”|«(?P<b>[^«»]{3,400})»|\"(?P<c>[^\"]{3,400})\"|„(?P<d>[^„“”]{3,400})[“”]"
    r"|(?<!\w)[‘'](?P<e>[^‘’'][^‘’]{2,200}?)[’'](?!\w)"
)


def find_quotes(text: str, field: str, mentions: Sequence[Mention]) -> tuple[Quote, ...]:
    """Return the quotations of a text, in its order; the speaker is the nearest actor outside the quotation marks."""
    quotes = []
    for match in _QUOTED.finditer(text):
        group = match.lastgroup or "a"
        span = Span(field, match.start(group), match.end(group))
        quotes.append(Quote(match[group], _speaker(span, mentions), span))
    return tuple(quotes)


def _speaker(span: Span, mentions: Sequence[Mention]) -> str:
    outside = [
        mention
        for mention in mentions
        if mention.sort is MentionSort.ACTOR
        and mention.span.field == span.field
        and not span.start <= mention.span.start < span.end
    ]
    nearest = min(outside, key=lambda mention: (_distance(mention.span, span), mention.span.start), default=None)
    return nearest.ref if nearest else ""


def _distance(one: Span, other: Span) -> int:
    return max(other.start - one.end, one.start - other.end, 0)
