from __future__ import annotations

from dataclasses import replace

from tests.store.build import MINUTE, NOW

from dipwatch.store import troubles
from dipwatch.store.store import Store
from dipwatch.store.troubles import Trouble

BROKEN = Trouble("feed:north", "broken", "north", "timeout", NOW)


def _read(store: Store) -> list[Trouble]:
    with store.connect() as connection:
        return troubles.read_troubles(connection)


def test_a_trouble_begins_once_however_often_it_is_noted(store: Store) -> None:
    with store.begin() as connection:
        troubles.note(connection, BROKEN)
        troubles.note(connection, replace(BROKEN, detail="reset", began_at=NOW + MINUTE))
    assert _read(store) == [replace(BROKEN, detail="reset")]


def test_one_that_ends_before_it_was_told_is_dropped(store: Store) -> None:
    with store.begin() as connection:
        troubles.note(connection, BROKEN)
        troubles.end(connection, ["feed:north"], NOW + MINUTE)
    assert _read(store) == []


def test_one_that_was_told_is_kept_until_its_end_is_told(store: Store) -> None:
    with store.begin() as connection:
        troubles.note(connection, BROKEN)
        troubles.mark_told(connection, [BROKEN], NOW + MINUTE)
        troubles.end(connection, ["feed:north"], NOW + 2 * MINUTE)
        troubles.end(connection, ["feed:north"], NOW + 3 * MINUTE)
    (ended,) = _read(store)
    assert (ended.told_at, ended.ended_at) == (NOW + MINUTE, NOW + 2 * MINUTE)
    with store.begin() as connection:
        troubles.mark_told(connection, [ended], NOW + 4 * MINUTE)
    assert _read(store) == []


def test_one_that_comes_back_before_its_end_was_told_is_still_the_same(store: Store) -> None:
    with store.begin() as connection:
        troubles.note(connection, BROKEN)
        troubles.mark_told(connection, [BROKEN], NOW)
        troubles.end(connection, ["feed:north"], NOW + MINUTE)
        troubles.note(connection, replace(BROKEN, began_at=NOW + 2 * MINUTE))
    assert _read(store) == [replace(BROKEN, told_at=NOW)]


def test_another_sort_of_trouble_with_the_same_thing_is_told_anew(store: Store) -> None:
    gone = replace(BROKEN, sort="gone", detail="410", began_at=NOW + MINUTE)
    with store.begin() as connection:
        troubles.note(connection, BROKEN)
        troubles.mark_told(connection, [BROKEN], NOW)
        troubles.note(connection, gone)
    assert _read(store) == [gone]


def test_a_watermark_is_kept(store: Store) -> None:
    with store.begin() as connection:
        assert troubles.watermark(connection, "x") is None
        troubles.set_watermark(connection, "x", "1")
        troubles.set_watermark(connection, "x", "2")
        assert troubles.watermark(connection, "x") == "2"
