"""How long what is not needed for history is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator

from dipwatch.settings.types import Duration, Section
from dipwatch.times import format_duration


def _never_or(least: timedelta) -> AfterValidator:
    def check(value: timedelta) -> timedelta:
        if value and value < least:
            raise ValueError(f"must be at least {format_duration(least)}, or 0s to keep all")
        return value

    return AfterValidator(check)


class Retention(Section):
    """Ages at which things go, see ``store.retention``; zero keeps them for ever."""

    texts: Annotated[Duration, _never_or(timedelta(days=1))] = timedelta(weeks=52)
    noise: Annotated[Duration, _never_or(timedelta(weeks=5))] = timedelta(weeks=26)
    """What a feed is worth is counted over 30 days."""
    deliveries: Annotated[Duration, _never_or(timedelta(weeks=1))] = timedelta(weeks=26)
    feed_events: Annotated[Duration, _never_or(timedelta(weeks=1))] = timedelta(weeks=52)
