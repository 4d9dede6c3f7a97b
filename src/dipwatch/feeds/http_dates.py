"""Times in HTTP headers: dates, and ``Retry-After``, which is seconds or a date (RFC 9110, section 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST_NUMBER = 9


def parse_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Return how long to wait from ``now``; None where nothing usable is said or the time is over."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=int(text[:_LONGEST_NUMBER]))
    elif (until := parse_http_date(text)) is not None:
        wait = until - now
    else:
        return None
    return wait if wait > timedelta(0) else None


def parse_http_date(text: str) -> datetime | None:
    """Return a date of an HTTP header as aware UTC, or None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
