"""Delivery: what is due is claimed, built, rendered, handed over, recorded.

At least once: a message is recorded as sent after its receiver took it, so a crash in between repeats that one message
under the same key. Each receiver has one message in flight, in a thread of its own; none waits for another. What a
receiver does not take goes to its fallback as well, once.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection

from dipwatch.alerts import record
from dipwatch.alerts.backoff import next_attempt
from dipwatch.alerts.build import build_message, build_notice
from dipwatch.alerts.held import held_for, hold_back
from dipwatch.alerts.message import Material, Message, Purpose, Source
from dipwatch.alerts.names import Names
from dipwatch.alerts.render import Renderer
from dipwatch.alerts.sending import Outcome, Sender, SendResult
from dipwatch.errors import ConfigError, StoreError, UsageError
from dipwatch.secret_reference import resolve_secret
from dipwatch.settings import Alerts
from dipwatch.store import outbox, receivers
from dipwatch.store.outbox import claim_group, record_failure, record_sent
from dipwatch.store.outgoing import OutgoingMessage
from dipwatch.store.store import Store

log = logging.getLogger(__name__)

CLAIM_MARGIN = timedelta(seconds=60)
"""How much longer than the timeout a claim lasts: room to start a process, build and record."""
LOOK_AGAIN = 1.0
"""Seconds after which all that waits for a receiver is looked at again while it is sent message after message: with a
thousand waiting, looking takes longer than sending."""
RECORD_AGAIN = 1.0
"""Seconds between two attempts to record what came of a message."""
LONGEST_PAUSE = timedelta(hours=6)
"""A receiver that asks to be left alone for longer is tried all the same: alerts age."""
ATTACHMENT = "attachment"
"""The key of a row's body that holds the path of a file to go with it."""
_NO_RECEIVER = SendResult(Outcome.REFUSED, "no receiver of this name is configured any more", permanent=True)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One message handed to one receiver, and what came of it; ``dead`` says that it won't be tried again."""

    receiver: str
    key: str
    purpose: str
    result: SendResult
    dead: bool = False


@dataclass(frozen=True, slots=True)
class DeliverySummary:
    """What was tried since the last summary, and which receivers are still at it."""

    attempts: tuple[Attempt, ...] = ()
    busy: tuple[str, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """Return how many attempts came to this."""
        return sum(attempt.result.outcome is outcome for attempt in self.attempts)


@dataclass(slots=True)
class _Tally:
    """Attempts gathered from the receivers' threads."""

    attempts: list[Attempt] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, attempt: Attempt) -> None:
        with self.lock:
            self.attempts.append(attempt)

    def take(self) -> tuple[Attempt, ...]:
        with self.lock:
            taken, self.attempts = tuple(self.attempts), []
        return taken


