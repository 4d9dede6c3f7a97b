"""Ids that stay: for readers and calendars that know nothing of a log, yet must recognise what they have seen."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

_SPACE = uuid5(NAMESPACE_URL, "urn:dipwatch")


def stable_uuid(sort: str, key: str) -> UUID:
    """Return the same UUID for the same thing, whichever database or host writes it (RFC 9562, version 5)."""
    return uuid5(_SPACE, f"{sort}:{key}")
