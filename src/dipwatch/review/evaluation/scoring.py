"""How well detection did, against labels.

Items: precision and recall of being tied to a development at all. Alerts: precision of alerts, and which labelled
developments (threads) were alerted on. Slots (kind, status, actors, venue, shift): on what was found rightly.
Grouping: BCubed over the labelled developments' items; one that was left out is a group of its own (Bagga and Baldwin,
1998, "Entity-Based Cross-Document Coreferencing Using the Vector Space Model").
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median, quantiles

from dipwatch.review.evaluation.labels import Found, Label

Figures = dict[str, float | int | None]

MAJOR = 3
"""Reports from which a labelled development counts as a major one."""
SAMPLES = 200
"""Draws of the bootstrap (Efron, 1979, "Bootstrap Methods: Another Look at the Jackknife")."""
_WITHOUT_INTERVAL = ("grouping", "median")
"""Figures whose units depend on each other, or whose values can't be averaged."""


@dataclass(frozen=True)
class Evaluation:
    """Labels and what was found in the same items, in the order of the replay or the log."""

    labels: Sequence[Label]
    found: Sequence[Found]

    @cached_property
    def yes(self) -> dict[str, Label]:
        """The items that tell of developments."""
        return {label.id: label for label in self.labels if label.yes}

    @cached_property
    def context(self) -> frozenset[str]:
        """The items about this diplomacy that tell of nothing new."""
        return frozenset(label.id for label in self.labels if label.dev == "context")

    @cached_property
    def last(self) -> dict[str, Found]:
        """The last word on each item."""
        return {each.item: each for each in self.found}

    @cached_property
    def alerts(self) -> list[Found]:
        """Everything that was sent, in its order."""
        return [each for each in self.found if each.alert]

    @cached_property
    def right_alerts(self) -> list[Found]:
        """The alerts on items that tell of developments."""
        return [each for each in self.alerts if each.item in self.yes]

    @cached_property
    def matched(self) -> list[tuple[Label, Found]]:
        """The items that were found rightly, with both sides."""
        return [(self.yes[item], found) for item, found in self.last.items() if item in self.yes]

    @cached_property
    def threads(self) -> dict[str, list[str]]:
        """The items of each labelled development, the first seen first."""
        threads: defaultdict[str, list[str]] = defaultdict(list)
        for label in sorted(self.yes.values(), key=lambda each: each.seen):
            threads[label.thread].append(label.id)
        return dict(threads)

    @cached_property
    def caught(self) -> dict[str, list[Found]]:
        """The alerts on each labelled development that was alerted on."""
        caught: defaultdict[str, list[Found]] = defaultdict(list)
        for each in self.right_alerts:
            caught[self.yes[each.item].thread].append(each)
        return dict(caught)


def figures(done: Evaluation) -> Figures:
    """Return every figure of an evaluation; a share of nothing is 0."""
    return {**_items(done), **_alerts(done), **_slots(done), **_shifts(done), **_grouping(done)}


def intervals(done: Evaluation, samples: int = SAMPLES) -> dict[str, tuple[float, float]]:
    """Return 95% bootstrap intervals of the shares: labelled developments and false finds are what is drawn."""
    units = _units(done)
    names, dice = sorted(units), random.Random(1)
    drawn: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(samples if names else 0):
        labels: list[Label] = []
        found: list[Found] = []
        for turn, name in enumerate(dice.choices(names, k=len(names))):
            some, others = units[name]
            labels += [replace(each, id=f"{each.id}/{turn}", thread=f"{each.thread}/{turn}") for each in some]
            found += [replace(each, item=f"{each.item}/{turn}") for each in others]
        for name, value in figures(Evaluation(labels, found)).items():
            if isinstance(value, float) and not name.startswith(_WITHOUT_INTERVAL):
                drawn[name].append(value)
    cuts = {name: quantiles(values, n=40) for name, values in drawn.items()}
    return {name: (cut[0], cut[-1]) for name, cut in cuts.items()}


def by_label(done: Evaluation, key: Callable[[Label], str]) -> dict[str, Figures]:
    """Return the figures of the items of each language, style, ...: both sides go by the item's label."""
    groups = {label.id: key(label) for label in done.labels}
    return {
        group: figures(
            Evaluation(
                [label for label in done.labels if groups[label.id] == group],
                [each for each in done.found if groups.get(each.item) == group],
            )
        )
        for group in sorted(set(groups.values()) - {""})
    }


def by_class(done: Evaluation, labelled: Callable[[Label], str], read: Callable[[Found], str]) -> dict[str, Figures]:
    """Return for each kind or status how many items have it, how many were found, and how many were read so."""
    has = Counter(labelled(label) for label in done.yes.values())
    hits = Counter(labelled(label) for label, _ in done.matched)
    right = Counter(labelled(label) for label, found in done.matched if labelled(label) == read(found))
    said = Counter(read(found) for _, found in done.matched)
    return {
        name: {
            "items": number,
            "item_recall": share(hits[name], number),
            "accuracy": share(right[name], hits[name]),
            "precision": share(right[name], said[name]),
            "f1": share(2 * right[name], hits[name] + said[name]),
        }
        for name, number in sorted(has.items())
    }


def share(part: float, whole: float) -> float:
    """Return a share, 0 of nothing."""
    return part / whole if whole else 0.0


def _f1(precision: float, recall: float) -> float:
    return share(2 * precision * recall, precision + recall)


