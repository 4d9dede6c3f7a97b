from __future__ import annotations

from datetime import timedelta

from tests.due import next_due
from tests.store.build import MINUTE, NOW, make_outbox

from dipwatch.store import outbox, receivers
from dipwatch.store.outbox import claim_group, enqueue, record_failure, record_sent
from dipwatch.store.outgoing import OutgoingMessage
from dipwatch.store.receivers import receiver_states
from dipwatch.store.store import Store


def _take(store: Store, minutes: int = 0) -> OutgoingMessage | None:
    now = NOW + minutes * MINUTE
    with store.begin() as connection:
        return claim_group(connection, now, "h", now + MINUTE)


def _fail(store: Store, message: OutgoingMessage, minutes: int = 0, pause: int | None = None) -> None:
    now = NOW + minutes * MINUTE
    until = None if pause is None else NOW + pause * MINUTE
    with store.begin() as connection:
        record_failure(
            connection, message, now, 0.1, outcome="failed", detail="429", next_attempt_at=now, pause_until=until
        )


def test_a_receiver_fails_from_its_first_failure_until_it_takes_something(store: Store) -> None:
    with store.begin() as connection:
        enqueue(connection, [make_outbox(None)], NOW)
    for minutes in (0, 1):
        message = _take(store, minutes)
        assert message is not None
        _fail(store, message, minutes)
    with store.connect() as connection:
        (state,) = receiver_states(connection)
        assert receivers.failing_since(connection, "desk") == NOW
    assert (state.failing_since, state.failures, state.last_detail) == (NOW, 2, "429")
    message = _take(store, 2)
    assert message is not None
    with store.begin() as connection:
        record_sent(connection, message, NOW + 2 * MINUTE, 0.1)
        (state,) = receiver_states(connection)
    assert (state.failing_since, state.failures, state.last_sent_at) == (None, 0, NOW + 2 * MINUTE)


def test_a_receiver_that_asked_for_a_pause_gets_nothing_before_its_end_and_others_do(store: Store) -> None:
    with store.begin() as connection:
        enqueue(connection, [make_outbox(None), make_outbox(None, group="other")], NOW)
    message = _take(store)
    assert message is not None
    _fail(store, message, pause=30)
    with store.begin() as connection:
        enqueue(connection, [make_outbox(None, group="new"), make_outbox(None, receiver="chat")], NOW)
    taken = _take(store, 1)
    assert taken is not None
    assert taken.receiver == "chat"
    with store.begin() as connection:
        record_sent(connection, taken, NOW, 0.1)
        assert next_due(connection) == NOW + 30 * MINUTE
    assert _take(store, 29) is None
    assert _take(store, 30) is not None


def test_a_user_can_end_a_pause(store: Store) -> None:
    with store.begin() as connection:
        enqueue(connection, [make_outbox(None)], NOW)
    message = _take(store)
    assert message is not None
    _fail(store, message, pause=600)
    with store.begin() as connection:
        receivers.resume(connection, ["desk"])
    assert _take(store, 1) is not None


def test_a_message_goes_to_the_fallback_once(store: Store) -> None:
    with store.begin() as connection:
        enqueue(connection, [make_outbox(None, body={"subject": "s", "lines": ["l"]})], NOW)
    message = _take(store)
    assert message is not None
    later = NOW + timedelta(hours=1)
    with store.begin() as connection:
        assert outbox.hand_to_fallback(connection, message, "chat", later, "HTTP 500")
        assert not outbox.hand_to_fallback(connection, message, "chat", later, "HTTP 502")
        (row,) = [row for row in outbox.list_outbox(connection) if row.receiver == "chat"]
    assert row.body == {"fallback_for": "desk", "fallback_why": "HTTP 500", "subject": "s", "lines": ["l"]}
    assert (row.purpose, row.next_attempt_at) == ("alert", later)