class Deliverer:
    """Delivers what is due in the outbox.

    ``names`` are those of each subject's lexicon. ``executor`` runs one task for each receiver that has something due:
    give it as many threads as there are receivers. ``holder`` marks this process's claims, ``address`` is where a
    report is published that messages lead to.
    """

    def __init__(
        self,
        store: Store,
        alerts: Alerts,
        *,
        names: Mapping[str, Names],
        renderer: Renderer,
        sender: Sender,
        executor: Executor,
        holder: str,
        chance: random.Random | None = None,
        address: str = "",
    ) -> None:
        self._store = store
        self._alerts = alerts
        self._receivers = {receiver.name: receiver for receiver in alerts.receivers}
        self._names = names
        self._renderer = renderer
        self._sender = sender
        self._executor = executor
        self._holder = holder
        self._chance = chance or random.Random()
        self._address = address
        self._running: dict[str, Future[None]] = {}
        self._tally = _Tally()
        self._stopping = threading.Event()

    def deliver_due(self, now: datetime, patience: timedelta | None = None) -> DeliverySummary:
        """Deliver what is due at ``now``, every receiver in its own thread.

        Waits until all are done, or no longer than ``patience``: then the slow ones go on, are named as busy, and are
        left alone by further calls until they are through.
        """
        self._running = {name: future for name, future in self._running.items() if not future.done()}
        with self._store.connect() as connection:
            due = record.receivers_due(connection, now)
        for name in due:
            if name not in self._running:
                self._running[name] = self._executor.submit(self._drain, name, now)
        wait(self._running.values(), timeout=patience.total_seconds() if patience is not None else None)
        busy = tuple(name for name, future in self._running.items() if not future.done())
        return DeliverySummary(self._tally.take(), busy)

    def finish(self, patience: timedelta) -> tuple[str, ...]:
        """Begin no further message and wait for those being sent; returns the receivers that are still busy then."""
        self._stopping.set()
        wait(self._running.values(), timeout=patience.total_seconds())
        return tuple(name for name, future in self._running.items() if not future.done())

    def send_test(self, name: str) -> SendResult:
        """Send a test message to a receiver, past the outbox. Raises UsageError where there is no such receiver."""
        if name not in self._receivers:
            known = ", ".join(self._receivers)
            raise UsageError(f"there is no receiver {name}; configured are: {known}")
        text = "This is a test: dipwatch reaches this receiver. Nothing has happened."
        return self.send_notice(name, Purpose.TEST, f"dipwatch to {name}", (text,))

    def send_notice(self, name: str, purpose: Purpose, subject: str, lines: Sequence[str]) -> SendResult:
        """Send a notice past the outbox, which may be what is out of order."""
        return self._hand_over(name, build_notice(purpose, uuid4().hex, subject, lines))

    def _drain(self, name: str, now: datetime) -> None:
        """Deliver one message after the other to a receiver, until none is due at ``now``."""
        started = time.monotonic()
        looked = -LOOK_AGAIN
        try:
            more = True
            while more and not self._stopping.is_set():
                seconds = time.monotonic() - started
                look = seconds - looked >= LOOK_AGAIN or self._is_limited(name)
                looked = seconds if look else looked
                more = self._deliver_next(name, now + timedelta(seconds=seconds), look=look)
        except StoreError as error:
            log.warning("the outbox can't be used; its messages stay there", extra={"error": str(error)})
        except Exception:  # the edge of a receiver's thread: another receiver's messages must go on
            log.exception("delivery to a receiver broke off; its messages stay in the outbox", extra={"receiver": name})

    def _is_limited(self, name: str) -> bool:
        """Whether each message bears on the next: then everything that waits is looked at before every one."""
        return name in self._receivers and bool(self._receivers[name].limits)

    def _deliver_next(self, name: str, now: datetime, *, look: bool) -> bool:
        until = now + self._alerts.timeout + CLAIM_MARGIN
        with self._store.begin() as connection:
            if look:
                hold_back(connection, name, self._alerts, now)
            outgoing = claim_group(connection, now, self._holder, until, receiver=name)
        if outgoing is None:
            return False
        started = time.monotonic()
        result = self._attempt(outgoing, now)
        self._record_at_last(outgoing, result, now, time.monotonic() - started)
        return True

    def _record_at_last(self, outgoing: OutgoingMessage, result: SendResult, now: datetime, seconds: float) -> None:
        """Record what came of an attempt, as often as it takes: what nobody knows to be sent would be sent again.

        Raises StoreError where the database is away and we are to stop.
        """
        while True:
            try:
                self._record(outgoing, result, now, seconds)
            except StoreError as error:
                if self._stopping.wait(RECORD_AGAIN):
                    raise
                log.warning(
                    "an attempt can't be recorded yet", extra={"message_key": outgoing.key, "error": str(error)}
                )
            else:
                return

    def _attempt(self, outgoing: OutgoingMessage, now: datetime) -> SendResult:
        try:
            return self._hand_over(outgoing.receiver, self._message(outgoing, now))
        except Exception as error:  # a message that can't be built must not stop those behind it
            log.exception("a message could not be made or handed over", extra={"message_key": outgoing.key})
            return SendResult(Outcome.FAILED, f"a defect of dipwatch ({type(error).__name__}); see the log")

    def _hand_over(self, name: str, message: Message) -> SendResult:
        receiver = self._receivers.get(name)
        if receiver is None:
            return _NO_RECEIVER
        try:
            url = resolve_secret(receiver.url)
        except ConfigError as error:
            return SendResult(Outcome.FAILED, str(error))
        return self._sender.send(url, self._renderer.render(message), self._alerts.timeout)

    def _message(self, outgoing: OutgoingMessage, now: datetime) -> Message:
        purpose = Purpose(outgoing.purpose)
        stands_in = _stands_in(outgoing)
        changes = [(row, row.change) for row in outgoing.rows if row.change is not None]
        if not changes:
            body = outgoing.rows[0].body
            lines, attached = list(map(str, body["lines"])), str(body.get(ATTACHMENT, ""))
            return build_notice(purpose, outgoing.key, str(body["subject"]), lines, stands_in, attachment=attached)
        sources = self._sources([change.development for _, change in changes])
        materials = [Material(change, row.item, sources.get(change.development, ())) for row, change in changes]
        subject = changes[0][0].subject
        return build_message(
            purpose,
            outgoing.key,
            materials,
            self._names[subject or ""],
            now,
            stands_in=stands_in,
            held_for=held_for(outgoing),
            address=self._address,
        )

    def _sources(self, developments: list[str]) -> dict[str, tuple[Source, ...]]:
        with self._store.connect() as connection:
            return record.read_sources(connection, developments)

    def _record(self, outgoing: OutgoingMessage, result: SendResult, now: datetime, seconds: float) -> None:
        ended = now + timedelta(seconds=seconds)
        again = None
        with self._store.begin() as connection:
            if result.outcome is Outcome.SENT:
                record_sent(connection, outgoing, ended, seconds, result.detail)
            else:
                again = next_attempt(
                    result,
                    attempt=outgoing.attempt,
                    since=outgoing.created_at,
                    now=ended,
                    alerts=self._alerts,
                    chance=self._chance,
                )
                pause = None if result.retry_after is None else ended + min(result.retry_after, LONGEST_PAUSE)
                record_failure(
                    connection,
                    outgoing,
                    ended,
                    seconds,
                    outcome=result.outcome,
                    detail=result.detail,
                    next_attempt_at=again,
                    pause_until=pause,
                )
                self._stand_in(connection, outgoing, result, ended, dead=again is None)
        dead = result.outcome is not Outcome.SENT and again is None
        self._tally.add(Attempt(outgoing.receiver, outgoing.key, outgoing.purpose, result, dead))
        _log_attempt(outgoing, result, again, dead=dead)

    def _stand_in(
        self, connection: Connection, outgoing: OutgoingMessage, result: SendResult, now: datetime, *, dead: bool
    ) -> None:
        """Give a message to its receiver's fallback where it is given up, or its receiver has failed for long."""
        receiver = self._receivers.get(outgoing.receiver)
        if receiver is None or receiver.fallback is None:
            return
        since = receivers.failing_since(connection, outgoing.receiver) or now
        if not dead and now - since < self._alerts.fallback_after:
            return
        why = result.detail or result.outcome.value
        if outbox.hand_to_fallback(connection, outgoing, receiver.fallback, now, why):
            fields = {"receiver": outgoing.receiver, "fallback": receiver.fallback, "message_key": outgoing.key}
            log.warning("a message goes to the fallback", extra=fields)


def _stands_in(outgoing: OutgoingMessage) -> str:
    """Say for whom the receiver stands in, if it does."""
    body = outgoing.rows[0].body
    if outbox.FALLBACK_FOR not in body:
        return ""
    return f"For {body[outbox.FALLBACK_FOR]}, which did not take it ({body[outbox.FALLBACK_WHY]})"


def _log_attempt(outgoing: OutgoingMessage, result: SendResult, again: datetime | None, *, dead: bool) -> None:
    fields = {
        "receiver": outgoing.receiver,
        "message_key": outgoing.key,
        "purpose": outgoing.purpose,
        "attempt": outgoing.attempt,
        "outcome": result.outcome.value,
        "detail": result.detail,
        "again": again.isoformat() if again else None,
    }
    if result.outcome is Outcome.SENT:
        log.info("a message was delivered", extra=fields)
    elif dead:
        log.error("a message could not be delivered and is given up", extra=fields)
    else:
        log.warning("a message was not delivered and will be tried again", extra=fields)
