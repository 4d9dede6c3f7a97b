"""Print what deciding on an item costs as the change log grows, and how much is known then.

Run: python benchmarks/detect_cost.py [--days 360] [--reports 40]

Made-up readings, no extraction: each day brings developments of its own, told by one to five outlets. The cost must
not grow with the log, only with what is open in the window.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from dipwatch.baseline import Knowledge
from dipwatch.detect import Frame, Known, Policy, run_tick
from dipwatch.lexicon import Lexicon, load_lexicon
from dipwatch.model import (
    Claim,
    EventType,
    Item,
    Kind,
    Part,
    Reading,
    Role,
    SourceKind,
    Span,
    Status,
    TextType,
    Tick,
)
from dipwatch.shipped import shipped

_START = datetime(2026, 1, 1, tzinfo=UTC)
_STEPS = 6
_SYLLABLES = ("ta", "re", "mo", "ki", "lu", "so", "ve", "da", "no", "pi")
_WORDS = [a + b + c + "n" for a in _SYLLABLES for b in _SYLLABLES for c in _SYLLABLES]


def readings(lexicon: Lexicon, day: int, count: int) -> Iterator[Reading]:
    """Yield a day's readings: developments of two random actors, each told by some outlets."""
    actors = list(lexicon.actors)
    told = 0
    while told < count:
        pair, kind = random.sample(actors, 2), random.choice(list(Kind))
        words = random.sample(_WORDS, 20)
        for outlet in range(random.randint(1, 5)):
            told += 1
            title, summary = " ".join(words[outlet : outlet + 8]), " ".join(words[outlet:])
            at = _START + timedelta(days=day, minutes=told)
            source = f"outlet-{outlet}"
            item = Item(f"{day}-{told}", "f", source, SourceKind.WIRE, title, summary, "", at, at, "en")
            yield _reading(item, pair, kind)


def _reading(item: Item, pair: list[str], kind: Kind) -> Reading:
    title = item.title
    parts = tuple(Part(actor, Role.PARTY) for actor in pair)
    claim = Claim(kind, EventType.CONSULT, Status.HAPPENED, parts, Span("title", 0, len(title)), title, score=0.9)
    return Reading(item, "en", TextType.NEWS, (), (claim,))


def main() -> int:
    """Print a line for each sixth of the time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=360)
    parser.add_argument("--reports", type=int, default=40, help="a day")
    args = parser.parse_args()
    random.seed(7)
    lexicon = load_lexicon(shipped("config", "subjects", "ukraine"))
    known, policy = Known(lexicon, Knowledge(), Policy().window), Policy()
    spent, changes, begun = 0.0, 0, 0
    for day in range(args.days):
        batch = list(readings(lexicon, day, args.reports))
        before = time.process_time()
        tick = Tick("ukraine", day + 1, _START + timedelta(days=day + 1))
        changes += len(run_tick(Frame(known, tick, policy), batch).changes)
        spent += time.process_time() - before
        if (day + 1) % (args.days // _STEPS) == 0:
            print(
                f"day {day + 1:4}: {changes:6} changes in the log, {1000 * spent / (changes - begun):.2f} ms an item, "
                f"{len(known.developments)} developments open, {len(known.items)} items, "
                f"{len(known.memory.texts)} texts, {len(known.seen.pairs)} pairs known"
            )
            spent, begun = 0.0, changes
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
