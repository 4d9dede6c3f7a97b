"""Positions as a matrix, actor by issue, and one by one with what each step rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dipwatch.alerts import words
from dipwatch.alerts.safety import safe_link
from dipwatch.review.formats import Surface, one_line
from dipwatch.review.ledger import PositionView, StepView
from dipwatch.review.listed import Ref
from dipwatch.review.story import Line
from dipwatch.review.tables import render

SIGNS = {"softer": "▼", "harder": "▲", "new": "●", "baseline": "○"}
"""What stands before a date: the direction of the latest step."""
_STYLES = {"softer": "green", "harder": "red", "new": "cyan", "baseline": "dim"}
_CELL = 22
_ACTOR = 16
LEGEND = "▲ harder  ▼ softer  ● new  ○ as the baseline has it, with the day of the latest step"


def matrix(views: Sequence[PositionView], surface: Surface) -> str:
    """Return a table of actors by issues, in several parts where the surface is too narrow for all issues."""
    if not views:
        return ""
    actors = {view.actor.id: view.actor for view in views}
    issues = {view.issue.id: view.issue for view in sorted(views, key=lambda view: _weight(view, views))}
    cells = {(view.actor.id, view.issue.id): view for view in views}
    room = max(1, (surface.width - _ACTOR) // (_CELL + 1))
    columns = list(issues.values())
    parts: list[RenderableType] = []
    for start in range(0, len(columns), room):
        parts += [Text("")] if parts else []
        parts.append(_part(list(actors.values()), columns[start : start + room], cells, surface))
    return render(Group(*parts, Text(""), Text(LEGEND, style="dim")), surface)


def detail(views: Sequence[PositionView], surface: Surface) -> Iterator[Line]:
    """Yield the lines of each position: where it stands, and its steps with their evidence, the latest first."""
    for view in views:
        stance = view.stance.name if view.stance else words.word("direction", view.direction)
        yield Line(f"{view.actor.name} on {view.issue.name}: {stance}", 0, "bold")
        for step in reversed(view.steps):
            yield from _step(step, surface)


def _weight(view: PositionView, views: Sequence[PositionView]) -> tuple[int, str]:
    return -sum(other.issue == view.issue for other in views), view.issue.name


def _part(
    actors: Sequence[Ref], issues: Sequence[Ref], cells: dict[tuple[str, str], PositionView], surface: Surface
) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("", width=min(_ACTOR, max(len(actor.name) for actor in actors)), overflow="fold")
    for issue in issues:
        table.add_column(one_line(issue.name), max_width=_CELL, overflow="fold")
    for actor in actors:
        row = [cells.get((actor.id, issue.id)) for issue in issues]
        if any(row):
            shown = [_cell(view, surface) if view else Text("") for view in row]
            table.add_row(Text(one_line(actor.name), style="bold"), *shown)
    return table


def _cell(view: PositionView, surface: Surface) -> Text:
    told = f"{SIGNS[view.direction]} {view.day(surface.zone)}"
    stance = one_line(view.stance.name) if view.stance else ""
    return Text("\n").join([Text(told, style=_STYLES[view.direction]), *([Text(stance)] if stance else [])])


def _step(step: StepView, surface: Surface) -> Iterator[Line]:
    stance = step.stance.name if step.stance else "stance not told"
    moved = f"{words.word('direction', step.direction)}, " if step.origin == "log" else "baseline, "
    was = f" (was {step.was.name})" if step.was and step.was != step.stance else ""
    style = _STYLES[step.direction] if step.origin == "log" else "cyan"
    yield Line(f"{SIGNS[step.direction]} {step.day(surface.zone)} {moved}{stance}{was}", 1, style)
    yield Line(f"“{step.quote}”", 2)
    if step.conditions:
        yield Line(f"Condition: {step.conditions}", 2)
    yield Line(_rests_on(step), 2, link=safe_link(step.link) if step.link else "")


def _rests_on(step: StepView) -> str:
    if step.origin == "baseline":
        thin = ", one thin document alone" if step.thin else ""
        return f"{step.source}{thin}; dipwatch baseline explain {step.entry}"
    kind = f" ({words.word('source_kind', step.source_kind)})" if step.source_kind else ""
    return f"{step.source}{kind}; dipwatch show {step.development}"
