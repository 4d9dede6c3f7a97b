"""An explanation told: for the terminal and as Markdown, from one list of lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

from dipwatch.alerts import words
from dipwatch.alerts.safety import safe_link
from dipwatch.model import Quantity, Span, When
from dipwatch.review.explanation.gather import DecisionView, ExplainedView, ExplanationView, SupportView
from dipwatch.review.explanation.text import CueView, MentionView, RelevanceView, TextView, WeighedView, WeightView
from dipwatch.review.formats import Surface, local_time
from dipwatch.review.story import Line, novel_words, reasons_of
from dipwatch.review.views import ChangeView, ClaimView

_FIELDS = ("title", "summary")


def explanation(view: ExplanationView, surface: Surface) -> Iterator[Line]:
    """Yield the lines of an explanation; times are those of the surface's zone."""
    if view.development:
        yield Line(f"Development {view.development.id}: {view.development.title}", 0, "bold")
        if view.development.english:
            yield Line(f"In English: {view.development.english}")
        yield from (Line(_verdict(item)) for item in sorted(view.items, key=lambda item: not _alerts(item))[:1])
        news = words.Counted(len(view.items), "report made", "reports made")
        yield Line(f"{news} news of it: explained below")
        yield from (_support(each, surface) for each in view.supported_by)
    for item in view.items:
        yield from _item(item, surface)


def _support(support: SupportView, surface: Surface) -> Line:
    told = f"{local_time(support.at, surface.zone)} {support.source}: {support.title}"
    return Line(f"supported by {told} (dipwatch explain {support.item})")


def _item(view: ExplainedView, surface: Surface) -> Iterator[Line]:
    yield Line(view.text.title if view.text else f"Item {view.item}", 0, "bold")
    yield Line(_verdict(view))
    if view.source:
        yield _origin(view, surface)
    if view.text:
        yield from _text(view.text)
    elif view.thresholds:
        yield Line("this wording was pruned")
    else:
        yield Line(f"subject {view.subject} is not configured: its text can't be read anew")
    claims = view.decision.claims if view.decision else view.text.claims if view.text else ()
    yield from _claims(claims, view)
    if view.text:
        yield from _score(view.text)
    yield from _compared(view)
    yield Line("Decision", 0, "bold")
    yield from _decision(view, surface)


def _alerts(view: ExplainedView) -> bool:
    return view.decision is not None and any(change.alert for change in view.decision.changes)


def _verdict(view: ExplainedView) -> str:
    """Say in one sentence why an item did or did not alert; of a text that is in no log, whether it would."""
    if view.decision is None:
        return "Nothing is decided yet: it waits for detection." if view.item else _prospect(view)
    changes = sorted(view.decision.changes, key=lambda change: not change.alert)
    if not changes:
        return f"It did not alert: {_to_nothing(view.decision.outcome)}."
    change = changes[0]
    if change.alert:
        new = f" ({', '.join(map(novel_words, change.novel))})" if change.novel else ""
        return f"It alerted: {_reasons(change.reasons)}{new}."
    return f"It did not alert: {_reasons(change.kept_back) or 'it only corrects what was told'}."


def _reasons(reasons: Sequence[str]) -> str:
    return ", ".join(words.word("reason", reason) for reason in reasons)


def _to_nothing(outcome: str) -> str:
    if outcome == "no claim":
        return "no act of the subject's actors was read in it"
    return f"it reads too little like a development ({outcome})"


def _origin(view: ExplainedView, surface: Surface) -> Line:
    kind = words.word("source_kind", view.source_kind)
    when = local_time(view.published_at or view.seen_at, surface.zone)
    edited = f", wording {view.revision + 1}" if view.revision else ""
    return Line(f"Item {view.item}, {view.source} ({kind}), {when}{edited}", link=safe_link(view.link))


