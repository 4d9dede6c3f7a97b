"""JSON Feed (versions 1 and 1.1, jsonfeed.org)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from dipwatch.feeds.clean import clean_summary, clean_title
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parsed import ParsedFeed, ParseLimits, RawEntry


def parse_json_feed(text: str, limits: ParseLimits) -> ParsedFeed:
    """Return what a JSON document says as a feed, or NOT_A_FEED with the reason."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        return ParsedFeed(Outcome.NOT_A_FEED, notes=(f"not JSON: {type(error).__name__}",))
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list):
        return ParsedFeed(Outcome.NOT_A_FEED, notes=("JSON, but not a JSON Feed: no list of items",))
    language = _text(data, "language") or None
    usable = [item for item in items if isinstance(item, dict)]
    notes = [f"only the first {limits.max_items} items were read"] if len(usable) > limits.max_items else []
    return ParsedFeed(
        Outcome.OK,
        entries=tuple(_entry(item, language, limits.max_field) for item in usable[: limits.max_items]),
        title=clean_title(_text(data, "title")),
        language=language,
        notes=tuple(notes),
    )


def _entry(item: dict[str, Any], language: str | None, longest: int) -> RawEntry:
    title = clean_title(_text(item, "title")[:longest])
    text = _text(item, "summary") or _text(item, "content_text") or _text(item, "content_html")
    date_text = _text(item, "date_published") or _text(item, "date_modified")
    return RawEntry(
        guid=_text(item, "id")[:longest],
        link=_text(item, "url") or _text(item, "external_url"),
        title=title,
        summary=clean_summary(text[:longest], title=title),
        language=_text(item, "language") or language,
        published=_moment(date_text),
        date_text=date_text,
    )


def _text(table: dict[str, Any], name: str) -> str:
    """Return a value as text; numbers stand for ids in some feeds."""
    value = table.get(name)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
