"""Who detects: one process for each subject, by a lease in the database that has to be renewed."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from dipwatch.clock import Clock
from dipwatch.errors import MachineError
from dipwatch.store import feeds, leases, outbox, set_back
from dipwatch.store.leases import Lease, detection_lease
from dipwatch.store.store import Store

log = logging.getLogger(__name__)

TTL = timedelta(seconds=6)
"""How long a leader that has died keeps others waiting; leadership must not be vacant for 10 s."""
RENEWAL = timedelta(seconds=2)
ABSENCE = timedelta(seconds=10)
"""How long a process may give no sign of life before others take over the feeds and messages it had claimed."""
_LOOK = 0.25


def new_holder() -> str:
    """Return a name that no other process has, telling host and process."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"


class Leadership:
    """The leases of this process."""

    def __init__(self, store: Store, holder: str) -> None:
        self._store = store
        self._holder = holder
        self._leases: dict[str, Lease] = {}
        self._lost: list[str] = []
        self._lock = threading.Lock()

    def lease(self, subject: str) -> Lease | None:
        """Return the lease under which this process leads a subject, None while it doesn't."""
        return self._leases.get(subject)

    def take_lost(self) -> tuple[str, ...]:
        """Return the subjects whose lead was lost to another process since this was last asked."""
        lost, self._lost = tuple(dict.fromkeys(self._lost)), []
        return lost

    def keep(self, subjects: Iterable[str], now: datetime) -> None:
        """Renew the leases held and take those that are free; follow the clock where it was set back.

        Raises StoreError.
        """
        with self._lock, self._store.begin() as connection:
            by = set_back.follow(connection, socket.gethostname(), now)
            for subject in subjects:
                self._note(subject, leases.take(connection, detection_lease(subject), self._holder, now, TTL))
        if by:
            log.warning("the clock was set back; what was planned follows it", extra={"seconds": by.total_seconds()})

    def show_life(self, now: datetime) -> None:
        """Show that this process lives, and give back what those had claimed that no longer do. Raises StoreError."""
        with self._store.begin() as connection:
            leases.take(connection, leases.host_lease(self._holder), self._holder, now, ABSENCE)
            gone = leases.bury_hosts(connection, now)
            if not gone:
                return
            feeds.release_of(connection, gone)
            messages = outbox.claims_of(connection, gone, now)
        log.warning("a process gave no sign of life", extra={"holders": list(gone), "messages": messages})

    def give_up(self) -> None:
        """Release every lease, so that another process can lead at once. Raises StoreError."""
        with self._lock, self._store.begin() as connection:
            leases.leave(connection, self._holder)
            for lease in self._leases.values():
                leases.release(connection, lease)
            self._leases.clear()

    def _note(self, subject: str, lease: Lease | None) -> None:
        before = self._leases.get(subject)
        if lease is None:
            self._leases.pop(subject, None)
            if before:
                log.warning("another process leads now", extra={"subject": subject})
                self._lost.append(subject)
            return
        self._leases[subject] = lease
        if before is None or before.token != lease.token:
            log.info("this process leads", extra={"subject": subject, "token": lease.token})


def claim_alone(
    leadership: Leadership,
    store: Store,
    subjects: Iterable[str],
    clock: Clock,
    patience: timedelta = TTL + timedelta(seconds=1),
) -> None:
    """Make sure that no other process works on an SQLite database, and take over what a dead one had claimed.

    The lease of a process that was killed runs out; one that lives renews it, which shows while we wait. PostgreSQL is
    made for several, so nothing is asked of it. Raises MachineError, StoreError.
    """
    if store.engine.dialect.name != "sqlite":
        return
    wanted = tuple(subjects)
    deadline = time.monotonic() + patience.total_seconds()
    with store.connect() as connection:
        before = leases.held(connection, clock.now())
    while True:
        leadership.keep(wanted, clock.now())
        if all(leadership.lease(subject) for subject in wanted):
            break
        if time.monotonic() > deadline and not _ended_stale(store, clock, before):
            leadership.give_up()
            raise MachineError(f"another dipwatch works on {store.place}: stop it, or use another database")
        time.sleep(_LOOK)
    with store.begin() as connection:
        feeds.release_all(connection)
        outbox.abandoned_claims(connection, clock.now())


def _ended_stale(store: Store, clock: Clock, before: list[Lease]) -> bool:
    """End the leases that would last longer than any can and have not been renewed; tells whether there were any.

    Their holder died before the clock was set back: one that lives would have renewed them, by the clock as it is now.
    """
    now = clock.now()
    with store.begin() as connection:
        longest = now + max(TTL, ABSENCE)
        stale = [lease for lease in leases.held(connection, now) if lease in before and lease.expires_at > longest]
        for lease in stale:
            leases.release(connection, lease)
    return bool(stale)
