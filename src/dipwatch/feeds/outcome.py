"""How a poll can end: every way has one name, which health, log and operator alerts use."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The named result of fetching and parsing a feed."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    """304: nothing new since the validators we sent."""
    UNCHANGED = "unchanged"
    """200 with the very bytes of the last poll."""
    TRUNCATED = "truncated"
    """The document breaks off; what arrived was read."""

    HELD = "held"
    """Not asked: its host has told us to wait (Retry-After) and the time is not over."""

    GONE = "gone"
    """410: the publisher says that the feed has ended."""
    NOT_FOUND = "not_found"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    TOO_MANY_REQUESTS = "too_many_requests"
    UNAVAILABLE = "unavailable"
    """503."""
    SERVER_ERROR = "server_error"
    CLIENT_ERROR = "client_error"
    BAD_RESPONSE = "bad_response"
    """Not HTTP, a status that makes no sense here, or a redirect to nowhere."""
    REDIRECT_LOOP = "redirect_loop"
    """Back where it came from, or more redirects than we follow."""
    BLOCKED_ADDRESS = "blocked_address"
    """It leads to an address that is not public and not allowed (``polling.allow_networks``)."""
    UNSUPPORTED_SCHEME = "unsupported_scheme"
    BAD_URL = "bad_url"
    DNS_FAILURE = "dns_failure"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TLS_FAILURE = "tls_failure"
    TIMEOUT = "timeout"
    RESET = "reset"
    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"
    """A compression we don't know, or one that doesn't unpack."""
    FETCH_FAILED = "fetch_failed"
    """Our own fetching fell over; the log has the reason."""
    MISCONFIGURED = "misconfigured"
    """A secret that the feed needs can't be looked up."""

    EMPTY = "empty"
    NOT_A_FEED = "not_a_feed"
    PARSE_TIMEOUT = "parse_timeout"
    PARSE_FAILED = "parse_failed"
    """Our own reading fell over; the log has the reason."""

    @property
    def fine(self) -> bool:
        """Whether the feed did its duty: the error streak ends here."""
        return self in _FINE


_FINE = frozenset({Outcome.OK, Outcome.NOT_MODIFIED, Outcome.UNCHANGED, Outcome.TRUNCATED})
