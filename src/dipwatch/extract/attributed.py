"""Titles that hand the word to an outlet or to unnamed sources: «FT: ...», «... — джерела», «..., пишет WSJ»."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dipwatch.extract.parsed import ParsedSentence
from dipwatch.extract.words import WORDS, any_of
from dipwatch.lexicon import CueHit, Lexicon, fold
from dipwatch.model import Mention, MentionSort, Span, Status

_DASHES = ("—", "–")
"""A hyphen sets apart the outlet's own name, as aggregators append it."""
_CLOSING = " .»\"'”"
_OFFICIALS = re.compile(any_of(("official", "officials")))
_PAUSE = re.compile(r"[,;:]\s|\s[—–-]\s")
_FOREIGN = re.compile(r"[а-яіїєґ].* (?P<dash>[—–-]) [«\"]?[a-z][a-z ]+[»\"]?$")
"""A name in Latin letters behind a text in Cyrillic ones: «... - Financial Times»."""
_LONGEST_SOURCE = 6
"""Words of a last clause that does no more than name the source."""
_AFTER = re.compile(rf"['\"”»]?\s+{any_of(WORDS.outlets.after)}")
_BEFORE = re.compile(rf"{any_of(WORDS.outlets.before)}\s+['\"“«]?$")


def is_attributed(sentence: ParsedSentence, lexicon: Lexicon) -> bool:
    """Tell whether a sentence has its word from an outlet or from unnamed sources.

    It begins with its source and a colon, ends with a dash and its source, says that an outlet writes or learned it, or
    ends with a clause that names sources: «..., people close to the talks say».
    """
    text, offset = sentence.sentence.text, sentence.sentence.start
    for span in _sources(sentence, lexicon):
        before, after = text[: span.start - offset], text[span.end - offset :]
        if not before.strip(" «\"'“") and after.lstrip().startswith(":"):
            return True
        if before.rstrip().endswith(_DASHES) and not after.strip(_CLOSING):
            return True
    return _by_outlet(sentence, lexicon) or _by_foreign_name(sentence, lexicon) or _by_last_clause(sentence, lexicon)


def _by_foreign_name(sentence: ParsedSentence, lexicon: Lexicon) -> bool:
    """Tell whether a text in Cyrillic letters ends with a dash and a name in Latin ones; a hyphen needs an outlet's."""
    text, offset = fold(sentence.sentence.text).rstrip(_CLOSING), sentence.sentence.start
    closing = _FOREIGN.search(text)
    if closing is None:
        return False
    ends = [m for m in sentence.of_sort(MentionSort.ACTOR) if m.span.start > closing.start("dash") + offset]
    return all(_is_outlet(m, lexicon) for m in ends) and (bool(ends) or closing["dash"] in _DASHES)


def _by_outlet(sentence: ParsedSentence, lexicon: Lexicon) -> bool:
    """Tell whether an outlet stands beside a word of reporting: «Spiegel says», «пишет NYT»."""
    text, offset = fold(sentence.sentence.text), sentence.sentence.start
    return any(
        _AFTER.match(text, mention.span.end - offset) or _BEFORE.search(text[: mention.span.start - offset])
        for mention in _outlets(sentence, lexicon)
    )


def _by_last_clause(sentence: ParsedSentence, lexicon: Lexicon) -> bool:
    """Tell whether the words behind the last pause end with unnamed sources and name nobody who could speak."""
    text, offset = sentence.sentence.text, sentence.sentence.start
    last = max((pause.end() for pause in _PAUSE.finditer(text)), default=None)
    if last is None or len(text[last:].split()) > _LONGEST_SOURCE:
        return False
    start, end = last + offset, len(text.rstrip(_CLOSING)) + offset
    return not any(m.span.start >= start for m in _persons(sentence, lexicon)) and any(
        start <= hit.span.start and hit.span.end >= end and hit.cue.weight > 1 and not _official(text, hit, offset)
        for hit in sentence.hits("unnamed-source")
    )


def _official(text: str, hit: CueHit, offset: int) -> bool:
    """Tell whether a source speaks for a state, if without a name: «US officials say»."""
    return bool(_OFFICIALS.search(fold(text[hit.span.start - offset : hit.span.end - offset])))


def _sources(sentence: ParsedSentence, lexicon: Lexicon) -> Iterator[Span]:
    yield from (mention.span for mention in _outlets(sentence, lexicon))
    for hit in sentence.cues:
        if hit.cue.sort == "unnamed-source" or (hit.cue.sort == "status" and hit.cue.status is Status.REPORTED):
            yield hit.span


def _outlets(sentence: ParsedSentence, lexicon: Lexicon) -> Iterator[Mention]:
    return (mention for mention in sentence.of_sort(MentionSort.ACTOR) if _is_outlet(mention, lexicon))


def _persons(sentence: ParsedSentence, lexicon: Lexicon) -> Iterator[Mention]:
    for mention in sentence.of_sort(MentionSort.ACTOR):
        if mention.ref in lexicon.actors and lexicon.actors[mention.ref].type == "person":
            yield mention


def _is_outlet(mention: Mention, lexicon: Lexicon) -> bool:
    return mention.ref in lexicon.actors and lexicon.actors[mention.ref].type == "outlet"
