"""Where an act takes place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from dipwatch.extract.clauses import clause_of, main_end
from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.extract.roles import is_host
from dipwatch.extract.words import WORDS, any_of
from dipwatch.lexicon import Lexicon
from dipwatch.lexicon.tokens import fold
from dipwatch.model import Kind, Mention, MentionSort

_HAS_PLACE = frozenset({Kind.MEETING, Kind.AGREEMENT})
"""Kinds that happen somewhere; for the others a place counts only beside words for what is done at it."""
_GATHERS = frozenset({Kind.MEETING, Kind.AGREEMENT, Kind.INSTITUTION, Kind.PROPOSAL})
"""Kinds for which talks told as another act's backdrop still tell the place: «... ahead of a summit in Geneva»."""
_SENTENCES = 3
"""Sentences that are looked at, the leading one first."""
_CITIES = frozenset({"city", "site"})
_BEFORE, _AFTER = 60, 24
"""Characters around a place that are looked at: «summit between the two leaders in Budapest», «Geneva peace talks»."""
_TALKS = re.compile(any_of(WORDS.venues.talks))
_STRIKES = re.compile(any_of(WORDS.venues.strikes))
_ACTS = re.compile(any_of(WORDS.venues.acts))
_SEATED = re.compile(rf"{any_of(WORDS.venues.seats)}\s+in\s+$")
_IN = re.compile(r"(?<!\w)(?:in|at|в|во|у)\s+(?:the\s+)?$")
_ACT_BEFORE, _ACT_AFTER = 36, 48
"""Characters around «in Lisbon» in which the act stands that is done there."""

Place = tuple[ParsedSentence, Mention]


def find_venue(parsed: Parsed, lead: ParsedSentence, kind: Kind, lexicon: Lexicon) -> str | None:
    """Return the id of the city or site where the leading act takes place; None where none is named.

    A place beside words for talks counts; for kinds that happen somewhere so does any other place of a main clause that
    is not told as struck or fought over, for the others one «in» which something is said or done. A capital that hosts
    is the place as well. Main clauses come first: what follows «after» or «ahead of» is another act.
    Of a call or a letter only the leading sentence tells a place: the talks beside it are another act.
    """
    others = () if kind is Kind.CONTACT else (s for s in parsed.sentences if s is not lead)
    sentences = [lead, *others][:_SENTENCES]
    places = [(sentence, mention) for sentence in sentences for mention in _cities(sentence, lexicon)]
    main = [(s, m) for s, m in places if m.span.start < main_end(s)]
    chosen = _first(_beside_talks, main) or _host_city(lead, lexicon)
    if chosen is None:
        chosen = _first(_not_struck if kind in _HAS_PLACE else _done_in, main)
    if chosen is None and kind in _GATHERS:
        chosen = _first(_beside_talks, places)
    return chosen


def _first(fits: Callable[[ParsedSentence, Mention], bool], places: Sequence[Place]) -> str | None:
    return next((mention.ref for sentence, mention in places if fits(sentence, mention)), None)


def _cities(sentence: ParsedSentence, lexicon: Lexicon) -> Iterator[Mention]:
    return (m for m in sentence.of_sort(MentionSort.VENUE) if lexicon.venues[m.ref].type in _CITIES)


def _host_city(lead: ParsedSentence, lexicon: Lexicon) -> str | None:
    """Return the city or site whose name stands for a host: «Oslo to host ministers», «Kremlin hosts talks»."""
    hosts = (m for m in lead.of_sort(MentionSort.ACTOR) if m.via == "metonym" and is_host(lead, m))
    return next((venue for mention in hosts for venue in _named(fold(mention.text), mention.ref, lexicon)), None)


def _named(name: str, state: str, lexicon: Lexicon) -> Iterator[str]:
    cities = (v for v in lexicon.venues.values() if v.country == lexicon.country(state) and v.type in _CITIES)
    return (venue.id for venue in cities if any(fold(each.lstrip("=")) == name for _, each in venue.each()))


def _not_struck(sentence: ParsedSentence, mention: Mention) -> bool:
    return not _STRIKES.search(" ".join(_around(sentence, mention, _BEFORE, _BEFORE)))


def _beside_talks(sentence: ParsedSentence, mention: Mention) -> bool:
    """Tell whether a place stands beside words for talks, and none for strikes, within its clause."""
    before, after = _around(sentence, mention, _BEFORE, _AFTER)
    around = f"{before} | {after}"
    return bool(_TALKS.search(around)) and not _STRIKES.search(around) and not _SEATED.search(before)


def _done_in(sentence: ParsedSentence, mention: Mention) -> bool:
    """Tell whether something is said or done «in» a place, and no strike is told beside it."""
    before, after = _around(sentence, mention, _ACT_BEFORE, _ACT_AFTER)
    around = f"{before} | {after}"
    told = _IN.search(before) and not _SEATED.search(before) and _ACTS.search(around)
    return bool(told) and not _STRIKES.search(around)


def _around(sentence: ParsedSentence, mention: Mention, before: int, after: int) -> tuple[str, str]:
    """Return the folded text of a place's clause before and after it, so many characters of each."""
    text, offset = fold(sentence.sentence.text), sentence.sentence.start
    first, last = (place - offset for place in clause_of(sentence, mention.span.start, mention.span.end))
    start, end = mention.span.start - offset, mention.span.end - offset
    return text[max(first, start - before) : start], text[end : min(last, end + after)]
