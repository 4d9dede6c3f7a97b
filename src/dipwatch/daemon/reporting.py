"""The scheduled report: written once for each of its times, over restarts and hosts."""

from __future__ import annotations

import logging
import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from dipwatch.alerts import words
from dipwatch.alerts.deliver import ATTACHMENT
from dipwatch.alerts.message import Purpose
from dipwatch.clock import Clock
from dipwatch.config import LoadedConfig
from dipwatch.daemon.leadership import Leadership
from dipwatch.review.brief import load_brief
from dipwatch.review.cache import Cache, cache_folder
from dipwatch.review.directory import Directory
from dipwatch.review.listed import NameBook
from dipwatch.review.periods import Period
from dipwatch.review.report import Report, Scope, due_period, gather, render, write_whole
from dipwatch.store import troubles
from dipwatch.store.outbox import OutboxEntry, enqueue
from dipwatch.store.sql import hold
from dipwatch.store.store import Store

log = logging.getLogger(__name__)

LATEST = "index.html"
"""A copy of the newest report, under a name that stays: what ``report.address`` leads to."""
MOST_TITLES = 10
"""Developments named in the message; the report has them all."""
_WRITTEN = "report"


class Reporting:
    """Writes the report that is due where this process leads, and puts word of it into the outbox.

    Which one was written last stands in the database, in the transaction that puts the messages there. A crash before
    it writes the same file again; nobody is told twice. The first start writes none: the period before it was not
    watched. After a stop of several periods the last one alone is made up for.
    """

    def __init__(self, loaded: LoadedConfig, store: Store, leadership: Leadership, clock: Clock) -> None:
        self._loaded = loaded
        self._config = loaded.config
        self._store = store
        self._leadership = leadership
        self._clock = clock

    def run(self) -> bool:
        """Write the report that is due; return whether one was. Raises StoreError, MachineError, ConfigError."""
        now = self._clock.now()
        period = due_period(self._config.report, self._config.alerts, now)
        if period is None or self._leadership.lease(self._config.subjects[0]) is None:
            return False
        with self._store.connect() as connection:
            last = troubles.watermark(connection, _WRITTEN)
            if not _is_due(last, period):
                return False
            report = self._gathered(connection, period, now) if last else None
        file = self._written(report) if report else None
        with self._store.begin() as connection:
            hold(connection, "outbox")
            if not _is_due(troubles.watermark(connection, _WRITTEN), period):
                return False  # another host was quicker
            troubles.set_watermark(connection, _WRITTEN, period.end.isoformat())
            if report and file:
                enqueue(connection, self._messages(report, file), now)
        return report is not None

    def _gathered(self, connection: Connection, period: Period, now: datetime) -> Report:
        cache = Cache(cache_folder(os.environ))
        folders = {name: self._loaded.subject_folder(name) for name in self._config.subjects}
        names = NameBook({name: Directory(folder, cache) for name, folder in folders.items()})
        briefs = {name: load_brief(folder, self._loaded.seeds_folder(name), cache) for name, folder in folders.items()}
        zone = self._config.report.every.zone or self._config.alerts.zone
        scope = Scope(self._config.subjects, period.start, period.end, zone)
        return gather(connection, scope, names, briefs, now)

    def _written(self, report: Report) -> Path:
        folder = self._loaded.base / self._config.report.folder
        file = folder / f"{report.until.astimezone(report.zone):%Y-%m-%d}.html"
        page = render(report).encode()
        write_whole(file, page)
        write_whole(folder / LATEST, page)
        log.info("a report was written", extra={"file": str(file), "developments": len(report.cards)})
        return file

    def _messages(self, report: Report, file: Path) -> list[OutboxEntry]:
        cards, news = len(report.cards), len(report.news)
        told = f"{words.Counted(cards, 'development')}, {words.Counted(news, 'piece of news', 'pieces of news')}"
        lines = [
            f"{told}; {report.held_back} held back below the threshold.",
            *(f"{card.development.kind}: {card.development.title}" for card in report.cards[:MOST_TITLES]),
            self._config.report.address or f"It lies at {file}.",
        ]
        zone = report.zone
        subject = f"{report.since.astimezone(zone):%Y-%m-%d} to {report.until.astimezone(zone):%Y-%m-%d}"
        body = {"subject": subject, "lines": lines, ATTACHMENT: str(file)}
        group = f"report:{report.until.isoformat()}"
        receivers = dict.fromkeys(self._config.report.receivers)
        return [OutboxEntry(None, name, group, Purpose.REPORT, report.at, body) for name in receivers]


def _is_due(last: str | None, period: Period) -> bool:
    return last is None or datetime.fromisoformat(last) < period.end
