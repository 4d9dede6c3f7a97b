from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.build import (
    MINUTE,
    NOW,
    add_feeds,
    bring,
    lead,
    log_changes,
    make_change,
    make_entry,
    make_outbox,
    tick_on,
)

from dipwatch.model import ChangeType
from dipwatch.store import outbox
from dipwatch.store.outbox import OutboxEntry, claim_group, enqueue, record_failure, record_sent
from dipwatch.store.outgoing import OutgoingMessage
from dipwatch.store.store import Store


def _claim(store: Store, now: datetime = NOW, holder: str = "h", receiver: str | None = None) -> OutgoingMessage | None:
    with store.begin() as connection:
        return claim_group(connection, now, holder, now + MINUTE, receiver)


def _take(store: Store, now: datetime = NOW, holder: str = "h") -> OutgoingMessage:
    message = _claim(store, now, holder)
    assert message is not None
    return message


def _sent(store: Store, message: OutgoingMessage, now: datetime = NOW) -> None:
    with store.begin() as connection:
        record_sent(connection, message, now, 0.5)


def _failed(
    store: Store, message: OutgoingMessage, again: datetime | None = NOW + MINUTE, outcome: str = "failed"
) -> None:
    with store.begin() as connection:
        record_failure(connection, message, NOW, 0.5, outcome=outcome, detail="500", next_attempt_at=again)


def _put(store: Store, *entries: OutboxEntry) -> None:
    """Put messages into the outbox that no change stands behind."""
    with store.begin() as connection:
        enqueue(connection, entries, NOW)


def _states(store: Store) -> dict[int, str]:
    every = ("waiting", "sending", "sent", "dead", "dropped")
    with store.connect() as connection:
        return {row.id: row.state for row in sorted(outbox.list_outbox(connection, every), key=lambda row: row.id)}


def _ids(message: OutgoingMessage | None) -> list[int]:
    return [row.id for row in message.rows] if message else []


def test_rows_of_a_group_that_are_due_become_one_message_in_the_order_of_the_log(store: Store) -> None:
    changes = [make_change(f"d{number}") for number in range(3)]
    seqs = log_changes(store, changes, [make_outbox(2), make_outbox(0), make_outbox(1)])
    message = _take(store)
    assert [row.seq for row in message.rows] == seqs
    assert [row.change for row in message.rows] == changes
    assert (message.receiver, message.group_key, message.purpose, message.attempt) == ("desk", "g", "alert", 1)
    assert message.created_at == NOW
    assert {row.subject for row in message.rows} == {"ukraine"}


def test_a_message_carries_the_items_behind_its_changes(store: Store) -> None:
    add_feeds(store)
    bring(store, make_entry("a", "One"))
    bring(store, make_entry("a", "Two"), now=NOW + MINUTE)
    lease = lead(store)
    with store.begin() as connection:
        tick_on(connection, lease, outbox=[make_outbox(0), make_outbox(1)])
    assert [row.item and row.item.title for row in _take(store).rows] == ["One", "Two"]


def test_one_row_that_is_due_takes_the_waiting_ones_of_its_group_along(store: Store) -> None:
    later = NOW + 5 * MINUTE
    _put(
        store,
        make_outbox(None),
        make_outbox(None, next_attempt_at=later),
        make_outbox(None, group="other", next_attempt_at=later),
    )
    assert _ids(_claim(store)) == [1, 2]


@pytest.mark.parametrize("field", ["receiver", "group", "purpose"])
def test_different_receivers_groups_and_purposes_are_different_messages(store: Store, field: str) -> None:
    _put(store, make_outbox(None), make_outbox(None, **{field: "other"}))
    first = _take(store)
    assert _ids(first) == [1]
    _sent(store, first)
    assert _ids(_claim(store)) == [2]


def test_nothing_is_taken_before_it_is_due(store: Store) -> None:
    _put(store, make_outbox(None, next_attempt_at=NOW + MINUTE))
    assert _claim(store) is None
    assert _ids(_claim(store, NOW + MINUTE)) == [1]


