from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import chain, cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.alerts.delivered import Sent, World
from tests.alerts.samples import a_change

from dipwatch.alerts.held import held_for, hold_back
from dipwatch.alerts.windows import holds
from dipwatch.model import Change, ChangeType, Severity
from dipwatch.settings import Alerts
from dipwatch.store import silences
from dipwatch.store.outbox import claim_group
from dipwatch.store.store import Store

KYIV = ZoneInfo("Europe/Kyiv")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOON = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
"""Monday, 12:00 in Kyiv."""

ALERTS = Alerts.model_validate(
    {
        "zone": "Europe/Kyiv",
        "times": [
            {"name": "night", "times": ["22:00-07:00"]},
            {"name": "office", "weekdays": ["monday-friday"], "times": ["09:00-18:00"]},
        ],
        "receivers": [
            {"name": "phone", "url": "console:", "limits": ["3 per 1h", "8 per 1d"]},
            {"name": "office", "url": "console:"},
            {"name": "mail", "url": "console:", "limits": ["5 per 30m"]},
        ],
        "repeat_most": 2,
        "route": {
            "receiver": "phone",
            "mute": ["night"],
            "break_through": ["high"],
            "routes": [
                {"continue": True, "mute_lesser": "2h"},
                {"continue": True, "receiver": "office", "mute": [], "active": ["office"], "break_through": []},
                {
                    "receiver": "mail",
                    "mute": [],
                    "digest": "daily 08:00",
                    "group_by": ["kind"],
                    "repeat_interval": "6h",
                },
            ],
        },
    }
)


def a_store(folder: Path, migrated: Path) -> Store:
    path = folder / "dipwatch.db"
    shutil.copyfile(migrated, path)
    return Store.open(f"sqlite:///{path}")


def low(name: str, **values: object) -> Change:
    return a_change(**({"development": name, "severity": Severity.LOW, "item": None} | values))


def high(name: str, **values: object) -> Change:
    return low(name, severity=Severity.HIGH, **values)


def correction(name: str, **values: object) -> Change:
    return low(name, **({"type": ChangeType.CORRECTION, "alert": False, "note": "false", "claim": None} | values))


def world(store: Store, *, at: datetime = NOON, **values: object) -> World:
    settings = {"zone": "Europe/Kyiv", "times": [{"name": "night", "times": ["22:00-07:00"]}]}
    return World(store, Alerts.model_validate(settings | values), at)


def told(sent: list[Sent]) -> list[tuple[str, timedelta, list[str]]]:
    return [(each.message.purpose, each.at - NOON, each.developments) for each in sent]


QUIET = {"receiver": "console", "mute": ["night"], "break_through": ["high"]}


def test_what_a_night_holds_back_comes_as_one_digest_in_the_morning(store: Store) -> None:
    here = world(store, route=QUIET, at=NOON + 11 * HOUR)
    here.tell(low("dev-1"), high("dev-2"))
    here.tell(low("dev-3"))
    here.until(NOON + 48 * HOUR)
    assert told(here.sent["console"]) == [
        ("alert", 11 * HOUR, ["dev-2"]),
        ("digest", 19 * HOUR, ["dev-1", "dev-3"]),
    ]
    assert {row[4] for row in here.rows() if row[2] == "digest"} == {"held for night"}
    assert [held_for(sent.message) for sent in here.sent["console"]] == ["", "Held for night."]


def test_what_breaks_through_brings_along_what_was_held_of_its_development(store: Store) -> None:
    here = world(store, route=QUIET, at=NOON + 11 * HOUR)
    here.tell(low("dev-1"), low("dev-2"))
    here.tell(high("dev-1", type=ChangeType.UPDATE))
    assert told(here.sent["console"]) == [("alert", 11 * HOUR, ["dev-1", "dev-1"])]
    here.until(NOON + 24 * HOUR)
    assert told(here.sent["console"])[1:] == [("digest", 19 * HOUR, ["dev-2"])]


