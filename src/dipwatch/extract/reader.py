"""Reads one item: language, mentions, cues, then claims. A pure function of the item, the lexicon and the model."""

from __future__ import annotations

from dataclasses import dataclass

from dipwatch.extract.claims import ClaimFinder
from dipwatch.extract.features import features
from dipwatch.extract.language import OTHER, detect_language
from dipwatch.extract.model import Model
from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.extract.persons import find_unknown_persons
from dipwatch.extract.quotes import find_quotes
from dipwatch.lexicon import Lexicon, Names, Patterns, Sentence, split_sentences
from dipwatch.model import Item, Mention, Quote, Reading, TextType

_FIELDS = ("title", "summary")
_MOST_SENTENCES = 8
"""Sentences of a summary that are read: what an item is about stands at its beginning."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    text: str
    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...]


class Reader:
    """Reads items with one lexicon and one model; build one for many items, for it keeps the names it has met."""

    def __init__(self, lexicon: Lexicon, model: Model | None = None) -> None:
        self.lexicon = lexicon
        self.model = model or Model()
        self._names = Names(lexicon)
        self._patterns = Patterns(lexicon)
        self._claims = ClaimFinder(lexicon, self.model)
        self._sieve = self._names.sieve(self._patterns.gate)

    def read(self, item: Item) -> Reading:
        """Return what an item says. One that does not open the subject's gate has mentions at most, and no claims."""
        language = detect_language(f"{item.title} {item.summary}", item.language)
        if language == OTHER:
            return Reading(item, language, TextType.NEWS, (), ())
        fields = self._fields(item, language)
        if not self._opens_gate(fields):
            mentions = tuple(mention for field in fields for mention in field.mentions)
            return Reading(item, language, TextType.NEWS, mentions, ())
        parsed = self._parse(item, language, fields)
        seen = features(parsed, self.lexicon)
        claims = self._claims.find(parsed, seen)
        return Reading(item, language, _text_type(parsed), parsed.mentions, claims, _off_topic(parsed))

    def may_concern(self, item: Item) -> bool:
        """Tell whether an item may open the subject's gate: a quick test that never says no to one which does."""
        return self._sieve.lets_through(f"{item.title}\n{item.summary}")

    def parse(self, item: Item, *, only: str | None = None) -> Parsed | None:
        """Return everything recognised in an item that opens the gate, None otherwise: for training and explaining.

        With ``only``, title or summary, what stands in the other field is left out: it lends context and may open the
        gate, no more.
        """
        language = detect_language(f"{item.title} {item.summary}", item.language)
        fields = self._fields(item, language) if language != OTHER else ()
        if not self._opens_gate(fields):
            return None
        return self._parse(item, language, tuple(field for field in fields if only in {None, field.name}))

    def _fields(self, item: Item, language: str) -> tuple[_Field, ...]:
        texts = {"title": item.title, "summary": item.summary}
        on = item.when.date()
        return tuple(
            _Field(
                name,
                texts[name],
                split_sentences(texts[name], name)[:_MOST_SENTENCES],
                self._names.find(texts[name], field=name, on=on, language=language, context=texts[other]),
            )
            for name, other in zip(_FIELDS, reversed(_FIELDS), strict=True)
            if texts[name]
        )

    def _opens_gate(self, fields: tuple[_Field, ...]) -> bool:
        return any(
            self._patterns.opens_gate(sentence, field.mentions) for field in fields for sentence in field.sentences
        )

    def _parse(self, item: Item, language: str, fields: tuple[_Field, ...]) -> Parsed:
        sentences: list[ParsedSentence] = []
        mentions: list[Mention] = []
        quotes: list[Quote] = []
        for field in fields:
            unknown = find_unknown_persons(field.text, field.name, field.mentions)
            known = tuple(sorted((*field.mentions, *unknown), key=lambda mention: mention.span))
            sentences += [self._sentence(sentence, known) for sentence in field.sentences]
            mentions += known
            quotes += find_quotes(field.text, field.name, known)
        return Parsed(item, language, tuple(sentences), tuple(mentions), tuple(quotes))

    def _sentence(self, sentence: Sentence, mentions: tuple[Mention, ...]) -> ParsedSentence:
        inside = tuple(m for m in mentions if sentence.start <= m.span.start and m.span.end <= sentence.end)
        return ParsedSentence(
            sentence,
            inside,
            self._patterns.find(sentence, inside),
            self._patterns.issues(sentence, inside),
            self._patterns.stances(sentence, inside),
        )


class StreamReader:
    """Reads as ``Reader`` does, but leaves unread what can't concern the subject: it has no claims either way.

    Detection asks for claims only, and most of a stream has none: ten times as fast.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(self, item: Item) -> Reading:
        """Return what an item says."""
        if self._reader.may_concern(item):
            return self._reader.read(item)
        return Reading(item, item.language or OTHER, TextType.NEWS, (), ())


def _text_type(parsed: Parsed) -> TextType:
    """Return the type that the strongest text-type cue tells, the title's before the summary's."""
    hits = [hit for sentence in parsed.sentences for hit in sentence.hits("text-type")]
    fitting = [hit for hit in hits if hit.cue.where in {"any", hit.span.field}]
    best = max(fitting, key=lambda hit: (hit.cue.weight, hit.span.field == "title"), default=None)
    return best.cue.type if best and best.cue.type else TextType.NEWS


def _off_topic(parsed: Parsed) -> tuple[str, ...]:
    topics = (hit.cue.topic for sentence in parsed.sentences for hit in sentence.hits("off-topic"))
    return tuple(dict.fromkeys(topic for topic in topics if topic))
