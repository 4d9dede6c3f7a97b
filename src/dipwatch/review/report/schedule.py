"""For which period a report is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from dipwatch.alerts.windows import next_time
from dipwatch.review.periods import Period
from dipwatch.settings import Alerts, Report

_LOOK_BACK = timedelta(days=9)
"""Any nine days hold a time of a weekly schedule."""


def due_period(settings: Report, alerts: Alerts, now: datetime) -> Period | None:
    """Return the period of the latest report that should be written by ``now``; None where none ever is.

    It ends at the scheduled time and is as long as the settings say, or begins at the scheduled time before: the same
    clock time also where the clock was changed between them.
    """
    schedule = settings.every
    if schedule.every == "off":
        return None
    times = [now - 2 * _LOOK_BACK]
    while (at := next_time(schedule, alerts.zone, times[-1])) <= now:
        times.append(at)
    end = times[-1]
    return Period(end - settings.period if settings.period else times[-2], end)
