from __future__ import annotations

from datetime import timedelta

import pytest
from tests.alerts.samples import NOW

from dipwatch.alerts.sending import Outcome
from dipwatch.alerts.verdict import Exchange, parse_retry_after, verdict_http, verdict_smtp


@pytest.mark.parametrize(
    ("exchange", "outcome", "permanent"),
    [
        (Exchange(200), Outcome.UNKNOWN, False),
        (Exchange(302), Outcome.FAILED, False),
        (Exchange(400), Outcome.REFUSED, True),
        (Exchange(401), Outcome.REFUSED, True),
        (Exchange(404), Outcome.REFUSED, True),
        (Exchange(408), Outcome.FAILED, False),
        (Exchange(425), Outcome.FAILED, False),
        (Exchange(429), Outcome.FAILED, False),
        (Exchange(500), Outcome.FAILED, False),
        (Exchange(503), Outcome.FAILED, False),
        (Exchange(errors=("ConnectTimeout", "ConnectTimeoutError")), Outcome.FAILED, False),
        (Exchange(errors=("ConnectionError", "NewConnectionError")), Outcome.FAILED, False),
        (Exchange(errors=("SSLError",)), Outcome.FAILED, False),
        (Exchange(errors=("ConnectionError", "ProtocolError", "ConnectionResetError")), Outcome.UNKNOWN, False),
        (Exchange(errors=("ReadTimeout", "ReadTimeoutError")), Outcome.UNKNOWN, False),
        (Exchange(), Outcome.UNKNOWN, False),
    ],
)
def test_each_answer_has_its_verdict(exchange: Exchange, outcome: Outcome, permanent: bool) -> None:  # noqa: FBT001 (expected value of the table)
    result = verdict_http(exchange, NOW)
    assert (result.outcome, result.permanent) == (outcome, permanent)
    assert result.detail


@pytest.mark.parametrize(
    ("code", "outcome"), [(421, Outcome.FAILED), (451, Outcome.FAILED), (535, Outcome.REFUSED), (550, Outcome.REFUSED)]
)
def test_mail_servers_say_for_now_or_for_good(code: int, outcome: Outcome) -> None:
    assert verdict_smtp(code).outcome is outcome


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 7 ", timedelta(seconds=7)),
        ("Mon, 04 May 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Mon, 04 May 2026 11:00:00 GMT", None),
        ("99999999999999999999", timedelta(seconds=10**8)),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, wait: timedelta | None) -> None:
    assert parse_retry_after(value, NOW) == wait
    assert verdict_http(Exchange(429, value), NOW).retry_after == wait
