"""What must hold for any readings in any order."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.detect.build import START, Log, reading

from dipwatch.detect import Frame, Known, decide
from dipwatch.lexicon import Lexicon
from dipwatch.model import (
    Change,
    ChangeType,
    Command,
    EventType,
    Kind,
    Quantity,
    Reading,
    SourceKind,
    Status,
    Tick,
    When,
)

PROPERTY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
WORDS = st.lists(
    st.sampled_from(
        ["Dorin", "Velsky", "Holm", "talks", "accord", "straits", "Selm", "tolls", "rejects", "Вельский", "42"]
    ),
    min_size=1,
    max_size=8,
).map(" ".join)
ACTORS = st.lists(
    st.sampled_from(
        ["arvenia", "kestria", "lunda", "ivan-dorin", "marek-velsky", "petra-holm", "yegor-zhukhov", "nobody-known"]
    ),
    max_size=6,
    unique=True,
).map(tuple)
DAYS = st.integers(-40, 40).map(lambda days: (START + timedelta(days=days)).date())
ISSUES = st.sampled_from(
    [(None, None), ("passage", None), ("passage", "closed"), ("passage", "open"), ("fishing", None)]
)


@st.composite
def readings(draw: st.DrawFn, name: str = "") -> Reading:
    """A reading with any slots."""
    issue, stance = draw(ISSUES)
    slots: dict[str, Any] = {
        "kind": draw(st.sampled_from(Kind)),
        "event": draw(st.sampled_from(EventType)),
        "status": draw(st.sampled_from(Status)),
        "actors": draw(ACTORS),
        "venue": draw(st.sampled_from([None, "selm", "tolmin", "amber-palace", "vorst", "unknown-city"])),
        "issue": issue,
        "stance": stance,
        "states_position": draw(st.booleans()),
        "negated": draw(st.booleans()),
        "when": draw(st.none() | DAYS.map(lambda day: When(day, day))),
        "ordinal": draw(st.none() | st.integers(1, 4)),
        "unnamed_source": draw(st.booleans()),
        "cues": draw(st.sampled_from([(), ("says",), ("unheard-of",)])),
        "quantities": draw(st.sampled_from([(), (Quantity(5e6, "EUR"),), (Quantity(9.0, "prisoners"),)])),
        "score": draw(st.sampled_from([0.1, 0.35, 0.5, 0.8, 0.97])),
    }
    published = START + timedelta(hours=draw(st.integers(-400, 0)))
    return reading(
        draw(WORDS),
        name=name or draw(st.sampled_from("abcdefghijklmnop")),
        source=draw(st.sampled_from(["wire", "paper", "radio"])),
        source_kind=draw(st.sampled_from(SourceKind)),
        language=draw(st.sampled_from(["en", "ru", "uk"])),
        at=published,
        seen=START + timedelta(hours=draw(st.integers(0, 40))),
        history=draw(st.booleans()),
        revision=draw(st.integers(0, 2)),
        **slots,
    )


BATCHES = st.lists(
    st.lists(readings(), max_size=6, unique_by=lambda each: (each.item.id, each.item.revision)), min_size=1, max_size=5
)


def state(known: Known) -> dict[str, Any]:
    """All that a state holds but the lexicon and the baseline."""
    return {name: value for name, value in vars(known).items() if name not in {"lexicon", "baseline"}}


def commands(log: Log, number: int) -> list[Command]:
    """A user's words on what is in the log: a mark, a merge and a split."""
    names = log.developments
    if len(names) < 2:
        return []
    at = START + timedelta(days=number)
    words = [("false", names[-1], ""), ("duplicate-of", names[-1], names[0]), ("split", names[0], _second_item(log))]
    return [
        Command(10 * number + place, verb, target, value, "an analyst", at)
        for place, (verb, target, value) in enumerate(words)
    ]


def _second_item(log: Log) -> str:
    """The item that stands second under the first development, if any."""
    items = [item for item, name in log.known.items.items() if name == log.developments[0]]
    return "".join(items[1:2])


def played(log: Log, batches: list[list[Reading]]) -> Log:
    """The log after all batches, a day apart, each with a user's words."""
    for number, batch in enumerate(batches, start=1):
        log.tick(*batch, at=START + timedelta(days=2 + number), commands=commands(log, number))
    return log


@PROPERTY
@given(batches=BATCHES, data=st.data())
def test_the_order_of_arrival_within_a_tick_decides_nothing(
    straits: Lexicon, batches: list[list[Reading]], data: st.DataObject
) -> None:
    shuffled = [list(data.draw(st.permutations(batch))) for batch in batches]
    assert played(Log(straits), shuffled).changes == played(Log(straits), batches).changes


