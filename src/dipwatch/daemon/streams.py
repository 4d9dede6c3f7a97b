"""Items and texts from JSON lines: what ``dipwatch replay`` and ``dipwatch extract`` read."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dipwatch.errors import UsageError
from dipwatch.feeds.feed import Feed
from dipwatch.model import Item, SourceKind

Record = dict[str, Any]


def read_records(path: Path) -> Iterator[tuple[str, Record]]:
    """Yield each object of a file of JSON lines (``.gz``: compressed) with its place, ``file:line``.

    Raises UsageError for a file that can't be read or a line that is no object.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield f"{path}:{number}", _object(f"{path}:{number}", line)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} can't be read ({getattr(error, 'strerror', None) or error})") from error


def read_stream(path: Path, feeds: tuple[Feed, ...] = ()) -> list[Item]:
    """Return the items of a recorded stream in the order of their first sight.

    ``feeds`` tell what kind of source an outlet is; one they don't know counts as independent. An id that comes again
    is the item's next revision. Raises UsageError.
    """
    kinds = {feed.source.casefold(): feed.source_kind for feed in feeds}
    revisions: dict[str, int] = {}
    items = []
    for where, record in read_records(path):
        item = stream_item(where, record, kinds, revisions.get(record.get("id", ""), 0))
        revisions[item.id] = item.revision + 1
        items.append(item)
    return sorted(items, key=lambda item: item.first_seen)


def stream_item(where: str, record: Record, kinds: Mapping[str, SourceKind], revision: int) -> Item:
    """Return the item of a record. Raises UsageError where a field is missing or wrong."""
    outlet = _text(where, record, "outlet")
    seen = _time(where, record, "first_seen")
    if seen is None:
        raise UsageError(f"{where}: first_seen is missing")
    return Item(
        id=_needed(where, record, "id"),
        feed=_text(where, record, "feed"),
        source=outlet,
        source_kind=kinds.get(outlet.casefold(), SourceKind.INDEPENDENT),
        title=_text(where, record, "title"),
        summary=_text(where, record, "summary"),
        link=_text(where, record, "link"),
        published=_time(where, record, "published"),
        first_seen=seen,
        language=_text(where, record, "lang") or None,
        revision=revision,
    )


def text_item(where: str, record: Record, now: datetime) -> Item:
    """Return the item of a text to be examined: ``text``, or ``title`` and ``summary``. Raises UsageError."""
    published = _time(where, record, "published") or now
    return Item(
        id=_needed(where, record, "id"),
        feed="",
        source="",
        source_kind=SourceKind.INDEPENDENT,
        title=_text(where, record, "title") or _text(where, record, "text"),
        summary=_text(where, record, "summary"),
        link="",
        published=published,
        first_seen=published,
        language=_text(where, record, "lang") or None,
    )


def _object(where: str, line: str) -> Record:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise UsageError(f"{where}: is not JSON ({error})") from error
    if not isinstance(record, dict):
        raise UsageError(f"{where}: is not an object")
    return record


def _text(where: str, record: Record, name: str) -> str:
    value = record.get(name) or ""
    if not isinstance(value, str):
        raise UsageError(f"{where}: {name} is not a text")
    return value


def _needed(where: str, record: Record, name: str) -> str:
    value = _text(where, record, name)
    if not value:
        raise UsageError(f"{where}: {name} is missing")
    return value


def _time(where: str, record: Record, name: str) -> datetime | None:
    """Return a time in UTC; one without a zone is taken to be UTC."""
    text = _text(where, record, name)
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{where}: {name} is not an ISO 8601 time") from error
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
