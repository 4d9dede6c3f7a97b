"""From sentences to claims: the leading act of an item first, then what else its sentences tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dipwatch.extract.attributed import is_attributed
from dipwatch.extract.lead import acts, decisive_kind, kind_by_cues, leading_sentence, talks_on
from dipwatch.extract.model import Model
from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.extract.position import Position, find_position
from dipwatch.extract.quantities import find_ordinal, find_quantities
from dipwatch.extract.rules import score_by_rules
from dipwatch.extract.status import UNDOING, find_status, find_undoing, is_announced, status_beside_backdrop
from dipwatch.extract.times import find_when
from dipwatch.extract.where import find_venue
from dipwatch.extract.who import find_parts, holder_first
from dipwatch.lexicon import Lexicon
from dipwatch.linear import Features
from dipwatch.model import Claim, EventType, Kind, MentionSort, Quote, Span, Status

_MOST_CLAIMS = 6
_RARE = frozenset({Kind.APPOINTMENT, Kind.RUPTURE, Kind.ULTIMATUM, Kind.CEASEFIRE, Kind.HUMANITARIAN, Kind.AGREEMENT})
_TO_COME = frozenset(Kind) - {Kind.COMMITMENT, Kind.POSITION, Kind.SANCTIONS}
"""Kinds that are done only when they are carried out: a pledge to send arms is one already."""
_EVENTS = {
    Kind.MEETING: EventType.CONSULT,
    Kind.CONTACT: EventType.CONSULT,
    Kind.APPOINTMENT: EventType.COOPERATE,
    Kind.POSITION: EventType.REQUEST,
    Kind.PROPOSAL: EventType.REQUEST,
    Kind.AGREEMENT: EventType.AGREE,
    Kind.CEASEFIRE: EventType.CONCEDE,
    Kind.HUMANITARIAN: EventType.AID,
    Kind.SANCTIONS: EventType.SANCTION,
    Kind.COMMITMENT: EventType.SUPPORT,
    Kind.INSTITUTION: EventType.SUPPORT,
    Kind.RUPTURE: EventType.REJECT,
    Kind.ULTIMATUM: EventType.THREATEN,
}
"""The event type of a kind where no cue tells it more exactly."""


@dataclass(frozen=True, slots=True)
class ClaimFinder:
    """Finds claims with one lexicon and one model."""

    lexicon: Lexicon
    model: Model

    def find(self, parsed: Parsed, seen: Features) -> tuple[Claim, ...]:
        """Return the claims of an item, the leading one first; none where it names neither an actor nor an act's place.

        ``seen`` are the item's features. The leading claim carries the item's relevance as its score; claims of further
        sentences need an act cue of their own and share that score.
        """
        lead = leading_sentence(parsed)
        if lead is None:
            return ()
        learned = self.model.relevance
        score = learned.probability(seen) if learned else score_by_rules(parsed, self.lexicon).score
        kind = self._kind(parsed, lead, seen)
        status = self._status(parsed, lead, kind, seen)
        leading = self._claim(parsed, lead, kind, status, score)
        claims = [self._with_position(leading, parsed, seen)]
        for sentence in parsed.sentences:
            other = kind_by_cues([sentence])
            if sentence is not lead and other is not None and any(sentence.of_sort(MentionSort.ACTOR)):
                claims.append(self._claim(parsed, sentence, other, find_status([sentence]), score))
        return tuple(claims[:_MOST_CLAIMS])

    def _with_position(self, claim: Claim, parsed: Parsed, seen: Features) -> Claim:
        """Return the leading claim with the position the item states, its holder first."""
        if self.model.positions is None:
            own = claim.kind is Kind.POSITION and claim.stance is not None and not claim.negated
            return replace(claim, states_position=own)
        position = find_position(parsed, seen, self.lexicon, self.model)
        if position is None:
            return claim
        stance = self._own_stance(claim, parsed, position)
        parts = holder_first(claim.parts, position.holder, self.lexicon)
        return replace(
            claim,
            parts=parts,
            issue=position.issue,
            stance=stance,
            states_position=True,
            direction=position.direction,
        )

    def _own_stance(self, claim: Claim, parsed: Parsed, position: Position) -> str | None:
        """Return the first stance the item tells on the issue, if it can be the holder's own.

        What is rejected is the demand of others: the stance its words tell is then not the holder's.
        """
        told = (hit.stance for sentence in parsed.sentences for hit in sentence.stances if hit.issue == position.issue)
        stance = next(told, None)
        if stance is None or claim.event is not EventType.REJECT:
            return stance
        return None if self.lexicon.is_against(position.issue, position.holder, stance) else stance

    def _kind(self, parsed: Parsed, lead: ParsedSentence, seen: Features) -> Kind:
        """Return the learned kind, but the cues' word where they decide for one too rare to be learned."""
        decided = decisive_kind(lead)
        best = self.model.kinds.best(seen)
        if decided in _RARE or best is None:
            return decided or kind_by_cues([lead]) or kind_by_cues(parsed.sentences) or Kind.POSITION
        return Kind(best)

    def _status(self, parsed: Parsed, lead: ParsedSentence, kind: Kind, seen: Features) -> Status:
        """Return the learned status, but the cues' word where they tell what is too rare to be learned.

        A title that names nobody has its say before the summary's leading sentence. By cues alone a position is stated,
        not planned, whatever it is about: «ready to accept», «will never».
        """
        telling = [lead] if lead.field == "title" else [*parsed.of_field("title"), lead]
        undoing = next(filter(None, map(find_undoing, telling)), None)
        if undoing:
            return undoing
        if any(is_attributed(sentence, self.lexicon) for sentence in telling):
            return Status.REPORTED
        if kind in _TO_COME and is_announced(lead):
            return Status.PLANNED
        best = self.model.statuses.best(seen)
        if best:
            return (status_beside_backdrop(lead) if Status(best) in UNDOING else None) or Status(best)
        told = find_status([lead])
        return Status.HAPPENED if kind is Kind.POSITION and told is Status.PLANNED else told

    def _claim(self, parsed: Parsed, sentence: ParsedSentence, kind: Kind, status: Status, score: float) -> Claim:
        event = _event(sentence, kind)
        parts = find_parts(parsed, sentence, kind, self.lexicon, self.model.actors)
        issue, stance = _issue(sentence, parsed)
        if event is EventType.REJECT and issue and stance and parts:
            # The stance that the words tell is then the demand rejected, unless it is the actor's own.
            stance = None if self.lexicon.is_against(issue, parts[0].actor, stance) else stance
        text = sentence.sentence.text
        return Claim(
            kind=kind,
            event=event,
            status=status,
            parts=parts,
            span=_span(sentence),
            evidence=text,
            venue=find_venue(parsed, sentence, kind, self.lexicon),
            issue=issue,
            stance=stance,
            conditions=_conditions(sentence),
            hedged=any(sentence.hits("hedge")),
            negated=any(sentence.hits("negation")),
            unnamed_source=any(sentence.hits("unnamed-source")),
            when=find_when(text, parsed.item.when.date(), past=status is Status.HAPPENED),
            ordinal=find_ordinal(text),
            quantities=find_quantities(text),
            quote=_quote(parsed, sentence),
            cues=tuple(dict.fromkeys(hit.id for hit in sentence.cues)),
            score=score,
        )