@PROPERTY
@given(batches=BATCHES)
def test_any_readings_are_decided_and_every_one_has_an_outcome(straits: Lexicon, batches: list[list[Reading]]) -> None:
    log = Log(straits)
    for number, batch in enumerate(batches, start=1):
        result = log.tick(*batch, at=START + timedelta(days=number))
        assert [outcome.position for outcome in result.outcomes] == list(range(len(batch)))
        assert sum(outcome.outcome in set(ChangeType) for outcome in result.outcomes) == len(result.changes)
        assert all(change.alert != bool(change.kept_back) for change in result.changes)
        assert all(0 < change.confidence < 1 for change in result.changes)


@PROPERTY
@given(batches=BATCHES, following=st.lists(readings(), max_size=5))
def test_a_state_made_of_the_log_again_decides_as_the_living_one(
    straits: Lexicon, batches: list[list[Reading]], following: list[Reading]
) -> None:
    live = played(Log(straits), batches)
    again = Log(straits)
    for change in live.changes:
        again.known.apply(change)
    at = START + timedelta(days=20)
    live.known.prune(at)
    again.known.prune(at)
    assert state(again.known) == state(live.known)
    assert again.tick(*following, at=at).changes == live.tick(*following, at=at).changes


@PROPERTY
@given(batches=BATCHES)
def test_the_same_items_again_send_nothing(straits: Lexicon, batches: list[list[Reading]]) -> None:
    log = played(Log(straits), batches)
    for batch in batches:
        seen = {change.item for change in log.changes}
        told = [each for each in batch if each.item.id in seen and _alerted(log.changes, each.item.id)]
        repeated = log.tick(*told, at=START + timedelta(days=8))
        assert [change for change in repeated.changes if change.type is ChangeType.NEW] == []


def _alerted(changes: list[Change], item: str) -> bool:
    return any(change.alert for change in changes if change.item == item)


@PROPERTY
@given(batch=st.lists(readings(), max_size=8, unique_by=lambda each: each.item.id))
def test_the_same_batch_twice_alerts_once(straits: Lexicon, batch: list[Reading]) -> None:
    log = Log(straits)
    at = START + timedelta(days=3)
    log.tick(*batch, at=at)
    first = {change.development for change in log.alerts}
    repeated = log.tick(*batch, at=at + timedelta(minutes=1))
    assert [change for change in repeated.changes if change.alert and change.development in first] == []
    assert [change for change in repeated.changes if change.type is ChangeType.NEW] == []


@PROPERTY
@given(batches=BATCHES)
def test_ids_are_unique_and_hold_nothing_of_the_slots(straits: Lexicon, batches: list[list[Reading]]) -> None:
    log = played(Log(straits), batches)
    opened = [change.development for change in log.changes if change.type is ChangeType.NEW]
    assert len(opened) == len(set(opened))
    assert all(name.isascii() and name.isalnum() and name == name.lower() for name in opened)


@PROPERTY
@given(batches=BATCHES, one=readings(name="the-one"))
def test_deciding_leaves_what_is_known_as_it_was(straits: Lexicon, batches: list[list[Reading]], one: Reading) -> None:
    log = played(Log(straits), batches)
    before = deepcopy(state(log.known))
    decide(Frame(log.known, Tick("straits", 99, START + timedelta(days=9)), log.policy), one)
    assert state(log.known) == before


@PROPERTY
@given(batches=BATCHES)
def test_every_report_stands_in_one_development_whatever_the_user_says(
    straits: Lexicon, batches: list[list[Reading]]
) -> None:
    log = played(Log(straits), batches)
    for name, development in log.known.developments.items():
        for trace in development.traces:
            assert log.known.find(log.known.items[trace.item]) is log.known.find(name)
        assert development.voices.count <= max(len(development.sources), 1)


@PROPERTY
@given(batches=BATCHES, pause=st.integers(0, 60))
def test_what_was_let_go_is_recalled_as_it_was(straits: Lexicon, batches: list[list[Reading]], pause: int) -> None:
    """Whether the state still has a development or has it from the log makes no difference to a user's word."""
    log = played(Log(straits), batches)
    again = Log(straits, policy=log.policy, history=log.history)
    again.changes, again.ticks = list(log.changes), log.ticks
    at = START + timedelta(days=10 + pause)
    for number, name in enumerate(log.developments):
        word = [Command(1000 + number, "kind", name, "rupture", "an analyst", at)]
        log.known.prune(at)
        assert again.tick(at=at, commands=word).changes == log.tick(at=at, commands=word).changes
