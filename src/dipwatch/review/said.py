"""What the baseline says of a development: where its actors stood, how they dealt with each other, and what is new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dipwatch.review.brief import Brief, evidence
from dipwatch.review.listed import DevelopmentView, NameBook, Ref
from dipwatch.review.views import ChangeView, SaidView

_MOST = 3
"""Channels and rounds that are quoted: those that name most of the actors."""


@dataclass(frozen=True, slots=True)
class _About:
    """Who and what a development is about; ``parties`` are those for whom its actors act in the end."""

    subject: str
    actors: tuple[str, ...]
    parties: frozenset[str]
    issues: tuple[str, ...]
    venue: str | None
    opened: date


def said(view: DevelopmentView, changes: Iterable[ChangeView], brief: Brief, names: NameBook) -> tuple[SaidView, ...]:
    """Return what the baseline tells of a development; nothing where a subject has none."""
    if not brief.lists:
        return ()
    about = _about(view, changes, names)
    return (*_positions(about, brief, names), *_dealings(about, brief, names), *_unknown(about, brief, names))


def _about(view: DevelopmentView, changes: Iterable[ChangeView], names: NameBook) -> _About:
    issues = [view.issue.id] if view.issue else []
    for change in changes:
        issues += [change.shift.issue.id] if change.shift else []
        issues += [change.claim.issue.id] if change.claim and change.claim.issue else []
    actors = tuple(actor.id for actor in view.actors)
    return _About(
        subject=view.subject,
        actors=actors,
        parties=frozenset(names.principal(view.subject, actor) for actor in actors),
        issues=tuple(dict.fromkeys(issues)),
        venue=view.venue.id if view.venue else None,
        opened=view.opened_at.date(),
    )


def _positions(about: _About, brief: Brief, names: NameBook) -> Iterator[SaidView]:
    for told in brief.positions():
        if told.issue in about.issues and told.actor in about.parties:
            yield SaidView(
                sort="position",
                about=(names.ref(about.subject, told.actor), names.ref(about.subject, told.issue)),
                stance=names.stance(about.subject, told.issue, told.stance),
                quote=told.evidence[0].quote,
                seed=told.evidence[0].seed,
                document=brief.document(told.evidence[0].seed),
                known_from=told.known_from,
                entry=told.entry,
                known=told.known_from <= about.opened,
            )


def _dealings(about: _About, brief: Brief, names: NameBook) -> Iterator[SaidView]:
    """Yield the channels and rounds that name at least two of the parties, or the venue and one of them."""
    involved = about.parties | set(about.actors)
    ranked = [
        (len(found), sort, entry, found)
        for sort in ("channel", "round")
        for entry in brief.entries(f"{sort}s")
        if len(found := [each for each in _named(entry) if each in involved or each == about.venue]) > 1
    ]
    for _, sort, entry, found in sorted(ranked, key=lambda each: -each[0])[:_MOST]:
        first, known_from = evidence(entry)[0], date.fromisoformat(entry["known_from"])
        yield SaidView(
            sort=sort,
            about=tuple(names.ref(about.subject, each) for each in found),
            stance=None,
            quote=first.quote,
            seed=first.seed,
            document=brief.document(first.seed),
            known_from=known_from,
            entry=entry["id"],
            known=known_from <= about.opened,
        )


def _named(entry: Mapping[str, Any]) -> list[str]:
    slots = ("between", "through", "on_behalf_of", "actors")
    found = [each for slot in slots for each in entry.get(slot, ())]
    return list(dict.fromkeys([*found, *([entry["venue"]] if entry.get("venue") else [])]))


def _unknown(about: _About, brief: Brief, names: NameBook) -> Iterator[SaidView]:
    """Yield actors and venue that no sound seed tells of."""
    for sort, keys in (("actor", about.actors), ("venue", [about.venue] if about.venue else [])):
        known = {entry[sort] for entry in brief.entries(f"{sort}s") if entry.get(sort) and not entry["single_source"]}
        for ref in _refs(about.subject, [key for key in keys if key not in known], names):
            yield SaidView(sort, (ref,), None, "", "", "", None, None, known=False)


def _refs(subject: str, keys: Sequence[str], names: NameBook) -> list[Ref]:
    return [names.ref(subject, key) for key in keys]