def test_a_correction_that_may_break_through_does_not_wake_anyone_for_what_was_not_told_yet(store: Store) -> None:
    here = world(store, route=QUIET, at=NOON + 11 * HOUR)
    here.tell(low("dev-1"))
    here.tell(correction("dev-1", severity=Severity.HIGH))
    assert here.sent == {}
    here.until(NOON + 24 * HOUR)
    assert told(here.sent["console"]) == [("digest", 19 * HOUR, ["dev-1", "dev-1"])]


def test_a_correction_of_what_was_told_keeps_the_quiet_times_of_its_route(store: Store) -> None:
    here = world(store, route=QUIET, at=NOON + 9 * HOUR)
    here.tell(low("dev-1"))
    here.now += 2 * HOUR
    here.tell(correction("dev-1"))
    here.until(NOON + 24 * HOUR)
    assert told(here.sent["console"]) == [("alert", 9 * HOUR, ["dev-1"]), ("digest", 19 * HOUR, ["dev-1"])]


def test_a_message_that_fails_into_the_night_is_tried_again_in_the_morning_under_its_key(store: Store) -> None:
    here = world(store, route=QUIET, at=NOON + 10 * HOUR - MINUTE)
    here.fails = iter([True])
    here.tell(low("dev-1"))
    here.until(NOON + 24 * HOUR)
    (sent,) = here.sent["console"]
    assert (sent.at - NOON, sent.message.purpose, sent.message.attempt) == (19 * HOUR, "alert", 2)


LIMITED = [{"name": "console", "url": "console:", "limits": ["3 per 1h"]}]


def test_what_is_more_than_the_limit_is_gathered_at_once_where_a_message_is_left(store: Store) -> None:
    here = world(store, receivers=LIMITED)
    here.tell(*(low(f"dev-{number}") for number in range(10)))
    assert told(here.sent["console"]) == [("digest", timedelta(0), [f"dev-{number}" for number in range(10)])]
    here.tell(low("dev-10"), low("dev-11"))
    assert [sent.developments for sent in here.sent["console"][1:]] == [["dev-10"], ["dev-11"]]


def test_what_comes_when_none_is_left_is_gathered_until_one_is(store: Store) -> None:
    here = world(store, receivers=LIMITED)
    for number in range(3):
        here.tell(low(f"dev-{number}"))
        here.now += MINUTE
    here.tell(low("dev-3"))
    here.tell(low("dev-4"))
    here.until(NOON + 24 * HOUR)
    assert told(here.sent["console"])[3:] == [("digest", HOUR, ["dev-3", "dev-4"])]
    assert {row[4] for row in here.rows() if row[2] == "digest"} == {
        "gathered, because more messages were due than 3 per 1h"
    }


def test_a_digest_of_many_is_parted_and_the_weightiest_come_first(store: Store) -> None:
    here = world(store, receivers=LIMITED)
    here.tell(*(low(f"dev-{number}") for number in range(130)), *(high(f"dev-{number}") for number in (130, 131)))
    sent = here.sent["console"]
    assert [len(each.developments) for each in sent] == [60, 60, 12]
    assert {"dev-130", "dev-131"} <= set(sent[0].developments)
    assert len({each.message.key for each in sent}) == 3
    assert sorted(chain(*(each.developments for each in sent))) == sorted(f"dev-{number}" for number in range(132))


def test_groups_by_label_share_messages_and_wait_for_their_interval(store: Store) -> None:
    route = {"receiver": "console", "group_by": ["venue"], "group_wait": "2m", "group_interval": "10m"}
    here = world(store, route=route)
    here.tell(low("dev-1"), low("dev-2", claim=None))
    here.now += MINUTE
    here.tell(low("dev-3"))
    here.until(NOON + 2 * MINUTE)
    here.now += MINUTE
    here.tell(low("dev-4"))
    here.until(NOON + HOUR)
    assert told(here.sent["console"]) == [
        ("alert", 2 * MINUTE, ["dev-1", "dev-3"]),
        ("alert", 2 * MINUTE, ["dev-2"]),
        ("alert", 12 * MINUTE, ["dev-4"]),
    ]