def _text(text: TextView) -> Iterator[Line]:
    yield Line(
        _joined(f"Language {text.language}", f"text is {text.text_type}", *(f"off topic: {t}" for t in text.off_topic))
    )
    if not text.opens_gate:
        yield Line("names nobody and nothing that opens the subject's gate: not read further")
    yield Line("Text", 0, "bold")
    for field, words_of_it in zip(_FIELDS, (text.title, text.summary), strict=True):
        if words_of_it:
            yield Line(f"{field.capitalize()}: {words_of_it}")
            yield from (_mention(mention) for mention in text.mentions if mention.span.field == field)
            yield from (_cue(cue) for cue in text.cues if cue.span.field == field)


def _mention(mention: MentionView) -> Line:
    sort, ref = words.humanised(mention.sort), mention.ref
    named = ref.id if ref.id == ref.name else f"{ref.name} ({ref.id})"
    return Line(f"{_place(mention.span)} “{mention.text}”: {sort} {named}, by {mention.via}", 2)


def _cue(cue: CueView) -> Line:
    tells = _joined(cue.sort, cue.kind or "", cue.status or "", f"weight {cue.weight}")
    patterns = "; ".join(f"{pattern.id} “{pattern.pattern}”" for pattern in cue.patterns)
    return Line(f"{_place(cue.span)} “{cue.text}”: cue {cue.id} ({tells}), by {patterns}", 2)


def _place(span: Span) -> str:
    return f"{span.start}-{span.end}"


def _claims(claims: Sequence[ClaimView], view: ExplainedView) -> Iterator[Line]:
    now = view.text.claims if view.text else ()
    yield Line("Claims", 0, "bold")
    if not claims:
        yield Line("none")
    for number, claim in enumerate(claims):
        yield from _claim(claim, leading=number == 0)
    if view.decision and view.text and tuple(claims) != now:
        yield Line("Read today the text gives other claims:")
        for number, claim in enumerate(now):
            yield from _claim(claim, leading=number == 0)


def _claim(claim: ClaimView, *, leading: bool) -> Iterator[Line]:
    lead = "Leading claim" if leading else "Claim"
    act = f"{words.word('kind', claim.kind)}, {words.word('status', claim.status)}, {claim.event}"
    yield Line(f"{lead}: {act}, score {claim.score:.3f}")
    if claim.english:
        yield Line(f"In English: {claim.english}", 2)
    yield Line(f"“{claim.evidence}” ({claim.span.field} {_place(claim.span)})", 2)
    facts = {
        "Who": ", ".join(f"{part.named or part.actor.name} ({part.role})" for part in claim.parts),
        "Where": claim.venue.name if claim.venue else "",
        "Issue": claim.issue.name if claim.issue else "",
        "Stance": _stance(claim),
        "When": _days(claim),
        "Round": str(claim.ordinal or ""),
        "Numbers": ", ".join(map(_quantity, claim.quantities)),
        "Quote": _quote(claim),
        "Condition": claim.conditions,
        "Caution": "; ".join(_cautions(claim)),
        "Cues": ", ".join(claim.cues),
    }
    yield from (Line(f"{name}: {value}", 2) for name, value in facts.items() if value)


def _stance(claim: ClaimView) -> str:
    stance = claim.stance.name if claim.stance else ""
    return _joined(stance, "stated in the actor's own name" if claim.states_position else "")


def _days(claim: ClaimView) -> str:
    if claim.first_day is None or claim.last_day is None:
        return ""
    return words.days(When(claim.first_day, claim.last_day))


def _quantity(quantity: Quantity) -> str:
    return f"{quantity.value:,.10g} {quantity.unit}"


def _quote(claim: ClaimView) -> str:
    speaker = f" ({claim.speaker.name})" if claim.speaker else ""
    return f"“{claim.quote}”{speaker}" if claim.quote else ""


def _cautions(claim: ClaimView) -> Iterator[str]:
    marks = {"unnamed_source": claim.unnamed_source, "hedged": claim.hedged, "negated": claim.negated}
    return (words.word("mark", mark) for mark, holds in marks.items() if holds)


def _score(text: TextView) -> Iterator[Line]:
    if text.relevance:
        yield Line("Score", 0, "bold")
        yield from _relevance(text.relevance)
    for name, weighed in (("Kind", text.kind), ("Status", text.status)):
        if weighed:
            yield _weighed(name, weighed)
            yield from _weights(weighed.features)


