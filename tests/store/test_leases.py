from __future__ import annotations

import threading
from contextlib import closing
from datetime import timedelta

import pytest
from tests.store.build import MINUTE, NOW

from dipwatch.errors import LeaseLostError, StoreError
from dipwatch.store import leases
from dipwatch.store.leases import Lease
from dipwatch.store.store import Store

ZERO = timedelta(0)


def _take(store: Store, holder: str, ttl: timedelta = MINUTE) -> Lease | None:
    with store.begin() as connection:
        return leases.take(connection, "detection:ukraine", holder, NOW, ttl)


def _check(store: Store, lease: Lease) -> None:
    with store.begin() as connection:
        leases.check(connection, lease)


def test_one_leads_and_the_others_wait(store: Store) -> None:
    first = _take(store, "a")
    assert first is not None
    assert first.token == 1
    assert _take(store, "b") is None
    _check(store, first)


def test_renewal_keeps_the_token_and_moves_the_end(store: Store) -> None:
    first, renewed = _take(store, "a"), _take(store, "a", 5 * MINUTE)
    assert first is not None
    assert renewed is not None
    assert renewed.token == first.token
    assert renewed.expires_at > first.expires_at


def test_an_expired_lease_begins_a_new_reign_and_fences_the_old_one_off(store: Store) -> None:
    old = _take(store, "a", ZERO)
    new = _take(store, "b")
    assert old is not None
    assert new is not None
    assert new.token == old.token + 1
    with pytest.raises(LeaseLostError):
        _check(store, old)
    _check(store, new)


def test_ones_own_lapsed_lease_goes_on_under_the_same_token(store: Store) -> None:
    """A disk that was full for a while kept it from being renewed, and nobody else has led since."""
    old = _take(store, "a", ZERO)
    again = _take(store, "a")
    assert old is not None
    assert again is not None
    assert again.token == old.token
    _check(store, old)
    with store.connect() as connection:
        assert leases.held(connection, NOW) == [again]


def test_an_expired_lease_that_nobody_took_is_still_good(store: Store) -> None:
    lease = _take(store, "a", ZERO)
    assert lease is not None
    _check(store, lease)


def test_a_lease_given_up_is_free_at_once(store: Store) -> None:
    lease = _take(store, "a")
    assert lease is not None
    with store.begin() as connection:
        leases.release(connection, lease)
    following = _take(store, "b")
    assert following is not None
    assert following.token == 2


def test_a_lost_lease_can_not_end_anothers_reign(store: Store) -> None:
    old = _take(store, "a", ZERO)
    _take(store, "b")
    assert old is not None
    with store.begin() as connection:
        leases.release(connection, old)
    assert _take(store, "c") is None


def test_leases_of_different_names_are_independent(store: Store) -> None:
    assert _take(store, "a") is not None
    with store.begin() as connection:
        assert leases.take(connection, "detection:other", "b", NOW, MINUTE) is not None


def test_of_many_that_want_to_lead_one_does(store: Store) -> None:
    won: list[Lease | None] = []
    threads = [threading.Thread(target=lambda name=f"h{n}": won.append(_take(store, name))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 6
    assert len([lease for lease in won if lease]) == 1


def test_nobody_takes_over_while_a_leader_writes(store: Store) -> None:
    """A take-over waits until the leader's transaction is through, however long ago its lease has expired."""
    lease = _take(store, "a", ZERO)
    assert lease is not None
    order: list[str] = []

    def take_over() -> None:
        _take(store, "b")
        order.append("taken over")

    with store.begin() as connection:
        leases.check(connection, lease)
        thread = threading.Thread(target=take_over)
        thread.start()
        thread.join(0.2)
        order.append("written")
    thread.join()
    assert order == ["written", "taken over"]


def test_a_leader_that_froze_while_it_wrote_is_shut_out(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LONGEST_PAUSE", "100ms")
    with closing(Store.open(postgres_url)) as store:
        frozen = _take(store, "a", ZERO)
        assert frozen is not None
        with pytest.raises(StoreError, match="stood still"), store.begin() as connection:  # noqa: PT012 (it wakes up)
            leases.check(connection, frozen)
            following = _take(store, "b")  # waits until the server ends the transaction above
            leases.check(connection, frozen)
        assert following is not None
        assert following.token == frozen.token + 1
