"""News made up for trials: meetings of the lexicon's people, each a development of its own."""

from __future__ import annotations

import random
import tomllib

from dipwatch.demo import DemoFeed, DemoItem, Newsroom
from dipwatch.shipped import shipped

_NOISE = (
    "The museum shows {number} new paintings",
    "Heavy rain is expected along the coast for {number} hours",
    "The home side wins the regional cup after {number} years",
)


def feeds(count: int) -> tuple[DemoFeed, ...]:
    """Return feeds of wires that don't exist."""
    return tuple(DemoFeed(f"wire-{number:03}", f"Wire {number:03}", "wire", "en", "rss") for number in range(count))


def headlines(chance: random.Random) -> list[str]:
    """Return some hundred headlines in an order of chance; everybody meets once, so that none is taken for another."""
    people, venues = _names("actor", of_type="person"), _names("venue")
    chance.shuffle(people)
    pairs = zip(people[0::2], people[1::2], strict=False)
    return [f"{one} meets {other} in {chance.choice(venues)} for talks on Ukraine" for one, other in pairs]


def newsroom(rounds: int, wires: tuple[DemoFeed, ...], chance: random.Random) -> Newsroom:
    """Return a newsroom whose rounds each bring one development in each feed, and one other matter.

    There are as many ``rounds`` as wanted, or as there are headlines for.
    """
    told = headlines(chance)
    titles = iter(told)
    items = []
    for round_ in range(min(rounds + 1, len(told) // len(wires))):
        for feed in wires:
            other = chance.choice(_NOISE).format(number=chance.randrange(2, 999))
            items.append(DemoItem(feed.id, f"{feed.id}-{round_}", round_, 3, next(titles), ""))
            items.append(DemoItem(feed.id, f"{feed.id}-{round_}-other", round_, 3, other, ""))
    return Newsroom(wires, tuple(items))


def _names(sort: str, *, of_type: str = "") -> list[str]:
    entries = tomllib.loads(shipped("config", "subjects", "ukraine", f"{sort}s.toml").read_text(encoding="utf-8"))
    return [entry["name"] for entry in entries[sort] if not of_type or entry["type"] == of_type]
