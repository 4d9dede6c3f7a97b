"""A development told in full: for the terminal and as Markdown, from one list of lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from dipwatch.alerts import words
from dipwatch.alerts.safety import markdown, safe_link
from dipwatch.review.formats import Surface, local_time, one_line
from dipwatch.review.listed import Ref
from dipwatch.review.tables import render
from dipwatch.review.views import (
    ChangeView,
    ClaimView,
    DeliveryView,
    DetailView,
    MarkView,
    NovelView,
    ReportView,
    RevisionView,
    SaidView,
    ShiftView,
    SourceView,
)

_INDENT = 2
_BY = {"alert": "alerted", "digest": "in a digest", "correction": "told"}
"""What was done by a message of each purpose."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the story: ``depth`` 0 is a heading; a ``link`` stands after the text and is never escaped."""

    text: str
    depth: int = 1
    style: str = ""
    link: str = ""


def tell(detail: DetailView, surface: Surface) -> str:
    """Return the story for a terminal or a pipe."""
    return as_text(story(detail, surface), surface)


def tell_markdown(detail: DetailView, surface: Surface) -> str:
    """Return the story as Markdown."""
    return as_markdown(story(detail, surface))


def as_text(told: Iterable[Line], surface: Surface) -> str:
    """Return lines for a terminal or a pipe."""
    parts: list[RenderableType] = []
    for number, line in enumerate(told):
        if line.depth == 0 and number:
            parts.append(Text(""))
        text = Text(" ".join(filter(None, (one_line(line.text), line.link))), style=line.style, overflow="fold")
        parts.append(Padding(text, (0, 0, 0, _INDENT * line.depth), expand=False))
    return render(Group(*parts), surface, wraps=surface.wraps)


def as_markdown(told: Iterable[Line]) -> str:
    """Return lines as Markdown: a heading for each part, and nested lists."""
    lines: list[str] = []
    for number, line in enumerate(told):
        text = markdown(one_line(line.text))
        if line.depth == 0:
            lines += [f"{'#' if number == 0 else '##'} {text}", ""] if number == 0 else ["", f"## {text}", ""]
        else:
            lines.append(f"{'  ' * (line.depth - 1)}- {' '.join(filter(None, (text, line.link and f'<{line.link}>')))}")
    return "".join(f"{line}\n" for line in lines)


def story(detail: DetailView, surface: Surface) -> Iterator[Line]:
    """Yield the lines of a development's story; times are those of the surface's zone."""
    yield from _head(detail, surface)
    yield Line("Sources", 0, "bold")
    for source in detail.sources:
        yield _source(source, surface)
    if detail.baseline:
        yield Line("What the baseline says", 0, "bold")
        yield from _baseline(detail.baseline)
    yield Line("Timeline", 0, "bold")
    for change in detail.timeline:
        yield from _change(change, surface)
    if detail.revisions:
        yield Line("Edited reports", 0, "bold")
        yield from _revisions(detail.revisions, surface)
    if detail.marks:
        yield Line("Marks", 0, "bold")
        yield from (Line(_mark(mark, surface)) for mark in detail.marks)
    yield Line("Mark it", 0, "bold")
    for mark in ("confirm", "false", "duplicate-of ID", "split ENTRY,ENTRY", "kind KIND"):
        yield Line(f"dipwatch mark {detail.development.id} {mark}")
    yield Line("Why it was read and decided so", 0, "bold")
    yield Line(f"dipwatch explain {detail.development.id}")


def _head(detail: DetailView, surface: Surface) -> Iterator[Line]:
    view = detail.development
    yield Line(view.title, 0, "bold")
    if view.english:
        yield Line(f"In English: {view.english}")
    confidence = f"{words.confidence_word(view.confidence)} confidence ({view.confidence:.2f})"
    yield Line(
        f"{words.word('kind', view.kind)}, {words.word('status', view.status)}, {view.severity} severity, {confidence}"
    )
    times = (
        f"opened {local_time(view.opened_at, surface.zone)}, last change {local_time(view.changed_at, surface.zone)}"
    )
    facts = {
        "ID": view.id,
        "Merged into it": ", ".join(detail.merged),
        "Who": ", ".join(actor.name for actor in view.actors),
        "Where": _name(view.venue),
        "Issue": _name(view.issue),
        "When": times,
        "Told": _told_development(detail),
        "Your mark": view.verdict or "",
    }
    for name, value in facts.items():
        if value:
            yield Line(f"{name}: {value}")


def _told_development(detail: DetailView) -> str:
    """Say whether anybody was told of it, by what became of the messages; those of merged ones count for themselves."""
    view = detail.development
    if view.told is not None:
        return _BY[view.told]
    own = [each for change in detail.timeline if change.development == view.id for each in change.deliveries]
    return _unsent(own) or "not alerted"


def _told(change: ChangeView) -> str:
    """Say who was told of a change, by what became of its messages."""
    if sent := [each.purpose for each in change.deliveries if each.state == "sent"]:
        return _BY.get(sent[0], sent[0])
    if unsent := _unsent(change.deliveries):
        return unsent
    if change.alert:
        return "to be alerted, but no message was written"
    return "kept back" if change.kept_back else "not alerted"


def _unsent(deliveries: Sequence[DeliveryView]) -> str:
    states = {each.state for each in deliveries}
    if states & {"waiting", "sending"}:
        return "on its way"
    return "not delivered" if states else ""


