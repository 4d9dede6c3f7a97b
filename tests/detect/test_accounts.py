"""What the sides say of a development, against each other and of what was only rumoured."""

from __future__ import annotations

from typing import Any

import pytest
from tests.detect.build import HOUR, START, Log, reading

from dipwatch.detect.accounts import account_of
from dipwatch.lexicon import Lexicon
from dipwatch.model import Change, ChangeType, Kind, Reason, Role, Severity, SourceKind, Status

PLANNED: dict[str, Any] = {"venue": "selm", "status": Status.PLANNED}
DENIED: dict[str, Any] = {"venue": "selm", "status": Status.DENIED, "negated": True}
SAYS: dict[str, Any] = {"cues": ("says",)}
DORIN, VELSKY = ("ivan-dorin", "arvenia", "kestria"), ("marek-velsky", "kestria", "arvenia")


def announced(log: Log) -> Change:
    return log.report("Dorin says talks with Kestria will be held in Selm", actors=DORIN, **PLANNED, **SAYS)


def denied(log: Log, hours: float = 2) -> Change:
    return log.report(
        "Velsky denies talks with Arvenia in Selm", source="paper", actors=VELSKY, at=START + hours * HOUR, **DENIED
    )


def test_one_side_denies_what_the_other_announced(log: Log) -> None:
    first, change = announced(log), denied(log)
    assert change.development == first.development
    assert {Reason.CONTRADICTED, Reason.DENIED} <= set(change.reasons)
    assert change.contradicts == first.account
    assert first.account
    assert (first.account.actor, first.account.denies) == ("arvenia", False)
    assert first.account.evidence == first.title
    assert change.account
    assert (change.account.actor, change.account.denies, change.account.source) == ("kestria", True, "paper")
    assert (change.type, change.alert) == (ChangeType.UPDATE, True)


def test_what_one_side_denied_the_other_announces(log: Log) -> None:
    denied(log, 0)
    change = log.report(
        "Dorin says talks with Kestria will be held in Selm", actors=DORIN, at=START + HOUR, **PLANNED, **SAYS
    )
    assert Reason.CONTRADICTED in change.reasons
    assert change.contradicts
    assert (change.contradicts.actor, change.alert) == ("kestria", True)


def test_a_contradiction_is_sent_once(log: Log) -> None:
    announced(log)
    denied(log)
    again = log.report(
        "Velsky: no talks with Arvenia in Selm", source="radio", actors=VELSKY, at=START + 5 * HOUR, **DENIED
    )
    assert not again.alert


def test_contradiction_makes_less_sure_and_weighs_and_agreement_makes_surer(straits: Lexicon) -> None:
    title = "Velsky says talks with Arvenia will be held in Selm"
    slots: dict[str, Any] = {"source": "paper", "actors": VELSKY, "at": START + HOUR, **PLANNED}
    silent, agreeing, opposed = Log(straits), Log(straits), Log(straits)
    for each in (silent, agreeing, opposed):
        announced(each)
    nobody = silent.report(title, **slots)
    agrees = agreeing.report(title, **slots, **SAYS)
    denies = denied(opposed, 1)
    assert denies.confidence < nobody.confidence < agrees.confidence
    assert denies.severity in {Severity.MEDIUM, Severity.HIGH}


def test_a_side_that_takes_its_own_word_back_contradicts_nobody(log: Log) -> None:
    announced(log)
    change = log.report(
        "Dorin denies talks with Kestria in Selm", source="paper", actors=DORIN, at=START + 2 * HOUR, **DENIED
    )
    assert Reason.CONTRADICTED not in change.reasons
    assert Reason.DENIED in change.reasons


@pytest.mark.parametrize(
    ("slots", "actor"),
    [
        ({}, None),
        ({"cues": ("says",)}, "arvenia"),
        ({"cues": ("no-such-cue",)}, None),
        ({"kind": Kind.POSITION}, "arvenia"),
        ({"status": Status.DENIED}, "arvenia"),
        ({"cues": ("says",), "unnamed_source": True}, None),
        ({"cues": ("says",), "status": Status.REPORTED}, None),
        ({"cues": ("says",), "actors": ()}, None),
    ],
)
def test_who_speaks_in_its_own_name(straits: Lexicon, slots: dict[str, Any], actor: str | None) -> None:
    found = account_of(reading("Dorin on talks with Velsky", **slots), straits)
    assert (found.actor if found else None) == actor


