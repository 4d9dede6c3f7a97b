"""One subject's detection: pending items in, a written tick out.

What is known lives in memory and is a fold of the change log. A tick folds its changes into it before the database has
them, so whenever writing fails the memory is thrown away and folded anew from the log: it never runs ahead.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from sqlalchemy import Connection

from dipwatch.alerts.plan import Candidate, plan_outbox
from dipwatch.alerts.policy import longest_interval
from dipwatch.alerts.record import read_told
from dipwatch.daemon.setup import Subject
from dipwatch.detect import Frame, Known, Recall, run_tick
from dipwatch.detect.corrections import nothing_recalled
from dipwatch.detect.group import PAIR_WEIGHTS
from dipwatch.errors import StoreError
from dipwatch.extract import StreamReader
from dipwatch.model import Change, Command, Item, Reading, Tick
from dipwatch.settings import Alerts
from dipwatch.store import silences
from dipwatch.store.leases import Lease
from dipwatch.store.log import read_changes, recall
from dipwatch.store.outbox import OutboxEntry
from dipwatch.store.store import Store
from dipwatch.store.ticks import CommandInput, PendingBatch, TickInput, next_tick, refreshed, write_tick

log = logging.getLogger(__name__)

_LONG_AGO = datetime.fromtimestamp(0, UTC)


class Reads(Protocol):
    """The port of extraction: `dipwatch.extract.Reader` is the real one."""

    def read(self, item: Item) -> Reading:
        """Return what an item says."""
        ...


@dataclass(frozen=True, slots=True)
class Decided:
    """A tick's decisions as they are written."""

    inputs: tuple[TickInput, ...]
    changes: tuple[Change, ...]
    commands: tuple[CommandInput, ...]


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did; ``more`` says that items are left for another one."""

    number: int
    items: int
    changes: int
    alerts: int
    messages: int
    more: bool
    seconds: float = 0.0
    """From reading to the commit."""
    outcomes: tuple[str, ...] = ()
    made: tuple[Change, ...] = ()


def fresh_knowledge(subject: Subject) -> Known:
    """Return what is known of a subject before its log begins."""
    return Known(subject.lexicon, subject.baseline, subject.policy.window)


def decide_tick(
    subject: Subject,
    known: Known,
    tick: Tick,
    readings: Sequence[Reading],
    commands: Iterable[Command] = (),
    *,
    log_of: Recall = nothing_recalled,
) -> Decided:
    """Decide a batch and fold it into ``known``. Commands go first, one by one, so that each owns its changes.

    ``log_of`` gives what the log has on a development that a command names.
    """
    frame = Frame(known, tick, subject.policy, subject.model.pairs or PAIR_WEIGHTS, log_of)
    changes: list[Change] = []
    done: list[CommandInput] = []
    for command in sorted(commands, key=lambda each: each.id):
        result = run_tick(frame, (), (command,))
        made = tuple(range(len(changes), len(changes) + len(result.changes)))
        changes.extend(result.changes)
        done.extend(CommandInput(command, answer, made) for _, answer in result.answers)
    result = run_tick(frame, readings)
    items = {(reading.item.id, reading.item.revision): reading.item for reading in readings}
    inputs = tuple(
        TickInput(items[outcome.item_id, outcome.revision], outcome.claims, outcome.outcome)
        for outcome in result.outcomes
    )
    return Decided(inputs, (*changes, *result.changes), tuple(done))


class SubjectPipeline:
    """Detection of one subject under a lease. Not safe to share: one thread ticks at a time."""

    def __init__(self, subject: Subject, alerts: Alerts, batch: int, reader: Reads | None = None) -> None:
        """``batch`` bounds the items of a tick."""
        self.subject = subject
        self._alerts = alerts
        self._batch = batch
        self._reader = reader or StreamReader(subject.reader)
        self._known: Known | None = None
        self._number = 0
        """The number the next tick must have, or else another process has written to the log meanwhile."""
        self._last_at = _LONG_AGO

    def tick(self, store: Store, lease: Lease, now: datetime) -> Ticked | None:
        """Take a batch through detection and write the outcome in one transaction; None where nothing is pending.

        Reading goes first, outside of that transaction, because it takes long and would keep writers waiting. Raises
        LeaseLostError when another process leads, StoreError when the database is in the way: nothing is written then.
        """
        with store.connect() as connection:
            ahead = next_tick(connection, self.subject.name, self._batch)
        if not ahead.items and not ahead.commands:
            return None
        started = time.monotonic()
        readings = [self._reader.read(item) for item in ahead.items]
        known = self._known if self._known and self._number == ahead.number else self._recovered(store)
        self._known = None  # not to be trusted until the transaction has committed
        with store.begin() as connection:
            ticked = self._write(connection, lease, known, ahead, readings, now=now)
        self._known, self._number = known, ticked.number + 1
        ticked = replace(ticked, seconds=time.monotonic() - started)
        log.info("tick", extra={"subject": self.subject.name, **_counts(ticked)})
        return ticked

    def _recovered(self, store: Store) -> Known:
        """Fold the whole change log into what is known: it is small, and how long ago something was matters."""
        known = fresh_knowledge(self.subject)
        with store.connect() as connection:
            self._number = next_tick(connection, self.subject.name, 0).number
            for _, change in read_changes(connection, self.subject.name):
                known.apply(change)
                self._last_at = max(self._last_at, change.at)
        log.info("recovered from the change log", extra={"subject": self.subject.name, "open": len(known.developments)})
        return known

    def _write(
        self,
        connection: Connection,
        lease: Lease,
        known: Known,
        ahead: PendingBatch,
        readings: Sequence[Reading],
        *,
        now: datetime,
    ) -> Ticked:
        """Decide on what was read, if nobody else has written a tick since; what came in since is for the next one."""
        batch = refreshed(connection, ahead)
        if batch.number != self._number:
            raise StoreError(f"tick {self._number} of {self.subject.name} was written by another process")
        self._last_at = max(now, self._last_at)  # a clock that steps back must not turn the log around
        tick = Tick(self.subject.name, batch.number, self._last_at)
        log_of = partial(recall, connection)
        decided = decide_tick(self.subject, known, tick, readings, batch.commands, log_of=log_of)
        outbox = self._plan(connection, decided, readings, now)
        write_tick(
            connection,
            lease,
            tick,
            self.subject.versions,
            decided.inputs,
            decided.changes,
            outbox=outbox,
            commands=decided.commands,
        )
        return _ticked(batch, decided, outbox)

    def _plan(
        self, connection: Connection, decided: Decided, readings: Sequence[Reading], now: datetime
    ) -> tuple[OutboxEntry, ...]:
        items = {(reading.item.id, reading.item.revision): reading.item for reading in readings}
        plan = plan_outbox(
            [
                Candidate(change, items.get((change.item, change.revision)) if change.item else None)
                for change in decided.changes
            ],
            subject=self.subject.name,
            alerts=self._alerts,
            silences=silences.list_silences(connection, now),
            told=read_told(
                connection,
                sorted({change.development for change in decided.changes}),
                now - longest_interval(self._alerts),
            ),
            look_back=self.subject.policy.look_back,
            now=now,
        )
        for entry in plan.withheld:
            log.info("withheld", extra={"receiver": entry.receiver, "group": entry.group_key, **entry.body})
        return plan.entries


def _ticked(batch: PendingBatch, decided: Decided, outbox: Sequence[OutboxEntry]) -> Ticked:
    return Ticked(
        number=batch.number,
        items=len(batch.items),
        changes=len(decided.changes),
        alerts=sum(change.alert for change in decided.changes),
        messages=sum(entry.state == "waiting" for entry in outbox),
        more=batch.more,
        outcomes=tuple(done.outcome for done in decided.inputs),
        made=decided.changes,
    )


def _counts(ticked: Ticked) -> dict[str, int | float]:
    return {
        "tick": ticked.number,
        "items": ticked.items,
        "changes": ticked.changes,
        "alerts": ticked.alerts,
        "messages": ticked.messages,
        "seconds": round(ticked.seconds, 3),
    }
