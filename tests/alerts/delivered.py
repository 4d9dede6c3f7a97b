"""Alerts planned and delivered on a real store by a clock of our own, with what every receiver was sent in the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from tests.alerts.samples import an_item
from tests.alerts.stocked import stock

from dipwatch.alerts import Candidate, hold_back, longest_interval, plan_outbox, read_told
from dipwatch.model import Change
from dipwatch.settings import Alerts
from dipwatch.store import OutgoingMessage, Store, claim_group, outbox, record_failure, record_sent, silences
from dipwatch.store.schema import ChangeRow, OutboxRow


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
                due = outbox.next_due(connection)
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
        columns = (OutboxRow.change_seq, OutboxRow.receiver, OutboxRow.purpose, OutboxRow.state, OutboxRow.body)
        query = select(*columns).where(OutboxRow.change_seq.is_not(None)).order_by(OutboxRow.id)
        with self.store.connect() as connection:
            return [(*row[:4], row[4].get("why", "")) for row in connection.execute(query)]

    def changes(self) -> Sequence[int]:
        with self.store.connect() as connection:
            return connection.execute(select(ChangeRow.seq).where(ChangeRow.alert)).scalars().all()

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
