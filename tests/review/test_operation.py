from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection
from tests.review.logged import HOUR, MEETING, NOW, POSITION, SUBJECT, SUBJECTS

from dipwatch.feeds.feed import load_feeds
from dipwatch.review.operation import FeedHealth, _hosts, _subject, feed_views, messages, outbox_record, status
from dipwatch.store import outbox
from dipwatch.store.feeds import feed_states
from dipwatch.store.gauges import read_gauges
from dipwatch.store.leases import Lease


def test_feeds_fare_as_their_polls_showed(log: Connection) -> None:
    views = {view.id: view for view in feed_views(load_feeds(SUBJECTS / SUBJECT, SUBJECT), feed_states(log))}
    assert {name: view.health for name, view in views.items()} == {
        "bosphorus-wire": FeedHealth.FINE,
        "nevskaya-gazeta": FeedHealth.FAILING,
        "office-kyiv": FeedHealth.OFF,
    }
    assert (views["nevskaya-gazeta"].failures, views["nevskaya-gazeta"].outcome) == (3, "timeout")


def test_a_feed_is_new_before_the_first_poll_and_off_when_it_is_no_longer_configured(log: Connection) -> None:
    configured = load_feeds(SUBJECTS / SUBJECT, SUBJECT)
    assert [view.health for view in feed_views(configured, ())] == ["new", "new", "off"]
    assert {view.health for view in feed_views((), feed_states(log))} == {"off"}


def test_messages_say_what_they_are_about_and_how_the_last_attempt_went(log: Connection) -> None:
    views = messages(log, outbox.list_outbox(log, ("sent", "dead", "waiting")))
    told = {(view.development, view.state): view.detail for view in views}
    assert told[POSITION, "dead"] == "no such channel"
    assert told[MEETING, "sent"] == ""
    record = outbox_record(log, views[0].id)
    assert record is not None
    assert messages(log, [record]) == [views[0]]
    assert outbox_record(log, 999) is None


def test_the_status_counts_what_is_done_and_what_waits(log: Connection) -> None:
    feeds = feed_views(load_feeds(SUBJECTS / SUBJECT, SUBJECT), feed_states(log))
    view = status(log, database="db", feeds=feeds, subjects=(SUBJECT,), now=NOW - HOUR / 2)
    (subject,) = view.subjects
    assert (view.feeds.fine, view.feeds.failing, view.feeds.off) == (1, 1, 1)
    assert [feed.id for feed in view.failing] == ["nevskaya-gazeta"]
    assert (subject.pending, subject.commands_pending, subject.tick, subject.leader) == (0, 0, 6, "test")
    assert subject.ticked_at == NOW - HOUR
    assert subject.news_of_a_day == 2
    assert (view.waiting, view.dead, view.last_sent_at) == (1, 1, NOW - HOUR)
    assert view.oldest_waiting_at == NOW - 3 * HOUR
    assert [(host.host, host.leads) for host in view.hosts] == [("test", (SUBJECT,))]
    assert view.newest_seen_at is not None
    assert view.newest_seen_at <= NOW
    assert view.troubles == ()


def test_every_process_that_lives_is_a_host(log: Connection) -> None:
    gauges = read_gauges(log, (SUBJECT,), NOW - HOUR / 2)
    living = Lease("host:b:7:x", "b:7:x", 1, NOW)
    hosts = _hosts(replace(gauges, leases=(*gauges.leases, living)))
    assert [(host.host, host.process, host.leads) for host in hosts] == [("b", "7:x", ()), ("test", "", (SUBJECT,))]


def test_nobody_leads_once_the_lease_has_run_out(log: Connection) -> None:
    gauges = read_gauges(log, (SUBJECT,), NOW)
    assert _subject(log, SUBJECT, replace(gauges, leases=()), NOW).leader is None
