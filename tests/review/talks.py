"""More of the log of ``logged``: meetings with hosts and mediators, announced and overdue ones, pledges, moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from tests.review import logged
from tests.review.logged import HOUR, NOW, SUBJECT

from dipwatch.model import (
    Change,
    ChangeType,
    Claim,
    Command,
    Direction,
    Item,
    Kind,
    Part,
    Reason,
    Role,
    Severity,
    Shift,
    Status,
    Tick,
    When,
)
from dipwatch.review.brief import Brief
from dipwatch.store import commands
from dipwatch.store.store import Store
from dipwatch.store.ticks import CommandInput, next_tick, write_tick

HELD, AHEAD, OVERDUE, UNDATED = "held2aaaaa", "ahea2aaaaa", "over2aaaaa", "unda2aaaaa"
CALLED, POSTPONED = "call2aaaaa", "post2aaaaa"
PLEDGE, DEAL, HARDER, WRONG, WEAK = "pled2aaaaa", "deal2aaaaa", "hard2aaaaa", "wron2aaaaa", "weak2aaaaa"
TODAY = NOW.date()

QUOTE = "Ukraine keeps all of its land."
BRIEF = Brief(
    version="b1",
    lists={
        "positions": [
            {
                "id": "position-1",
                "actor": "ukraine",
                "issue": "territory",
                "stance": "demands-all",
                "conditions": ["only with guarantees"],
                "known_from": "2026-03-01",
                "single_source": False,
                "evidence": [{"seed": "001", "quote": QUOTE, "as_of": "2026-03-01"}],
            },
            {
                "id": "position-2",
                "actor": "turkey",
                "issue": "territory",
                "stance": "open-to-talks",
                "known_from": "2026-03-02",
                "single_source": True,
                "evidence": [{"seed": "002", "quote": "Ankara wants talks.", "as_of": "2026-03-02"}],
            },
        ],
        "commitments": [
            {
                "id": "commitment-1",
                "actor": "russia",
                "issue": "territory",
                "amount": "30 km",
                "toward": ["ukraine"],
                "known_from": "2026-01-10",
                "single_source": False,
                "evidence": [{"seed": "001", "quote": "Moscow promised to draw back.", "as_of": "2026-01-10"}],
            }
        ],
        "channels": [
            {
                "id": "channel-1",
                "level": "mediated",
                "between": ["russia", "ukraine"],
                "through": ["turkey"],
                "known_from": "2026-02-01",
                "single_source": False,
                "evidence": [{"seed": "001", "quote": "Ankara carries messages.", "as_of": "2026-02-01"}],
            }
        ],
        "rounds": [],
        "actors": [
            {"id": "actor-1", "actor": "sergei-lavrov", "single_source": False, "known_from": "2026-02-01"},
        ],
        "venues": [],
        "scenarios": [
            {
                "id": "scenario-1",
                "scenario": "slow-talks",
                "known_from": "2026-03-01",
                "evidence": [{"seed": "001", "quote": "Talks may go on.", "as_of": "2026-03-01"}],
            }
        ],
    },
    chosen=[
        {"actor": "ukraine", "issue": "territory", "stance": "demands-all", "known_from": "2026-03-01", "quote": QUOTE}
    ],
)
BRIEFS = {SUBJECT: BRIEF}


def fill_more(store: Store) -> None:
    """Write eleven more developments: see the ids above."""
    wire, gazette = "bosphorus-wire", "nevskaya-gazeta"
    _one(store, 49, wire, "Lavrov and Umerov met in Istanbul, Erdogan hosted", _held)
    _one(store, 48, wire, "Lavrov to meet Umerov in Istanbul on the 20th of March", _planned(AHEAD, date(2026, 3, 20)))
    _one(store, 47, wire, "Lavrov to meet Umerov in Istanbul on 5 March", _planned(OVERDUE, date(2026, 3, 5)))
    _one(store, 46, gazette, "Лавров планирует встречу с Умеровым", _planned(UNDATED, None))
    _one(store, 45, wire, "Russia pledges to draw back from the line", _promised(PLEDGE, Kind.COMMITMENT))
    _one(store, 30, wire, "Russia agrees on a map of the whole line", _promised(DEAL, Kind.AGREEMENT))
    _one(store, 29, wire, "Russia is to publish the map", _progress)
    _one(store, 28, wire, "Umerov: no metre of land", _moved(HARDER, "ukraine", Direction.HARDER, "demands-all"))
    _one(store, 27, wire, "Umerov would talk of land", _moved(WRONG, "ukraine", Direction.SOFTER, "open-to-talks"))
    weak = _moved(WEAK, "ukraine", Direction.SOFTER, "open-to-talks")
    _one(store, 26, wire, "Umerov may talk of land", lambda items: [_below(change) for change in weak(items)])
    _one(store, 25, wire, "Lavrov and Umerov spoke about Turkey", _called)
    announced = _planned(POSTPONED, date(2026, 3, 30))
    _one(store, 24, wire, "Lavrov and Umerov are to meet on the 30th, it is said", announced)
    _one(store, 23, wire, "The talks of the 30th are put off for now, both say", _put_off)
    _mark_false(store, WRONG)


Decide = Callable[[Sequence[Item]], list[Change]]


def _one(store: Store, hours: int, feed: str, title: str, decide: Decide) -> None:
    logged._tick(store, NOW - hours * HOUR + timedelta(minutes=5), [(feed, title)], decide)


def _envoys(*more: Part) -> tuple[Part, ...]:
    return (Part("sergei-lavrov", Role.SOURCE), Part("rustem-umerov", Role.TARGET), *more)


def _held(items: Sequence[Item]) -> list[Change]:
    parts = _envoys(Part("russia", Role.PARTY), Part("turkey", Role.HOST))
    read = logged.claim(Kind.MEETING, items[0].title, *parts, status=Status.HAPPENED, venue="istanbul")
    return [logged._change(HELD, items[0], read)]


def _called(items: Sequence[Item]) -> list[Change]:
    parts = _envoys(Part("turkey", Role.PARTY))
    read = logged.claim(Kind.CONTACT, items[0].title, *parts, status=Status.HAPPENED)
    return [logged._change(CALLED, items[0], read, kind=Kind.CONTACT)]


def _put_off(items: Sequence[Item]) -> list[Change]:
    read = logged.claim(Kind.MEETING, items[0].title, *_envoys(), status=Status.POSTPONED, venue="istanbul")
    moved = {"type": ChangeType.UPDATE, "status_was": Status.PLANNED, "reasons": (Reason.STATUS_CHANGE,)}
    return [logged._change(POSTPONED, items[0], read, **moved)]


def _planned(development: str, day: date | None) -> Decide:
    def decide(items: Sequence[Item]) -> list[Change]:
        read = logged.claim(Kind.MEETING, items[0].title, *_envoys(), venue="istanbul")
        when = When(day, day) if day else None
        return [logged._change(development, items[0], replace(read, when=when))]

    return decide


def _promise(kind: Kind, title: str) -> Claim:
    read = logged.claim(kind, title, Part("russia", Role.SOURCE), Part("ukraine", Role.TARGET), status=Status.HAPPENED)
    return replace(read, issue="territory")


def _promised(development: str, kind: Kind) -> Decide:
    return lambda items: [logged._change(development, items[0], _promise(kind, items[0].title), kind=kind)]


def _progress(items: Sequence[Item]) -> list[Change]:
    read = _promise(Kind.AGREEMENT, items[0].title)
    kind = {"kind": Kind.AGREEMENT, "type": ChangeType.UPDATE, "reasons": (Reason.SEPARATE_ACT,)}
    return [logged._change(DEAL, items[0], read, **kind)]


def _moved(development: str, actor: str, direction: Direction, stance: str) -> Decide:
    def decide(items: Sequence[Item]) -> list[Change]:
        read = logged.claim(Kind.POSITION, items[0].title, Part("rustem-umerov", Role.SPEAKER), status=Status.HAPPENED)
        read = replace(read, issue="territory", stance=stance, states_position=True)
        shift = Shift(actor, "territory", direction, stance=stance, was="demands-all")
        return [logged._change(development, items[0], read, kind=Kind.POSITION, shift=shift)]

    return decide


def _below(change: Change) -> Change:
    return replace(change, alert=False, kept_back=(Reason.BELOW_THRESHOLD,))


def _mark_false(store: Store, development: str) -> None:
    with store.begin() as connection:
        commands.add_command(
            connection, subject=SUBJECT, verb="false", target=development, value="", author="ann", at=NOW - HOUR
        )
        batch = next_tick(connection, SUBJECT, 0)
        change = Change(
            type=ChangeType.CORRECTION,
            development=development,
            at=NOW - HOUR,
            alert=False,
            kind=Kind.POSITION,
            status=Status.HAPPENED,
            severity=Severity.HIGH,
            confidence=0.9,
            title="Umerov would talk of land",
            reasons=(Reason.CORRECTED,),
            note="false",
        )
        done: list[Command] = list(batch.commands)
        tick = Tick(SUBJECT, batch.number, NOW - HOUR)
        write_tick(
            connection,
            logged._lease(connection),
            tick,
            logged.VERSIONS,
            (),
            (change,),
            commands=[CommandInput(command, "done", (0,)) for command in done],
        )
