"""What any user could write, for comparison: words of the war and of diplomacy, one alert for each new headline.

An item alerts when it has a word of each list and RapidFuzz's token_set_ratio to every alert of the last three days is
at most 80.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from dipwatch.model import Item

WAR = re.compile(r"ukrain|russia|zelensk|putin|kyiv|kremlin|moscow|donbas|crimea", re.IGNORECASE)
DIPLOMACY = re.compile(
    r"talks|summit|meet|envoy|negotiat|peace|ceasefire|truce|sanction|deal|agree|plan|call|minister|guarantee|prisoner"
    r"|reject|demand|accept|proposal|nato|\beu\b|aid\b|loan|asset",
    re.IGNORECASE,
)
ALIKE = 80
MEMORY = timedelta(days=3)


def keyword_alerts(items: Iterable[Item]) -> Iterator[dict[str, object]]:
    """Yield a replay line for each item that alerts."""
    recent: list[tuple[datetime, str]] = []
    for item in items:
        text = f"{item.title} {item.summary}"
        if not (WAR.search(text) and DIPLOMACY.search(text)):
            continue
        recent = [(at, title) for at, title in recent if item.first_seen - at <= MEMORY]
        if any(fuzz.token_set_ratio(item.title, title) > ALIKE for _, title in recent):
            continue
        recent.append((item.first_seen, item.title))
        yield {
            "item": item.id,
            "at": item.first_seen.isoformat(),
            "development": item.id,
            "change": "new",
            "alert": True,
            "title": item.title,
        }
