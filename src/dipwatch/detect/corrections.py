"""A user's word on the log, as changes: nothing is rewritten.

A correction's ``note`` is its verb and value. A split makes two changes for each report it moves: one that takes it out
of its development (``split NEW``), one with which it stands in the new one (``split-from OLD``).
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from dipwatch.detect.known import Development, Known
from dipwatch.detect.weigh import CONFIRMED
from dipwatch.model import Change, ChangeType, Command, Kind, Reason, Tick

VERBS = ("confirm", "false", "duplicate-of", "split", "kind")
ITEM_SEPARATOR = ","
"""Between the items of a split."""
_ID_LENGTH = 8
_TELL = frozenset({"false", "duplicate-of"})
"""The marks that whoever was alerted must hear of."""

Recall = Callable[[str], Iterable[Change]]
"""Gives what the log has, before this tick, on a development and on those merged with it, in its order."""
Applied = tuple[tuple[Change, ...], str]
"""The corrections that a command makes, none where it can't be applied, and the answer to its author."""


def nothing_recalled(_name: str) -> tuple[Change, ...]:
    """Recall nothing: what was let go stays so."""
    return ()


class History:
    """The change log in memory, where a replay has no other: gives what `Recall` asks for."""

    def __init__(self) -> None:
        self._log: list[Change] = []
        self._of: defaultdict[str, list[int]] = defaultdict(list)
        self._merged: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, changes: Iterable[Change]) -> None:
        """Append a tick's changes."""
        for change in changes:
            self._of[change.development].append(len(self._log))
            self._log.append(change)
            verb, _, value = change.note.partition(" ")
            if verb == "duplicate-of":
                self._merged[change.development].append(value)
                self._merged[value].append(change.development)

    def __call__(self, name: str) -> tuple[Change, ...]:
        """Return the changes of a development and of those merged with it, in their order."""
        family = [name]
        for member in family:
            family += [other for other in dict.fromkeys(self._merged.get(member, ())) if other not in family]
        return tuple(self._log[place] for place in sorted(p for member in family for p in self._of.get(member, ())))


def apply_command(command: Command, known: Known, tick: Tick, recall: Recall) -> Applied:
    """Return the corrections that a command asks for. ``known`` may get back what it had let go, and nothing else."""
    target = _found(command.target, known, recall)
    if target is None:
        return (), f"there is no development {command.target}"
    if command.verb == "duplicate-of":
        return _merge(command, target, known, tick, recall)
    if command.verb == "split":
        return _split(command, target, known, tick, tuple(recall(target.id)))
    if command.verb == "kind" and command.value not in list(Kind):
        return (), f"{command.value!r} is not a kind; there are {', '.join(Kind)}"
    if command.verb not in VERBS:
        return (), f"{command.verb!r} is not a mark; there are {', '.join(VERBS)}"
    change = _correction(command, target, tick, command.value)
    if command.verb == "kind":
        change = replace(change, kind=Kind(command.value))
    return (change,), f"{command.target} marked {command.verb}"


def _found(name: str, known: Known, recall: Recall) -> Development | None:
    """Return a development, brought back from the log if it was let go."""
    found = known.find(name)
    if found is None and (changes := tuple(recall(name))):
        known.recall(changes)
        found = known.find(name)
    return found


def _merge(command: Command, target: Development, known: Known, tick: Tick, recall: Recall) -> Applied:
    into = _found(command.value, known, recall)
    if into is None or into is target:
        return (), f"{command.target} can't be a duplicate of {command.value!r}"
    return (_correction(command, target, tick, into.id),), f"{target.id} merged into {into.id}"


def _correction(command: Command, target: Development, tick: Tick, value: str) -> Change:
    confidence = max(target.confidence, CONFIRMED) if command.verb == "confirm" else target.confidence
    return Change(
        type=ChangeType.CORRECTION,
        development=target.id,
        at=tick.at,
        alert=target.alerted_at is not None and command.verb in _TELL,
        kind=target.kind,
        status=target.status,
        severity=target.severity,
        confidence=confidence,
        title=_title(target),
        reasons=(Reason.CORRECTED,),
        sources=max(target.voices.count, 1),
        note=f"{command.verb} {value}".strip(),
    )


def _title(development: Development) -> str:
    return development.traces[0].title if development.traces else development.id


def _split(command: Command, target: Development, known: Known, tick: Tick, log: Sequence[Change]) -> Applied:
    """Take reports out of a development into one of their own."""
    wanted = dict.fromkeys(filter(None, command.value.split(ITEM_SEPARATOR)))
    reports = {change.item: change for change in log if change.item and change.claim}
    here = [item for item in reports if known.find(known.items.get(item, "")) is target]
    if strangers := [item for item in wanted if item not in here]:
        return (), f"{', '.join(strangers)}: not a report of {target.id}"
    moved = [reports[item] for item in here if item in wanted]
    if not moved or len(moved) == len(here):
        return (), f"a split of {target.id} must take some of its {len(here)} reports and leave some"
    name = _split_id(command, tick, known)
    rest = _without(wanted, target, known, log)
    changes: list[Change] = []
    for report in moved:
        stands_under = known.items[report.item or ""]
        changes.append(_taken(report, stands_under, rest, tick, name))
        changes.append(_placed(report, moved[0].kind, tick, name, target.id))
    return tuple(changes), f"{len(moved)} of the {len(here)} reports of {target.id} are {name} now"


def _without(items: Iterable[str], target: Development, known: Known, log: Sequence[Change]) -> Development:
    """Return what a development would be had it never had some of its reports."""
    gone = frozenset(items)
    rest = Known(known.lexicon, known.baseline)
    for change in log:
        if change.item not in gone:
            rest.apply(change)
    return rest.find(target.id) or target


def _taken(report: Change, stands_under: str, rest: Development, tick: Tick, name: str) -> Change:
    return Change(
        type=ChangeType.CORRECTION,
        development=stands_under,
        at=tick.at,
        alert=False,
        kind=rest.kind,
        status=rest.status,
        severity=rest.severity,
        confidence=rest.confidence,
        title=_title(rest),
        reasons=(Reason.CORRECTED,),
        item=report.item,
        revision=report.revision,
        sources=max(rest.voices.count, 1),
        note=f"split {name}",
    )


def _placed(report: Change, kind: Kind, tick: Tick, name: str, origin: str) -> Change:
    """Return the change with which a report stands in the new development: all it said, and when it first did."""
    return replace(
        report,
        type=ChangeType.CORRECTION,
        development=name,
        at=tick.at,
        kind=kind,
        reasons=(Reason.CORRECTED,),
        note=f"split-from {origin}",
        first_at=report.first_at or report.at,
        shift=None,
        status_was=None,
        sources=1,
        compared=(),
        kept_back=(),
        novel=(),
        contradicts=None,
    )


def _split_id(command: Command, tick: Tick, known: Known) -> str:
    """Make a permanent id from the command's; the number of a command is never given twice."""
    turn = 0
    while True:
        seed = f"{tick.subject}\0split\0{command.id}\0{turn}".encode()
        name = base64.b32encode(hashlib.sha256(seed).digest()).decode().lower()[:_ID_LENGTH]
        if name not in known.developments:
            return name
        turn += 1