def _span(sentence: ParsedSentence) -> Span:
    return Span(sentence.field, sentence.sentence.start, sentence.sentence.end)


def _event(sentence: ParsedSentence, kind: Kind) -> EventType:
    told = (hit.cue.event for hit in acts(sentence) if hit.cue.event and hit.cue.kind in {kind, None})
    return next(told, _EVENTS[kind])


def _issue(sentence: ParsedSentence, parsed: Parsed) -> tuple[str | None, str | None]:
    """Return the issue a sentence turns on and the stance it tells; a stance counts before a bare mention.

    «Talks on» names none itself: what they are on does.
    """
    talks = talks_on(sentence)
    stances = [hit for hit in sentence.stances if not _within(hit.span, talks)]
    if stances:
        return stances[0].issue, stances[0].stance
    named = [hit.issue for hit in sentence.issues if not _within(hit.span, talks)]
    named = named or [hit.issue for other in parsed.sentences for hit in other.issues]
    return (named[0] if named else None), None


def _within(span: Span, stretches: Sequence[tuple[int, int]]) -> bool:
    return any(start <= span.start and span.end <= end for start, end in stretches)


def _conditions(sentence: ParsedSentence) -> str:
    """Return the words from the first condition's cue to the end of the sentence; empty where there is none."""
    first = min((hit.span.start for hit in sentence.hits("condition")), default=None)
    return "" if first is None else sentence.sentence.text[first - sentence.sentence.start :]


def _quote(parsed: Parsed, sentence: ParsedSentence) -> Quote | None:
    span = _span(sentence)
    inside = (q for q in parsed.quotes if q.span.field == span.field and span.start <= q.span.start < span.end)
    return next(inside, None)
