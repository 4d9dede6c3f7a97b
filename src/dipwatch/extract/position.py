"""Whose position an item states, on which issue, and which way it moves.

Linear models decide: who among those named holds it, which of the issues it is about, and, seeing both, whether it
states a position at all and which way that moves. What they see of a name is how it stands in its sentence, not which
name it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from dipwatch.extract.lead import kind_by_cues
from dipwatch.extract.model import Model
from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.lexicon import CueHit, Lexicon
from dipwatch.linear import Features, Linear
from dipwatch.model import Direction, Mention, MentionSort

SETTLEMENT = "peace framework"
"""What a position is on where no issue is named: whether, with whom and how to settle."""
_STATES = 0.3
"""Out of fold the F1 of positions is highest at 0.2 for other authors' texts, at 0.5 for the dev stream."""
_SUMMARY_SENTENCES = 3
_TELLING = frozenset({"act", "speech", "modality"})
_STEPS = 4
"""Into how many parts a scale is divided; the last one is at its holder's own end."""
_LATER = 3
"""From the fourth on, places count the same."""
_NEAR = 3
"""Characters after a name in which the colon or dash stands that gives it the word."""
_COLONS = ":–—"
_DASHES = ("- ", "– ", "— ", ": ")

Candidates = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Position:
    """Who states where it stands, on which issue of the lexicon; which way that moves, where a model tells."""

    holder: str
    issue: str
    direction: Direction | None = None


def find_position(parsed: Parsed, seen: Features, lexicon: Lexicon, model: Model) -> Position | None:
    """Return the position that an item states; None where it states none or the models for it are missing.

    ``seen`` are the item's features.
    """
    if not (model.positions and model.holders and model.issues):
        return None
    holders, issues = holder_features(parsed, lexicon), issue_features(parsed, lexicon)
    if not holders:
        return None
    holder, by_holder = likeliest(model.holders, holders)
    issue, by_issue = likeliest(model.issues, issues)
    about = position_features(seen, holders[holder], issues[issue])
    if round(model.positions.probability(about) * by_holder * by_issue, 3) < _STATES:
        return None
    moves = model.directions.best(direction_features(about, parsed, holder, issue, lexicon))
    return Position(holder, issue, Direction(moves) if moves else None)


def likeliest(model: Linear, candidates: Mapping[str, Features]) -> tuple[str, float]:
    """Return the candidate that fits best, the first of equals, with its share among all (0 to 1); one is needed."""
    margins = {name: round(model.margin(features), 6) for name, features in candidates.items()}
    best = max(margins, key=lambda name: margins[name])
    return best, 1 / sum(math.exp(margin - margins[best]) for margin in margins.values())


def position_features(seen: Features, holder: Features, issue: Features) -> dict[str, float]:
    """Return an item's features with those of its likeliest holder and issue."""
    held = {f"holder:{name}": value for name, value in holder.items()}
    about = {f"about:{name}": value for name, value in issue.items()}
    return {**seen, **held, **about}


def direction_features(about: Features, parsed: Parsed, holder: str, issue: str, lexicon: Lexicon) -> dict[str, float]:
    """Return the features of a position (``about``) with how near the stance told is to its holder's own end."""
    scale = lexicon.issues[issue].stance
    told = [hit.stance for sentence in _read(parsed) for hit in sentence.stances if hit.issue == issue]
    upward = lexicon.direction(issue, holder, scale[0].id, scale[-1].id) if scale else None
    if not told or upward is None:
        return {**about, f"told:{'aside' if told else 'nothing'}": 1.0}
    last, place = len(scale) - 1, lexicon.stance_index(issue, told[0])
    toward = place if upward is Direction.HARDER else last - place
    return {**about, f"told:{min(toward * _STEPS // last, _STEPS - 1)}": 1.0}


