"""Print what loading a lexicon costs on one core, and how many short texts a second ``Names.find`` reads.

The texts are headlines made from the lexicon's names. Times are processor seconds.

Run: python benchmarks/lexicon_speed.py [SUBJECT_FOLDER]
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from dipwatch.extract import Reader, load_model
from dipwatch.lexicon import Lexicon, Names, load_lexicon
from dipwatch.shipped import shipped

T = TypeVar("T")

_TEXTS = 20_000
_ON = date(2026, 3, 1)
_FRAMES = (
    "{a} says {b} must move first before any new round in {v} this month",
    "{a} and {b} meet in {v} as envoys seek a way out of the deadlock",
    "Markets slip as traders weigh central bank signals and an uncertain harvest",
    "{a} Rejects Claims That Talks With {b} Have Reached A Dead End In {v}",
    "Local council approves budget for school repairs after months of debate",
    "Storm closes harbour, hundreds of flights delayed along the northern coast",
    "Film festival opens with tribute to late director and a surprise premiere",
    "{a}: delegation leaves {v} after six hours, no date set for the next round",
)


def headlines(lexicon: Lexicon, count: int) -> list[str]:
    """Return made-up headlines of about 80 characters: half of them name nobody, as most of a stream does."""
    random.seed(7)
    actors = [actor.name for actor in lexicon.actors.values()]
    venues = [venue.name for venue in lexicon.venues.values()]
    return [
        random.choice(_FRAMES).format(a=random.choice(actors), b=random.choice(actors), v=random.choice(venues))
        for _ in range(count)
    ]


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what some work returns and the processor seconds it took."""
    begun = time.process_time()
    return work(), time.process_time() - begun


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else shipped("config", "subjects", "ukraine")
    lexicon, reading = timed(lambda: load_lexicon(folder))
    names, building = timed(lambda: Names(lexicon))
    _, preparing = timed(lambda: Reader(lexicon, load_model(folder)))
    print(f"{len(lexicon.actors)} actors, {len(lexicon.venues)} venues")
    print(f"files read in {reading:.2f} s, dictionary built in {building:.2f} s, a reader in {preparing:.2f} s")
    texts = headlines(lexicon, _TEXTS)
    length = sum(map(len, texts)) / len(texts)
    for when in ("first", "again"):
        found, seconds = timed(lambda: sum(len(names.find(text, field="title", on=_ON)) for text in texts))
        print(
            f"{when}: {len(texts) / seconds:,.0f} texts/s "
            f"({length:.0f} characters and {found / len(texts):.1f} mentions each)"
        )


if __name__ == "__main__":
    main()
