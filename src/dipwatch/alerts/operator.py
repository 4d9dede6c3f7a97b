"""What the operator is told of troubles: pure, from what is open to one message that says it all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from dipwatch.alerts import words
from dipwatch.settings import Alerts
from dipwatch.store.troubles import Trouble

MOST_LINES = 10
"""Of one sort; when a network is down, eighty feeds are."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to the operator, and the troubles that it tells of."""

    subject: str
    lines: tuple[str, ...]
    told: tuple[Trouble, ...]


def plan_notice(troubles: Sequence[Trouble], last: datetime | None, alerts: Alerts, now: datetime) -> Notice | None:
    """Return what to tell now; None where there is nothing, or where it waits for company or for its turn.

    ``last`` is when the operator was told something last. A trouble waits ``operator_wait``, messages are at least
    ``operator_interval`` apart.
    """
    news = [trouble for trouble in troubles if trouble.told_at is None or trouble.ended_at is not None]
    if not news or (last is not None and now < last + alerts.operator_interval):
        return None
    if now < min(trouble.ended_at or trouble.began_at for trouble in news) + alerts.operator_wait:
        return None
    return compose(news)


def compose(news: Sequence[Trouble]) -> Notice:
    """Put troubles into words: what began, then what is over, each sort together."""
    began = [trouble for trouble in news if trouble.ended_at is None]
    ended = [trouble for trouble in news if trouble.ended_at is not None]
    lines = (*_lines(began), *_lines(ended))
    return Notice(_subject([*began, *ended]), (_lead(began, ended), *lines), tuple(news))


def headline(trouble: Trouble) -> str:
    """Say a trouble, or its end, in a few words."""
    over = trouble.ended_at is not None and trouble.told_at is not None
    return words.word("recovery" if over else "trouble", trouble.sort).replace("{}", trouble.about)


def _subject(troubles: Sequence[Trouble]) -> str:
    others = len(troubles) - 1
    return headline(troubles[0]) + (f" and {others} more" if others else "")


def _lead(began: Sequence[Trouble], ended: Sequence[Trouble]) -> str:
    told = [str(words.Counted(len(began), "trouble"))] if began else []
    return (
        ", ".join([*told, *([f"{len(ended)} over"] if ended else [])]) + "; `dipwatch status` shows how it stands now"
    )


def _lines(troubles: Iterable[Trouble]) -> Iterator[str]:
    ordered = sorted(troubles, key=lambda trouble: (trouble.sort, trouble.about, trouble.key))
    for _, alike in groupby(ordered, key=lambda trouble: trouble.sort):
        every = list(alike)
        yield from map(_line, every[:MOST_LINES])
        if len(every) > MOST_LINES:
            yield f"and {len(every) - MOST_LINES} more like it"


def _line(trouble: Trouble) -> str:
    since = words.clock_time(trouble.began_at)
    if trouble.ended_at is None:
        when = f"since {since}"
    else:
        when = (
            f"since {words.clock_time(trouble.ended_at)}, after {words.duration(trouble.ended_at - trouble.began_at)}"
        )
    told = f"{headline(trouble)} ({when})"
    return f"{told}: {trouble.detail}" if trouble.detail and trouble.ended_at is None else told
