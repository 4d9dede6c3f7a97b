"""The log stays the same when it is decided again from items whose summaries are gone, on either database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from tests.daemon.fakes import NOW, SUBJECT, feed, subject

from dipwatch.daemon.leadership import Leadership
from dipwatch.daemon.replays import verify
from dipwatch.daemon.subject import SubjectPipeline
from dipwatch.settings import Alerts
from dipwatch.store import commands, retention
from dipwatch.store.copying import copy
from dipwatch.store.engine import open_engine
from dipwatch.store.exchange import export_log, import_log
from dipwatch.store.feeds import sync_feeds
from dipwatch.store.ingest import Entry, FeedUpdate, ingest
from dipwatch.store.log import read_changes
from dipwatch.store.retention import Bounds
from dipwatch.store.schema import feed_table, item_table
from dipwatch.store.store import Store

REPORTS = (
    (
        "Umerov and Witkoff to hold talks in Istanbul",
        "Kyiv says the round is to be held on Friday, with Turkish hosts.",
    ),
    ("Istanbul to host talks of Witkoff and Umerov", "The two negotiators want to speak of prisoners and energy."),
    ("Talks in Turkey: negotiators named", "Steve Witkoff and Rustem Umerov will meet in Istanbul, officials said."),
    ("Умєров і Віткофф зустрінуться в Стамбулі", "Сторони обговорять обмін полоненими, повідомили в Києві."),
    ("EU adopts new sanctions on Russia", "Ministers in Brussels agreed a package against oil firms."),
    ("Football: the cup goes to Lisbon", "A late goal decided it."),
    ("Rain all week", "No rain gear is needed for the talks of Witkoff and Putin in Moscow."),
)
FEEDS = ("wire", "paper")


def fill(store: Store) -> None:
    """Items with summaries, two feeds in turn, after the first contact."""
    with store.begin() as connection:
        sync_feeds(connection, [feed(name) for name in FEEDS], NOW)
        for name in FEEDS:
            ingest(connection, FeedUpdate(name, NOW))
        for number, (title, summary) in enumerate(REPORTS):
            at = NOW + timedelta(hours=number)
            entry = Entry(f"g{number}", f"https://n.test/{number}", f"n.test/{number}", title, summary, title, at, "")
            ingest(connection, FeedUpdate(FEEDS[number % 2], at, entries=(entry,)))


def detect(store: Store, hours: float) -> None:
    """Tick item by item until nothing is pending, with the real extraction."""
    at = NOW + timedelta(hours=hours)
    leadership = Leadership(store, "test")
    leadership.keep([SUBJECT], at)
    lease = leadership.lease(SUBJECT)
    assert lease
    pipeline = SubjectPipeline(subject(), Alerts(), 1)
    while (ticked := pipeline.tick(store, lease, at)) and ticked.more:
        pass


def mark(store: Store, verb: str, target: str, value: str) -> None:
    with store.begin() as connection:
        commands.add_command(connection, subject=SUBJECT, verb=verb, target=target, value=value, author="a", at=NOW)


def prune(store: Store) -> None:
    before = NOW + timedelta(days=1)
    pruned = retention.prune(store, retention.Bounds(texts=before, noise=before))
    assert pruned.texts + pruned.noise == len(REPORTS)


def test_what_was_pruned_is_decided_again_as_it_was(store: Store) -> None:
    fill(store)
    detect(store, 7)
    with store.connect() as connection:
        logged = [change for _, change in read_changes(connection, SUBJECT)]
    beyond = [change for change in logged if len(change.words) > len(change.title.split())]
    assert len({change.development for change in logged}) < len(logged), "some are compared by their words"
    assert beyond, "some words stood in summaries alone"
    assert verify(store, subject()).difference == ""
    prune(store)
    done = verify(store, subject())
    assert (done.difference, done.changes) == ("", len(logged))


def test_items_without_news_go_and_the_log_is_decided_again_as_it_was(store: Store) -> None:
    fill(store)
    detect(store, 7)
    with store.begin() as connection:
        connection.execute(update(feed_table).values(window=["00000000"]))
    before = _rows(store)
    pruned = retention.prune(store, Bounds(noise=NOW + timedelta(days=1)))
    assert 0 < pruned.noise == before - _rows(store) < len(REPORTS)
    assert verify(store, subject()).difference == ""


def _rows(store: Store) -> int:
    with store.connect() as connection:
        return connection.execute(select(func.count()).select_from(item_table)).scalar_one()


def test_a_log_that_was_moved_is_decided_again_as_it_was(store: Store, tmp_path: Path) -> None:
    fill(store)
    detect(store, 7)
    export_log(store, tmp_path / "log.ndjson.gz", NOW)
    engine = open_engine(f"sqlite:///{tmp_path}/imported.db")
    import_log(engine, tmp_path / "log.ndjson.gz")
    copied = Store.open(f"sqlite:///{tmp_path}/copied.db", upgrade=True)
    copy(store, copied)
    for moved in (Store(engine), copied):
        done = verify(moved, subject())
        moved.close()
        assert (done.difference, done.changes > 0) == ("", True)


def test_a_split_of_what_was_let_go_and_pruned_is_decided_again_as_it_was(store: Store) -> None:
    fill(store)
    detect(store, 7)
    with store.connect() as connection:
        logged = [change for _, change in read_changes(connection, SUBJECT)]
    of = {change.development: [c.item for c in logged if c.development == change.development] for change in logged}
    target, items = next((name, items) for name, items in of.items() if len(items) > 1)
    mark(store, "split", target, str(items[-1]))
    prune(store)
    detect(store, 24 * 60)
    mark(store, "false", target, "")
    detect(store, 24 * 90)
    with store.connect() as connection:
        notes = [change.note.partition(" ")[0] for _, change in read_changes(connection, SUBJECT) if change.note]
    assert notes == ["split", "split-from", "false"]
    assert verify(store, subject()).difference == ""
