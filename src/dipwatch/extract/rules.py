"""How surely an item tells of a development where nothing was learned: points, by rules that fit on a page.

What decides is the leading sentence (see ``lead``). It must tell an act, a statement or a stance, else the item has no
points at all; then count how strong the act is, who is named with it, and what speaks against (docs/detection.md, "By
rules alone"). A subject with a ``model.json`` does not use any of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dipwatch.extract.clauses import main_end
from dipwatch.extract.lead import acts, leading_sentence
from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.extract.status import find_undoing
from dipwatch.lexicon import CueHit, Lexicon
from dipwatch.model import MentionSort

MOST_POINTS = 10
THRESHOLDS = {"alert": 0.6, "record": 0.4, "told": 0.45}
"""Of ``detect.Policy``: a normal act (4) needs more than a party alone (1), a decisive one (5) does not.

What is no report of a known development is told: in a small subject all reports share the parties, and the hand-set
weights of the slots take that alone for much.
"""

_ACT = {1: 2, 2: 4, 3: 5}
_STATEMENT = 1
_STANCE = 2
_UNDONE = 1
_IN_THE_PROCESS = 3
_NEARBY = 1
_AGAINST_TYPE = {1: -2, 2: -5, 3: -5}
_AGAINST_TOPIC = {1: -1, 2: -2, 3: -4}
_QUESTION = -3
_ONLY_SUMMARY = -1
_BETWEEN = frozenset({"mediator", "international"})
"""Sides of those who stand between the parties."""


@dataclass(frozen=True, slots=True)
class Point:
    """A reason with its points, negative where it speaks against."""

    reason: str
    points: int


@dataclass(frozen=True, slots=True)
class Scored:
    """The points of an item, in the order in which they are counted; ``score`` is 0 to 1."""

    points: tuple[Point, ...]

    @property
    def total(self) -> int:
        """The sum, kept between 0 and MOST_POINTS."""
        return max(0, min(MOST_POINTS, sum(point.points for point in self.points)))

    @property
    def score(self) -> float:
        """The sum as a share of MOST_POINTS."""
        return self.total / MOST_POINTS


def score_by_rules(parsed: Parsed, lexicon: Lexicon) -> Scored:
    """Return the points of an item."""
    lead = leading_sentence(parsed)
    told = tuple(_told(lead)) if lead else ()
    if lead is None or not told:
        return Scored((Point("tells no act, no statement and no stance", 0),))
    return Scored((*told, *_who(parsed, lead, lexicon), *_against(parsed, lead)))


def _told(lead: ParsedSentence) -> Iterator[Point]:
    """Yield what the leading sentence tells: its strongest act, done or undone, else a statement; and a stance."""
    strongest = max(acts(lead), key=lambda hit: (_act_points(hit, lead), -hit.span.start), default=None)
    statement = next(lead.hits("speech"), None)
    if strongest is not None:
        points = _act_points(strongest, lead)
        where = "" if points == _ACT[strongest.cue.weight] else ", in a subordinate clause"
        yield Point(f"an act of weight {strongest.cue.weight}: {strongest.id}{where}", points)
        if undone := find_undoing(lead):
            yield Point(f"the act is undone: {undone}", _UNDONE)
    elif statement is not None:
        yield Point(f"a statement: {statement.id}", _STATEMENT)
    if lead.stances:
        yield Point(f"a stance: {lead.stances[0].issue}, {lead.stances[0].stance}", _STANCE)


def _act_points(hit: CueHit, lead: ParsedSentence) -> int:
    """Return the points of an act; one that is only the backdrop counts as a hint at most."""
    return _ACT[hit.cue.weight if hit.span.start < main_end(lead) else 1]


def _who(parsed: Parsed, lead: ParsedSentence, lexicon: Lexicon) -> Iterator[Point]:
    """Yield how near those named are to the process: parties with each other, with a mediator, or over an issue."""
    named = [mention.ref for mention in parsed.mentions if mention.sort is MentionSort.ACTOR]
    parties = lexicon.principals(named) & set(lexicon.subject.parties)
    if not parties:
        if lead.issues or lead.stances:
            yield Point("an issue, but no party", _NEARBY)
    elif len(parties) > 1:
        yield Point("parties named together", _IN_THE_PROCESS)
    elif any(lexicon.side(actor) in _BETWEEN for actor in named):
        yield Point("a party and who stands between the parties", _IN_THE_PROCESS)
    elif lead.issues or lead.stances:
        yield Point("a party and an issue", _IN_THE_PROCESS)
    else:
        yield Point("a party, alone or with others", _NEARBY)


def _against(parsed: Parsed, lead: ParsedSentence) -> Iterator[Point]:
    """Yield what speaks against: sorts of text, other topics, questions. Words within a known name do not."""
    types = [hit for s in parsed.sentences for hit in s.hits("text-type") if hit.cue.where in {"any", s.field}]
    if kind := _heaviest(types):
        yield Point(f"the sort of text: {kind.id}", _AGAINST_TYPE[kind.cue.weight])
    read = [*parsed.of_field("title"), *([] if lead.field == "title" else [lead])]
    topics = [hit for s in read for hit in s.hits("off-topic") if not _within_a_name(hit, s)]
    if topic := _heaviest(topics):
        yield Point(f"another topic: {topic.id}", _AGAINST_TOPIC[topic.cue.weight])
    if "?" in parsed.item.title:
        yield Point("the title asks", _QUESTION)
    if lead.field != "title":
        yield Point("told in the summary only", _ONLY_SUMMARY)


def _within_a_name(hit: CueHit, sentence: ParsedSentence) -> bool:
    names = (mention.span for mention in sentence.mentions if mention.sort is not MentionSort.ISSUE)
    return any(name.start <= hit.span.start and hit.span.end <= name.end for name in names)


def _heaviest(hits: Iterable[CueHit]) -> CueHit | None:
    return max(hits, key=lambda hit: hit.cue.weight, default=None)
