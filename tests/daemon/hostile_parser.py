"""Parsers as hostile documents would make of ours, for the pool's workers to import."""

from __future__ import annotations

import os
import threading

from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parsed import ParsedFeed, ParseLimits


def parse_feed(body: bytes, *, content_type: str, url: str, limits: ParseLimits) -> ParsedFeed:  # noqa: ARG001 (the real one's signature)
    """Do what the document says."""
    if body == b"hang":
        threading.Event().wait()
    if body == b"die":
        os._exit(1)
    if body == b"raise":
        raise ValueError("a secret of the document")
    return ParsedFeed(Outcome.OK, title=body.decode())
