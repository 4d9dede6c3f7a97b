"""What the linear models see of an item: named features with small values, readable in `dipwatch explain`.

Names are masked (``<party-person>``, ``<outside-body>``), so that what is learned holds for people and months never
seen; cues, issues and the build of the sentence are the same in every language, words help where it was trained.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from dipwatch.extract.attributed import is_attributed
from dipwatch.extract.clauses import main_end
from dipwatch.extract.lead import kind_by_cues, leading_sentence
from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.extract.status import find_status
from dipwatch.lexicon import Lexicon
from dipwatch.model import Mention, MentionSort

_STEM = 7
_LONG_TITLE = 16
_MOST_ACTORS = 5
_SUMMARY_SENTENCES = 3


def features(parsed: Parsed, lexicon: Lexicon) -> dict[str, float]:
    """Return the features of an item."""
    found: dict[str, float] = {}
    for sentence in parsed.of_field("title"):
        _add(found, _sentence_features(sentence, "t", parsed, lexicon))
        _add(found, _clause_features(sentence))
    for sentence in list(parsed.of_field("summary"))[:_SUMMARY_SENTENCES]:
        _add(found, _sentence_features(sentence, "s", parsed, lexicon))
    _add(found, _whole_features(parsed, lexicon))
    _add(found, _rule_features(parsed))
    if any(is_attributed(sentence, lexicon) for sentence in parsed.of_field("title")):
        found["t:attributed"] = 1.0
    return found


def _add(found: dict[str, float], names: Iterable[str]) -> None:
    for name in names:
        found[name] = 1.0


def _sentence_features(sentence: ParsedSentence, where: str, parsed: Parsed, lexicon: Lexicon) -> Iterator[str]:
    for hit in sentence.cues:
        cue = hit.cue
        yield f"{where}:cue:{cue.id}"
        yield f"{where}:{cue.sort}"
        if cue.kind:
            yield f"{where}:kind:{cue.kind}"
        if cue.status:
            yield f"{where}:status:{cue.status}"
        if cue.event:
            yield f"{where}:event:{cue.event}"
        if cue.topic:
            yield f"{where}:topic:{cue.topic}"
        if cue.type:
            yield f"{where}:type:{cue.type}"
    for issue in sentence.issues:
        yield f"{where}:issue:{lexicon.issues[issue.issue].output}"
    if sentence.stances:
        yield f"{where}:stance"
    yield from _order_features(sentence, where, lexicon)
    yield from _word_features(sentence, where, parsed, lexicon)


def _clause_features(sentence: ParsedSentence) -> Iterator[str]:
    """Tell what a title's main clause says (``m``) and what its subordinate ones do (``b``, the backdrop)."""
    end = main_end(sentence)
    if end < sentence.sentence.end:
        yield "b:clause"
    for hit in sentence.cues:
        where, cue = "m" if hit.span.start < end else "b", hit.cue
        yield f"{where}:cue:{cue.id}"
        yield f"{where}:{cue.sort}"
        for sort, value in (("kind", cue.kind), ("status", cue.status), ("topic", cue.topic)):
            if value:
                yield f"{where}:{sort}:{value}"


def _order_features(sentence: ParsedSentence, where: str, lexicon: Lexicon) -> Iterator[str]:
    """Tell the build of the sentence: who comes first, whether an act or speech verb follows."""
    actors = list(sentence.of_sort(MentionSort.ACTOR))
    sorts = [_class(mention, lexicon) for mention in actors]
    if sorts:
        yield f"{where}:first:{sorts[0]}"
    for one, other in pairwise(sorts[:_MOST_ACTORS]):
        yield f"{where}:pair:{one}+{other}"
    events = sorted(
        [(mention.span.start, "actor") for mention in actors]
        + [(hit.span.start, hit.cue.sort) for hit in sentence.cues if hit.cue.sort in {"act", "speech"}]
    )
    if events:
        yield f"{where}:order:{'-'.join(name for _, name in events[:3])}"


def _word_features(sentence: ParsedSentence, where: str, parsed: Parsed, lexicon: Lexicon) -> Iterator[str]:
    words = list(_masked(sentence, lexicon))
    for word in words:
        yield f"{where}:w:{parsed.language}:{word}"
    if where == "t":
        for one, other in pairwise(["^", *words, "$"]):
            yield f"t:b:{parsed.language}:{one}_{other}"


def _masked(sentence: ParsedSentence, lexicon: Lexicon) -> Iterator[str]:
    """Yield the sentence's word stems with every mention replaced by what sort of thing it names."""
    mentions = [m for m in sentence.mentions if m.sort is not MentionSort.ISSUE]
    place = 0
    for token in sentence.sentence.tokens:
        while place < len(mentions) and mentions[place].span.end <= token.start:
            place += 1
        if place < len(mentions) and mentions[place].span.start <= token.start:
            if token.start == mentions[place].span.start:
                yield f"<{_class(mentions[place], lexicon)}>"
            continue
        yield "<n>" if token.word.isdigit() else token.word[:_STEM]


def _class(mention: Mention, lexicon: Lexicon) -> str:
    if mention.sort is MentionSort.VENUE:
        return "venue"
    if mention.sort is MentionSort.UNKNOWN_PERSON:
        return "person"
    entry = lexicon.actors.get(mention.ref)
    if entry is None:
        return "other"
    party = "party" if lexicon.principal(mention.ref) in lexicon.subject.parties else "outside"
    return f"{party}-{'person' if entry.type == 'person' else 'body'}"


def _whole_features(parsed: Parsed, lexicon: Lexicon) -> Iterator[str]:
    title = parsed.item.title
    yield f"language:{parsed.language}"
    if "?" in title:
        yield "t:question"
    if ":" in title:
        yield "t:colon"
    if any(quote.span.field == "title" for quote in parsed.quotes):
        yield "t:quote"
    if any(quote.span.field == "summary" for quote in parsed.quotes):
        yield "s:quote"
    if not parsed.item.summary:
        yield "s:none"
    if len(title.split()) > _LONG_TITLE:
        yield "t:long"
    yield from _who_features(parsed, lexicon)


def _rule_features(parsed: Parsed) -> Iterator[str]:
    """Tell what the cues alone say of the leading sentence: the models weigh their word like any other."""
    lead = leading_sentence(parsed)
    if lead is not None:
        kind, status = kind_by_cues([lead]), find_status([lead])
        yield f"rule:kind:{kind}"
        yield f"rule:status:{status}"
        yield f"rule:both:{kind}:{status}"
        yield f"rule:lead:{lead.field}"


def _who_features(parsed: Parsed, lexicon: Lexicon) -> Iterator[str]:
    """Tell which sides take part, in the title and at all."""
    for where, mentions in (("t", [m for m in parsed.mentions if m.span.field == "title"]), ("a", parsed.mentions)):
        sides = Counter(lexicon.side(m.ref) for m in mentions if m.sort is MentionSort.ACTOR)
        for side in sides:
            yield f"{where}:side:{side}"
        principals = {lexicon.principal(m.ref) for m in mentions if m.sort is MentionSort.ACTOR}
        parties = sorted(principals & set(lexicon.subject.parties))
        yield f"{where}:parties:{len(parties)}"
        yield f"{where}:principals:{min(len(principals), 4)}"
        ranks = [lexicon.rank(m.ref, parsed.item.when.date()) for m in mentions if m.sort is MentionSort.ACTOR]
        if ranks:
            yield f"{where}:rank:{min(ranks)}"