def _source(source: SourceView, surface: Surface) -> Line:
    kind = words.word("source_kind", source.source_kind)
    reports = words.Counted(source.reports, "report")
    text = f"{source.source} ({kind}), {reports}, first {local_time(source.first_at, surface.zone)}"
    return Line(text, link=safe_link(source.link))


def _baseline(told: Sequence[SaidView]) -> Iterator[Line]:
    """Yield what the seeds say, and last what they don't tell of."""
    for each in told:
        if each.quote:
            later = "" if each.known else ", which was after this began"
            yield Line(f"{_said(each)}: {each.document}, known from {each.known_from}{later}", 1, "cyan")
            yield Line(f"“{each.quote}”", 2)
    if unknown := [ref.name for each in told if not each.quote for ref in each.about]:
        yield Line(f"In none of its documents: {', '.join(unknown)}")


def _said(each: SaidView) -> str:
    names = [ref.name for ref in each.about]
    if each.sort == "position":
        return f"{names[0]} on {names[1]}: {each.stance.name if each.stance else ''}"
    return f"{each.sort.capitalize()} of {', '.join(names)}"


def _change(change: ChangeView, surface: Surface) -> Iterator[Line]:
    label, status = words.word("label", change.type), words.word("status", change.status)
    yield Line(
        f"{local_time(change.at, surface.zone)} {label}: {status}, {change.severity} severity ({_told(change)})",
        1,
        "cyan",
    )
    yield Line(change.title, 2)
    yield from (Line(text, 2) for text in reasons_of(change) if text)
    if change.claim:
        yield from _claim(change.claim)
    if change.report:
        yield _report(change.report, surface)
    for delivery in change.deliveries:
        yield Line(_delivery(delivery, surface), 2)
    yield Line(f"entry {change.seq} of the log, tick {change.tick}, version {change.version}", 2, "dim")


def reasons_of(change: ChangeView) -> Iterator[str]:
    """Yield why a change is new or kept back and what moved, each in a line; an empty one says nothing."""
    yield _listed("Why", [words.word("reason", reason) for reason in change.reasons])
    yield _listed("New", [novel_words(novel) for novel in change.novel])
    yield _listed("Kept back", [words.word("reason", reason) for reason in change.kept_back])
    if change.shift:
        yield _shift(change.shift)
    if change.status_was and change.status_was != change.status:
        yield f"Status: was {words.word('status', change.status_was)}, now {words.word('status', change.status)}"
    if change.note:
        yield f"Note: {change.note}"


def _listed(title: str, values: list[str]) -> str:
    return f"{title}: {'; '.join(values)}" if values else ""


def novel_words(novel: NovelView) -> str:
    """Say what is new to baseline or log, e.g. ``venue Vienna``."""
    return f"{words.word('novel', novel.sort)} {' + '.join(ref.name for ref in novel.refs)}"


def _shift(shift: ShiftView) -> str:
    was = f"was {shift.was.name}, " if shift.was else ""
    now = f"now {shift.stance.name}, " if shift.stance else ""
    return f"Position: {shift.actor.name} on {shift.issue.name}: {was}{now}{words.word('direction', shift.direction)}"


def _claim(claim: ClaimView) -> Iterator[Line]:
    parts = [f"{part.named or part.actor.name} ({part.role})" for part in claim.parts]
    yield Line(f"Read as: {claim.event} by {', '.join(parts)}" if parts else f"Read as: {claim.event}", 2)
    yield Line(f"“{claim.evidence}”", 2)
    if claim.english:
        yield Line(f"In English: {claim.english}", 2)
    marks = {"unnamed_source": claim.unnamed_source, "hedged": claim.hedged}
    if marked := _listed("Caution", [words.word("mark", mark) for mark, holds in marks.items() if holds]):
        yield Line(marked, 2)


def _report(report: ReportView, surface: Surface) -> Line:
    kind = words.word("source_kind", report.source_kind)
    when = local_time(report.published_at or report.seen_at, surface.zone)
    edited = f", wording {report.revision + 1}" if report.revision else ""
    return Line(f"{report.source} ({kind}), {when}{edited}", 2, link=safe_link(report.link))


def _delivery(delivery: DeliveryView, surface: Surface) -> str:
    attempts = f" after {words.Counted(delivery.attempts, 'attempt')}" if delivery.attempts > 1 else ""
    when = f" {local_time(delivery.at, surface.zone)}" if delivery.at else ""
    detail = f": {delivery.detail}" if delivery.detail and delivery.state != "sent" else ""
    return f"{delivery.purpose} to {delivery.receiver}: {delivery.state}{attempts}{when}{detail}"


def _revisions(revisions: tuple[RevisionView, ...], surface: Surface) -> Iterator[Line]:
    item = ""
    for revision in revisions:
        if revision.item != item:
            item = revision.item
            yield Line(f"Item {item}")
        yield Line(f"{local_time(revision.seen_at, surface.zone)} {revision.title}", 2)


def _mark(mark: MarkView, surface: Surface) -> str:
    word = " ".join(filter(None, (mark.verdict, mark.value)))
    return f"{local_time(mark.at, surface.zone)} {word}, by {mark.author}: {mark.answer or 'waits for the daemon'}"


def _name(ref: Ref | None) -> str:
    return ref.name if ref else ""
