"""Score detection on the project's own cases and count false alarms on its invented feeds (tests/cases).

    python benchmarks/own_cases.py [--command dipwatch] [--json]

The shipped subject reads them through the installed command: `dipwatch eval` the cases, `dipwatch replay` the feeds.
"At least" is what detection is to reach on texts it was not made on; tests/acceptance holds what it has reached.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dipwatch.shipped import shipped

CASES = Path(__file__).parents[1] / "tests" / "cases"
AIMS = {
    "item_precision": 0.70,
    "item_recall": 0.75,
    "kind_accuracy": 0.75,
    "kind_macro_f1": 0.50,
    "status_accuracy": 0.80,
    "status_macro_f1": 0.55,
    "actor_f1": 0.77,
    "venue_f1": 0.70,
}
LANGUAGE_FIGURES = ("item_precision", "item_recall", "kind_accuracy", "status_accuracy", "actor_f1", "venue_f1")

Row = dict[str, Any]


def configure(folder: Path) -> Path:
    """Write a configuration of the shipped subject that knows the invented outlets; return its file."""
    subject = folder / "subjects" / "ukraine"
    shutil.copytree(shipped("config", "subjects", "ukraine"), subject)
    with (subject / "feeds.toml").open("a", encoding="utf-8") as feeds:
        feeds.write("\n" + (CASES / "sources.toml").read_text(encoding="utf-8"))
    file = folder / "dipwatch.toml"
    file.write_text('subjects = ["ukraine"]\nsubjects_dir = "subjects"\n', encoding="utf-8")
    return file


def read_rows(path: Path) -> list[Row]:
    """Return the objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def evaluated(command: Sequence[str], cases: Path) -> Row:
    """Return what `dipwatch eval` says of labelled cases."""
    asked = [*command, "eval", "--gold", str(cases), "--stream", str(cases), "--format", "json"]
    whole: Row = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
    return whole


def false_alarms(command: Sequence[str], feeds: Path) -> Row:
    """Return how many false alerts and false entries of the log a day of the feeds gives, and what was caught."""
    rows = read_rows(feeds)
    labels = {row["id"]: row for row in rows}
    replay = subprocess.run([*command, "replay", str(feeds)], check=True, capture_output=True, text=True).stdout
    lines = [json.loads(line) for line in replay.splitlines()]
    false = [line for line in lines if labels[line["item"]]["dev"] != "yes"]
    days = len({row["first_seen"][:10] for row in rows})
    threads = {row["thread"] for row in rows if row["dev"] == "yes"}
    caught = {labels[line["item"]].get("thread") for line in lines if line["alert"]} & threads
    return {
        "items": len(rows),
        "days": days,
        "alerts": sum(line["alert"] for line in lines),
        "false_alerts": [line["title"] for line in false if line["alert"]],
        "false_alerts_per_day": round(sum(line["alert"] for line in false) / days, 3),
        "false_items_per_day": round(len(false) / days, 3),
        "false_by_outlet": dict(Counter(labels[line["item"]]["outlet"] for line in false).most_common()),
        "developments": len(threads),
        "caught": len(caught),
        "thread_recall": round(len(caught) / len(threads), 3),
    }


def measure(command: str) -> Row:
    """Return every figure of cases and feeds."""
    with TemporaryDirectory() as folder:
        configured = [command, "--config", str(configure(Path(folder)))]
        cases = evaluated(configured, CASES / "cases.jsonl")
        feeds = {file.stem: false_alarms(configured, file) for file in sorted((CASES / "feeds").glob("*.jsonl"))}
        return {"cases": cases, "feeds": feeds}


def tell(measured: Row) -> None:
    """Print the figures."""
    cases = measured["cases"]
    values, spread = cases["figures"], cases["intervals"]
    print(f"Own cases: {values['gold_items']} items that tell of developments, {values['found_items']} found")
    for name, least in AIMS.items():
        low, high = spread[name]
        word = "" if values[name] >= least else "   below"
        print(f"  {name:18} {values[name]:.3f}  [{low:.2f}, {high:.2f}]   at least {least:.2f}{word}")
    for title, key in (("Kind", "kinds"), ("Status", "statuses")):
        print(f"\n{title:14} items  recall  accuracy  precision     f1")
        for name, row in cases[key].items():
            print(f"{name:14} {row['items']:5} {_cells(row, ('item_recall', 'accuracy', 'precision', 'f1'))}")
    print("\nLanguage  item precision, recall; kind; status; actors; venue")
    for name, row in cases["languages"].items():
        print(f"{name:8} {_cells(row, LANGUAGE_FIGURES)}")
    print("\nErrors by cause")
    for row in cases["errors"]:
        print(f"{row['count']:4}  {row['sort']}: {row['cause']} ({', '.join(row['items'][:3])})")
    for name, feeds in measured["feeds"].items():
        _tell_feeds(name, feeds)


def _tell_feeds(name: str, feeds: Row) -> None:
    print(f"\nFeeds, {name}: {feeds['items']} items of {feeds['days']} days with {feeds['developments']} developments")
    for key in ("alerts", "caught", "thread_recall", "false_alerts_per_day", "false_items_per_day"):
        print(f"  {key:22} {feeds[key]}")
    for title in feeds["false_alerts"]:
        print(f"  false: {title}")


def _cells(row: Mapping[str, float], names: Sequence[str]) -> str:
    return "  ".join(f"{row[name]:7.3f}" for name in names)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    beside = Path(sys.executable).with_name("dipwatch")
    parser.add_argument("--command", default=str(beside), help="the installed command; default: the one beside python")
    parser.add_argument("--json", action="store_true", help="print all as JSON")
    args = parser.parse_args()
    measured = measure(args.command)
    if args.json:
        print(json.dumps(measured, ensure_ascii=False, indent=1))
    else:
        tell(measured)
    return 0


if __name__ == "__main__":
    sys.exit(main())