def _items(done: Evaluation) -> Figures:
    precision, recall = share(len(done.matched), len(done.last)), share(len(done.matched), len(done.yes))
    return {
        "gold_items": len(done.yes),
        "gold_threads": len(done.threads),
        "gold_major_threads": len(_major(done)),
        "found_items": len(done.last),
        "alerts": len(done.alerts),
        "item_precision": precision,
        "item_recall": recall,
        "item_f1": _f1(precision, recall),
        "context_items_taken": sum(item in done.context for item in done.last),
    }


def _major(done: Evaluation) -> set[str]:
    return {thread for thread, items in done.threads.items() if len(items) >= MAJOR}


def _alerts(done: Evaluation) -> Figures:
    caught, alerts, right = done.caught, len(done.alerts), len(done.right_alerts)
    major = _major(done)
    precision, recall = share(right, alerts), share(len(caught), len(done.threads))
    major_recall = share(len(major & set(caught)), len(major))
    late = [
        min(done.threads[thread].index(each.item) for each in alerts_of_it) for thread, alerts_of_it in caught.items()
    ]
    return {
        "alert_precision": precision,
        "thread_recall": recall,
        "major_thread_recall": major_recall,
        "thread_precision": share(len(caught), len(caught) + alerts - right),
        "false_alerts_on_context": sum(each.item in done.context for each in done.alerts),
        "alert_f1": _f1(precision, recall),
        "major_alert_f1": _f1(precision, major_recall),
        "new_alerts_per_caught_thread": share(sum(each.change == "new" for each in done.right_alerts), len(caught)),
        "alerts_per_caught_thread": share(right, len(caught)),
        "alerted_on_first_report": share(sum(reports == 0 for reports in late), len(late)),
        "median_reports_before_alert": median(late) if late else None,
    }


def _slots(done: Evaluation) -> Figures:
    kinds = [(label.kind, found.kind) for label, found in done.matched]
    statuses = [(label.status, found.status) for label, found in done.matched]
    right = sum(len(label.actors & found.actors) for label, found in done.matched)
    actor_precision = share(right, sum(len(found.actors) for _, found in done.matched))
    actor_recall = share(right, sum(len(label.actors) for label, _ in done.matched))
    placed = [(label.venue, found.venue) for label, found in done.matched if label.venue]
    venues = sum(want == have for want, have in placed)
    return {
        "kind_accuracy": _accuracy(kinds),
        "kind_macro_f1": _macro_f1(kinds),
        "status_accuracy": _accuracy(statuses),
        "status_macro_f1": _macro_f1(statuses),
        "actor_precision": actor_precision,
        "actor_recall": actor_recall,
        "actor_f1": _f1(actor_precision, actor_recall),
        "venue_accuracy": share(venues, len(placed)),
        "venue_f1": share(2 * venues, len(placed) + sum(bool(found.venue) for _, found in done.matched)),
    }


def _accuracy(pairs: Sequence[tuple[str, str]]) -> float:
    return share(sum(want == have for want, have in pairs), len(pairs))


def _macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Return the mean F1 of the classes that were labelled."""
    wanted, had = Counter(want for want, _ in pairs), Counter(have for _, have in pairs)
    both = Counter(want for want, have in pairs if want == have)
    return share(sum(share(2 * both[each], wanted[each] + had[each]) for each in sorted(wanted)), len(wanted))


def _shifts(done: Evaluation) -> Figures:
    wanted = {item: label.shift for item, label in done.yes.items() if label.shift}
    had = {item: found.shift for item, found in done.last.items() if found.shift}
    hits = [
        (wanted[item], shift)
        for item, shift in had.items()
        if item in wanted and (wanted[item].actor, wanted[item].issue) == (shift.actor, shift.issue)
    ]
    precision, recall = share(len(hits), len(had)), share(len(hits), len(wanted))
    return {
        "shift_precision": precision,
        "shift_recall": recall,
        "shift_f1": _f1(precision, recall),
        "shift_direction_accuracy": share(sum(want.direction == have.direction for want, have in hits), len(hits)),
    }


def _grouping(done: Evaluation) -> Figures:
    gold = {item: label.thread for item, label in done.yes.items()}
    groups = {item: done.last[item].development if item in done.last else f"left out: {item}" for item in gold}
    shared = Counter((gold[item], groups[item]) for item in gold)
    precision = _weighted(shared, Counter(groups.values()), side=1)
    recall = _weighted(shared, Counter(gold.values()), side=0)
    return {
        "grouping_bcubed_precision": precision,
        "grouping_bcubed_recall": recall,
        "grouping_bcubed_f1": _f1(precision, recall),
    }


def _weighted(shared: Mapping[tuple[str, str], int], sizes: Mapping[str, int], *, side: int) -> float:
    """Return the mean over items of how much of their group on one side is of their group on the other as well."""
    return share(sum(both * both / sizes[pair[side]] for pair, both in shared.items()), sum(sizes.values()))


def _units(done: Evaluation) -> dict[str, tuple[list[Label], list[Found]]]:
    """Return what is drawn: a labelled development with its items, or an item that is none."""
    units: defaultdict[str, tuple[list[Label], list[Found]]] = defaultdict(lambda: ([], []))
    threads = {item: label.thread for item, label in done.yes.items()}

    def name(item: str) -> str:
        return f"thread {threads[item]}" if item in threads else f"item {item}"

    taken: Iterable[Label] = (label for label in done.labels if label.yes or label.id in done.last)
    for label in taken:
        units[name(label.id)][0].append(label)
    for each in done.found:
        units[name(each.item)][1].append(each)
    return dict(units)
