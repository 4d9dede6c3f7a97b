from __future__ import annotations

import pytest
from pydantic import ValidationError

from dipwatch.settings import Alerts, Heartbeat


def alerts(**fallbacks: str) -> dict[str, object]:
    names = ("desk", "boss", "ops")
    receivers = [{"name": name, "url": "console:", "fallback": fallbacks.get(name)} for name in names]
    return {"receivers": receivers, "route": {"receiver": "desk"}}


@pytest.mark.parametrize(
    "fallbacks", [{}, {"desk": "boss"}, {"desk": "boss", "boss": "ops"}, {"desk": "ops", "boss": "ops"}]
)
def test_fallbacks_may_be_chained(fallbacks: dict[str, str]) -> None:
    Alerts.model_validate(alerts(**fallbacks))


@pytest.mark.parametrize(
    ("fallbacks", "told"),
    [
        ({"desk": "nobody"}, "a fallback is no receiver: nobody (there are: desk, boss, ops)"),
        ({"desk": "desk"}, "the fallbacks of desk lead in a circle"),
        ({"desk": "boss", "boss": "ops", "ops": "boss"}, "the fallbacks of desk lead in a circle"),
    ],
)
def test_a_fallback_that_leads_nowhere_is_refused(fallbacks: dict[str, str], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Alerts.model_validate(alerts(**fallbacks))
    assert told in str(caught.value)


def test_the_operator_is_the_root_receiver_unless_another_is_named() -> None:
    assert Alerts.model_validate(alerts()).operators == ("desk",)
    assert Alerts.model_validate(alerts() | {"operator": ["ops", "boss"]}).operators == ("ops", "boss")
    assert Alerts.model_validate(alerts() | {"operator": []}).operators == ()
    with pytest.raises(ValidationError, match="operator names receivers that don't exist: nobody"):
        Alerts.model_validate(alerts() | {"operator": ["nobody"]})


@pytest.mark.parametrize("url", ["", "https://beat.example/x", "env:BEAT_URL"])
def test_a_heartbeat_is_an_address_or_a_reference(url: str) -> None:
    assert Heartbeat(url=url).url == url


def test_a_heartbeat_is_nothing_else() -> None:
    with pytest.raises(ValidationError, match="is neither an http"):
        Heartbeat(url="beat.example")
