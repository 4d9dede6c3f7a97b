"""What is read in a text and why: its names and cues with their places, its claims, and the features that weighed most.

This reads the text anew, with the lexicon and the model as they are now; what a tick decided stands in the log.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from dipwatch.alerts.english import FOREIGN
from dipwatch.detect import Policy
from dipwatch.extract import Parsed, Reader, features, score_by_rules
from dipwatch.lexicon import Cue, Lexicon, Patterns
from dipwatch.linear import Choice, Features, Linear
from dipwatch.model import Item, Reading, Span, Versions
from dipwatch.review.detail import claim_view
from dipwatch.review.listed import NameBook, Ref
from dipwatch.review.views import ClaimView

_MOST_FEATURES = 8
_LANGUAGES = ("en", "ru", "uk")


@dataclass(frozen=True, slots=True)
class Lens:
    """What a subject's texts are looked at with: its reader, the bounds of detection, and their versions."""

    reader: Reader
    policy: Policy
    versions: Versions


@dataclass(frozen=True, slots=True)
class MentionView:
    """A name in the text: what it refers to, and by which way it was matched (see ``model.Mention``)."""

    text: str
    span: Span
    sort: str
    ref: Ref
    via: str


@dataclass(frozen=True, slots=True)
class PatternView:
    """A pattern of a cue; its id is ``CUE/LANGUAGE/NUMBER``, counted from 1 as in cues.toml."""

    id: str
    pattern: str


@dataclass(frozen=True, slots=True)
class CueView:
    """A cue in the text, with the patterns that found it."""

    id: str
    sort: str
    kind: str | None
    status: str | None
    weight: int
    text: str
    span: Span
    patterns: tuple[PatternView, ...]


@dataclass(frozen=True, slots=True)
class WeightView:
    """A feature of the text and what it added to the sum."""

    feature: str
    weight: float


@dataclass(frozen=True, slots=True)
class WeighedView:
    """A learned decision: the label that won, its sum, the features that weighed most, and the label that came next.

    ``decided`` is what the leading claim says: where it is another label, the cues have overruled what was learned.
    """

    label: str
    margin: float
    bias: float
    features: tuple[WeightView, ...]
    next_label: str
    next_margin: float | None
    decided: str


@dataclass(frozen=True, slots=True)
class RelevanceView:
    """How surely the text tells of a development (0 to 1), with the features that weighed most.

    Where nothing was learned (``by`` is rules) the features are the rules' reasons with their points, and the margin is
    the sum of points.
    """

    by: Literal["model", "rules"]
    score: float
    margin: float
    bias: float
    features: tuple[WeightView, ...]


@dataclass(frozen=True, slots=True)
class TextView:
    """What is read in a text. One that does not open the subject's gate has mentions at most."""

    title: str
    summary: str
    language: str
    text_type: str
    off_topic: tuple[str, ...]
    opens_gate: bool
    mentions: tuple[MentionView, ...]
    cues: tuple[CueView, ...]
    claims: tuple[ClaimView, ...]
    relevance: RelevanceView | None
    kind: WeighedView | None
    status: WeighedView | None


def look(reader: Reader, item: Item, subject: str, names: NameBook) -> TextView:
    """Return what is read in an item now."""
    reading, parsed = reader.read(item), reader.parse(item)
    seen = features(parsed, reader.lexicon) if parsed else {}
    lead = reading.claims[0] if reading.claims else None
    return TextView(
        title=item.title,
        summary=item.summary,
        language=reading.language,
        text_type=reading.text_type,
        off_topic=reading.off_topic,
        opens_gate=parsed is not None,
        mentions=tuple(_mentions(reading, subject, names)),
        cues=tuple(_cues(parsed, reader.lexicon)) if parsed else (),
        claims=_claims(reading, subject, names),
        relevance=_relevance(reader, parsed, seen) if parsed else None,
        kind=_weighed(reader.model.kinds, seen, lead.kind) if lead else None,
        status=_weighed(reader.model.statuses, seen, lead.status) if lead else None,
    )


