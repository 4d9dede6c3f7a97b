"""Who takes part in an act, and in which role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.extract.roles import find_roles
from dipwatch.lexicon import Lexicon
from dipwatch.linear import Linear
from dipwatch.model import Kind, Mention, MentionSort, Part, Role

MOST_PARTS = 6
"""As many principal actors as the labelling guide allows."""
_TAKES_PART = 0.5
_HAS_GO_BETWEENS = frozenset(Kind) - {Kind.SANCTIONS, Kind.COMMITMENT, Kind.APPOINTMENT, Kind.INSTITUTION}
"""Kinds of act that somebody hosts or mediates; gas and arms also go through countries."""

_BETWEEN_PARTIES = frozenset({Kind.CEASEFIRE, Kind.HUMANITARIAN})
"""Kinds of act that the parties have with each other: where a text names nobody, they are meant."""
_CROWD = 8
"""From so many actors on it doesn't matter how many a text names."""


def find_parts(
    parsed: Parsed, lead: ParsedSentence, kind: Kind, lexicon: Lexicon, model: Linear | None
) -> tuple[Part, ...]:
    """Return the principal actors of an item's leading act, each once, at most six.

    Those named in the leading sentence come first, in its order, each person followed by the state or body it acts for.
    """
    known = list(_known(parsed, lead, lexicon, model))[:MOST_PARTS]
    if not known and kind in _BETWEEN_PARTIES and not any(lead.of_sort(MentionSort.ACTOR)):
        known = list(lexicon.subject.parties)
    unknown = _unknown_persons(lead)[: MOST_PARTS - len(known)]
    aside = find_roles(parsed, lexicon) if kind in _HAS_GO_BETWEENS else {}
    acting = [actor for actor in known if actor not in aside]
    roles = {**aside, **{actor: _role(place, kind) for place, actor in enumerate([*acting, *unknown])}}
    return (*(Part(actor, roles[actor]) for actor in known), *(Part(name, roles[name], named=name) for name in unknown))


def holder_first(parts: tuple[Part, ...], holder: str, lexicon: Lexicon) -> tuple[Part, ...]:
    """Return the parts with those that speak for the holder of a position first, as speakers."""
    speaking = [part for part in parts if lexicon.principal(part.actor) == holder] or [Part(holder, Role.SPEAKER)]
    others = [part for part in parts if part not in speaking]
    return (*(replace(part, role=Role.SPEAKER) for part in speaking), *others)[:MOST_PARTS]


def _known(parsed: Parsed, lead: ParsedSentence, lexicon: Lexicon, model: Linear | None) -> Iterator[str]:
    for actor, found in actor_features(parsed, lead, lexicon).items():
        if model.probability(found) >= _TAKES_PART if model else _by_rule(found):
            yield actor


def _unknown_persons(lead: ParsedSentence) -> list[str]:
    """Return the people of the leading sentence whom the lexicon doesn't know: a new envoy is the news."""
    return list(dict.fromkeys(mention.ref for mention in lead.of_sort(MentionSort.UNKNOWN_PERSON)))


def _by_rule(features: dict[str, float]) -> bool:
    """Take whoever stands in the leading sentence, and for whom they act."""
    return bool(features.get("lead") or features.get("acts-in-lead"))


def actor_features(parsed: Parsed, lead: ParsedSentence, lexicon: Lexicon) -> dict[str, dict[str, float]]:
    """Return for each actor named, acted for or implied the features by which its part is judged, in order."""
    actors: dict[str, dict[str, float]] = {}
    in_lead_sentence = {mention.span for mention in lead.mentions}
    title = [m for m in parsed.mentions if m.span.field == "title" and m.sort is MentionSort.ACTOR]
    others = [m for m in parsed.mentions if m.span.field != "title" and m.sort is MentionSort.ACTOR]
    for place, mention in enumerate([*title, *others]):
        in_lead = mention.span in in_lead_sentence
        _note(actors, mention, place, in_lead=in_lead, lexicon=lexicon)
        if in_lead and (sign := _sign(lead, mention)):
            actors[mention.ref][sign] = 1.0
    _note_implied(actors, parsed, lexicon)
    crowd = f"among:{min(len(actors), _CROWD) // 2}"
    for found in actors.values():
        found[crowd] = 1.0
        if parsed.language != "en":
            found["cyrillic"] = 1.0
        if not found.get("lead") and not found.get("acts-in-lead"):
            found["only-summary"] = 1.0
    return actors


def _note(
    actors: dict[str, dict[str, float]], mention: Mention, place: int, *, in_lead: bool, lexicon: Lexicon
) -> None:
    entry = lexicon.actors[mention.ref]
    found = actors.setdefault(mention.ref, {f"type:{entry.type}": 1.0, f"place:{min(place, 5)}": 1.0})
    if mention.ref in lexicon.subject.parties:
        found["party"] = 1.0
    found[f"via:{mention.via}"] = 1.0
    found[f"in:{mention.span.field}"] = 1.0
    if in_lead:
        found["lead"] = 1.0
    found["times"] = min(found.get("times", 0.0) + 0.25, 1.0)
    above = lexicon.acts_for(mention.ref)
    if above is None or above not in lexicon.actors:
        return
    principal = actors.setdefault(above, {f"type:{lexicon.actors[above].type}": 1.0, "unnamed": 1.0})
    principal[f"acts-in-{'lead' if in_lead else 'rest'}"] = 1.0
    principal[f"acts:{entry.type}"] = 1.0
    if above in lexicon.subject.parties:
        principal["party"] = 1.0


def _sign(lead: ParsedSentence, mention: Mention) -> str | None:
    """Return what the sign right after a name tells: «Peskov: ...» speaks, of «Russia's demands» it is the owner."""
    after = lead.sentence.text[mention.span.end - lead.sentence.start :][:1]
    return {":": "before-colon", "'": "owner", "’": "owner"}.get(after)


def _note_implied(actors: dict[str, dict[str, float]], parsed: Parsed, lexicon: Lexicon) -> None:
    """Add the parties that aren't named, by acts that they have with each other: an exchange has two sides."""
    shared = {h.id for s in parsed.sentences for h in s.hits("act") if h.cue.kind in _BETWEEN_PARTIES}
    for party in lexicon.subject.parties:
        if shared and party not in actors:
            actors[party] = {"implied": 1.0, **{f"implied:{cue}": 1.0 for cue in sorted(shared)}}


def _role(place: int, kind: Kind) -> Role:
    if place == 0:
        return Role.SPEAKER if kind in {Kind.POSITION, Kind.ULTIMATUM} else Role.SOURCE
    return Role.PARTY if kind in {Kind.MEETING, Kind.CONTACT, Kind.AGREEMENT} else Role.TARGET
