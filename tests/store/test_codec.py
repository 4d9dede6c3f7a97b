from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.build import CLAIM, NOW, VERSIONS, make_change

from dipwatch.errors import StoreError
from dipwatch.model import Change, Claim, Command, Direction, Item, Mention, Reading, Tick, Versions
from dipwatch.store.codec import decode, encode

FINITE = st.floats(allow_nan=False, allow_infinity=False)
for kind, strategy in ((float, FINITE), (datetime, st.datetimes(timezones=st.just(UTC)))):
    st.register_type_strategy(kind, strategy)


@pytest.mark.parametrize("cls", [Change, Claim, Command, Item, Mention, Reading, Tick, Versions])
def test_whatever_is_written_as_json_is_read_back_equal(cls: type[Any]) -> None:
    @given(st.builds(cls))
    def round_trip(value: object) -> None:
        assert decode(cls, json.loads(json.dumps(encode(value), allow_nan=False))) == value

    round_trip()


def test_times_are_written_in_utc() -> None:
    east = datetime.fromisoformat("2026-03-01T15:00:00+03:00")
    assert encode(Tick("ukraine", 1, east))["at"] == "2026-03-01T12:00:00+00:00"


def test_a_field_added_since_takes_its_default() -> None:
    data = encode(make_change())
    del data["novel"], data["kept_back"]
    assert decode(Change, data) == make_change()


def test_a_claim_stored_before_directions_were_read_has_none() -> None:
    data = encode(replace(CLAIM, direction=Direction.HARDER))
    assert data.pop("direction") == "harder"
    assert decode(Claim, data) == replace(CLAIM, direction=None)


def test_a_whole_number_is_read_as_the_float_it_was() -> None:
    data = encode(CLAIM)
    data["quantities"][1]["value"] = 10**300
    assert decode(Claim, data) == CLAIM


def _without(data: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != name}


CHANGE = encode(make_change())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_without(CHANGE, "kind"), "Change lacks kind"),
        (CHANGE | {"colour": 1}, "Change has unknown fields colour"),
        (CHANGE | {"kind": "party"}, "Change.kind can't be 'party'"),
        (CHANGE | {"alert": 1}, "Change.alert is not of type bool"),
        (CHANGE | {"revision": True}, "Change.revision is not of type int"),
        (CHANGE | {"revision": 1.0}, "Change.revision is not of type int"),
        (CHANGE | {"title": None}, "Change.title is not of type str"),
        (CHANGE | {"confidence": "high"}, "Change.confidence is not a number"),
        (CHANGE | {"confidence": True}, "Change.confidence is not a number"),
        (CHANGE | {"at": "2026-03-01T12:00:00"}, "Change.at can't be"),
        (CHANGE | {"at": "yesterday"}, "Change.at can't be"),
        (CHANGE | {"reasons": "first_report"}, "Change.reasons is not of type list"),
        (CHANGE | {"reasons": ["first_report", "whim"]}, "Change.reasons.1 can't be 'whim'"),
        (CHANGE | {"claim": []}, "Change.claim is not an object"),
        (CHANGE | {"claim": CHANGE["claim"] | {"span": {"field": "title", "start": 0}}}, "Change.claim.span lacks end"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_path(data: dict[str, Any], words: str) -> None:
    with pytest.raises(StoreError, match=re.escape(words)):
        decode(Change, data)


@dataclass(frozen=True)
class Holder:
    value: Any


@pytest.mark.parametrize("value", [float("nan"), float("inf"), NOW.replace(tzinfo=None), {1, 2}, b"x", [1]])
def test_what_would_not_come_back_equal_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match=r"naive|JSON"):
        encode(Holder(value))


def test_versions_keep_their_names() -> None:
    assert encode(VERSIONS) == {"program": "0.1", "config": "c1", "lexicon": "l1", "baseline": "b1", "model": "m1"}
