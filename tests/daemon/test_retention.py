"""Letting go once a day, by the process that leads, within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from tests.daemon.fakes import NOW, SUBJECT, config, feed, open_store, put

from dipwatch.clock import FixedClock
from dipwatch.daemon import retention
from dipwatch.daemon.leadership import Leadership
from dipwatch.daemon.retention import Retention, bounds_of
from dipwatch.store.feeds import sync_feeds
from dipwatch.store.retention import Bounds, Pruned
from dipwatch.store.schema import feed_event_table
from dipwatch.store.store import Store

YEARS = timedelta(days=800)
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as store:
        put(store, ("a", "russia+ukraine meet"))
        yield store


def old_events(store: Store, count: int) -> None:
    with store.begin() as connection:
        sync_feeds(connection, [feed("wire")], NOW)
        rows = [{"feed_id": "wire", "at": NOW, "event": "broken", "detail": ""}] * count
        connection.execute(insert(feed_event_table), rows)


def events(store: Store) -> int:
    with store.connect() as connection:
        return connection.execute(select(func.count()).select_from(feed_event_table)).scalar_one()


def made(store: Store, clock: FixedClock, *, leads: bool = True, **tables: Any) -> Retention:  # noqa: ANN401 (settings of several types)
    leadership = Leadership(store, "me")
    if leads:
        leadership.keep([SUBJECT], clock.now())
    return Retention(config(**tables), store, leadership, clock)


def test_it_lets_go_once_a_day(store: Store) -> None:
    clock = FixedClock(NOW + YEARS)
    old_events(store, 3)
    job = made(store, clock)
    assert job.run() == Pruned(feed_events=2)
    old_events(store, 2)
    assert job.run() is None
    clock.set(NOW + YEARS + DAY)
    assert job.run() == Pruned(feed_events=2)
    assert events(store) == 1


def test_it_goes_on_after_the_clock_was_set_back(store: Store) -> None:
    clock = FixedClock(NOW + YEARS)
    job = made(store, clock)
    job.run()
    clock.set(NOW + YEARS - 2 * DAY)
    assert job.run() is not None


def test_who_does_not_lead_leaves_it_to_who_does(store: Store) -> None:
    old_events(store, 3)
    assert made(store, FixedClock(NOW + YEARS), leads=False).run() is None
    assert events(store) == 3


def test_what_takes_too_long_is_left_for_the_next_turn(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "TURN", -1.0)
    monkeypatch.setattr("dipwatch.store.retention.BATCH", 2)
    old_events(store, 7)
    job = made(store, FixedClock(NOW + YEARS), retention={"deliveries": "0s"})
    left = []
    for _ in range(3):
        job.run()
        left.append(events(store))
    assert left == [5, 3, 1]


def test_what_is_to_be_kept_for_ever_has_no_bound() -> None:
    ages = dict.fromkeys(("texts", "noise", "deliveries", "feed_events"), "0s")
    assert bounds_of(config(retention=ages), NOW) == Bounds()


def test_deliveries_are_kept_as_long_as_limits_look_back() -> None:
    receivers = [{"name": "console", "url": "console:", "limits": ["10 per 90d"]}]
    found = bounds_of(config(retention={"deliveries": "1w"}, alerts={"receivers": receivers}), NOW)
    assert found.deliveries == NOW - timedelta(days=90)
