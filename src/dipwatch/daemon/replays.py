"""Recorded items through the very detection that runs live: a stream from a file, or a database's own ticks again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import groupby, zip_longest

from dipwatch.daemon.setup import Subject
from dipwatch.daemon.subject import Decided, Reads, decide_tick, fresh_knowledge
from dipwatch.detect import History
from dipwatch.detect.slots import stems
from dipwatch.extract import StreamReader
from dipwatch.lexicon import Lexicon
from dipwatch.model import Change, ChangeType, Claim, Item, Reading, Recorded, Shift, Tick
from dipwatch.store.log import RecordedTick, read_changes, read_ticks
from dipwatch.store.store import Store
from dipwatch.store.ticks import TickInput

Line = dict[str, object]
Shifts = dict[tuple[str, str, str], Shift]
"""The shifts of a replay so far, by development, actor and issue."""


def replay_stream(subject: Subject, items: Iterable[Item], reader: Reads | None = None) -> Iterator[Line]:
    """Yield a line for each item that is tied to a development, as ``replay_ticks`` decides them."""
    shifts: Shifts = {}
    for decided in replay_ticks(subject, items, reader):
        seen = {(done.item.id, done.item.revision): done.item for done in decided.inputs}
        yield from lines_of(subject.lexicon, decided.changes, seen, shifts)


def replay_ticks(subject: Subject, items: Iterable[Item], reader: Reads | None = None) -> Iterator[Decided]:
    """Decide recorded items, a tick for each distinct ``first_seen``.

    ``items`` stand in the order of their first sight. No database, no network, no clock but the items' own.
    """
    reader = reader or StreamReader(subject.reader)
    known = fresh_knowledge(subject)
    for number, (at, batch) in enumerate(groupby(items, key=lambda item: item.first_seen), start=1):
        yield decide_tick(subject, known, Tick(subject.name, number, at), [reader.read(item) for item in batch])


def lines_of(
    lexicon: Lexicon, changes: Iterable[Change], items: Mapping[tuple[str, int], Item], shifts: Shifts
) -> Iterator[Line]:
    """Yield what a replay writes of a tick's changes: the leading one of each item. ``shifts`` are kept up to date.

    A further report that states the position by which its development began or moved carries that shift as well; the
    ledger of positions has it once. A report that restates a position of old has the way in which its words point.
    """
    told: set[str] = set()
    for change in changes:
        if change.item is None or change.type is ChangeType.CORRECTION or change.item in told:
            continue
        told.add(change.item)
        shift = change.shift or _supported(lexicon, change, shifts)
        if shift:
            shifts[change.development, shift.actor, shift.issue] = shift
        yield _line(lexicon, change, items[change.item, change.revision], shift or _restated(lexicon, change.claim))


def _supported(lexicon: Lexicon, change: Change, shifts: Shifts) -> Shift | None:
    """Return the shift of its development that a report states again, None where it states none or another one."""
    claim = change.claim
    if claim is None or claim.issue is None or not (claim.states_position and claim.parts):
        return None
    return shifts.get((change.development, lexicon.principal(claim.parts[0].actor), claim.issue))


def _restated(lexicon: Lexicon, claim: Claim | None) -> Shift | None:
    if claim is None or claim.issue is None or claim.direction is None or not claim.parts:
        return None
    return Shift(lexicon.principal(claim.parts[0].actor), claim.issue, claim.direction)


def _line(lexicon: Lexicon, change: Change, item: Item, shift: Shift | None) -> Line:
    claim = change.claim
    return {
        "item": item.id,
        "at": item.first_seen.isoformat(),
        "development": change.development,
        "change": str(change.type),
        "alert": change.alert,
        "kind": str(change.kind),
        "status": str(change.status),
        "actors": _actors(lexicon, claim) if claim else [],
        "venue": lexicon.name(lexicon.city(claim.venue)) if claim and claim.venue else None,
        "shift": _shift(lexicon, shift) if shift else None,
        "reasons": [str(reason) for reason in change.reasons],
        "severity": str(change.severity),
        "confidence": change.confidence,
        "title": change.title,
    }


def _actors(lexicon: Lexicon, claim: Claim) -> list[str]:
    return list(dict.fromkeys(part.named or lexicon.name(part.actor) for part in claim.parts))


def _shift(lexicon: Lexicon, shift: Shift) -> Line:
    issue = lexicon.issues.get(shift.issue)
    return {
        "actor": lexicon.name(shift.actor),
        "issue": issue.output if issue else shift.issue,
        "direction": str(shift.direction),
    }


@dataclass(frozen=True, slots=True)
class Rerun:
    """A recorded tick decided again."""

    recorded: RecordedTick
    changes: tuple[Change, ...]

    @property
    def items(self) -> dict[tuple[str, int], Item]:
        """The items of the tick, by id and revision."""
        return {(done.item.id, done.item.revision): done.item for done in self.recorded.inputs}


def rerun(store: Store, subject: Subject, reader: Reads | None = None) -> Iterator[Rerun]:
    """Decide every recorded tick of a subject again, with its recorded inputs. Raises StoreError."""
    reader = reader or StreamReader(subject.reader)
    known, log = fresh_knowledge(subject), History()
    with store.connect() as connection:
        for recorded in read_ticks(connection, subject.name):
            same = recorded.versions == subject.versions
            made = {(change.item, change.revision): change for change in recorded.changes if _is_report(change)}
            readings = [
                _read_again(reader, done, made.get((done.item.id, done.item.revision)), same_versions=same)
                for done in recorded.inputs
            ]
            decided = decide_tick(subject, known, recorded.tick, readings, recorded.commands, log_of=log)
            log.add(decided.changes)
            yield Rerun(recorded, decided.changes)


def _is_report(change: Change) -> bool:
    return change.item is not None and change.type is not ChangeType.CORRECTION


def _read_again(reader: Reads, done: TickInput, made: Change | None, *, same_versions: bool) -> Reading:
    """Read an item again; where its summary was pruned, what was kept of it stands in: claims, words, concepts.

    ``made`` is the change that the item made then. An item may never have had a summary. It was pruned if a claim or
    the change holds what is not in the headline, or if the very versions that read it then read something else now.
    """
    reading = reader.read(done.item)
    if done.item.summary:
        return reading
    quotes_lost = any(claim.evidence not in done.item.title for claim in done.claims)
    words_lost = made is not None and not stems(done.item.title).issuperset(made.words)
    if not (quotes_lost or words_lost or (same_versions and done.claims != reading.claims)):
        return reading
    if made is None:
        return replace(reading, claims=done.claims)
    kept = Recorded(made.words, made.concepts, made.credit)
    return replace(reading, claims=done.claims, language=made.language, recorded=kept)


@dataclass(frozen=True, slots=True)
class Verified:
    """How a rerun compares with the change log; ``difference`` is empty where they are equal."""

    ticks: int
    changes: int
    difference: str = ""


def verify(store: Store, subject: Subject, reader: Reads | None = None) -> Verified:
    """Rerun the recorded ticks and compare with the change log, up to the first difference. Raises StoreError."""
    ticks = changes = 0
    versions = ""

    def decided() -> Iterator[Change]:
        nonlocal ticks, versions
        for again in rerun(store, subject, reader):
            ticks += 1
            versions = _other_versions(again.recorded, subject)
            yield from again.changes

    with store.connect() as connection:
        logged = read_changes(connection, subject.name)
        for now, entry in zip_longest(decided(), logged):
            if difference := _difference(now, entry):
                return Verified(ticks, changes, difference + versions)
            changes += 1
    return Verified(ticks, changes)


def _difference(now: Change | None, entry: tuple[int, Change] | None) -> str:
    if now is None and entry is not None:
        return f"change {entry[0]} ({entry[1].title}) does not come up again"
    if entry is None and now is not None:
        return f"a change comes up that the log does not have: {now.type} of {now.development} ({now.title})"
    if now is None or entry is None or now == entry[1]:
        return ""
    seq, was = entry
    unequal = [name for name in (field.name for field in fields(Change)) if getattr(now, name) != getattr(was, name)]
    first = unequal[0]
    told = f"{first} was {getattr(was, first)!r} and is now {getattr(now, first)!r}"
    others = f" (and: {', '.join(unequal[1:])})" if len(unequal) > 1 else ""
    return f"change {seq} of development {was.development}: {told}{others}"


def _other_versions(recorded: RecordedTick, subject: Subject) -> str:
    """Say what decided then and is another now."""
    then, now = recorded.versions, subject.versions
    other = [name for name in (field.name for field in fields(now)) if getattr(then, name) != getattr(now, name)]
    return f"; tick {recorded.tick.number} was decided with another {', '.join(other)}" if other else ""