@pytest.mark.parametrize(
    ("slots", "confirmed"),
    [
        ({"source_kind": SourceKind.OFFICIAL}, True),
        ({"actors": DORIN, **SAYS}, True),
        ({"actors": DORIN, **SAYS, "hedged": True}, False),
        ({"actors": ("lunda", "arvenia", "kestria"), **SAYS}, False),
        ({"actors": DORIN}, False),
        ({"source_kind": SourceKind.OFFICIAL, "unnamed_source": True}, False),
        ({"actors": DORIN, **SAYS, "status": Status.POSTPONED}, False),
    ],
)
def test_what_unnamed_sources_told_is_confirmed_by_an_official_source_or_a_side_that_takes_part(
    log: Log,
    slots: dict[str, Any],
    confirmed: bool,  # noqa: FBT001 - a table's column
) -> None:
    log.report(
        "Arvenia and Kestria to talk in Selm, sources say",
        actors=("arvenia", "kestria"),
        venue="selm",
        status=Status.PLANNED,
        unnamed_source=True,
    )
    log.report(
        "Selm talks of Arvenia and Kestria, reports say",
        source="paper",
        actors=("arvenia", "kestria"),
        venue="selm",
        status=Status.REPORTED,
        at=START + HOUR,
    )
    change = log.report(
        "Arvenia, Kestria talks in Selm",
        source="post",
        at=START + 14 * HOUR,
        **{"actors": ("arvenia", "kestria"), **PLANNED, **slots},
    )
    assert change.development == log.developments[0]
    assert (Reason.CONFIRMED_OFFICIALLY in change.reasons) is confirmed
    if confirmed:
        assert change.alert
        after = log.report(
            "Talks of Arvenia and Kestria in Selm, palace says",
            source="palace",
            source_kind=SourceKind.OFFICIAL,
            at=START + 28 * HOUR,
            **{**PLANNED, "actors": ("arvenia", "kestria")},
        )
        assert Reason.CONFIRMED_OFFICIALLY not in after.reasons, "it is confirmed once"


@pytest.mark.parametrize(
    ("first", "later", "reason"),
    [
        ((Kind.AGREEMENT, Status.PLANNED), (Kind.AGREEMENT, Status.HAPPENED), Reason.TOWARD_IMPLEMENTATION),
        ((Kind.AGREEMENT, Status.HAPPENED), (Kind.HUMANITARIAN, Status.HAPPENED), Reason.TOWARD_IMPLEMENTATION),
        ((Kind.CEASEFIRE, Status.PLANNED), (Kind.CEASEFIRE, Status.POSTPONED), Reason.AWAY_FROM_IMPLEMENTATION),
        ((Kind.AGREEMENT, Status.HAPPENED), (Kind.AGREEMENT, Status.CANCELLED), Reason.AWAY_FROM_IMPLEMENTATION),
        ((Kind.AGREEMENT, Status.HAPPENED), (Kind.RUPTURE, Status.HAPPENED), Reason.AWAY_FROM_IMPLEMENTATION),
        ((Kind.MEETING, Status.PLANNED), (Kind.MEETING, Status.HAPPENED), None),
        ((Kind.AGREEMENT, Status.HAPPENED), (Kind.AGREEMENT, Status.HAPPENED), None),
    ],
)
def test_an_agreement_comes_nearer_to_being_carried_out_or_moves_away(
    log: Log, first: tuple[Kind, Status], later: tuple[Kind, Status], reason: Reason | None
) -> None:
    log.report("Dorin and Velsky: accord on Selm ferries", kind=first[0], status=first[1], venue="selm")
    change = log.report(
        "Accord of Dorin and Velsky on Selm ferries",
        source="paper",
        kind=later[0],
        status=later[1],
        venue="selm",
        at=START + 3 * HOUR,
    )
    assert change.development == log.developments[0]
    about = {Reason.TOWARD_IMPLEMENTATION, Reason.AWAY_FROM_IMPLEMENTATION}
    assert about.intersection(change.reasons) == ({reason} if reason else set())


def test_the_speaker_of_a_quote_speaks_before_the_first_actor(straits: Lexicon) -> None:
    from dipwatch.model import Quote, Span  # noqa: PLC0415 (here alone)

    quote = Quote("no talks", "marek-velsky", Span("title", 0, 8))
    found = account_of(reading("Dorin and Velsky", quote=quote), straits)
    assert found
    assert found.actor == "kestria"
    assert reading("x").claims[0].parts[0].role is Role.SOURCE
