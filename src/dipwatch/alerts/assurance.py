"""The daily line of assurance: that nothing came because there was nothing, not because something is broken."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from dipwatch.alerts.message import Purpose
from dipwatch.alerts.windows import last_time
from dipwatch.alerts.words import Counted
from dipwatch.settings import Alerts, Schedule
from dipwatch.store.day import DayCounts, day_counts, is_queued, was_told
from dipwatch.store.outbox import OutboxEntry, enqueue
from dipwatch.store.sql import hold

LATEST = timedelta(hours=1)
"""A line that could not be sent by then is left out: it would assure of a day that nobody watched."""


def assurance_due(alerts: Alerts, now: datetime) -> tuple[datetime, datetime] | None:
    """Return the day that a line is due for at ``now``, as its beginning and end; None where none is due."""
    if not alerts.assurance.receivers:
        return None
    schedule = Schedule("day", alerts.assurance.at)
    zone = alerts.assurance.zone or alerts.zone
    end = last_time(schedule, zone, now)
    if now - end >= LATEST:
        return None
    return last_time(schedule, zone, end - timedelta(microseconds=1)), end


def assurance_line(counts: DayCounts) -> str:
    """Return the line: ``78 of 80 feeds fine, 412 items read, 0 developments, 6 just below the threshold``."""
    return ", ".join(
        (
            f"{counts.feeds_fine} of {Counted(counts.feeds, 'feed')} fine",
            f"{Counted(counts.items, 'item')} read",
            str(Counted(counts.developments, "development")),
            f"{counts.below_threshold} just below the threshold",
        )
    )


def assure(connection: Connection, alerts: Alerts, now: datetime) -> int:
    """Put the line that is due into the outbox, once for each of its receivers however many processes ask.

    A receiver that was sent something that day gets none, unless ``always`` is set. Returns how many are told.
    """
    day = assurance_due(alerts, now)
    if day is None:
        return 0
    since, until = day
    group = f"assurance:{until.isoformat()}"
    hold(connection, "outbox")
    told = [
        receiver
        for receiver in dict.fromkeys(alerts.assurance.receivers)
        if not is_queued(connection, receiver, group)
        and (alerts.assurance.always or not was_told(connection, receiver, since, until))
    ]
    if told:
        line = assurance_line(day_counts(connection, since, until))
        more = f"dipwatch history --below-threshold --since {since:%Y-%m-%dT%H:%MZ} shows what stayed below it."
        body = {"subject": line, "lines": [line, more]}
        entries = [OutboxEntry(None, receiver, group, Purpose.ASSURANCE, until, body) for receiver in told]
        enqueue(connection, entries, now)
    return len(told)
