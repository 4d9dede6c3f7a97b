"""The error for a feed that is not there, with those that may be meant."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import process

from dipwatch.errors import UsageError

_NEAR = 60
"""From this likeness (0 to 100) on an id is worth suggesting."""


def unknown_feed(key: str, known: Sequence[str]) -> UsageError:
    """Return the error to raise for a feed ``key`` that is not among the ``known`` ones."""
    near = [name for name, _, _ in process.extract(key, known, score_cutoff=_NEAR, limit=3)]
    hint = f"did you mean {' or '.join(near)}?" if near else "`dipwatch feeds list` lists them"
    return UsageError(f"there is no feed {key!r}; {hint}")