def holder_features(parsed: Parsed, lexicon: Lexicon) -> Candidates:
    """Return for each principal that an item names, itself or through somebody, how it stands there, in order."""
    found: Candidates = {}
    for sentence in _read(parsed):
        actors = list(sentence.of_sort(MentionSort.ACTOR))
        for place, mention in enumerate(actors):
            features = found.setdefault(lexicon.principal(mention.ref), {})
            features |= dict.fromkeys(_standing(sentence, actors, place, lexicon), 1.0)
    speakers = {lexicon.principal(quote.speaker) for quote in parsed.quotes if quote.speaker}
    for place, (principal, features) in enumerate(found.items()):
        features[f"place:{min(place, _LATER)}"] = 1.0
        features[f"side:{lexicon.side(principal)}"] = 1.0
        features["party"] = float(principal in lexicon.subject.parties)
        features["quoted"] = float(principal in speakers)
        features["alone"] = float(len(found) == 1)
    return found


def issue_features(parsed: Parsed, lexicon: Lexicon) -> Candidates:
    """Return for each issue that an item names or takes a stance on how it stands there, in order.

    The settlement stands last where it is not named: it is what remains.
    """
    found: Candidates = {}
    for sentence in _read(parsed):
        hits = [(hit.span, hit.issue, "stance") for hit in sentence.stances]
        hits += [(hit.span, hit.issue, "named") for hit in sentence.issues]
        for place, (_, issue, how) in enumerate(sorted(hits)):
            _note(found.setdefault(issue, {}), sentence.field[0], how, first=place == 0)
    for entry in lexicon.issues.values():
        if entry.output == SETTLEMENT:
            found.setdefault(entry.id, {"unnamed": 1.0})
    kind = kind_by_cues(parsed.sentences)
    outputs = list(dict.fromkeys(lexicon.issues[issue].output for issue in found))
    for place, (issue, features) in enumerate(found.items()):
        output = lexicon.issues[issue].output
        features[f"output:{output}"] = 1.0
        features[f"place:{min(place, _LATER)}"] = 1.0
        features[f"kind:{kind}:{output}"] = 1.0
        features["alone"] = float(len(outputs) == 1)
        features |= {f"{output}+{other}": 1.0 for other in outputs if other != output}
    return found


def _note(features: dict[str, float], where: str, how: str, *, first: bool) -> None:
    features[f"{where}:{how}"] = 1.0
    features["times"] = min(features.get("times", 0.0) + 0.25, 1.0)
    if first:
        features[f"{where}:first"] = 1.0


def _read(parsed: Parsed) -> Iterator[ParsedSentence]:
    yield from parsed.of_field("title")
    yield from islice(parsed.of_field("summary"), _SUMMARY_SENTENCES)


def _standing(sentence: ParsedSentence, actors: Sequence[Mention], place: int, lexicon: Lexicon) -> Iterator[str]:
    """Tell how a name stands among the others: what it does (up to the next name) and what is done before it."""
    mention, where = actors[place], sentence.field[0]
    yield f"{where}:{'person' if lexicon.actors[mention.ref].type == 'person' else 'body'}"
    yield f"{where}:via:{mention.via}"
    if place == 0:
        yield f"{where}:first"
    if place == len(actors) - 1:
        yield f"{where}:last"
    before = actors[place - 1].span.end if place else sentence.sentence.start
    after = actors[place + 1].span.start if place + 1 < len(actors) else sentence.sentence.end
    does = _telling(sentence.cues, mention.span.end, after)
    done = _telling(sentence.cues, before, mention.span.start)
    yield from (f"{where}:does:{hit.cue.sort}" for hit in does[:1])
    yield from (f"does:{hit.id}" for hit in does)
    yield from (f"{where}:done:{hit.cue.sort}" for hit in done[-1:])
    yield from (f"done:{hit.id}" for hit in done[-1:])
    yield from _marks(sentence, mention, where)


def _telling(cues: Iterable[CueHit], start: int, end: int) -> list[CueHit]:
    return [hit for hit in cues if hit.cue.sort in _TELLING and start <= hit.span.start < end]


def _marks(sentence: ParsedSentence, mention: Mention, where: str) -> Iterator[str]:
    """Tell the name before a colon and the one after a dash: both have the word."""
    text, offset = sentence.sentence.text, sentence.sentence.start
    start, end = mention.span.start - offset, mention.span.end - offset
    if any(mark in text[end : end + _NEAR] for mark in _COLONS):
        yield f"{where}:colon"
    if text[:start].endswith(_DASHES):
        yield f"{where}:dash"
