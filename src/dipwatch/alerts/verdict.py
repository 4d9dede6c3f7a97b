"""What an attempt came to, from what its peer answered: pure, so that every case stands in a table of the tests.

Unknown is kept apart from failed: the message was handed over, but the answer was lost. Both are tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from dipwatch.alerts.sending import Outcome, SendResult

_SUCCESS = range(200, 300)
_REDIRECT = range(300, 400)
_TRANSIENT = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_CLIENT_ERROR = range(400, 500)
_SMTP_PERMANENT = range(500, 600)
_NEVER_SENT = frozenset(
    {"ConnectTimeout", "NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "SSLError", "ProxyError"}
)
"""Errors (requests, urllib3) that come before anything of the message is sent."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back: a status with its Retry-After header, or the names of an error and its causes."""

    status: int | None = None
    retry_after: str = ""
    errors: tuple[str, ...] = ()


def verdict_http(exchange: Exchange, now: datetime) -> SendResult:
    """Judge the exchange that ended an attempt which the plugin called a failure."""
    if exchange.status is None:
        return _verdict_of_error(exchange.errors)
    said = f"HTTP {exchange.status}"
    if exchange.status in _SUCCESS:
        return SendResult(Outcome.UNKNOWN, f"{said}, but not the answer this service gives to a message it takes")
    if exchange.status in _REDIRECT:
        return SendResult(Outcome.FAILED, f"{said}: it redirects, which is not followed; correct the URL")
    if exchange.status in _CLIENT_ERROR and exchange.status not in _TRANSIENT:
        return SendResult(Outcome.REFUSED, said, permanent=True)
    return SendResult(Outcome.FAILED, said, retry_after=parse_retry_after(exchange.retry_after, now))


def verdict_smtp(code: int) -> SendResult:
    """Judge a reply code of a mail server (RFC 5321, section 4.2.1: 4yz is for now, 5yz for good)."""
    if code in _SMTP_PERMANENT:
        return SendResult(Outcome.REFUSED, f"SMTP {code}", permanent=True)
    return SendResult(Outcome.FAILED, f"SMTP {code}")


def _verdict_of_error(errors: Sequence[str]) -> SendResult:
    name = errors[-1] if errors else "no answer"
    if any(error in _NEVER_SENT for error in errors):
        return SendResult(Outcome.FAILED, f"can't be reached ({name})")
    return SendResult(Outcome.UNKNOWN, f"no answer came ({name})")


def parse_retry_after(value: str, now: datetime) -> timedelta | None:
    """Read a Retry-After header (RFC 9110, section 10.2.3): seconds or a date; None for anything else or the past."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        wait = parsedate_to_datetime(text) - now
    except (ValueError, TypeError):  # TypeError: a date without a zone
        return None
    return wait if wait > timedelta(0) else None