def test_what_is_due_first_goes_first(store: Store) -> None:
    _put(store, make_outbox(None, group="b"), make_outbox(None, group="a", next_attempt_at=NOW - MINUTE))
    assert _ids(_claim(store)) == [2]


def test_a_receiver_has_one_message_in_flight(store: Store) -> None:
    _put(store, make_outbox(None), make_outbox(None, group="other"), make_outbox(None, receiver="chat"))
    first = _take(store)
    assert _ids(_claim(store)) == [3]
    assert _claim(store) is None
    _sent(store, first)
    assert _ids(_claim(store)) == [2]


def test_a_receiver_can_be_asked_for(store: Store) -> None:
    _put(store, make_outbox(None), make_outbox(None, receiver="chat"))
    assert _ids(_claim(store, receiver="chat")) == [2]
    assert _claim(store, receiver="nobody") is None


def test_what_was_sent_is_not_sent_again(store: Store) -> None:
    _put(store, make_outbox(None))
    message = _take(store)
    with store.begin() as connection:
        record_sent(connection, message, NOW, 0.25, "200 OK")
    assert _states(store) == {1: "sent"}
    assert _claim(store, NOW + 60 * MINUTE) is None
    with store.connect() as connection:
        (attempt,) = outbox.deliveries(connection, message.key)
    assert (attempt.attempt, attempt.outcome, attempt.detail, attempt.seconds) == (1, "sent", "200 OK", 0.25)
    assert (attempt.receiver, attempt.at) == ("desk", NOW)


def test_a_message_that_failed_is_tried_again_whole_under_its_key(store: Store) -> None:
    _put(store, make_outbox(None), make_outbox(None))
    first = _take(store)
    _failed(store, first)
    _put(store, make_outbox(None, next_attempt_at=NOW + 2 * MINUTE))
    assert _claim(store) is None
    second = _take(store, NOW + MINUTE)
    assert (second.key, _ids(second), second.attempt) == (first.key, [1, 2], 2)
    _sent(store, second)
    third = _take(store, NOW + 2 * MINUTE)
    assert (third.key != first.key, _ids(third), third.attempt) == (True, [3], 1)
    with store.connect() as connection:
        assert [attempt.outcome for attempt in outbox.deliveries(connection, first.key)] == ["failed", "sent"]


def test_a_message_that_is_given_up_is_dead(store: Store) -> None:
    _put(store, make_outbox(None))
    _failed(store, _take(store), again=None, outcome="refused")
    assert _states(store) == {1: "dead"}
    assert _claim(store, NOW + 60 * MINUTE) is None


def test_the_key_depends_on_receiver_and_rows_alone(store: Store) -> None:
    _put(store, make_outbox(None), make_outbox(None, receiver="chat"))
    keys = {_take(store).key, _take(store).key}
    assert len(keys) == 2
    assert all(len(key) == 32 for key in keys)


def test_a_message_whose_sender_died_is_sent_again_under_its_key(store: Store) -> None:
    _put(store, make_outbox(None))
    first = _take(store, holder="dead")
    assert _claim(store, NOW + MINUTE / 2, "alive") is None
    again = _take(store, NOW + MINUTE, "alive")
    assert (again.key, again.attempt, again.holder) == (first.key, 2, "alive")
    with store.connect() as connection:
        assert [attempt.outcome for attempt in outbox.deliveries(connection, first.key)] == ["interrupted"]


def test_a_sender_that_was_late_does_not_undo_what_another_does(store: Store) -> None:
    _put(store, make_outbox(None))
    late = _take(store, holder="late")
    current = _take(store, NOW + MINUTE, "current")
    _failed(store, late, again=None)
    assert _states(store) == {1: "sending"}
    _sent(store, current)
    _failed(store, late, again=None)
    assert _states(store) == {1: "sent"}


def test_the_claims_of_a_dead_predecessor_can_be_taken_back_at_once(store: Store) -> None:
    _put(store, make_outbox(None), make_outbox(None))
    _take(store)
    with store.begin() as connection:
        assert outbox.expired_claims(connection, NOW) == 0
        assert outbox.abandoned_claims(connection, NOW) == 1
    assert _ids(_claim(store)) == [1, 2]


