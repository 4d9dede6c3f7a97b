"""One act or two: pairs of reports that similarity alone would get wrong."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from tests.detect.build import DAY, HOUR, START, Log, on

from dipwatch.detect.group import PAIR_WEIGHTS
from dipwatch.extract import load_model
from dipwatch.linear import Linear
from dipwatch.model import Direction, EventType, Kind, Quantity, Reason, Status
from dipwatch.shipped import shipped

DORIN = ("ivan-dorin", "arvenia")
VELSKY = ("marek-velsky", "kestria")
STATES = ("arvenia", "kestria")
TEN_MILLION = (Quantity(10e6, "EUR"),)
FIFTY_MILLION = (Quantity(50e6, "EUR"),)


class Report(NamedTuple):
    """A title with the slots of its claim."""

    title: str
    slots: dict[str, Any]


def told(title: str, **slots: Any) -> Report:  # noqa: ANN401 - the slots of a claim
    """A report."""
    return Report(title, slots)


ANNOUNCED = told("Dorin and Velsky to meet in Selm on Friday", venue="selm", when=on(6), status=Status.PLANNED)
HELD = told("Dorin and Velsky hold talks in Selm", venue="selm", when=on(2))
CLOSED = told(
    "Dorin says straits stay closed", kind=Kind.POSITION, actors=DORIN, issue="passage", stance="closed", when=on(2)
)
PLEDGED = told(
    "Lunda pledges 10 million euros to Kestria",
    kind=Kind.COMMITMENT,
    actors=("lunda", "kestria"),
    quantities=TEN_MILLION,
)

ONE = {
    "another outlet's words": (
        HELD,
        told("Leaders of Arvenia and Kestria meet in Selm", venue="selm", when=on(2), at=START + 3 * HOUR),
    ),
    "another language": (
        HELD,
        told(
            "Дорин и Вельский провели переговоры в Сельме",
            venue="selm",
            when=on(2),
            language="ru",
            at=START + 2 * HOUR,
        ),
    ),
    "a site within the city": (
        told("Dorin and Velsky hold talks in Tolmin", venue="tolmin", when=on(2)),
        told("Dorin receives Velsky at the Amber Palace", venue="amber-palace", when=on(2), at=START + 2 * HOUR),
    ),
    "the day itself after the announcement": (
        ANNOUNCED,
        told("Dorin and Velsky meet in Selm", venue="selm", when=on(6), at=START + 4 * DAY),
    ),
    "the cancellation": (
        ANNOUNCED,
        told("Dorin calls off Selm meeting with Velsky", venue="selm", status=Status.CANCELLED, at=START + DAY),
    ),
    "another date for what was put off": (
        ANNOUNCED,
        told(
            "Selm meeting of Dorin and Velsky put off to Monday",
            venue="selm",
            when=on(9),
            status=Status.POSTPONED,
            at=START + DAY,
        ),
    ),
    "the denial": (
        told("Dorin and Velsky to meet in Selm, sources say", venue="selm", status=Status.REPORTED),
        told(
            "Kestria denies plans for Dorin and Velsky to meet in Selm",
            venue="selm",
            status=Status.DENIED,
            negated=True,
            at=START + 5 * HOUR,
        ),
    ),
    "the same statement in other words": (
        CLOSED,
        told(
            "Arvenian president: the straits will remain closed",
            kind=Kind.POSITION,
            actors=DORIN,
            issue="passage",
            stance="closed",
            when=on(2),
            at=START + 2 * HOUR,
        ),
    ),
    "the same sum thanked for": (
        PLEDGED,
        told(
            "Kestria thanks Lunda for €10m",
            kind=Kind.COMMITMENT,
            actors=("kestria", "lunda"),
            quantities=TEN_MILLION,
            at=START + 9 * HOUR,
        ),
    ),
}
TWO = {
    "another round": (
        told("Arvenia and Kestria hold second round of talks in Selm", actors=STATES, venue="selm", ordinal=2),
        told(
            "Arvenia and Kestria hold third round of talks in Selm",
            actors=STATES,
            venue="selm",
            ordinal=3,
            at=START + 3 * DAY,
        ),
    ),
    "another round on another day": (
        told(
            "Arvenia and Kestria hold second round of talks in Selm",
            actors=STATES,
            venue="selm",
            ordinal=2,
            when=on(2),
        ),
        told(
            "Arvenia and Kestria hold third round of talks in Selm",
            actors=STATES,
            venue="selm",
            ordinal=3,
            when=on(11),
            at=START + 9 * DAY,
        ),
    ),
    "the same pair and city a week later": (
        HELD,
        told("Dorin and Velsky hold talks in Selm again", venue="selm", when=on(10), at=START + 8 * DAY),
    ),
    "another pair in the same city": (
        HELD,
        told(
            "Zhukhov and Holm hold talks in Selm",
            actors=("yegor-zhukhov", "arvenia", "petra-holm", "kestria"),
            venue="selm",
            when=on(2),
            at=START + 2 * HOUR,
        ),
    ),
    "the same pair in another city": (
        HELD,
        told("Dorin and Velsky hold talks in Vorst", venue="vorst", when=on(8), at=START + 6 * DAY),
    ),
    "acceptance after rejection": (
        told(
            "Arvenia rejects Kestria's toll plan",
            kind=Kind.POSITION,
            actors=STATES,
            issue="passage",
            stance="closed",
            event=EventType.REJECT,
            states_position=True,
            negated=True,
        ),
        told(
            "Arvenia accepts Kestria's toll plan",
            kind=Kind.POSITION,
            actors=STATES,
            issue="passage",
            stance="tolls",
            event=EventType.AGREE,
            states_position=True,
            at=START + 3 * DAY,
        ),
    ),
    "another day's statement of the same speaker": (
        CLOSED,
        told(
            "Dorin demands an apology from Kestria",
            kind=Kind.POSITION,
            actors=(*DORIN, "kestria"),
            when=on(5),
            at=START + 3 * DAY,
        ),
    ),
    "another speaker on the same matter": (
        CLOSED,
        told(
            "Velsky says straits must be open",
            kind=Kind.POSITION,
            actors=VELSKY,
            issue="passage",
            stance="open",
            at=START + 5 * HOUR,
        ),
    ),
    "another act of other powers": (
        told("Kestria imposes sanctions on Arvenia", kind=Kind.SANCTIONS, actors=("kestria", "arvenia")),
        PLEDGED._replace(slots={**PLEDGED.slots, "at": START + 4 * HOUR}),
    ),
    "another sum": (
        PLEDGED,
        told(
            "Lunda pledges 50 million euros to Kestria",
            kind=Kind.COMMITMENT,
            actors=("lunda", "kestria"),
            quantities=FIFTY_MILLION,
            at=START + 9 * DAY,
        ),
    ),
    "a meeting a week after a call": (
        told("Dorin and Velsky speak by phone", kind=Kind.CONTACT),
        told("Dorin and Velsky meet in Selm", venue="selm", at=START + 7 * DAY),
    ),
}


@pytest.fixture(params=["by rules", "as learned"])
def weights(request: pytest.FixtureRequest) -> Linear:
    """The weights of the slots: those built in, and those of the model that is shipped."""
    learned = load_model(shipped("config", "subjects", "ukraine")).pairs
    return learned if request.param == "as learned" and learned else PAIR_WEIGHTS


@pytest.mark.parametrize("case", ONE)
def test_reports_of_one_act_are_one_development(log: Log, weights: Linear, case: str) -> None:
    log.weights = weights
    first, second = ONE[case]
    opened = log.report(first.title, source="one", **first.slots)
    assert log.report(second.title, source="two", **second.slots).development == opened.development


@pytest.mark.parametrize("case", TWO)
def test_acts_that_read_alike_are_two_developments(log: Log, weights: Linear, case: str) -> None:
    log.weights = weights
    first, second = TWO[case]
    opened = log.report(first.title, source="one", **first.slots)
    assert log.report(second.title, source="two", **second.slots).development != opened.development


def test_an_announcement_and_the_day_itself_are_one_with_its_status_moved(log: Log) -> None:
    first, second = ONE["the day itself after the announcement"]
    log.report(first.title, source="one", **first.slots)
    held = log.report(second.title, source="two", **second.slots)
    assert (held.status_was, held.status) == (Status.PLANNED, Status.HAPPENED)
    assert Reason.STATUS_CHANGE in held.reasons


def test_an_acceptance_after_a_rejection_shifts_the_position(log: Log) -> None:
    first, second = TWO["acceptance after rejection"]
    log.report(first.title, source="one", **first.slots)
    accepted = log.report(second.title, source="two", **second.slots)
    assert accepted.shift is not None
    assert (accepted.shift.was, accepted.shift.stance, accepted.shift.direction) == (
        "closed",
        "tolls",
        Direction.SOFTER,
    )
