"""Titles that hand the word to an outlet or to unnamed sources: «FT: ...», «СМИ: ...», «... — джерела»."""

from __future__ import annotations

from collections.abc import Iterator

from dipwatch.extract.parsed import ParsedSentence
from dipwatch.lexicon import Lexicon
from dipwatch.model import Mention, MentionSort, Span, Status

_DASHES = ("—", "–")
"""A hyphen sets apart the outlet's own name, as aggregators append it."""
_CLOSING = " .»\"'”"


def is_attributed(sentence: ParsedSentence, lexicon: Lexicon) -> bool:
    """Tell whether a sentence begins with its source and a colon, or ends with a dash and its source."""
    text, offset = sentence.sentence.text, sentence.sentence.start
    for span in _sources(sentence, lexicon):
        before, after = text[: span.start - offset], text[span.end - offset :]
        if not before.strip(" «\"'“") and after.lstrip().startswith(":"):
            return True
        if before.rstrip().endswith(_DASHES) and not after.strip(_CLOSING):
            return True
    return False


def _sources(sentence: ParsedSentence, lexicon: Lexicon) -> Iterator[Span]:
    yield from (mention.span for mention in sentence.of_sort(MentionSort.ACTOR) if _is_outlet(mention, lexicon))
    for hit in sentence.cues:
        if hit.cue.sort == "unnamed-source" or (hit.cue.sort == "status" and hit.cue.status is Status.REPORTED):
            yield hit.span


def _is_outlet(mention: Mention, lexicon: Lexicon) -> bool:
    return mention.ref in lexicon.actors and lexicon.actors[mention.ref].type == "outlet"