def _two_changes_in_two_groups(store: Store) -> None:
    changes = [make_change("d1"), make_change("d1", type=ChangeType.UPDATE), make_change("d2")]
    groups = [make_outbox(0, group="first"), make_outbox(1, group="second"), make_outbox(2, group="third")]
    log_changes(store, changes, groups)


def test_a_later_change_does_not_overtake_an_earlier_one_of_its_development(store: Store) -> None:
    _two_changes_in_two_groups(store)
    first = _take(store)
    assert _ids(first) == [1]
    _failed(store, first, again=NOW + 5 * MINUTE)
    third = _take(store, NOW + MINUTE)
    assert _ids(third) == [3]
    _sent(store, third)
    assert _claim(store, NOW + MINUTE) is None
    _sent(store, _take(store, NOW + 5 * MINUTE))
    assert _ids(_claim(store, NOW + 5 * MINUTE)) == [2]


@pytest.mark.parametrize("ending", ["dead", "dropped"])
def test_an_earlier_change_that_will_never_be_sent_holds_nothing_up(store: Store, ending: str) -> None:
    _two_changes_in_two_groups(store)
    first = _take(store)
    if ending == "dead":
        _failed(store, first, again=None)
    else:
        with store.begin() as connection:
            assert outbox.drop(connection, [1]) == 1
    assert _ids(_claim(store)) == [2]


def test_another_receiver_does_not_wait_for_the_first(store: Store) -> None:
    later = make_outbox(1, receiver="chat", group="second")
    log_changes(store, [make_change("d1"), make_change("d1", type=ChangeType.UPDATE)], [make_outbox(0), later])
    _failed(store, _take(store), again=NOW + 5 * MINUTE)
    assert _ids(_claim(store)) == [2]


def test_a_later_change_in_the_same_group_waits_for_a_message_that_is_tried_again(store: Store) -> None:
    log_changes(store, [make_change("d1")], [make_outbox(0)])
    _failed(store, _take(store), again=NOW + 5 * MINUTE)
    log_changes(store, [make_change("d1", type=ChangeType.UPDATE), make_change("d2")], [make_outbox(0), make_outbox(1)])
    other = _take(store, NOW + MINUTE)
    assert [row.change and row.change.development for row in other.rows] == ["d2"]


def test_dead_messages_are_retried_whole_and_dropped_ones_are_not(store: Store) -> None:
    _put(store, make_outbox(None), make_outbox(None), make_outbox(None, group="other"))
    first = _take(store)
    _failed(store, first, again=None)
    with store.begin() as connection:
        assert outbox.drop(connection, [3]) == 1
        assert outbox.retry(connection, [1, 3], NOW) == 2
    assert _states(store) == {1: "waiting", 2: "waiting", 3: "dropped"}
    assert _take(store).key == first.key


def test_a_row_that_was_sent_can_not_be_dropped_or_retried(store: Store) -> None:
    _put(store, make_outbox(None))
    _sent(store, _take(store))
    with store.begin() as connection:
        assert outbox.drop(connection, [1]) == 0
        assert outbox.retry(connection, [1], NOW) == 0


def test_a_message_dropped_in_flight_does_not_come_back_when_it_fails(store: Store) -> None:
    _put(store, make_outbox(None))
    message = _take(store)
    with store.begin() as connection:
        outbox.drop(connection, [1])
    _failed(store, message)
    assert _states(store) == {1: "dropped"}


def test_the_list_shows_what_is_open_the_earliest_due_first(store: Store) -> None:
    _put(
        store,
        make_outbox(None, next_attempt_at=NOW + MINUTE),
        make_outbox(None, group="b"),
        make_outbox(None, group="c"),
    )
    _sent(store, _take(store))
    with store.connect() as connection:
        rows = outbox.list_outbox(connection)
        assert [(row.id, row.state) for row in rows] == [(3, "waiting"), (1, "waiting")]
        assert [row.id for row in outbox.list_outbox(connection, limit=1)] == [3]
        assert [row.id for row in outbox.list_outbox(connection, ["sent"])] == [2]


