"""Looks after the daemon itself: notes what is out of order and tells the operator, grouped and not too often.

Troubles stand in the database, so that they outlive a restart and several hosts tell each of them once. Only when the
database itself is away is the operator told past it, by every host that can't use it.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from dipwatch.alerts.message import Purpose
from dipwatch.alerts.operator import Notice, compose, plan_notice
from dipwatch.clock import Clock
from dipwatch.config import Config
from dipwatch.daemon.leadership import Leadership
from dipwatch.daemon.standstill import POLLS, standing_still
from dipwatch.errors import StoreError
from dipwatch.store import troubles
from dipwatch.store.disk_space import lack_of_space
from dipwatch.store.outbox import OutboxEntry, enqueue
from dipwatch.store.receivers import receiver_states
from dipwatch.store.schema import delivery_table, feed_event_table, feed_table, outbox_table
from dipwatch.store.sql import hold
from dipwatch.store.store import Store
from dipwatch.store.troubles import Trouble

log = logging.getLogger(__name__)

UNPOLLED = 3
"""Polling intervals without any poll, though feeds are due, after which something must be wrong."""
DATABASE_PATIENCE = timedelta(minutes=1)
"""How long the database may be away without the operator being told: a restart of a server takes seconds."""
SETTLED = timedelta(seconds=10)
"""The age from which events are read: on PostgreSQL one with a lower number may be committed after its followers."""
_FEED_EVENTS, _TOLD = "feed-events", "operator-told"
_BEGIN = frozenset({"broken", "silent", "gone"})

Tell = Callable[[str, Sequence[str]], None]


class Watch:
    """The operator's eye on one process. Not safe to share: one thread runs it at a time, ``note`` apart."""

    def __init__(
        self,
        config: Config,
        store: Store,
        leadership: Leadership,
        clock: Clock,
        *,
        tell: Tell,
        faults: Sequence[str] = (),
    ) -> None:
        """``tell`` sends a notice past the database; ``faults`` are those of the message templates."""
        self._config = config
        self._store = store
        self._leadership = leadership
        self._clock = clock
        self._tell = tell
        self._faults = tuple(faults)
        self._host = socket.gethostname()
        self._started = clock.now()
        self._away: Trouble | None = None

    def run(self) -> None:
        """Look at everything once, and tell what is due. Raises StoreError when the database is in the way."""
        now = self._clock.now()
        try:
            with self._store.begin() as connection:
                hold(connection, "operator")
                self._observe(connection, now)
                self._database_is_back(connection, now)
                self._tell_due(connection, now)
        except StoreError as error:
            self._database_is_away(error, now)
            raise
        self._away = None

    def note(self, sort: str, detail: str) -> None:
        """Note a trouble of this host, such as a refused configuration; an empty ``detail`` ends it.

        Raises StoreError.
        """
        with self._store.begin() as connection:
            self._local(connection, sort, detail, self._clock.now())

    def _observe(self, connection: Connection, now: datetime) -> None:
        self._feeds(connection, now)
        self._receivers(connection, now)
        _dead_messages(connection, now)
        self._polls(connection, now)
        self._lead(connection, now)
        self._local(connection, "templates", "; ".join(self._faults), now)
        self._local(connection, "disk", lack_of_space(self._store), now)

    def _feeds(self, connection: Connection, now: datetime) -> None:
        seen = int(troubles.watermark(connection, _FEED_EVENTS) or 0)
        events = select(feed_event_table).where(feed_event_table.c.id > seen, feed_event_table.c.at <= now - SETTLED)
        for event in connection.execute(events.order_by(feed_event_table.c.id)):
            key = f"feed:{event.feed_id}"
            if event.event in _BEGIN:
                troubles.note(connection, Trouble(key, event.event, event.feed_id, event.detail, event.at))
            elif event.event == "recovered":
                troubles.end(connection, [key], event.at)
            seen = event.id
        troubles.set_watermark(connection, _FEED_EVENTS, str(seen))
        off = connection.execute(select(feed_table.c.id).where(~feed_table.c.enabled)).scalars()
        troubles.forget(connection, [f"feed:{feed}" for feed in off])

    def _receivers(self, connection: Connection, now: datetime) -> None:
        configured = {receiver.name for receiver in self._config.alerts.receivers}
        for state in receiver_states(connection):
            key, since = f"receiver:{state.name}", state.failing_since
            if state.name not in configured:
                troubles.forget(connection, [key])
            elif since is None:
                troubles.end(connection, [key], state.last_sent_at or now)
            elif now - since >= self._config.alerts.fallback_after:
                detail = f"{state.last_detail}; try `dipwatch alerts test {state.name}`"
                troubles.note(connection, Trouble(key, "receiver", state.name, detail, since))

    def _polls(self, connection: Connection, now: datetime) -> None:
        patience = UNPOLLED * self._config.polling.interval
        still = now - self._started >= patience and POLLS in standing_still(connection, now, patience)
        if still:
            detail = f"feeds are due, and none was polled for {UNPOLLED} intervals; look at the log"
            troubles.note(connection, Trouble("polls", "polls", "", detail, now))
        else:
            troubles.end(connection, ["polls"], now)

    def _lead(self, connection: Connection, now: datetime) -> None:
        for subject in self._leadership.take_lost():
            detail = f"{self._host} did not renew it in time; look at its load"
            key = f"lead:{subject}:{self._host}"
            troubles.note(connection, Trouble(key, "lead", subject, detail, now, ended_at=now))

    def _local(self, connection: Connection, sort: str, detail: str, now: datetime) -> None:
        key = f"{sort}:{self._host}"
        if detail:
            troubles.note(connection, Trouble(key, sort, self._host, detail, now))
        else:
            troubles.end(connection, [key], now)

    def _tell_due(self, connection: Connection, now: datetime) -> None:
        told = troubles.watermark(connection, _TOLD)
        last = min(datetime.fromisoformat(told), now) if told else None
        notice = plan_notice(troubles.read_troubles(connection), last, self._config.alerts, now)
        if notice is None:
            return
        enqueue(connection, list(_entries(notice, self._config.alerts.operators, now)), now)
        troubles.mark_told(connection, notice.told, now)
        troubles.set_watermark(connection, _TOLD, now.isoformat())
        log.warning("the operator is told", extra={"subject": notice.subject, "troubles": len(notice.told)})

    def _database_is_away(self, error: StoreError, now: datetime) -> None:
        """Tell the operator past the database, once for as long as it is away."""
        if self._away is None:
            self._away = Trouble(f"database:{self._host}", "database", self._host, str(error), now)
        if self._away.told_at is None and now - self._away.began_at >= DATABASE_PATIENCE:
            notice = compose([self._away])
            self._away = replace(self._away, told_at=now)
            self._tell(notice.subject, notice.lines)

    def _database_is_back(self, connection: Connection, now: datetime) -> None:
        """Note that it was away, if that was told: its end is then told as any other."""
        if self._away is not None and self._away.told_at is not None:
            troubles.note(connection, replace(self._away, ended_at=now))


