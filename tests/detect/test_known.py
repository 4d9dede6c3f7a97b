from __future__ import annotations

from typing import Any

from tests.detect.build import DAY, HOUR, START, Log, on

from dipwatch.detect import Known
from dipwatch.model import Kind, Status

MEETING = "Dorin and Velsky hold talks in Selm"


def test_a_development_keeps_few_reports_the_first_among_them(log: Log) -> None:
    titles = [f"Dorin and Velsky talk in Selm, report {number}" for number in range(30)]
    for number, title in enumerate(titles):
        log.report(title, source=f"source-{number}", venue="selm", at=START + number * HOUR)
    (development,) = log.known.open()
    kept = [trace.title for trace in development.traces]
    assert kept == [titles[0], *titles[-7:]]
    assert len(development.sources) == 30


def test_what_is_let_go_leaves_nothing_behind(log: Log) -> None:
    for number in range(40):
        log.report(
            f"Holm calls Lunda, number {number}",
            kind=Kind.CONTACT,
            actors=("petra-holm",),
            at=START + number * 15 * DAY,
        )
    assert len(log.known.developments) == 1
    assert len(log.known.items) == 1


def test_an_announced_meeting_stays_open_until_it_is_over(log: Log) -> None:
    announced = log.report("Dorin to meet Velsky in Selm in April", venue="selm", when=on(20, 4), status=Status.PLANNED)
    log.known.prune(START + 49 * DAY)
    assert announced.development in log.known.developments
    log.known.prune(START + 51 * DAY)
    assert announced.development not in log.known.developments


def test_memory_of_who_was_seen_outlasts_the_window(log: Log) -> None:
    log.report(MEETING, venue="selm")
    log.known.prune(START + 60 * DAY)
    assert log.known.developments == {}
    assert "petra-holm" not in log.known.seen.actors
    assert {"ivan-dorin", "kestria"} <= set(log.known.seen.actors)
    assert ("arvenia", "kestria") in log.known.seen.pairs
    assert "selm" in log.known.seen.venues


def test_support_does_not_move_the_status(log: Log) -> None:
    log.report(MEETING, venue="selm", when=on(2))
    log.report(
        "Selm talks of Dorin, Velsky planned", source="late", venue="selm", status=Status.PLANNED, at=START + HOUR
    )
    (development,) = log.known.open()
    assert development.status is Status.HAPPENED


def test_positions_follow_the_newest_statement(log: Log) -> None:
    slots: dict[str, Any] = {
        "kind": Kind.POSITION,
        "actors": ("ivan-dorin", "arvenia"),
        "issue": "passage",
        "states_position": True,
    }
    log.report("Dorin: straits stay closed", stance="closed", **slots)
    log.report("Dorin: tolls", stance="tolls", at=START + 5 * DAY, **slots)
    stand = log.known.positions["arvenia", "passage"]
    assert (stand.stance, stand.since.date()) == ("tolls", (START + 5 * DAY).date())


def test_a_log_is_warm_only_after_its_first_change(log: Log) -> None:
    assert not log.known.warmed_up(START, DAY)
    log.report(MEETING)
    assert not log.known.warmed_up(START + HOUR, DAY)
    assert log.known.warmed_up(START + 2 * DAY, DAY)


def test_a_correction_of_what_is_gone_is_passed_over(log: Log) -> None:
    first = log.report(MEETING)
    (marked,) = log.command("false", first.development)
    fresh = Known(log.lexicon)
    fresh.apply(marked)
    assert fresh.developments == {}
