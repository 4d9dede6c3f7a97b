from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update
from tests.daemon.fakes import NOW, config, feed, open_store

from dipwatch.daemon.leadership import Leadership
from dipwatch.daemon.watch import DATABASE_PATIENCE, Watch
from dipwatch.errors import StoreError
from dipwatch.store import outbox
from dipwatch.store.disk_space import LEAST_SPACE
from dipwatch.store.feeds import sync_feeds
from dipwatch.store.outbox import OutboxEntry, claim_group, enqueue, record_failure, record_sent
from dipwatch.store.schema import feed_event_table, feed_table
from dipwatch.store.store import Store

MINUTE = timedelta(minutes=1)


@dataclass
class FakeClock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Site:
    """A watch over a store, and what the operator was told through the outbox and past it."""

    store: Store
    clock: FakeClock = field(default_factory=FakeClock)
    past_it: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    faults: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.leadership = Leadership(self.store, "me")
        self.watch = self.started()

    def started(self, **alerts: Any) -> Watch:  # noqa: ANN401 (settings of several types)
        settings = {"operator_wait": "0s", "operator_interval": "30m", "fallback_after": "15m"} | alerts
        made = config(alerts=settings, polling={"interval": "10m"})
        return Watch(made, self.store, self.leadership, self.clock, tell=self.tell, faults=self.faults)

    def tell(self, subject: str, lines: Sequence[str]) -> None:
        self.past_it.append((subject, tuple(lines)))

    def after(self, minutes: float) -> list[str]:
        """Let time pass, look, and return the subjects of what the operator was told since the start."""
        self.clock.at += timedelta(minutes=minutes)
        self.watch.run()
        return self.told()

    def told(self) -> list[str]:
        with self.store.connect() as connection:
            rows = outbox.list_outbox(connection, ("waiting", "sent"))
        return [str(row.body["subject"]) for row in sorted(rows, key=lambda row: row.id) if row.purpose == "operator"]

    def event(self, name: str, about: str = "north", detail: str = "why") -> None:
        values = {"feed_id": about, "at": self.clock.at, "event": name, "detail": detail}
        with self.store.begin() as connection:
            connection.execute(insert(feed_event_table).values(values))

    def message(self, *, sent: bool, dead: bool = False) -> None:
        """Have the console take a message, or not."""
        now = self.clock.at
        with self.store.begin() as connection:
            body = {"subject": "s", "lines": ["l"]}
            enqueue(connection, [OutboxEntry(None, "console", f"g{now}", "test", now, body)], now)
            message = claim_group(connection, now, "me", now + MINUTE)
            assert message is not None
            if sent:
                record_sent(connection, message, now, 0.1)
            else:
                again = None if dead else now + timedelta(days=1)
                record_failure(
                    connection, message, now, 0.1, outcome="failed", detail="HTTP 500", next_attempt_at=again
                )


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_store(tmp_path) as store:
        with store.begin() as connection:
            sync_feeds(connection, [feed("north"), feed("south")], NOW)
            connection.execute(update(feed_table).values(next_poll_at=NOW + timedelta(days=365)))
        yield Site(store)


@pytest.mark.parametrize("name", ["broken", "silent", "gone"])
def test_what_happens_to_a_feed_is_told_once_and_so_is_its_end(site: Site, name: str) -> None:
    site.event(name)
    begun = site.after(1)
    assert len(begun) == 1
    assert "feed north" in begun[0]
    assert site.after(60) == begun
    site.event("recovered")
    ended = site.after(60)
    assert len(ended) == 2
    assert site.after(600) == ended


@pytest.mark.parametrize("name", ["moved", "hole"])
def test_what_needs_nobody_is_not_told(site: Site, name: str) -> None:
    site.event(name)
    assert site.after(1) == []


def test_an_event_is_read_only_when_it_has_settled(site: Site) -> None:
    site.event("broken")
    assert site.after(0.1) == []
    assert site.after(0.1) == ["feed north is broken"]


def test_troubles_come_grouped_and_not_too_often(site: Site) -> None:
    site.event("broken", "north")
    site.event("silent", "south")
    assert site.after(1) == ["feed north is broken and 1 more"]
    site.event("recovered", "north")
    site.event("recovered", "south")
    assert len(site.after(20)) == 1
    assert site.after(10)[1:] == ["feed north works again and 1 more"]


def test_a_restart_and_another_host_tell_nothing_twice(site: Site) -> None:
    site.event("broken")
    told = site.after(1)
    site.watch = site.started()
    assert site.after(60) == told
    site.event("recovered")
    assert len(site.after(60)) == 2


def test_a_feed_that_was_taken_off_the_list_is_forgotten(site: Site) -> None:
    site.event("broken")
    site.after(1)
    with site.store.begin() as connection:
        sync_feeds(connection, [feed("south")], site.clock.at)
    assert len(site.after(60)) == 1


def test_a_receiver_that_fails_for_long_is_told_and_that_it_works_again(site: Site) -> None:
    site.message(sent=False)
    assert site.after(14) == []
    assert site.after(1) == ["receiver console takes nothing"]
    site.message(sent=True)
    assert site.after(60) == ["receiver console takes nothing", "receiver console takes messages again"]


