"""Who met whom, how often, and through whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, select

from dipwatch.model import Kind, Role, Status
from dipwatch.review.brief import Brief
from dipwatch.review.filters import HistoryFilter, conditions
from dipwatch.review.listed import NameBook, Ref
from dipwatch.store.schema import change_actor_table, change_table, development_table

_MEETINGS = (Kind.MEETING.value, Kind.CONTACT.value)
_BETWEEN = (Role.HOST.value, Role.MEDIATOR.value)
_PAIR = 2
_MOST = 8
"""Actors of a development that are paired: a summit of thirty is no set of four hundred meetings."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ThroughView:
    """Somebody who hosted or mediated, how often."""

    actor: Ref
    role: str
    times: int


@dataclass(frozen=True, slots=True)
class EdgeView:
    """Two that met or spoke; ``planned`` counts what is only announced, ``in_baseline`` says from when a seed tells it.

    ``through`` and ``venues`` are the most frequent first, ``developments`` the latest first (at most five).
    """

    subject: str
    one: Ref
    other: Ref
    times: int
    meetings: int
    contacts: int
    planned: int
    last_at: datetime
    through: tuple[ThroughView, ...]
    venues: tuple[Ref, ...]
    in_baseline: date | None
    developments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodeView:
    """An actor of the network; ``party`` is whom it acts for in the end, ``times`` counts its meetings and contacts."""

    actor: Ref
    party: Ref
    times: int


@dataclass(frozen=True, slots=True)
class NetworkView:
    """Actors with what connects them, both the most frequent first."""

    nodes: tuple[NodeView, ...]
    edges: tuple[EdgeView, ...]


@dataclass(slots=True)
class _Met:
    """A meeting or contact with those who took part and those between them."""

    id: str
    subject: str
    kind: str
    status: str
    venue: str | None
    at: datetime
    roles: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Edge:
    met: list[_Met] = field(default_factory=list)
    through: Counter[tuple[str, str]] = field(default_factory=Counter)


def network(
    connection: Connection,
    asked: HistoryFilter,
    names: NameBook,
    briefs: Mapping[str, Brief],
    *,
    by_party: bool = False,
) -> NetworkView:
    """Return the network of the meetings and contacts asked for, the kinds of the filter aside.

    Those whom a user has marked false don't count; what was denied or cancelled did not take place, what is planned
    counts apart. With ``by_party`` everybody stands for whom he acts for in the end.
    """
    edges: defaultdict[tuple[str, str, str], _Edge] = defaultdict(_Edge)
    for met in _met(connection, asked):
        parties, between = _sides(met, names, by_party=by_party)
        for one, other in combinations(parties, 2):
            edge = edges[met.subject, min(one, other), max(one, other)]
            edge.met.append(met)
            edge.through.update(between if met.status == Status.HAPPENED else ())
    views = [_edge_view(place, edge, names, briefs) for place, edge in edges.items()]
    wanted = {actor for group in asked.actors for actor in group}
    if wanted and not by_party:
        views = [view for view in views if {view.one.id, view.other.id} & wanted]
    views.sort(key=lambda view: (-view.times, -view.planned, view.one.name, view.other.name))
    return NetworkView(tuple(_nodes(views, names)), tuple(views))


def _met(connection: Connection, asked: HistoryFilter) -> Iterable[_Met]:
    query = (
        select(
            development_table.c.id,
            development_table.c.subject,
            development_table.c.kind,
            development_table.c.status,
            development_table.c.venue,
            development_table.c.last_change_at,
            change_actor_table.c.actor,
            change_actor_table.c.role,
        )
        .join(change_table, change_table.c.development_id == development_table.c.id)
        .join(change_actor_table, change_actor_table.c.change_seq == change_table.c.seq)
        .where(*conditions(connection, asked))
        .where(
            development_table.c.kind.in_(_MEETINGS), development_table.c.status.in_((Status.HAPPENED, Status.PLANNED))
        )
        .where(development_table.c.verdict.is_(None) | (development_table.c.verdict != "false"))
        .distinct()
        .order_by(
            development_table.c.last_change_at.desc(),
            development_table.c.id,
            change_actor_table.c.actor,
            change_actor_table.c.role,
        )
    )
    found: dict[str, _Met] = {}
    for row in connection.execute(query):
        met = found.setdefault(row.id, _Met(row.id, row.subject, row.kind, row.status, row.venue, row.last_change_at))
        met.roles.setdefault(row.actor, set()).add(row.role)
    return found.values()


