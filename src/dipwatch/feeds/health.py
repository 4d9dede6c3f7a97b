"""Whether a feed fares well, and which events its operator is to hear of.

Pure: the feed's memory goes in and comes out, with a mark for all that was told. The marks are kept in the feed's row,
so each event is told once, whatever restarts and whichever host polls.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import fmean

from dipwatch.feeds.events import FeedEvent, FeedEventName
from dipwatch.feeds.memory import FeedMemory
from dipwatch.settings import Polling
from dipwatch.times import format_duration

BROKEN_STREAK = 3
"""Failures in a row before a feed counts as broken, however long they took."""
UNKNOWN_PATIENCE = timedelta(days=14)
"""How long a feed may have nothing new whose rhythm can't be told."""
_RHYTHMS = 20
_GAPS = 4
_SILENCES = 1.5
_LEARNED_SILENCE = timedelta(days=14)
"""A longer silence was an outage, not a habit."""
_RECENT_ENTRIES = 20


def judge(
    memory: FeedMemory, now: datetime, settings: Polling, *, feed: str, fine: bool, said: str
) -> tuple[FeedMemory, tuple[FeedEvent, ...]]:
    """Return the memory after a poll at ``now`` with what is told of it, and the events to tell.

    ``memory`` has counted the poll; ``feed`` is the feed's id, ``said`` the outcome in words.
    """
    if not fine:
        return _judge_failure(memory, now, settings, feed, said)
    events: list[FeedEvent] = []
    if memory.broken_at is not None:
        events.append(FeedEvent(FeedEventName.RECOVERED, f"works again{_since(memory.failing_since, now)}"))
    memory = replace(memory, failing_since=None, broken_at=None)
    memory, more = _judge_silence(memory, now, settings, feed)
    return memory, (*events, *more)


def _judge_failure(
    memory: FeedMemory, now: datetime, settings: Polling, feed: str, said: str
) -> tuple[FeedMemory, tuple[FeedEvent, ...]]:
    since = memory.failing_since or now
    memory = replace(memory, failing_since=since)
    long = memory.error_streak >= BROKEN_STREAK and now - since >= settings.broken_after
    if memory.broken_at is not None or memory.gone_at is not None or not long:
        return memory, ()
    detail = (
        f"has failed since {_moment(since)}, {memory.error_streak} polls in a row, the last: {said}; "
        f"`dipwatch feeds check {feed}` tries it now, `dipwatch feeds disable {feed}` gives it up"
    )
    # One trouble at a time: whether it is still silent is judged anew, and told, once it works again.
    return replace(memory, broken_at=now, silent_at=None), (FeedEvent(FeedEventName.BROKEN, detail),)


def _judge_silence(
    memory: FeedMemory, now: datetime, settings: Polling, feed: str
) -> tuple[FeedMemory, tuple[FeedEvent, ...]]:
    since = latest_news(memory)
    quiet = since is not None and now - since > patience(memory, settings)
    if memory.silent_at is not None and not quiet:
        event = FeedEvent(FeedEventName.RECOVERED, "has something new again after it was silent")
        return replace(memory, silent_at=None), (event,)
    if memory.silent_at is not None or since is None or not quiet:
        return memory, ()
    rhythm = memory.rhythm_seconds
    usual = f", where it had an entry every {_rough(timedelta(seconds=rhythm))}" if rhythm else ""
    detail = (
        f"answers, but has had nothing new since {_moment(since)}{usual}; see on its site whether it was replaced: "
        f"`dipwatch feeds add SITE` finds another, `dipwatch feeds disable {feed}` gives this one up"
    )
    return replace(memory, silent_at=now), (FeedEvent(FeedEventName.SILENT, detail),)


def latest_news(memory: FeedMemory) -> datetime | None:
    """Return when the feed last had something new: the date of its newest entry, or when we saw a new one."""
    moments = [memory.hints[name] for name in ("newest", "heard") if name in memory.hints]
    return datetime.fromtimestamp(max(moments), UTC) if moments else None


def patience(memory: FeedMemory, settings: Polling) -> timedelta:
    """Return for how long the feed may have nothing new before it counts as silent."""
    known = memory.hints.get("patience")
    if known is None:
        usual = timedelta(seconds=min(_RHYTHMS * (memory.rhythm_seconds or 0.0), 1e9))
        return max(settings.silent_after, usual, UNKNOWN_PATIENCE)
    silence = min(timedelta(seconds=memory.hints.get("silence", 0.0)), _LEARNED_SILENCE)
    return max(settings.silent_after, timedelta(seconds=known), _SILENCES * silence)


def patience_of(dates: Iterable[datetime]) -> float | None:
    """Return after how many seconds without an entry a feed of these dates is far behind its rhythm.

    The longest gap does not count: behind it there may be an old entry that is kept on top, or another silence.
    """
    latest = sorted(dates, reverse=True)[:_RECENT_ENTRIES]
    gaps = sorted((newer - older).total_seconds() for newer, older in pairwise(latest))[:-1]
    return round(min(max(_RHYTHMS * fmean(gaps), _GAPS * gaps[-1]), 1e9), 1) if gaps else None


def _since(moment: datetime | None, now: datetime) -> str:
    return f" after {_rough(now - moment)} of failures" if moment else ""


def _rough(duration: timedelta) -> str:
    """Return a duration in words, in its largest unit."""
    for unit, size in (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1))):
        if duration >= 2 * size:
            return f"{round(duration / size)} {unit}"
    return format_duration(timedelta(seconds=round(duration.total_seconds())))


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
