"""Actors with the roles that documents give them, unnamed officials, places, and the sources that documents name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dipwatch.baseline.cues import Cues
from dipwatch.baseline.entries import Entry
from dipwatch.baseline.reading import Document, Grammar, Read, bound_to
from dipwatch.lexicon import Lexicon
from dipwatch.model import Mention, MentionSort

PARTY = "party"
BETWEEN = frozenset({"mediator", "conduit"})
"""Roles between the parties, which no party itself can have."""


def actors(document: Document, lexicon: Lexicon, grammar: Grammar, cues: Cues) -> Iterator[Entry]:
    """Yield an entry for each actor a clause names, with its roles, and for whoever is quoted without a name."""
    for read in document.reads:
        roles = _roles(read, grammar, cues)
        for mention in read.actors:
            yield read.entry(
                "actors",
                actor=mention.ref,
                roles=_roles_of(mention, roles, lexicon),
                named=(_as_written(read, mention, grammar),),
            )
        yield from _anonymous(read, lexicon, cues)


def _roles(read: Read, grammar: Grammar, cues: Cues) -> dict[Mention, list[str]]:
    found: dict[Mention, list[str]] = {}
    for cue in cues.roles:
        for pattern, before in ((cue.follows, True), (cue.precedes, False)):
            for match in pattern.finditer(read.text) if pattern else ():
                bound = bound_to(read, match.span(), cues, before=before)
                for mention in [] if before and bound and grammar.is_object(read, bound[-1]) else bound:
                    found.setdefault(mention, []).append(cue.role)
    return found


def roles_in(read: Read, grammar: Grammar, cues: Cues) -> dict[str, tuple[str, ...]]:
    """Return the roles that a clause gives to actors, by their id."""
    found: dict[str, tuple[str, ...]] = {}
    for mention, roles in _roles(read, grammar, cues).items():
        found[mention.ref] = tuple(dict.fromkeys((*found.get(mention.ref, ()), *roles)))
    return found


def _roles_of(mention: Mention, roles: dict[Mention, list[str]], lexicon: Lexicon) -> tuple[str, ...]:
    is_party = mention.ref in lexicon.subject.parties
    told = [role for role in roles.get(mention, []) if not (is_party and role in BETWEEN)]
    party = [PARTY] if is_party else []
    source = ["source"] if lexicon.actors[mention.ref].type in {"outlet", "institute"} else []
    return tuple(dict.fromkeys([*party, *source, *told]))


def _as_written(read: Read, mention: Mention, grammar: Grammar) -> str:
    """Return a name as it is written, an adjective with the noun it belongs to ("20+ European governments")."""
    noun = grammar.noun_end(read, mention) if mention.via == "adjective" else mention.span.end
    number = re.search(r"\b\d{1,3}\+?\s$", read.text[: mention.span.start])
    return read.text[number.start() if number else mention.span.start : noun]


def _anonymous(read: Read, lexicon: Lexicon, cues: Cues) -> Iterator[Entry]:
    said = [match for key in ("said", "according") for match in cues.get("anonymous", key).finditer(read.text)]
    for match in said:
        start, end = match.span("who")
        behind = [lexicon.principal(m.ref) for m in read.actors if start <= m.span.start < end and m.via != "place"]
        yield read.entry(
            "actors", actor=behind[0] if behind else "", unnamed=match["who"].strip(), roles=("unnamed official",)
        )


def venues(document: Document, lexicon: Lexicon, cues: Cues) -> Iterator[Entry]:
    """Yield the places a document names: cities and sites, and regions as what is at issue.

    A capital that stands for its government is kept as the seat of one. A place whose name is but part of the words of
    an issue (a memorandum named after a city) is left out.
    """
    by_name = {name.casefold(): venue.id for venue in lexicon.venues.values() for name in venue.en}
    for read in document.reads:
        for mention in read.mentions:
            if mention.sort is MentionSort.VENUE and not _part_of_title(read, mention):
                yield read.entry("venues", venue=mention.ref, uses=(_use(mention, read, lexicon, cues),))
            elif mention.via == "metonym" and (seat := by_name.get(mention.text.casefold())):
                yield read.entry("venues", venue=seat, uses=("seat of a government",), stands_for=mention.ref)


def _part_of_title(read: Read, mention: Mention) -> bool:
    """Tell whether a place is part of a document's or treaty's name: an issue's words go on behind it."""
    return any(hit.span.start <= mention.span.start and mention.span.end < hit.span.end for hit in read.issues)


def _use(mention: Mention, read: Read, lexicon: Lexicon, cues: Cues) -> str:
    at_issue = lexicon.venues[mention.ref].type == "region" or cues.get("place", "at_issue").search(read.text)
    return "at issue" if at_issue else "named"


def sources(document: Document, lexicon: Lexicon, cues: Cues) -> Iterator[Entry]:
    """Yield publishers, institutes and offices that a document draws on or names as worth reading."""
    for read in document.reads:
        listed = bool(
            cues.get("heading", "sources").search(read.clause.heading)
            or cues.get("heading", "sources").search(read.text)
        )
        for mention in read.actors:
            kind = lexicon.actors[mention.ref].type
            released = cues.get("source", "releases").match(read.text, _next_word(read.text, mention.span.end))
            if kind in {"outlet", "institute"} or (kind == "body" and listed) or released:
                yield read.entry("sources", source=mention.ref, kind=kind, uses=("listed" if listed else "named",))


def _next_word(text: str, place: int) -> int:
    while place < len(text) and not text[place].isalnum():
        place += 1
    return place