def test_messages_that_were_given_up_are_told_once(site: Site) -> None:
    site.message(sent=False, dead=True)
    assert site.after(1) == ["a message to console was given up"]
    with site.store.begin() as connection:
        outbox.drop(connection, [row.id for row in outbox.list_outbox(connection, ("dead",))])
    site.message(sent=True)
    assert site.after(60) == ["a message to console was given up"]


def test_a_dead_message_to_the_operator_leads_to_no_other(site: Site) -> None:
    site.event("broken")
    site.after(1)
    with site.store.begin() as connection:
        message = claim_group(connection, site.clock.at, "me", site.clock.at + MINUTE)
        assert message is not None
        record_failure(
            connection, message, site.clock.at, 0.1, outcome="refused", detail="HTTP 404", next_attempt_at=None
        )
    assert site.after(60) == ["receiver console takes nothing"]


def test_nothing_polled_for_three_intervals_is_told(site: Site) -> None:
    with site.store.begin() as connection:
        connection.execute(update(feed_table).values(next_poll_at=NOW, last_polled_at=NOW))
    assert site.after(29) == []
    assert site.after(2) == ["no feed is being polled"]
    with site.store.begin() as connection:
        connection.execute(
            update(feed_table).values(next_poll_at=site.clock.at + 60 * MINUTE, last_polled_at=site.clock.at)
        )
    assert site.after(31)[1:] == ["feeds are being polled again"]


def test_a_start_after_a_long_stop_is_no_trouble(site: Site) -> None:
    with site.store.begin() as connection:
        connection.execute(update(feed_table).values(next_poll_at=NOW, last_polled_at=NOW))
    site.clock.at += timedelta(days=3)
    site.watch = site.started()
    assert site.after(1) == []


def test_a_refused_configuration_is_told_and_so_is_one_that_is_taken(site: Site) -> None:
    site.watch.note("reload", "dipwatch.toml:3: polling.interval: is not a duration")
    (told,) = site.after(1)
    assert "refused a new configuration" in told
    site.watch.note("reload", "")
    assert "has taken a new configuration" in site.after(60)[1]


def test_faulty_templates_are_told(tmp_path: Path, site: Site) -> None:
    del tmp_path
    site.faults = ("message.txt:1: broken",)
    site.watch = site.started()
    (told,) = site.after(1)
    assert "message templates" in told


def test_a_lost_lead_is_told(site: Site) -> None:
    rival = Leadership(site.store, "rival")
    site.leadership.keep(["ukraine"], NOW)
    rival.keep(["ukraine"], NOW + MINUTE)
    site.leadership.keep(["ukraine"], NOW + MINUTE)
    assert site.after(1) == ["the lead of ukraine was lost to another process"]
    assert len(site.after(60)) == 1


def test_a_disk_that_fills_up_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    room = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: room._replace(free=LEAST_SPACE - 1))
    (told,) = site.after(1)
    assert "nearly full" in told
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: room._replace(free=LEAST_SPACE))
    assert "has room again" in site.after(60)[1]


def breaking(monkeypatch: pytest.MonkeyPatch, store: Store) -> Callable[[], None]:
    """Take a database away; returns what brings it back."""

    def away() -> None:
        raise StoreError("database x: the server can't be reached or went away")

    with monkeypatch.context():
        monkeypatch.setattr(store, "begin", away)
    return monkeypatch.undo


def test_a_database_that_is_away_is_told_past_it_once_and_its_return_through_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = breaking(monkeypatch, site.store)
    for _ in range(10):
        with pytest.raises(StoreError):
            site.watch.run()
        site.clock.at += DATABASE_PATIENCE / 4
    ((subject, lines),) = site.past_it
    assert "the database can't be used" in subject
    assert "went away" in lines[1]
    back()
    (told,) = site.after(1)
    assert "the database can be used" in told
    assert site.after(60) == [told]


def test_a_short_absence_of_the_database_is_not_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    back = breaking(monkeypatch, site.store)
    with pytest.raises(StoreError):
        site.watch.run()
    back()
    assert site.after(1) == []
    assert site.past_it == []


def test_nobody_is_told_where_the_operator_wants_nothing(site: Site) -> None:
    site.watch = site.started(operator=[])
    site.event("broken")
    assert site.after(1) == []


def test_two_hosts_that_look_at_once_tell_once(database_url: str) -> None:
    stores = [Store.open(database_url), Store.open(database_url)]
    with stores[0].begin() as connection:
        sync_feeds(connection, [feed("north")], NOW)
        connection.execute(update(feed_table).values(next_poll_at=NOW + timedelta(days=365)))
    hosts = [Site(store) for store in stores]
    hosts[0].event("broken")
    for host in hosts:
        host.clock.at += MINUTE
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(host.watch.run) for host in hosts]:
            done.result(30)
    assert hosts[0].told() == ["feed north is broken"]
    for store in stores:
        store.close()