def _relevance(score: RelevanceView) -> Iterator[Line]:
    if score.by == "rules":
        yield Line(f"{score.score:.3f} that it is a development, by rules, no model: {score.margin:.0f} points of 10")
        yield from (Line(f"{point.weight:+.0f} {point.feature}", 2) for point in score.features)
        return
    yield Line(
        f"{score.score:.3f} that it is a development (sum {score.margin:+.3f}, of it {score.bias:+.3f} for all texts)"
    )
    yield from _weights(score.features)


def _weighed(name: str, view: WeighedView) -> Line:
    rival = f", next {view.next_label} {view.next_margin:+.3f}" if view.next_margin is not None else ""
    ruled = f"; cues decide for {view.decided}" if view.decided != view.label else ""
    return Line(f"{name} {view.label} (sum {view.margin:+.3f}, of it {view.bias:+.3f} for all texts{rival}){ruled}")


def _weights(weights: Sequence[WeightView]) -> Iterator[Line]:
    return (Line(f"{weight.weight:+.3f} {weight.feature}", 2) for weight in weights)


def _compared(view: ExplainedView) -> Iterator[Line]:
    titles = {ref.id: ref.name for ref in view.compared}
    held = [each for change in view.decision.changes for each in change.compared] if view.decision else []
    if held:
        yield Line("Compared with", 0, "bold")
    for each in held:
        yield Line(f"{each.score:.3f} {each.development}: {titles[each.development]}")
        for name, slots in (("agreed", each.agreed), ("differed", each.differed)):
            if slots:
                yield Line(f"{name}: {', '.join(slots)}", 2)


def _decision(view: ExplainedView, surface: Surface) -> Iterator[Line]:
    if view.decision is None:
        yield Line("waits for detection" if view.item else "none: it is in no log")
    else:
        yield Line(f"{local_time(view.decision.at, surface.zone)} tick {view.decision.tick}: {view.decision.outcome}")
        for change in view.decision.changes:
            yield from _change(change)
        yield from _versions(view.decision)
    if view.thresholds:
        yield Line(_thresholds(view))


def _prospect(view: ExplainedView) -> str:
    """Say what would become of a text that is in no log; whether it is new depends on what the log holds."""
    bounds, claims = view.thresholds, view.text.claims if view.text else ()
    if not claims or not bounds:
        return f"It would not alert: {_to_nothing('no claim')}."
    score = claims[0].score
    if score < bounds.record:
        return f"It would not alert: {_to_nothing(f'score {score:.3f} below {bounds.record:.3f}')}."
    if score < bounds.alert:
        return f"It would stand in the log without an alert: score {score:.3f} below {bounds.alert:.3f}."
    return f"It would alert, if it were new: score {score:.3f} reaches {bounds.alert:.3f}."


def _change(change: ChangeView) -> Iterator[Line]:
    label = words.word("label", change.type)
    score = f", score {change.claim.score:.3f}" if change.claim else ""
    yield Line(f"{label}: {change.development}, {'to be alerted' if change.alert else 'not alerted'}{score}")
    yield from (Line(text, 2) for text in reasons_of(change) if text)
    for each in change.deliveries:
        yield Line(f"{each.purpose} to {each.receiver}: {each.state}", 2)


def _versions(decision: DecisionView) -> Iterator[Line]:
    versions = decision.versions
    yield Line("Versions: " + ", ".join(f"{each.name} {getattr(versions, each.name)}" for each in fields(versions)))
    if decision.differing:
        yield Line(f"Other now: {', '.join(decision.differing)}; spans, weights and thresholds are those of today")


def _thresholds(view: ExplainedView) -> str:
    bounds = view.thresholds
    if bounds is None:
        return ""
    told = f"alert from {bounds.alert:.3f}, log from {bounds.record:.3f}, same development from {bounds.same:.3f}"
    return f"Thresholds: {told}, update from {bounds.update:.3f}, up to {bounds.max_age_hours:g} h old"


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))