def _sides(met: _Met, names: NameBook, *, by_party: bool) -> tuple[list[str], list[tuple[str, str]]]:
    """Return who met, and who was between them with the role; a host without two guests met his guest himself."""
    between = {actor: role for actor, roles in met.roles.items() for role in _BETWEEN if role in roles}
    guests = _present([actor for actor in met.roles if actor not in between], met, names)
    if len(_parties(guests, met, names)) < _PAIR:
        hosts = [actor for actor, role in between.items() if role == Role.HOST]
        between = {actor: role for actor, role in between.items() if actor not in hosts}
        guests = _present([*guests, *hosts], met, names)
    met_each_other = _shown(guests, met, names, by_party=by_party)[:_MOST]
    acted_for = _parties([actor for actor in between if names.principal(met.subject, actor) != actor], met, names)
    hosting = {actor: role for actor, role in between.items() if actor not in acted_for}
    through = {_shown([actor], met, names, by_party=by_party)[0]: role for actor, role in hosting.items()}
    return met_each_other, [(actor, role) for actor, role in through.items() if actor not in met_each_other]


def _present(actors: Sequence[str], met: _Met, names: NameBook) -> list[str]:
    """Return those who took part themselves.

    Where persons or bodies of two parties are told, a state that is named beside them is whom they act for, or whom
    they spoke of.
    """
    acting = [actor for actor in actors if names.principal(met.subject, actor) != actor]
    if len(_parties(acting, met, names)) >= _PAIR:
        return acting
    acted_for = _parties(acting, met, names)
    return [actor for actor in actors if actor not in acted_for]


def _shown(actors: Sequence[str], met: _Met, names: NameBook, *, by_party: bool) -> list[str]:
    if not by_party:
        return list(actors)
    return list(dict.fromkeys(names.principal(met.subject, actor) for actor in actors))


def _parties(actors: Sequence[str], met: _Met, names: NameBook) -> set[str]:
    return {names.principal(met.subject, actor) for actor in actors}


def _edge_view(place: tuple[str, str, str], edge: _Edge, names: NameBook, briefs: Mapping[str, Brief]) -> EdgeView:
    subject, one, other = place
    held = [met for met in edge.met if met.status == Status.HAPPENED]
    venues = Counter(met.venue for met in held if met.venue)
    return EdgeView(
        subject=subject,
        one=names.ref(subject, one),
        other=names.ref(subject, other),
        times=len(held),
        meetings=sum(met.kind == Kind.MEETING for met in held),
        contacts=sum(met.kind == Kind.CONTACT for met in held),
        planned=len(edge.met) - len(held),
        last_at=max(met.at for met in held or edge.met),
        through=tuple(
            ThroughView(names.ref(subject, actor), role, times) for (actor, role), times in edge.through.most_common()
        ),
        venues=tuple(names.ref(subject, venue) for venue, _ in venues.most_common()),
        in_baseline=_in_baseline(subject, (one, other), names, briefs),
        developments=tuple(met.id for met in edge.met[:_SHOWN]),
    )


def _in_baseline(subject: str, pair: tuple[str, str], names: NameBook, briefs: Mapping[str, Brief]) -> date | None:
    """Return the first day from which a seed tells that the two, or whom they act for, deal with each other."""
    brief = briefs.get(subject, Brief())
    sides = [{actor, names.principal(subject, actor)} for actor in pair]
    days = [
        date.fromisoformat(entry["known_from"])
        for entry in (*brief.entries("channels"), *brief.entries("rounds"))
        if all(side & _involved(entry) for side in sides)
    ]
    return min(days, default=None)


def _involved(entry: Mapping[str, Any]) -> set[str]:
    return {actor for slot in ("between", "through", "on_behalf_of", "actors") for actor in entry.get(slot, ())}


def _nodes(edges: Sequence[EdgeView], names: NameBook) -> Iterator[NodeView]:
    times: Counter[tuple[str, Ref]] = Counter()
    for edge in edges:
        for ref in (edge.one, edge.other):
            times[edge.subject, ref] += edge.times
    ranked = sorted(times.items(), key=lambda each: (-each[1], each[0][1].name))
    for (subject, ref), count in ranked:
        yield NodeView(ref, names.ref(subject, names.principal(subject, ref.id)), count)
