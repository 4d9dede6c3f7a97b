"""Charts as plain geometry: numbers in, places on a drawing area out; the templates draw them as SVG.

Nothing here is random, so that the same log gives the same picture. Units are those of the drawing area (``viewBox``).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dipwatch.alerts import words
from dipwatch.review.network import EdgeView, NetworkView, NodeView
from dipwatch.review.report.view import Report, Told

WIDTH = 720
_BINS = 31
"""Columns of a timeline at most: a month has one for each day, a year one for every twelve days."""
_ROW, _LEFT, _HEAD = 26, 130, 8
_LARGEST, _LEAST = 11.0, 3.0
MOST_NODES = 24
"""Actors in the drawing: more names than these can't be read around a circle. The table beneath holds all."""
_RADIUS, _RING_HEIGHT, _LABEL_GAP = 150, 420, 12
_WIDEST = 7.0


@dataclass(frozen=True, slots=True)
class Bubble:
    """News of one kind in a stretch of days, larger where there are more."""

    x: float
    y: float
    radius: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A word beside or below the drawing."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Timeline:
    """When what kind of thing happened: a row for each kind, days from left to right."""

    height: float
    bubbles: tuple[Bubble, ...]
    rows: tuple[Mark, ...]
    days: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """An actor on the circle, larger where it met more; ``group`` numbers its party, by how often that met."""

    x: float
    y: float
    radius: float
    group: int
    label: Mark
    title: str


@dataclass(frozen=True, slots=True)
class Chord:
    """What connects two actors: a curve towards the middle, thicker where they met more; dashed if only planned."""

    path: str
    width: float
    planned: bool
    title: str


@dataclass(frozen=True, slots=True)
class Ring:
    """The network: actors of one party side by side on a circle. ``left_out`` counts those that have no room."""

    height: float
    nodes: tuple[Node, ...]
    chords: tuple[Chord, ...]
    left_out: int


def timeline(report: Report) -> Timeline:
    """Return the news of a report by kind and day, or by stretches of days where the period is long."""
    first = report.since.astimezone(report.zone).date()
    last = (report.until - timedelta(microseconds=1)).astimezone(report.zone).date()
    length = (last - first).days + 1
    step = math.ceil(length / _BINS)
    bins = math.ceil(length / step)
    room = (WIDTH - _LEFT - _LARGEST) / bins
    counted = Counter((told.entry.kind, _bin(report, told, first, step)) for told in report.news)
    kinds = [kind for kind in words.keys("kind") if any(kind == each for each, _ in counted)]
    most = max(counted.values(), default=1)
    bubbles = tuple(
        Bubble(
            x=round(_LEFT + (place + 0.5) * room, 1),
            y=_HEAD + (kinds.index(kind) + 0.5) * _ROW,
            radius=round(max(_LEAST, _LARGEST * math.sqrt(times / most)), 1),
            label=f"{words.word('kind', kind)}, {_span(first, place, step, last)}: {times}",
        )
        for (kind, place), times in sorted(counted.items(), key=lambda each: (kinds.index(each[0][0]), each[0][1]))
    )
    foot = _HEAD + len(kinds) * _ROW
    rows = tuple(Mark(0, _HEAD + (row + 0.5) * _ROW + 4, words.word("kind", kind)) for row, kind in enumerate(kinds))
    every = max(1, math.ceil(bins / 6))
    days = tuple(
        Mark(
            round(_LEFT + (place + 0.5) * room, 1), foot + 18, f"{first + timedelta(days=place * step):%d %b}", "middle"
        )
        for place in range(0, bins, every)
    )
    return Timeline(foot + 26, bubbles, rows, days)


def ring(network: NetworkView) -> Ring:
    """Return the busiest actors of a network on a circle, those of one party side by side, with what connects them."""
    shown = _by_party(network.nodes[:MOST_NODES])
    places = {node.actor.id: _on_circle(number, len(shown)) for number, node in enumerate(shown)}
    groups = _groups(network.nodes)
    most = max((node.times for node in shown), default=1) or 1
    edges = [edge for edge in network.edges if edge.one.id in places and edge.other.id in places]
    widest = max((edge.times or edge.planned for edge in edges), default=1) or 1
    return Ring(
        height=_RING_HEIGHT,
        nodes=tuple(_node(node, places[node.actor.id], groups[node.party.id], most) for node in shown),
        chords=tuple(_chord(edge, places[edge.one.id], places[edge.other.id], widest) for edge in edges),
        left_out=len(network.nodes) - len(shown),
    )


def _bin(report: Report, told: Told, first: date, step: int) -> int:
    return (told.entry.at.astimezone(report.zone).date() - first).days // step


def _span(first: date, place: int, step: int, last: date) -> str:
    begins = first + timedelta(days=place * step)
    ends = min(begins + timedelta(days=step - 1), last)
    return f"{begins}" if begins == ends else f"{begins} to {ends}"


def _groups(nodes: Sequence[NodeView]) -> dict[str, int]:
    """Return the number of each party, from 0, the busiest first."""
    times: defaultdict[str, int] = defaultdict(int)
    for node in nodes:
        times[node.party.id] += node.times
    ranked = sorted(times, key=lambda party: (-times[party], party))
    return {party: number for number, party in enumerate(ranked)}


def _by_party(nodes: Sequence[NodeView]) -> list[NodeView]:
    groups = _groups(nodes)
    return sorted(nodes, key=lambda node: (groups[node.party.id], -node.times, node.actor.name))


def _on_circle(number: int, of: int) -> tuple[float, float]:
    """Return a place on the circle as cosine and sine, from the top on, clockwise."""
    turn = 2 * math.pi * number / max(of, 1) - math.pi / 2
    return math.cos(turn), math.sin(turn)


def _node(node: NodeView, place: tuple[float, float], group: int, most: int) -> Node:
    cosine, sine = place
    x, y = _at(place, _RADIUS)
    label_x, label_y = _at(place, _RADIUS + _LABEL_GAP)
    pole = abs(cosine) < 0.1  # noqa: PLR2004 (about straight up or down, where names stand side by side)
    anchor = "middle" if pole else "start" if cosine > 0 else "end"
    return Node(
        x=x,
        y=y,
        radius=round(3.5 + 6 * math.sqrt(node.times / most), 1),
        group=group,
        label=Mark(label_x, round(label_y + 4 + (18 if pole else 6) * sine, 1), node.actor.name, anchor),
        title=f"{node.actor.name}: {words.Counted(node.times, 'meeting or contact', 'meetings and contacts')}",
    )


def _chord(edge: EdgeView, one: tuple[float, float], other: tuple[float, float], widest: int) -> Chord:
    (x1, y1), (x2, y2) = _at(one, _RADIUS), _at(other, _RADIUS)
    bend_x, bend_y = _at(((one[0] + other[0]) / 4, (one[1] + other[1]) / 4), _RADIUS)
    told = [f"{edge.times} held"] if edge.times else []
    told += [f"{edge.planned} planned"] if edge.planned else []
    return Chord(
        path=f"M{x1} {y1}Q{bend_x} {bend_y} {x2} {y2}",
        width=round(max(1.2, _WIDEST * (edge.times or edge.planned) / widest), 1),
        planned=edge.times == 0,
        title=f"{edge.one.name} and {edge.other.name}: {', '.join(told)}",
    )


def _at(place: tuple[float, float], radius: float) -> tuple[float, float]:
    return round(WIDTH / 2 + radius * place[0], 1), round(_RING_HEIGHT / 2 + radius * place[1], 1)
