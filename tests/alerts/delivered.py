"""Alerts planned and delivered on a real store by a clock of our own, with what every receiver was sent in the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from tests.alerts.samples import an_item
from tests.alerts.stocked import stock
from tests.due import next_due

from dipwatch.alerts.held import hold_back
from dipwatch.alerts.plan import Candidate, plan_outbox
from dipwatch.alerts.policy import longest_interval
from dipwatch.alerts.record import read_told
from dipwatch.model import Change
from dipwatch.settings import Alerts
from dipwatch.store import silences
from dipwatch.store.outbox import claim_group, record_failure, record_sent
from dipwatch.store.outgoing import OutgoingMessage
from dipwatch.store.schema import change_table, outbox_table
from dipwatch.store.store import Store


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that a receiver took, and when."""

    at: datetime
    message: OutgoingMessage

    @property
    def developments(self) -> list[str]:
        return [row.change.development for row in self.message.rows if row.change]


@dataclass
class World:
    """Plans changes and delivers what is due; ``fails`` says of each attempt whether it fails."""

    store: Store
    alerts: Alerts
    now: datetime
    fails: Iterator[bool] = field(default_factory=lambda: iter(()))
    sent: dict[str, list[Sent]] = field(default_factory=dict)

    def tell(self, *changes: Change) -> None:
        """Plan a tick and write it, as the daemon does."""
        with self.store.begin() as connection:
            told = read_told(
                connection,
                sorted({change.development for change in changes}),
                self.now - longest_interval(self.alerts),
            )
            muted = silences.list_silences(connection, self.now)
        plan = plan_outbox(
            [Candidate(change, an_item(published=self.now)) for change in changes],
            subject="ukraine",
            alerts=self.alerts,
            silences=muted,
            told=told,
            look_back=timedelta(hours=48),
            now=self.now,
        )
        stock(self.store, [*changes], plan.entries, at=self.now)
        self.deliver()

    def deliver(self) -> None:
        """Deliver what is due now to every receiver."""
        for receiver in (known.name for known in self.alerts.receivers):
            while self._deliver_one(receiver):
                pass

    def until(self, end: datetime, most: int = 5000) -> None:
        """Let time pass, delivering whenever something is due."""
        for _ in range(most):
            with self.store.connect() as connection:
                due = next_due(connection)
            if due is None or due > end:
                self.now = max(self.now, end)
                return
            before = sum(map(len, self.sent.values()))
            self.now = max(self.now, due)
            self.deliver()
            if before == sum(map(len, self.sent.values())):
                self.now += timedelta(minutes=1)  # what is due waits for what comes before it
        raise AssertionError("what is due does not become less")

    def rows(self) -> list[tuple[int, str, str, str, str]]:
        """Return change, receiver, purpose, state and reason of every row of the outbox that has a change."""
        columns = (
            outbox_table.c.change_seq,
            outbox_table.c.receiver,
            outbox_table.c.purpose,
            outbox_table.c.state,
            outbox_table.c.body,
        )
        query = select(*columns).where(outbox_table.c.change_seq.is_not(None)).order_by(outbox_table.c.id)
        with self.store.connect() as connection:
            return [(*row[:4], row[4].get("why", "")) for row in connection.execute(query)]

    def changes(self) -> Sequence[int]:
        with self.store.connect() as connection:
            return connection.execute(select(change_table.c.seq).where(change_table.c.alert)).scalars().all()

    def _deliver_one(self, receiver: str) -> bool:
        minute = timedelta(minutes=1)
        with self.store.begin() as connection:
            hold_back(connection, receiver, self.alerts, self.now)
            message = claim_group(connection, self.now, "me", self.now + minute, receiver=receiver)
        if message is None:
            return False
        with self.store.begin() as connection:
            if next(self.fails, False):
                again = self.now + 7 * minute
                record_failure(
                    connection, message, self.now, 0.1, outcome="failed", detail="HTTP 500", next_attempt_at=again
                )
            else:
                record_sent(connection, message, self.now, 0.1)
                self.sent.setdefault(receiver, []).append(Sent(self.now, message))
        return True
