from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.detect.build import LEADERS, START, claim

from dipwatch.detect.weigh import confidence, severity
from dipwatch.lexicon import Lexicon
from dipwatch.model import Kind, Reason, Severity, SourceKind, Status

DORIN, VELSKY = ("ivan-dorin", "arvenia"), ("marek-velsky", "kestria")


@pytest.mark.parametrize(
    ("kind", "actors", "reasons", "expected"),
    [
        (Kind.POSITION, VELSKY, (), Severity.LOW),
        (Kind.CONTACT, VELSKY, (Reason.FIRST_REPORT, Reason.NOT_IN_BASELINE), Severity.LOW),
        (Kind.MEETING, VELSKY, (), Severity.LOW),
        (Kind.MEETING, DORIN, (), Severity.MEDIUM),
        (Kind.MEETING, (*VELSKY, "arvenia"), (), Severity.MEDIUM),
        (Kind.CONTACT, (*VELSKY, "arvenia"), (), Severity.LOW),
        (Kind.MEETING, (*VELSKY, *DORIN), (Reason.STATUS_CHANGE,), Severity.HIGH),
        (Kind.AGREEMENT, VELSKY, (), Severity.MEDIUM),
        (Kind.POSITION, DORIN, (Reason.POSITION_SHIFT,), Severity.MEDIUM),
        (Kind.MEETING, DORIN, (Reason.STATUS_CHANGE, Reason.RESUMED_AFTER_GAP), Severity.HIGH),
        (Kind.CEASEFIRE, DORIN, (Reason.STATUS_CHANGE,), Severity.HIGH),
        (Kind.RUPTURE, VELSKY, (Reason.POSITION_SHIFT, Reason.STATUS_CHANGE), Severity.HIGH),
        (Kind.ULTIMATUM, ("someone-unknown",), (), Severity.MEDIUM),
        (Kind.MEETING, (), (), Severity.LOW),
    ],
)
def test_kind_rank_and_novelty_make_severity(
    straits: Lexicon, kind: Kind, actors: tuple[str, ...], reasons: tuple[Reason, ...], expected: Severity
) -> None:
    assert severity(claim("Some act", kind=kind, actors=actors), reasons, straits, START.date()) is expected


def test_rank_is_that_of_the_day(straits: Lexicon) -> None:
    act = claim("Some act", kind=Kind.AGREEMENT, actors=("yegor-zhukhov", "arvenia"))
    both = claim("Some act", kind=Kind.AGREEMENT, actors=("yegor-zhukhov", "ivan-dorin"))
    in_office, after = START.date().replace(year=2024), START.date()
    assert severity(act, (Reason.STATUS_CHANGE,), straits, in_office) is Severity.HIGH
    assert severity(act, (Reason.STATUS_CHANGE,), straits, after) is Severity.MEDIUM
    assert severity(both, (Reason.STATUS_CHANGE,), straits, after) is Severity.HIGH


@pytest.mark.parametrize(
    ("slots", "source_kind", "sources", "expected"),
    [
        ({"score": 0.9}, SourceKind.OFFICIAL, 1, 0.78),
        ({"score": 0.9}, SourceKind.WIRE, 1, 0.73),
        ({"score": 0.9}, SourceKind.INDEPENDENT, 1, 0.68),
        ({"score": 0.9}, SourceKind.STATE_MEDIA, 1, 0.63),
        ({"score": 0.9}, SourceKind.ANALYSIS, 1, 0.63),
        ({"score": 0.9}, SourceKind.WIRE, 2, 0.83),
        ({"score": 0.9}, SourceKind.WIRE, 3, 0.93),
        ({"score": 0.9}, SourceKind.WIRE, 9, 0.99),
        ({"score": 0.9, "status": Status.REPORTED}, SourceKind.WIRE, 1, 0.58),
        ({"score": 0.9, "unnamed_source": True}, SourceKind.WIRE, 1, 0.58),
        ({"score": 0.9, "unnamed_source": True, "status": Status.REPORTED}, SourceKind.WIRE, 1, 0.58),
        ({"score": 0.9, "hedged": True}, SourceKind.WIRE, 1, 0.68),
        ({"score": 0.0, "status": Status.REPORTED}, SourceKind.ANALYSIS, 1, 0.05),
        ({"score": 1.0}, SourceKind.OFFICIAL, 4, 0.99),
    ],
)
def test_score_source_and_corroboration_make_confidence(
    slots: dict[str, Any], source_kind: SourceKind, sources: int, expected: float
) -> None:
    assert confidence(claim("Some act", actors=LEADERS, **slots), source_kind, sources) == pytest.approx(expected)


@settings(deadline=None)
@given(st.floats(0, 1), st.sampled_from(SourceKind), st.integers(1, 30), st.booleans())
def test_more_sources_never_make_less_sure(score: float, source_kind: SourceKind, sources: int, hedged: bool) -> None:  # noqa: FBT001 - drawn
    act = claim("Some act", score=score, hedged=hedged)
    less, more = confidence(act, source_kind, sources), confidence(act, source_kind, sources + 1)
    assert 0 < less <= more < 1
    assert less == round(less, 3)