REPEATS = {"receiver": "console", "repeat_interval": "4h"}


def test_what_nobody_marks_is_told_again_until_it_was_often_enough(store: Store) -> None:
    here = world(store, route=REPEATS, repeat_most=2)
    here.tell(low("dev-1"))
    here.until(NOON + 48 * HOUR)
    assert [(purpose, after) for purpose, after, _ in told(here.sent["console"])] == [
        ("alert", timedelta(0)),
        ("reminder", 4 * HOUR),
        ("reminder", 8 * HOUR),
    ]


def test_a_mark_ends_the_reminders_and_newer_news_takes_their_place(store: Store) -> None:
    here = world(store, route=REPEATS, repeat_most=1)
    here.tell(low("dev-1"), low("dev-2"))
    here.now += HOUR
    here.tell(low("dev-2", type=ChangeType.UPDATE), correction("dev-1", note="confirm"))
    here.until(NOON + 48 * HOUR)
    assert told(here.sent["console"]) == [
        ("alert", timedelta(0), ["dev-1"]),
        ("alert", timedelta(0), ["dev-2"]),
        ("alert", HOUR, ["dev-2"]),
        ("reminder", 5 * HOUR, ["dev-2"]),
    ]
    assert [row[4] for row in here.rows() if row[3] == "withheld"] == [
        "no reminder: it was marked as confirm",
        "no reminder: there is newer news of it",
    ]


def test_a_silence_also_mutes_what_waits_and_says_so(store: Store) -> None:
    here = world(store, route=QUIET, at=NOON + 11 * HOUR)
    here.tell(low("dev-1"), low("dev-2"))
    with store.begin() as connection:
        silences.add_silence(
            connection,
            matchers={"development": ["dev-1"]},
            starts_at=here.now,
            ends_at=here.now + 24 * HOUR,
            author="ann",
            comment="known",
            now=here.now,
        )
    here.until(NOON + 24 * HOUR)
    assert told(here.sent["console"]) == [("digest", 19 * HOUR, ["dev-2"])]
    assert [row[4] for row in here.rows() if row[3] == "withheld"] == [
        "silence 1 by ann until 5 May 2026 20:00 UTC: known"
    ]


def test_a_row_that_cannot_be_read_holds_up_nothing(store: Store) -> None:
    here = world(store, route=QUIET, at=NOON + 11 * HOUR)
    here.tell(low("dev-1"), low("dev-2"))
    if store.engine.dialect.name == "sqlite":  # PostgreSQL takes nothing but JSON
        with store.begin() as connection:
            connection.exec_driver_sql("UPDATE outbox SET body = '{' WHERE id = 1")
    here.until(NOON + 24 * HOUR)
    assert here.sent["console"][-1].developments[-1] == "dev-2"


def test_two_hosts_keep_a_limit_together(store: Store) -> None:
    here = world(store, receivers=[{"name": "console", "url": "console:", "limits": ["1 per 1h"]}])
    minute = timedelta(minutes=1)
    here.tell(low("dev-1"))
    here.tell(low("dev-2"))
    with store.begin() as connection:
        hold_back(connection, "console", here.alerts, here.now)
        assert claim_group(connection, here.now, "another", here.now + minute, receiver="console") is None
    here.until(NOON + 2 * HOUR)
    assert [at for _, at, _ in told(here.sent["console"])] == [timedelta(0), HOUR]


@contextmanager
def fresh(migrated: Path) -> Iterator[Store]:
    with TemporaryDirectory() as folder:
        store = a_store(Path(folder), migrated)
        try:
            yield store
        finally:
            store.close()