def test_two_senders_never_get_the_same_message_nor_the_same_receiver(store: Store) -> None:
    _put(
        store,
        *(make_outbox(None, receiver=f"r{number % 3}", group=f"g{number}") for number in range(24)),
    )
    taken: Counter[str] = Counter()
    busy: Counter[str] = Counter()
    clashes: list[str] = []
    lock = threading.Lock()

    def send(holder: str) -> None:
        idle = 0
        while idle < 3:
            message = _claim(store, holder=holder)
            if message is None:
                idle += 1
                continue
            with lock:
                taken[message.key] += 1
                busy[message.receiver] += 1
                clashes.extend([message.receiver] if busy[message.receiver] > 1 else [])
            time.sleep(0.002)  # the time that sending takes, in which another may claim
            with lock:
                busy[message.receiver] -= 1
            _sent(store, message)

    threads = [threading.Thread(target=send, args=(f"h{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while rest := _claim(store):
        taken[rest.key] += 1
        _sent(store, rest)
    assert clashes == []
    assert len(taken) == 24
    assert set(taken.values()) == {1}


STEPS = st.lists(st.sampled_from(["send", "fail", "die", "add"]), max_size=12)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_goes_wrong_every_row_is_sent_at_last_and_in_order(store: Store, steps: list[str]) -> None:
    """Of a development told in groups of their own, through failures and deaths of the sender."""
    now, told, number = NOW, list[int](), 0
    for step in [*steps, *["send"] * 8]:
        now += 2 * MINUTE  # past every claim and every wait
        if step == "add":
            number += 1
            group = make_outbox(0, group=f"g{number % 3}")
            log_changes(store, [make_change("d1", type=ChangeType.UPDATE)], [group])
            continue
        message = _claim(store, now)
        if message is None or step == "die":
            continue
        if step == "fail":
            _failed(store, message, again=now + MINUTE)
            continue
        _sent(store, message, now)
        told.extend(row.seq for row in message.rows if row.seq)
    assert told == sorted(told)
    assert len(told) == len(set(told)) == number


def _spoil(store: Store, seq: int, body: str) -> None:
    """Write something into a change that no program of this version can read, past the triggers."""
    with store.bare() as connection:
        if store.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS changes_no_update")
            connection.exec_driver_sql("UPDATE changes SET body = ? WHERE seq = ?", (body, seq))
        else:
            connection.exec_driver_sql("ALTER TABLE changes DISABLE TRIGGER USER")
            connection.exec_driver_sql("UPDATE changes SET body = %s::jsonb WHERE seq = %s", (body, seq))


@pytest.mark.parametrize("body", ['{"kind": "feast"}', '"no object"'])
def test_a_row_that_cannot_be_read_is_given_up_and_holds_up_nothing(store: Store, body: str) -> None:
    changes = [make_change(f"d{number}") for number in range(3)]
    entries = [make_outbox(0, group="bad"), make_outbox(1, group="half"), make_outbox(2, group="half")]
    seqs = log_changes(store, changes, entries)
    for seq in seqs[:2]:
        _spoil(store, seq, body)
    message = _take(store)
    assert [row.change for row in message.rows] == changes[2:]
    _sent(store, message)
    assert _claim(store) is None
    assert _states(store) == {1: "dead", 2: "dead", 3: "sent"}
    with store.connect() as connection:
        (dead,) = [row for row in outbox.list_outbox(connection, ("dead",)) if row.id == 1]
        assert dead.message_key is not None
        (told,) = outbox.deliveries(connection, dead.message_key)
    assert told.outcome == "unreadable"
    assert told.detail.startswith("it can't be read back: a stored Change can't be read: ")


def test_a_damaged_body_is_given_up_too(sqlite_url: str) -> None:
    store = Store.open(sqlite_url)
    _put(store, make_outbox(None), make_outbox(None, group="other"))
    with store.bare() as connection:
        connection.exec_driver_sql("UPDATE outbox SET body = '{half' WHERE id = 1")
    message = _take(store)
    assert _ids(message) == [2]
    store.close()
