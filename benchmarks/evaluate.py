"""Score detection on the labelled stream: out of fold, as shipped, and beside what any user could write.

    python benchmarks/evaluate.py [SHARED/eval] [--out FILE]

Out of fold: each month is read by a model trained, and thresholds chosen, on everything but that month. These are the
figures that count; those of the shipped model, which has seen the labels, are printed for its regression test only.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from statistics import quantiles
from typing import Any

from keyword_baseline import keyword_alerts
from labelled import SHARED, Labelled, dev_stream, own_texts, read_stream, ruuk, second_labels, train_items
from train import Row, fit, out_of_fold, rows_of, thresholds_of

from dipwatch.config import load_config
from dipwatch.daemon.replays import Line, Shifts, lines_of, replay_stream
from dipwatch.daemon.setup import Subject, load_subject, policy_of
from dipwatch.daemon.subject import decide_tick, fresh_knowledge
from dipwatch.extract import Reader
from dipwatch.model import Tick

SUBJECT = "ukraine"
SAMPLES = 500
FIGURES = (
    "alert_precision",
    "thread_precision",
    "thread_recall",
    "major_thread_recall",
    "new_alerts_per_caught_thread",
    "alerts_per_caught_thread",
    "alerted_on_first_report",
    "item_precision",
    "item_recall",
    "kind_accuracy",
    "kind_macro_f1",
    "status_accuracy",
    "status_macro_f1",
    "actor_f1",
    "venue_f1",
    "shift_f1",
    "grouping_bcubed_f1",
)

Figures = dict[str, Any]
Score = Callable[[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]], tuple[Figures, dict[str, Any]]]


def load_score(folder: Path) -> Score:
    """Return the scoring function that stands beside the labels."""
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{folder / 'score.py'}: can't be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.score  # type: ignore[no-any-return]  # a script without types


def subject_with(rows: Sequence[Row], subject: Subject) -> Subject:
    """Return the subject with a model trained on the rows, and thresholds chosen on them out of fold."""
    model = fit(rows, subject.lexicon)
    model = replace(model, thresholds=thresholds_of(rows, out_of_fold(rows)))
    policy = policy_of(load_config(None).config, model)
    return replace(subject, model=model, reader=Reader(subject.lexicon, model), policy=policy)


def replay_by_month(stream: Sequence[Labelled], subjects: Mapping[str, Subject], base: Subject) -> Iterator[Line]:
    """Replay the stream, each month with its own subject, through one continuous state."""
    known, shifts = fresh_knowledge(base), Shifts()
    for number, (at, batch) in enumerate(groupby(stream, key=lambda each: each.item.first_seen), start=1):
        same = list(batch)
        month = same[0].period
        readings = [subjects[month].reader.read(each.item) for each in same]
        decided = decide_tick(subjects[month], known, Tick(SUBJECT, number, at), readings)
        seen = {(r.item.id, r.item.revision): r.item for r in readings}
        yield from lines_of(base.lexicon, decided.changes, seen, shifts)


def intervals(gold: Sequence[Mapping[str, Any]], lines: Sequence[Line], score: Score) -> dict[str, tuple[float, float]]:
    """Return 95% bootstrap intervals of the alert figures; threads and false alerts are what is drawn."""
    yes = {row["id"]: row["thread"] for row in gold if row["dev"] == "yes"}
    units: dict[str, tuple[list[Mapping[str, Any]], list[Line]]] = {}
    for row in gold:
        if row["dev"] == "yes":
            units.setdefault(row["thread"], ([], []))[0].append(row)
    for line in lines:
        name = yes.get(str(line["item"]), f"false {line['item']}")
        units.setdefault(name, ([], []))[1].append(line)
    names, dice = sorted(units), random.Random(1)
    drawn: dict[str, list[float]] = {}
    for _ in range(SAMPLES):
        some_gold, some_lines = _drawn(dice.choices(names, k=len(names)), units)
        figures, _ = score(some_gold, some_lines)
        for name in FIGURES[:6]:
            drawn.setdefault(name, []).append(figures[name])
    return {name: (cuts[0], cuts[-1]) for name, values in drawn.items() for cuts in [quantiles(values, n=40)]}


def _drawn(
    names: Sequence[str], units: Mapping[str, tuple[list[Mapping[str, Any]], list[Line]]]
) -> tuple[list[Mapping[str, Any]], list[Line]]:
    """Copy the units drawn, each under names of its own."""
    some_gold: list[Mapping[str, Any]] = []
    some_lines: list[Line] = []
    for turn, name in enumerate(names):
        gold, lines = units[name]
        some_gold += [{**row, "id": f"{row['id']}/{turn}", "thread": f"{row['thread']}/{turn}"} for row in gold]
        some_lines += [{**line, "item": f"{line['item']}/{turn}"} for line in lines]
    return some_gold, some_lines


def tell(title: str, figures: Figures, spread: Mapping[str, tuple[float, float]] | None = None) -> None:
    """Print the figures of one run."""
    print(f"\n{title}: {figures['gold_threads']} developments, {figures['alerts']} alerts")
    for name in FIGURES:
        interval = f"   [{spread[name][0]:.2f}, {spread[name][1]:.2f}]" if spread and name in spread else ""
        print(f"  {name:30} {figures[name]:.3f}{interval}")


def english(lines: Sequence[Line], stream: Sequence[Labelled], reader: Reader) -> list[Line]:
    """Return the lines of items in the language that the labeller read."""
    items = {each.item.id: each.item for each in stream}
    return [line for line in lines if reader.read(items[str(line["item"])]).language == "en"]


def second(stream: Sequence[Labelled]) -> list[dict[str, Any]]:
    """Return the second reader's labels of items the first left without, with when each was seen."""
    seen = {each.item.id: each.item.first_seen.isoformat() for each in stream if not each.label}
    return [{**row, "seen": seen[name]} for name, row in second_labels().items() if name in seen and row["dev"] != "no"]


def main() -> int:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED / "eval")
    parser.add_argument("--out", type=Path, help="write the out-of-fold replay here")
    args = parser.parse_args()
    score = load_score(args.folder)
    base = load_subject(load_config(None), SUBJECT)
    reader = base.reader
    stream, texts = dev_stream(), ruuk()
    gold = [each.label for each in stream if each.label]
    rows = rows_of([*read_stream(), *train_items(), *texts, *own_texts()], reader)

    months = sorted({each.period for each in stream})
    subjects = {month: subject_with([row for row in rows if row.labelled.period != month], base) for month in months}
    lines = list(replay_by_month(stream, subjects, base))
    if args.out:
        args.out.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    tell("Out of fold", score(gold, lines)[0], intervals(gold, lines, score))
    tell("Out of fold, English items alone", score(gold, english(lines, stream, reader))[0])
    tell("Out of fold, Russian items labelled by a second reader too", score([*gold, *second(stream)], lines)[0])
    unseen = subject_with([row for row in rows if row.labelled.period != "ruuk"], base)
    found = list(replay_stream(unseen, [each.item for each in texts]))
    tell("Russian and Ukrainian texts, not trained on", score([each.label for each in texts if each.label], found)[0])
    shipped_lines = list(replay_stream(base, [each.item for each in stream]))
    tell("Shipped model, which has seen the labels", score(gold, shipped_lines)[0])
    keyword = [
        {"kind": "position", "status": "happened", "actors": [], "venue": None, "shift": None, **line}
        for line in keyword_alerts(each.item for each in stream)
    ]
    tell("What any user could write", score(gold, keyword)[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