def _mentions(reading: Reading, subject: str, names: NameBook) -> Iterator[MentionView]:
    for mention in reading.mentions:
        yield MentionView(mention.text, mention.span, mention.sort, names.ref(subject, mention.ref), mention.via)


def _claims(reading: Reading, subject: str, names: NameBook) -> tuple[ClaimView, ...]:
    foreign = reading.language in FOREIGN
    return tuple(claim_view(subject, claim, names, foreign=foreign) for claim in reading.claims)


def _cues(parsed: Parsed, lexicon: Lexicon) -> Iterator[CueView]:
    """Yield the cues in the order of the text."""
    found = _patterns(parsed, lexicon)
    texts = {"title": parsed.item.title, "summary": parsed.item.summary}
    hits = [hit for sentence in parsed.sentences for hit in sentence.cues]
    for hit in sorted(hits, key=lambda hit: (hit.span.field != "title", hit.span, hit.id)):
        cue, span = hit.cue, hit.span
        text = texts[span.field][span.start : span.end]
        yield CueView(cue.id, cue.sort, cue.kind, cue.status, cue.weight, text, span, tuple(found[cue.id, span]))


def _patterns(parsed: Parsed, lexicon: Lexicon) -> dict[tuple[str, Span], list[PatternView]]:
    """Return which patterns found each cue: those of the cues found are tried again, each as a cue of its own."""
    hit_cues = {hit.id: hit.cue for sentence in parsed.sentences for hit in sentence.cues}
    single = {view.id: (cue, view, text) for cue in hit_cues.values() for view, text in _each(cue)}
    alone = replace(lexicon, cues={key: text for key, (_, _, text) in single.items()}, issues={})
    finder = Patterns(alone)
    found: defaultdict[tuple[str, Span], list[PatternView]] = defaultdict(list)
    for sentence in parsed.sentences:
        for hit in finder.find(sentence.sentence, sentence.mentions):
            cue, view, _ = single[hit.id]
            found[cue.id, hit.span].append(view)
    return found


def _each(cue: Cue) -> Iterator[tuple[PatternView, Cue]]:
    """Yield the patterns of a cue, each with a cue that has no other."""
    for language in _LANGUAGES:
        for number, pattern in enumerate(cue.words(language), start=1):
            key = f"{cue.id}/{language}/{number}"
            only = {each: (pattern,) if each == language else () for each in _LANGUAGES}
            yield PatternView(key, pattern), cue.model_copy(update={"id": key, **only})


def _relevance(reader: Reader, parsed: Parsed, seen: Features) -> RelevanceView:
    model = reader.model.relevance
    if model is None:
        ruled = score_by_rules(parsed, reader.lexicon)
        points = tuple(WeightView(point.reason, point.points) for point in ruled.points)
        return RelevanceView("rules", ruled.score, ruled.total, 0.0, points)
    margin = round(model.margin(seen), 3)
    return RelevanceView("model", model.probability(seen), margin, round(model.bias, 3), _weights(model, seen))


def _weighed(choice: Choice, seen: Features, decided: str) -> WeighedView | None:
    """Return how the label was chosen, None where nothing was learned and the cues alone decide."""
    margins = [(label, round(model.margin(seen), 3)) for label, model in choice.labels.items()]
    label = choice.best(seen)
    if label is None:
        return None
    others = sorted((each for each in margins if each[0] != label), key=lambda each: -each[1])
    model = choice.labels[label]
    return WeighedView(
        label=label,
        margin=dict(margins)[label],
        bias=round(model.bias, 3),
        features=_weights(model, seen),
        next_label=others[0][0] if others else "",
        next_margin=others[0][1] if others else None,
        decided=decided,
    )


def _weights(model: Linear, seen: Features) -> tuple[WeightView, ...]:
    return tuple(WeightView(name, weight) for name, weight in model.reasons(seen, _MOST_FEATURES))
