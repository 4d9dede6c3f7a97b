"""What went wrong in an evaluation, by cause, so that the owner of a rule, a threshold or a label finds his own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dipwatch.model import Compared, Reason, TextType
from dipwatch.review.evaluation.labels import Found, Label
from dipwatch.review.evaluation.scoring import Evaluation

MISSED_ITEM = "missed item"
MISSED_DEVELOPMENT = "missed development"
FALSE_ITEM = "false item"
FALSE_ALERT = "false alert"
DUPLICATE = "duplicate alert"
WRONG_KIND = "wrong kind"
WRONG_STATUS = "wrong status"

NOT_THERE = "not in what was read"
GATED_OUT = "gated out: names nothing of the subject"
NO_CLAIM = "not a claim: no act was read"
TOO_UNSURE = "below the record threshold"
_LEFT = "left aside: "
_KEPT_BACK = {
    Reason.BELOW_THRESHOLD: "below the alert threshold",
    Reason.KNOWN: "taken for a report of what was known",
    Reason.MINOR: "taken for a minor change of what was known",
}
SWALLOWED = "swallowed by another development"
_NO_CLAIM = "no claim"
_TOO_UNSURE = re.compile(r"score .* below ")


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of an item on its way, for naming causes.

    ``outcome`` is the type of change it led to, or why to none (``detect.Outcome``); ``kept_back`` why it did not
    alert. Text type, topics that speak against it, and whether it opens the subject's gate are as read now.
    """

    outcome: str
    kept_back: tuple[Reason, ...] = ()
    compared: tuple[Compared, ...] = ()
    text_type: TextType = TextType.NEWS
    off_topic: tuple[str, ...] = ()
    opens_gate: bool = True


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that went wrong: of what sort, why, and on which item."""

    sort: str
    cause: str
    item: str
    title: str


@dataclass(frozen=True, slots=True)
class CauseCount:
    """How often something went wrong for one cause, with the items in their order."""

    sort: str
    cause: str
    count: int
    items: tuple[str, ...]


def faults(done: Evaluation, traces: Mapping[str, Trace]) -> list[Fault]:
    """Return everything that went wrong. An item without a trace was not in what was read."""
    return [
        *_missed_items(done, traces),
        *_missed_developments(done, traces),
        *_false(done, traces),
        *_duplicates(done, traces),
        *_wrong(done),
    ]


def by_cause(found: Iterable[Fault]) -> list[CauseCount]:
    """Return the causes of each sort, the most frequent first."""
    items: dict[tuple[str, str], list[str]] = {}
    for fault in found:
        items.setdefault((fault.sort, fault.cause), []).append(fault.item)
    sorts = list(dict.fromkeys(sort for sort, _ in items))
    counts = [CauseCount(sort, cause, len(names), tuple(names)) for (sort, cause), names in items.items()]
    return sorted(counts, key=lambda each: (sorts.index(each.sort), -each.count, each.cause))


def _missed_items(done: Evaluation, traces: Mapping[str, Trace]) -> Iterator[Fault]:
    for item, label in done.yes.items():
        if item not in done.last:
            yield Fault(MISSED_ITEM, _why_missed(traces.get(item))[1], item, label.title)


def _why_missed(trace: Trace | None) -> tuple[int, str]:
    """Return how far an item came that was tied to nothing, and what ended its way."""
    if trace is None:
        return 0, NOT_THERE
    if not trace.opens_gate:
        return 1, GATED_OUT
    if trace.outcome == _NO_CLAIM:
        return 2, NO_CLAIM
    return (3, TOO_UNSURE) if _TOO_UNSURE.match(trace.outcome) else (3, f"{_LEFT}{trace.outcome}")


def _missed_developments(done: Evaluation, traces: Mapping[str, Trace]) -> Iterator[Fault]:
    """Yield the labelled developments that nobody was told of, by what ended the way of their farthest report."""
    openers = _openers(done.found)
    for thread, items in done.threads.items():
        if thread in done.caught:
            continue
        ends = [(*_why_silent(done, item, traces.get(item), openers), item) for item in items]
        _, cause, item = max(ends, key=lambda end: end[0])
        yield Fault(MISSED_DEVELOPMENT, cause, item, done.yes[item].title)


def _openers(found: Sequence[Found]) -> dict[str, str]:
    """Return the item that each development begins with."""
    openers: dict[str, str] = {}
    for each in found:
        openers.setdefault(each.development, each.item)
    return openers


def _why_silent(done: Evaluation, item: str, trace: Trace | None, openers: Mapping[str, str]) -> tuple[int, str]:
    """Return how far an item came that did not alert, and what ended its way."""
    found = done.last.get(item)
    if found is None:
        return _why_missed(trace)
    opener = done.yes.get(openers[found.development])
    if opener is None or opener.thread != done.yes[item].thread:
        return 5, SWALLOWED
    reason = trace.kept_back[0] if trace and trace.kept_back else Reason.KNOWN
    return 4, _KEPT_BACK.get(reason, f"kept back: {reason}")


def _false(done: Evaluation, traces: Mapping[str, Trace]) -> Iterator[Fault]:
    labels = {label.id: label for label in done.labels}
    for sort, found in ((FALSE_ITEM, done.last.values()), (FALSE_ALERT, done.alerts)):
        for each in found:
            if each.item not in done.yes:
                cause = _why_false(labels.get(each.item), traces.get(each.item))
                yield Fault(sort, cause, each.item, each.title)


def _why_false(label: Label | None, trace: Trace | None) -> str:
    """Return what an item is that is no development: as its reader said, or else by what was read in it."""
    if label and label.cause:
        return label.cause
    if trace and trace.text_type is not TextType.NEWS:
        return str(trace.text_type)
    if trace and trace.off_topic:
        return f"off topic: {trace.off_topic[0]}"
    return "context" if label and label.dev == "context" else "no sign that it is none"


def _duplicates(done: Evaluation, traces: Mapping[str, Trace]) -> Iterator[Fault]:
    """Yield the second and further new alerts on a labelled development, by the slots that differed from the first."""
    for alerts in done.caught.values():
        before: list[str] = []
        for each in alerts:
            if each.change == "new" and before and each.development not in before:
                yield Fault(DUPLICATE, _differed(traces.get(each.item), before), each.item, each.title)
            before.append(each.development)


def _differed(trace: Trace | None, before: Sequence[str]) -> str:
    near = [each for each in trace.compared if each.development in before] if trace else []
    if not near:
        return "not compared with the first"
    return f"differed: {', '.join(near[0].differed) or 'nothing alone'}"


def _wrong(done: Evaluation) -> Iterator[Fault]:
    for label, found in done.matched:
        for sort, want, have in ((WRONG_KIND, label.kind, found.kind), (WRONG_STATUS, label.status, found.status)):
            if want != have:
                yield Fault(sort, f"{want} read as {have}", label.id, label.title)
