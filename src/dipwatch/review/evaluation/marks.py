"""How precise the alerts were in the eyes of their users: their marks in the change log, counted.

A mark is a user's word on a development; it speaks of every alert on it. The last word wins: ``false`` after
``confirm`` is false. An alert on what was merged into another development told the user something twice. One that was
split off goes with the words on the development it was given to; the split itself says nothing against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from dipwatch.model import Change, ChangeType

_SPLIT = "split"


class Word(StrEnum):
    """What users say of a development, as ``dipwatch mark`` writes it."""

    CONFIRM = "confirm"
    FALSE = "false"
    DUPLICATE = "duplicate-of"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class MarkedGroup:
    """The alerts that have a value in common; ``by`` says in what: all, kind, severity, source, reason.

    ``precision`` is the share of those marked that were worth an alert (confirmed, or of another kind); None where
    nothing is marked.
    """

    by: str
    value: str
    alerts: int
    marked: int
    confirmed: int
    false: int
    duplicate: int
    other_kind: int
    precision: float | None


def score_marks(changes: Iterable[Change], counts: Callable[[Change], bool] = lambda _: True) -> list[MarkedGroup]:
    """Return the alerts of a log by kind, severity, source and reason, with their marks.

    ``changes`` come in the order of the log; only alerts that ``counts`` are counted, by marks of any time.
    """
    alerts: list[Change] = []
    words: dict[str, Word] = {}
    moved: dict[str | None, str] = {}
    for change in changes:
        if change.type is ChangeType.CORRECTION:
            _take(change, words, moved)
        elif change.alert and counts(change):
            alerts.append(change)
    groups: dict[tuple[str, str], list[Word | None]] = {("all", ""): []}
    for change in alerts:
        for key in _keys(change):
            groups.setdefault(key, []).append(words.get(moved.get(change.item, change.development)))
    order = list(dict.fromkeys(by for by, _ in groups))
    rows = [_group(by, value, group) for (by, value), group in groups.items()]
    return sorted(rows, key=lambda row: (order.index(row.by), -row.alerts, row.value))


def _take(correction: Change, words: dict[str, Word], moved: dict[str | None, str]) -> None:
    """Note a user's word; one on the kind confirms that there is a development."""
    verb, _, value = correction.note.partition(" ")
    if verb in list(Word):
        words[correction.development] = Word(verb)
    elif verb == _SPLIT and correction.item:
        moved[correction.item] = value


def _keys(change: Change) -> Iterator[tuple[str, str]]:
    yield "all", ""
    yield "kind", change.kind
    yield "severity", change.severity
    if change.source:
        yield "source", change.source
    yield from (("reason", reason) for reason in change.reasons)


def _group(by: str, value: str, words: list[Word | None]) -> MarkedGroup:
    confirmed, false, duplicate, kind = (words.count(word) for word in Word)
    marked = confirmed + false + duplicate + kind
    precision = (confirmed + kind) / marked if marked else None
    return MarkedGroup(by, value, len(words), marked, confirmed, false, duplicate, kind, precision)
