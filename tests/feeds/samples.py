"""Feeds of our own for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def item(
    title: str = "Envoys meet in Vaduz",
    *,
    link: str | None = "https://paper.example/a",
    guid: str | None = None,
    date: datetime | str | None = NOW - timedelta(hours=1),
    text: str = "They spoke for an hour.",
) -> str:
    """Return an RSS item; texts are escaped, what is None is left out."""
    when = format_datetime(date) if isinstance(date, datetime) else date
    fields = {"title": title, "link": link, "guid": guid, "pubDate": when, "description": text}
    return "<item>" + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in fields.items() if v is not None) + "</item>"


def rss(items: Sequence[str] = (), *, head: str = "") -> bytes:
    """Return an RSS document with ready-made items."""
    start = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Paper</title>{head}'
    return f"{start}{''.join(items)}</channel></rss>".encode()


def numbered(
    count: int, *, newest: datetime = NOW, gap: timedelta = timedelta(minutes=30), start: int = 0
) -> list[str]:
    """Return ``count`` items, the newest first, each ``gap`` older than the one before."""
    return [
        item(
            f"Report number {start + n}",
            link=f"https://paper.example/{start + n}",
            guid=f"id-{start + n}",
            date=newest - n * gap,
        )
        for n in range(count)
    ]