def _dead_messages(connection: Connection, now: datetime) -> None:
    """Note messages that were given up; one to the operator himself would only lead to the next."""
    query = select(outbox_table.c.message_key, outbox_table.c.receiver).where(outbox_table.c.state == "dead").distinct()
    dead = connection.execute(query.where(outbox_table.c.purpose != Purpose.OPERATOR)).all()
    keys = {f"dead:{row.message_key}": row for row in dead}
    known = {trouble.key for trouble in troubles.read_troubles(connection) if trouble.sort == "dead"}
    troubles.forget(connection, sorted(known - set(keys)))
    for key in sorted(set(keys) - known):
        detail = f"{_last_detail(connection, keys[key].message_key)}; `dipwatch alerts list --state dead` lists them"
        troubles.note(connection, Trouble(key, "dead", keys[key].receiver, detail, now))


def _last_detail(connection: Connection, message_key: str) -> str:
    query = (
        select(delivery_table.c.detail)
        .where(delivery_table.c.message_key == message_key)
        .order_by(delivery_table.c.id.desc())
    )
    return connection.execute(query.limit(1)).scalar_one_or_none() or "no attempt"


def _entries(notice: Notice, receivers: Iterable[str], now: datetime) -> Iterable[OutboxEntry]:
    body = {"subject": notice.subject, "lines": list(notice.lines)}
    group = f"operator:{now.isoformat()}"
    return (OutboxEntry(None, name, group, Purpose.OPERATOR, now, body) for name in receivers)