STARTS = st.sampled_from(
    [
        datetime(2026, 3, 28, 19, 0, tzinfo=UTC),  # the night before the clocks of Kyiv go forward
        datetime(2026, 10, 24, 18, 0, tzinfo=UTC),  # and back
        datetime(2026, 5, 8, 14, 0, tzinfo=UTC),  # a Friday afternoon
    ]
)
NEWS = st.lists(
    st.builds(
        lambda number, severity: a_change(development=f"dev-{number}", severity=severity, item=None),
        st.integers(0, 6),
        st.sampled_from(Severity),
    ),
    min_size=1,
    max_size=6,
)
EVENTS = st.lists(st.tuples(st.integers(0, 300), NEWS), min_size=1, max_size=8)


@pytest.mark.timeout(300)
@settings(max_examples=25, deadline=None)
@given(STARTS, EVENTS, st.lists(st.booleans(), max_size=12))
def test_nothing_is_lost_or_sent_at_the_wrong_time_whatever_comes(
    migrated_sqlite: Path, start: datetime, events: list[tuple[int, list[Change]]], fails: list[bool]
) -> None:
    with fresh(migrated_sqlite) as store:
        here = World(store, ALERTS, start, chain(fails, cycle([False])))
        for minutes, changes in events:
            here.until(here.now + minutes * MINUTE)
            here.tell(*changes)
        here.until(here.now + timedelta(days=10))
        assert_all_told_once(here)
        assert_in_order(here)
        assert_within_times(here)
        assert_within_limits(here)


def assert_all_told_once(here: World) -> None:
    """Every alerting change ends, for every receiver, in one message or in a reason."""
    rows = [row for row in here.rows() if row[2] != "reminder"]
    for receiver in ("phone", "office", "mail"):
        ends = [(row[0], row[3]) for row in rows if row[1] == receiver]
        assert sorted(seq for seq, _ in ends) == sorted(here.changes())
    assert {row[3] for row in here.rows()} <= {"sent", "withheld"}
    assert all(row[4] for row in here.rows() if row[3] == "withheld")
    for sent in here.sent.values():
        rows_sent = [row.id for each in sent for row in each.message.rows]
        assert len(rows_sent) == len(set(rows_sent))
        assert len({each.message.key for each in sent}) == len(sent)


def assert_in_order(here: World) -> None:
    for sent in here.sent.values():
        news = [
            (row.change.development, row.seq)
            for each in sent
            if each.message.purpose != "reminder"
            for row in each.message.rows
            if row.change
        ]
        for development in {name for name, _ in news}:
            seqs = [seq for name, seq in news if name == development]
            assert seqs == sorted(seqs, key=lambda seq: seq or 0)


def assert_within_times(here: World) -> None:
    night, office = ALERTS.times
    phone = here.sent.get("phone", [])
    for each in phone:
        assert breaks_through(each, phone) or not holds(night, KYIV, each.at)
    for each in here.sent.get("office", []):
        assert holds(office, KYIV, each.at)
    for each in here.sent.get("mail", []):
        on_time = each.message.attempt > 1 or each.at.astimezone(KYIV).strftime("%H:%M") == "08:00"
        assert each.message.purpose != "digest" or on_time


def breaks_through(sent: Sent, others: list[Sent]) -> bool:
    """Tell whether a message holds something of high severity, or precedes it in the same development."""
    after = [sent, *(other for other in others if sent.at <= other.at < sent.at + HOUR)]
    urgent = {
        row.change.development
        for other in after
        for row in other.message.rows
        if row.change and row.change.severity is Severity.HIGH
    }
    return not urgent.isdisjoint(sent.developments)


def assert_within_limits(here: World) -> None:
    for receiver in ALERTS.receivers:
        times = [each.at for each in here.sent.get(receiver.name, [])]
        for limit in receiver.limits:
            later = times[limit.messages :]
            assert all(then - first >= limit.per for first, then in zip(times, later, strict=False))


@pytest.mark.parametrize("receiver", ["phone", "office", "mail"])
def test_a_store_without_rows_holds_nothing_back(store: Store, receiver: str) -> None:
    here = World(store, ALERTS, NOON)
    here.deliver()
    assert receiver not in here.sent
