"""Detection held against labels: what it found in a stream or has found in the log, and what became of every item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dipwatch.daemon.replays import Shifts, lines_of, replay_ticks
from dipwatch.daemon.setup import Subject
from dipwatch.daemon.subject import Reads
from dipwatch.model import Change, ChangeType, Item
from dipwatch.review.evaluation.causes import Trace
from dipwatch.review.evaluation.labels import Label, found_of
from dipwatch.review.evaluation.scoring import Evaluation
from dipwatch.store.log import read_changes, read_ticks
from dipwatch.store.store import Store
from dipwatch.store.ticks import TickInput


@dataclass(frozen=True, slots=True)
class Batch:
    """A tick's inputs and the changes they made."""

    inputs: tuple[TickInput, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An evaluation with what became of the items that are labelled or were found."""

    evaluation: Evaluation
    traces: dict[str, Trace]


def stream_batches(subject: Subject, items: Iterable[Item], reader: Reads | None = None) -> Iterator[Batch]:
    """Yield the ticks of a recorded stream, decided now; ``items`` in the order of their first sight."""
    return (Batch(decided.inputs, decided.changes) for decided in replay_ticks(subject, items, reader))


def log_batches(store: Store, subject: str) -> Iterator[Batch]:
    """Yield the ticks of the log with the changes as they were decided, users' corrections aside. Raises StoreError."""
    with store.connect() as connection:
        made: dict[tuple[str | None, int], Change] = {}
        for _, change in read_changes(connection, subject):
            if change.type is not ChangeType.CORRECTION:
                made.setdefault((change.item, change.revision), change)
        for recorded in read_ticks(connection, subject):
            changes = (made.get((done.item.id, done.item.revision)) for done in recorded.inputs)
            yield Batch(recorded.inputs, tuple(change for change in changes if change))


def evaluate(subject: Subject, labels: Sequence[Label], batches: Iterable[Batch]) -> Evaluated:
    """Hold what was decided against labels."""
    wanted = {label.id for label in labels}
    found = []
    shifts: Shifts = {}
    last: dict[str, tuple[TickInput, Change | None]] = {}
    for batch in batches:
        items = {(done.item.id, done.item.revision): done.item for done in batch.inputs}
        found += [found_of(line) for line in lines_of(subject.lexicon, batch.changes, items, shifts)]
        changes = {(change.item, change.revision): change for change in batch.changes}
        for done in batch.inputs:
            change = changes.get((done.item.id, done.item.revision))
            if change or done.item.id in wanted:
                last[done.item.id] = done, change
    traces = {item: _trace(subject, done, change) for item, (done, change) in last.items()}
    return Evaluated(Evaluation(labels, found), traces)


def _trace(subject: Subject, done: TickInput, change: Change | None) -> Trace:
    reading = subject.reader.read(done.item)
    return Trace(
        outcome=done.outcome,
        kept_back=change.kept_back if change else (),
        compared=change.compared if change else (),
        text_type=reading.text_type,
        off_topic=reading.off_topic,
        opens_gate=bool(reading.claims) or subject.reader.parse(done.item) is not None,
    )
