"""Whether the work gets done: the daemon, the clock, feeds, messages, troubles that are open."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from dipwatch.alerts import words
from dipwatch.alerts.operator import headline
from dipwatch.cli.findings import Finding
from dipwatch.config import Config
from dipwatch.daemon.standstill import standing_still
from dipwatch.errors import Problem
from dipwatch.feeds.feed import Feed
from dipwatch.review.operation import FeedHealth, FeedView, feed_views
from dipwatch.store import leases, troubles
from dipwatch.store.engine import is_sqlite
from dipwatch.store.feeds import feed_states
from dipwatch.store.receivers import receiver_states
from dipwatch.store.schema import delivery_table, item_table, outbox_table, tick_table

_INTERVALS = 3
"""Polling intervals after which work that lies about stands still."""
_AHEAD = timedelta(minutes=1)
_APART = timedelta(seconds=30)
_PATIENCE = 3.0
"""Seconds for the daemon's answer."""
_MOST = 10
_FAILS = 3
"""Polls in a row; one or two fail all the time."""


def examine_clock(connection: Connection, now: datetime) -> Finding:
    """Compare this machine's clock with the database server's, and with the times that were written before."""
    return Finding("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC", tuple(_clock(connection, now)), of_machine=True)


def _clock(connection: Connection, now: datetime) -> Iterator[Problem]:
    mend = "see that it is set by the network (timedatectl)"
    columns = {"tick": tick_table.c.at, "item": item_table.c.first_seen_at, "delivery": delivery_table.c.at}
    for name, column in columns.items():
        newest = connection.execute(select(func.max(column, type_=column.type))).scalar_one()
        if newest is not None and newest > now + _AHEAD:
            what = f"the newest {name} is dated {words.duration(newest - now)} from now: the clock was, or is, wrong"
            yield Problem("clock", what, mend)
    if not is_sqlite(connection):
        apart = connection.execute(select(func.clock_timestamp())).scalar_one() - now
        if abs(apart) > _APART:
            yield Problem("clock", f"the database server's clock is {words.duration(abs(apart))} off ours", mend)


def examine_daemon(connection: Connection, config: Config, now: datetime) -> Finding:
    """Tell whether a daemon works on the database, whether it is well, and what stands still."""
    held = leases.held(connection, now)
    holders = sorted({lease.holder for lease in held})
    about = f"works as {', '.join(holders)}" if holders else "none works on this database now"
    problems: list[Problem] = []
    if holders:
        problems += _health(config.health.listen)
    patience = _INTERVALS * config.polling.interval
    for name in standing_still(connection, now, patience):
        what = f"{name} stand still though there is work"
        mend = "look at its log" if holders else "start dipwatch (`systemctl start dipwatch`, or `dipwatch run`)"
        problems.append(Problem("daemon", what, mend))
    return Finding("daemon", about, tuple(problems), of_machine=True)


def _health(listen: str) -> Iterator[Problem]:
    """Ask the daemon of this machine how it is; one that works elsewhere can't be asked and is left alone."""
    if listen == "off":
        return
    try:
        with urllib.request.urlopen(f"http://{listen}/readyz", timeout=_PATIENCE):
            return
    except urllib.error.HTTPError as error:
        with error:
            jobs = json.load(error).get("jobs", {})
    except (OSError, ValueError):
        return
    for name, job in jobs.items():
        if job["stuck"]:
            yield Problem("daemon", f"its job {name} hangs", "restart it, and report it with its log")
        elif job["failing"]:
            yield Problem("daemon", f"its job {name} fails ({job['failing']})", "its log says why, as `a job failed`")


def examine_feeds(connection: Connection, feeds: tuple[Feed, ...], now: datetime) -> Finding:
    """Name the feeds that keep failing, are silent or have ended."""
    views = feed_views(feeds, feed_states(connection))
    counts = Counter(str(view.health) for view in views)
    about = ", ".join(f"{counts[health]} {health}" for health in FeedHealth if counts[health]) or "none"
    bad = [problem for view in views for problem in _feed(view, now)]
    problems = bad[:_MOST]
    if len(bad) > _MOST:
        problems.append(Problem("feeds", f"{len(bad) - _MOST} more", "`dipwatch feeds list --health failing`"))
    return Finding("polls", about, tuple(problems))


def _feed(view: FeedView, now: datetime) -> Iterator[Problem]:
    where = f"feed {view.id}"
    if view.health == FeedHealth.FAILING and view.failures >= _FAILS:
        times = words.Counted(view.failures, "time")
        what = f"has failed {times}: {view.outcome} {view.detail or ''}".rstrip()
        yield Problem(where, what, f"`dipwatch feeds check {view.id}`; correct its address or disable it")
    elif view.health == FeedHealth.GONE:
        yield Problem(where, "has ended (410)", f"`dipwatch feeds disable {view.id}`, or find its successor")
    elif view.health == FeedHealth.SILENT and view.silent_since:
        what = f"answers, but has had nothing new for {words.duration(now - view.silent_since)}"
        yield Problem(where, what, "see on its site whether it was replaced")


def examine_messages(connection: Connection, config: Config) -> Finding:
    """Name receivers that take nothing, and messages that were given up."""
    problems: list[Problem] = []
    configured = {receiver.name for receiver in config.alerts.receivers}
    for state in receiver_states(connection):
        if state.name in configured and state.failing_since:
            what = f"has taken nothing since {state.failing_since:%Y-%m-%d %H:%M} UTC: {state.last_detail}"
            problems.append(Problem(f"receiver {state.name}", what, f"`dipwatch alerts test {state.name}`"))
    rows = connection.execute(select(outbox_table.c.state, func.count().label("number")).group_by(outbox_table.c.state))
    counts = {row.state: int(row.number) for row in rows}
    if dead := counts.get("dead", 0):
        mend = "`dipwatch alerts list --state dead`, mend what they name, `dipwatch alerts retry --dead`"
        problems.append(Problem("messages", f"{dead} were given up", mend))
    open_ = counts.get("waiting", 0) + counts.get("sending", 0)
    return Finding("messages", f"{open_} on their way, {dead} given up", tuple(problems))


def examine_troubles(connection: Connection) -> Finding:
    """Name what the operator was told and what still lasts, beyond feeds, receivers and messages."""
    lasting = [trouble for trouble in troubles.read_troubles(connection) if trouble.ended_at is None]
    own = [each for each in lasting if each.key.partition(":")[0] not in {"feed", "receiver", "dead"}]
    problems = [Problem("trouble", headline(each), each.detail) for each in own]
    return Finding("troubles", f"{len(lasting)} open", tuple(problems), of_machine=True)
