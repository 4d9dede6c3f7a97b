"""Ticks: whole or not at all, and memory never ahead of the log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.daemon.fakes import NOW, SUBJECT, MarkerReader, open_store, put, subject
from tests.due import next_due

from dipwatch.daemon.leadership import Leadership
from dipwatch.daemon.replays import verify
from dipwatch.daemon.subject import SubjectPipeline
from dipwatch.errors import LeaseLostError
from dipwatch.model import Change, ChangeType
from dipwatch.settings import Alerts
from dipwatch.store import commands, leases, outbox
from dipwatch.store.leases import Lease
from dipwatch.store.log import read_changes
from dipwatch.store.store import Store

TITLES = ("russia+ukraine meet", "united-states+russia meet", "ukraine+turkey sanction", "weather is fine")
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(store: Store) -> Store:
    """A database of each sort in turn, whose feed has been contacted."""
    put(store)
    return store


def pipeline(batch: int = 100) -> SubjectPipeline:
    return SubjectPipeline(subject(), Alerts(), batch, MarkerReader())


def lead(store: Store, holder: str = "test") -> Lease:
    leadership = Leadership(store, holder)
    leadership.keep([SUBJECT], NOW)
    lease = leadership.lease(SUBJECT)
    assert lease
    return lease


def changes(store: Store) -> list[Change]:
    with store.connect() as connection:
        return [change for _, change in read_changes(connection, SUBJECT)]


def waiting(store: Store) -> list[str]:
    with store.connect() as connection:
        return [row.purpose for row in outbox.list_outbox(connection, ("waiting",))]


def test_a_new_development_is_written_with_its_message(store: Store) -> None:
    put(store, ("a", TITLES[0]), ("b", TITLES[3]))
    ticked = pipeline().tick(store, lead(store), NOW)
    assert ticked
    assert (ticked.items, ticked.changes, ticked.alerts, ticked.messages, ticked.more) == (2, 1, 1, 1, False)
    assert [change.type for change in changes(store)] == [ChangeType.NEW]
    assert waiting(store) == ["alert"]


def test_with_nothing_pending_no_tick_is_written(store: Store) -> None:
    assert pipeline().tick(store, lead(store), NOW) is None


def test_what_stood_there_at_first_contact_is_history_and_goes_into_a_digest(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with open_store(tmp_path_factory.mktemp("new")) as store:
        put(store, ("a", TITLES[0]))
        ticked = pipeline().tick(store, lead(store), NOW)
        assert ticked
        assert ticked.alerts == 0
        assert waiting(store) == ["digest"]


def test_a_leader_that_lost_its_lease_writes_nothing_and_forgets(store: Store) -> None:
    old = pipeline()
    lease = lead(store)
    put(store, ("a", TITLES[0]))
    old.tick(store, lease, NOW)
    put(store, ("b", TITLES[1]))
    release(store, lease)
    lead(store, "usurper")
    with pytest.raises(LeaseLostError):
        old.tick(store, lease, NOW + SECOND)
    assert len(changes(store)) == 1
    assert len(waiting(store)) == 1


def test_a_tick_that_another_process_wrote_is_taken_into_what_is_known(store: Store) -> None:
    """The first leader comes back after another has led: it must know what the other has written."""
    first, second = pipeline(), pipeline()
    put(store, ("a", TITLES[1]))
    first.tick(store, lead(store), NOW)
    put(store, ("b", TITLES[2]))
    second.tick(store, lead(store), NOW + SECOND)
    put(store, ("c", TITLES[2]))
    first.tick(store, lead(store), NOW + 2 * SECOND)
    _, opened, supported = changes(store)
    assert (opened.type, supported.type) == (ChangeType.NEW, ChangeType.SUPPORT)
    assert supported.development == opened.development


def test_a_clock_that_steps_back_does_not_turn_the_log_around(store: Store) -> None:
    detection = pipeline()
    put(store, ("a", TITLES[0]))
    detection.tick(store, lead(store), NOW)
    put(store, ("b", TITLES[1]))
    detection.tick(store, lead(store), NOW - timedelta(hours=1))
    assert [change.at for change in changes(store)] == [NOW, NOW]


def test_messages_are_due_by_the_clock_as_it_is_also_after_it_stepped_back(store: Store) -> None:
    detection, earlier = pipeline(), NOW - timedelta(hours=1)
    put(store, ("a", TITLES[3]))
    detection.tick(store, lead(store), NOW)
    put(store, ("b", TITLES[0]))
    detection.tick(store, lead(store), earlier)
    with store.connect() as connection:
        assert next_due(connection) == earlier


def test_commands_are_applied_answered_and_tied_to_their_changes(store: Store) -> None:
    detection = pipeline()
    put(store, ("a", TITLES[0]))
    detection.tick(store, lead(store), NOW)
    (made,) = changes(store)
    with store.begin() as connection:
        for target in (made.development, "nosuch"):
            commands.add_command(
                connection, subject=SUBJECT, verb="false", target=target, value="", author="ann", at=NOW
            )
    detection.tick(store, lead(store), NOW + SECOND)
    assert [change.type for change in changes(store)] == [ChangeType.NEW, ChangeType.CORRECTION]
    with store.connect() as connection:
        first, second = commands.list_commands(connection, SUBJECT)
    assert first.answer == f"{made.development} marked false"
    assert second.answer
    assert "nosuch" in second.answer
    assert waiting(store) == ["alert", "correction"]


def test_an_item_is_read_once_before_the_transaction(store: Store) -> None:
    reader = MarkerReader()
    put(store, ("a", TITLES[0]), ("b", TITLES[1]))
    SubjectPipeline(subject(), Alerts(), 100, reader).tick(store, lead(store), NOW)
    assert len(reader.read_ids) == 2


Steps = st.lists(st.tuples(st.integers(0, len(TITLES) - 1), st.sampled_from(["tick", "restart", "lost"])), max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=Steps, batch=st.integers(1, 3))
def test_restarts_and_lost_leases_leave_the_log_that_a_calm_run_writes(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str]], batch: int
) -> None:
    logs = []
    for calm in (True, False):
        with open_store(tmp_path_factory.mktemp("run")) as store:
            put(store)
            logs.append(_run(store, steps, batch, calm=calm))
            again = verify(store, subject(), MarkerReader())
            assert again.difference == ""
            assert again.changes == len(logs[-1])
    assert logs[0] == logs[1]


def _run(store: Store, steps: list[tuple[int, str]], batch: int, *, calm: bool) -> list[Change]:
    detection = pipeline(batch)
    for number, (title, event) in enumerate(steps):
        now = NOW + number * SECOND
        put(store, (f"i{number}", TITLES[title]), at=now)
        if not calm and event == "restart":
            detection = pipeline(batch)
        if not calm and event == "lost":
            stale = lead(store, "stale")
            release(store, stale)
            usurper = lead(store, "usurper")
            with pytest.raises(LeaseLostError):
                detection.tick(store, stale, now)
            release(store, usurper)
        lease = lead(store)
        while (ticked := detection.tick(store, lease, now)) and ticked.more:
            pass
        release(store, lease)
    return changes(store)


def release(store: Store, lease: Lease) -> None:
    with store.begin() as connection:
        leases.release(connection, lease)
