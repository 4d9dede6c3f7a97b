"""Items that tests of reading are made of; all sentences are our own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dipwatch.model import Item, Mention, MentionSort, SourceKind, Span

NOON = datetime(2025, 12, 3, 12, 0, tzinfo=UTC)
"""A Wednesday."""


def item(title: str, summary: str = "", *, published: datetime | None = NOON, language: str | None = None) -> Item:
    """An item as a feed would give it."""
    return Item(
        id="an-item",
        feed="https://example.org/feed",
        source="example.org",
        source_kind=SourceKind.WIRE,
        title=title,
        summary=summary,
        link="https://example.org/an-item",
        published=published,
        first_seen=NOON,
        language=language,
    )


def named(text: str, *names: tuple[str, str]) -> tuple[Mention, ...]:
    """Mentions of actors: (as written, actor id), in the order of the text."""
    spans = [(text.index(written), written, ref) for written, ref in names]
    return tuple(
        Mention(Span("title", start, start + len(written)), written, MentionSort.ACTOR, ref)
        for start, written, ref in sorted(spans)
    )


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence with what it tells."""

    label: str
    language: str
    text: str


def labelled(name: str) -> list[Labelled]:
    """The sentences of a table beside this module: label, language and text, parted by tabs."""
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return [Labelled(*line.split("\t")) for line in lines]
