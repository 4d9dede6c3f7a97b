"""What a document teaches of its feed: its rhythm, its newest entry, its window, whether that has rolled over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dipwatch.feeds.dates import Shift
from dipwatch.feeds.entries import Entry
from dipwatch.feeds.events import FeedEvent, FeedEventName
from dipwatch.feeds.health import latest_news, patience_of
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parsed import ParsedFeed
from dipwatch.feeds.schedule import rhythm_of
from dipwatch.feeds.window import marks_of, news_in, rolled_over

_KEPT = ("max_age", "newest", "heard", "patience", "silence")
_SMOOTHING = 0.3
"""The share of the latest gap in the rhythm of a feed without dates."""
_MOST_MARKS = 1000


def known_shift(hints: Mapping[str, float]) -> Shift:
    """Return by how much the feed's dates were found to run ahead."""
    seen = hints.get("shift_seen")
    return Shift() if seen is None else Shift(int(hints.get("shift", 0)), datetime.fromtimestamp(seen, UTC))


def learn(
    memory: FeedMemory,
    parsed: ParsedFeed,
    entries: Sequence[Entry],
    shift: Shift,
    now: datetime,
    *,
    last_success: datetime | None = None,
) -> tuple[FeedMemory, tuple[FeedEvent, ...]]:
    """Return the memory of a feed after a document read at ``now``, and the hole it shows, if it does.

    ``last_success`` is when it was polled successfully before.
    """
    # An entry dated "now" is one whose date was in the future: it says nothing about when the feed publishes.
    dates = [entry.published_at for entry in entries if entry.published_at and entry.published_at < now]
    marks = marks_of(entries)
    news = 0 if memory.window is None else news_in(memory.window, marks)
    whole = parsed.outcome is Outcome.OK
    hole = _hole(memory, marks, dates, last_success) if whole else None
    learned = replace(
        memory,
        rhythm_seconds=_rhythm(memory, dates, news, now),
        hole_at=now if hole else memory.hole_at,
        window=marks if whole else tuple(dict.fromkeys((*marks, *(memory.window or ()))))[:_MOST_MARKS],
        hints=_hints(memory, parsed, dates, news, now) | _shift_hints(shift),
    )
    return learned, ((FeedEvent(FeedEventName.HOLE, hole),) if hole else ())


def _hole(
    memory: FeedMemory, marks: Sequence[str], dates: Sequence[datetime], last_success: datetime | None
) -> str | None:
    """Return what to tell of the hole in front of a document, or None."""
    seconds = memory.hints.get("newest")
    newest = datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
    if not rolled_over(memory.window or (), marks, dates, newest):
        return None
    begin = newest if newest and dates else last_success
    between = f" between {begin:%Y-%m-%d %H:%M} and {min(dates):%Y-%m-%d %H:%M} UTC" if begin and dates else ""
    since = f" since {begin:%Y-%m-%d %H:%M} UTC" if begin and not dates else ""
    return (
        f"none of the {len(marks)} entries it shows was there at the last poll: what it published{between}{since} may "
        "have been missed; look at its site for that time (it is polled sooner for a day)"
    )


def _rhythm(memory: FeedMemory, dates: Sequence[datetime], news: int, now: datetime) -> float | None:
    """Return the seconds between two entries: from their dates, else from when new ones were seen."""
    if (rhythm := rhythm_of(dates)) is not None:
        return rhythm
    heard = memory.hints.get("heard")
    if dates or not news or heard is None:
        return memory.rhythm_seconds
    latest = max(0.0, now.timestamp() - heard) / news
    before = latest if memory.rhythm_seconds is None else memory.rhythm_seconds
    return round(before + _SMOOTHING * (latest - before), 1)


def _hints(
    memory: FeedMemory, parsed: ParsedFeed, dates: Sequence[datetime], news: int, now: datetime
) -> dict[str, float]:
    hints = {name: value for name, value in memory.hints.items() if name in _KEPT} | parsed.hints
    if dates:
        hints["newest"] = max(memory.hints.get("newest", 0.0), max(dates).timestamp())
    if news or (memory.window is None and not dates):
        hints["heard"] = now.timestamp()
    if (patience := patience_of(dates)) is not None:
        hints["patience"] = patience
    if news and memory.silent_at is not None and (last := latest_news(memory)) is not None:
        hints["silence"] = max(hints.get("silence", 0.0), (now - last) / timedelta(seconds=1))
    return hints


def _shift_hints(shift: Shift) -> dict[str, float]:
    return {} if shift.seen_at is None else {"shift": shift.hours, "shift_seen": shift.seen_at.timestamp()}
