"""Recorded items again: what is written, and whether it is the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.daemon.fakes import NOW, SUBJECT, MarkerReader, item, open_store, put, subject

from dipwatch.daemon.leadership import Leadership
from dipwatch.daemon.replays import replay_stream, rerun, verify
from dipwatch.daemon.setup import Subject
from dipwatch.daemon.subject import SubjectPipeline
from dipwatch.model import Claim, Direction, Item, Reading, Shift
from dipwatch.settings import Alerts
from dipwatch.store import retention
from dipwatch.store.store import Store

MEET = "russia+ukraine meet in a hall"
OTHER = "turkey+france sanction a ship"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as store:
        put(store)
        put(store, ("a", MEET), ("b", OTHER))
        leadership = Leadership(store, "test")
        leadership.keep([SUBJECT], NOW)
        lease = leadership.lease(SUBJECT)
        assert lease
        detection = SubjectPipeline(subject(), Alerts(), 1, MarkerReader())
        while (ticked := detection.tick(store, lease, NOW)) and ticked.more:
            pass
        yield store


def other_model() -> Subject:
    return replace(subject(), versions=replace(subject().versions, model="another"))


def test_a_line_for_each_item_that_is_tied_to_a_development() -> None:
    items = [item("a", MEET), item("n", "rain"), item("b", MEET, minutes=5), item("c", OTHER, minutes=5)]
    lines = list(replay_stream(subject(), items, MarkerReader()))
    assert [(line["item"], line["change"], line["alert"]) for line in lines] == [
        ("a", "new", True),
        ("b", "support", False),
        ("c", "new", True),
    ]
    first = lines[0]
    assert list(first) == [
        "item",
        "at",
        "development",
        "change",
        "alert",
        "kind",
        "status",
        "actors",
        "venue",
        "shift",
        "reasons",
        "severity",
        "confidence",
        "title",
    ]
    assert first["at"] == NOW.isoformat()
    assert first["actors"] == ["Russia", "Ukraine"]
    assert (first["kind"], first["status"], first["venue"], first["shift"]) == ("meeting", "happened", None, None)
    assert lines[1]["development"] == first["development"]


def test_items_of_one_instant_are_one_tick_whatever_their_order() -> None:
    items = [item("a", MEET), item("b", MEET)]
    forth = list(replay_stream(subject(), items, MarkerReader()))
    back = list(replay_stream(subject(), items[::-1], MarkerReader()))
    assert forth == back


def test_shift_and_venue_are_given_by_their_names() -> None:
    lexicon = subject().lexicon
    venue = next(entry for entry in lexicon.venues.values() if entry.within)
    issue = next(entry for entry in lexicon.issues.values())

    class Placing(MarkerReader):
        def read(self, item: Item) -> Reading:
            reading = super().read(item)
            return replace(reading, claims=tuple(map(placed, reading.claims)))

    def placed(claim: Claim) -> Claim:
        return replace(claim, venue=venue.id, issue=issue.id)

    (line,) = replay_stream(subject(), [item("a", MEET)], Placing())
    assert line["venue"] == lexicon.venues[venue.within or ""].name
    from dipwatch.daemon.replays import _shift  # noqa: PLC0415 (no claim of ours moves a position)

    assert _shift(lexicon, Shift("russia", issue.id, Direction.HARDER)) == {
        "actor": "Russia",
        "issue": issue.output,
        "direction": "harder",
    }


def test_a_further_report_of_the_same_position_carries_its_developments_shift() -> None:
    class Stating(MarkerReader):
        def read(self, item: Item) -> Reading:
            reading = super().read(item)
            states = "nothing" not in item.title
            stated = (
                replace(claim, issue="ceasefire", stance="immediate-full-truce", states_position=states)
                for claim in reading.claims
            )
            return replace(reading, claims=tuple(stated))

    texts = [MEET, MEET, f"{MEET} and say nothing", "ukraine+russia meet in a hall"]
    items = [item(str(place), text, minutes=5 * place) for place, text in enumerate(texts)]
    lines = list(replay_stream(subject(), items, Stating()))
    assert len({line["development"] for line in lines}) == 1
    shifts = [line["shift"] for line in lines]
    assert shifts[0]
    assert shifts[1] == shifts[0]
    assert shifts[2] is None
    assert shifts[3] != shifts[0]


def test_a_restated_position_has_the_way_in_which_its_words_point() -> None:
    class Restating(MarkerReader):
        def read(self, item: Item) -> Reading:
            reading = super().read(item)
            moves = Direction.SOFTER if item.id == "0" else Direction.HARDER
            stated = (
                replace(claim, issue="ceasefire", stance="immediate-full-truce", states_position=True, direction=moves)
                for claim in reading.claims
            )
            return replace(reading, claims=tuple(stated))

    items = [item("0", MEET), item("1", "russia+hungary sanction each other", minutes=5)]
    first, again = replay_stream(subject(), items, Restating())
    assert first["development"] != again["development"]
    assert again["shift"] == {"actor": "Russia", "issue": "ceasefire", "direction": "harder"}


def test_the_stored_ticks_come_to_the_same_log(store: Store) -> None:
    done = verify(store, subject(), MarkerReader())
    assert (done.ticks, done.changes, done.difference) == (2, 2, "")


def test_the_first_difference_is_told_with_what_decided_differently(store: Store) -> None:
    class Doubting(MarkerReader):
        def read(self, item: Item) -> Reading:
            reading = super().read(item)
            return replace(reading, claims=tuple(replace(claim, score=0.6) for claim in reading.claims))

    done = verify(store, other_model(), Doubting())
    assert done.changes == 0
    assert "confidence" in done.difference
    assert "was decided with another model" in done.difference


def test_a_change_that_does_not_come_up_again_is_named(store: Store) -> None:
    class Blind(MarkerReader):
        def read(self, item: Item) -> Reading:
            return replace(super().read(item), claims=())

    assert "does not come up again" in verify(store, other_model(), Blind()).difference


def test_pruned_texts_are_replayed_from_their_claims(store: Store) -> None:
    class Forgetful(MarkerReader):
        """Reads nothing without a summary, as if the claim had stood there."""

        def read(self, item: Item) -> Reading:
            return replace(super().read(item), claims=())

    retention.prune(store, retention.Bounds(texts=NOW + timedelta(days=1)))
    assert verify(store, subject(), Forgetful()).difference == ""


def test_a_rerun_gives_the_items_of_each_tick(store: Store) -> None:
    ticks = rerun(store, subject(), MarkerReader())
    assert [[item.title for item in again.items.values()] for again in ticks] == [[MEET], [OTHER]]
