"""The labelled streams: items with their labels, read once for training and evaluation.

The texts belong to their outlets and stay where they are (DIPWATCH_SHARED, default ../shared); nothing of them is
written into the project but weights.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dipwatch.model import Item, SourceKind

TRAINING = Path(__file__).with_name("training")
WRITTEN = "2026-02-02T12:00:00+00:00"
_CYRILLIC = re.compile("[А-Яа-яІіЇїЄєҐґ]")
SHARED = Path(os.environ.get("DIPWATCH_SHARED", "../shared"))


@dataclass(frozen=True, slots=True)
class Labelled:
    """An item with its label (None: of the stream, and no development) and the period it is held out with."""

    item: Item
    label: dict[str, Any] | None
    period: str

    @property
    def yes(self) -> bool:
        """Tell whether it is a development."""
        return self.label is not None and self.label.get("dev") == "yes"


def dev_stream() -> list[Labelled]:
    """Return the dev stream in its order; the period is the month it was first seen."""
    gold = {row["id"]: row for row in _rows(SHARED / "eval/dev/gold.jsonl")}
    return [
        Labelled(item, gold.get(item.id), item.first_seen.strftime("%Y-%m"))
        for item in map(to_item, _rows(SHARED / "eval/dev/stream.jsonl.gz"))
    ]


def read_stream() -> list[Labelled]:
    """Return the dev stream as it teaches: with what a second reader says of its Russian items.

    The stream's labeller read English. The second reader read the Russian items that speak of the subject; what neither
    has read is left out.
    """
    second = second_labels()
    return [
        Labelled(each.item, each.label or second.get(each.item.id), each.period)
        for each in dev_stream()
        if each.label or each.item.id in second or not _CYRILLIC.search(each.item.title)
    ]


def second_labels() -> dict[str, dict[str, Any]]:
    """Return the second reader's labels by item id; they hold no text."""
    return {row["id"]: row for row in _rows(TRAINING / "russian_labels.jsonl")}


def ruuk() -> list[Labelled]:
    """Return the Russian and Ukrainian texts; one that tells what an English item tells is of its thread."""
    english = {row["id"]: row.get("thread") for row in _rows(SHARED / "eval/dev/gold.jsonl")}
    gold = {
        row["id"]: {**row, "thread": english.get(row.get("en_id")) or row.get("thread")}
        for row in _rows(SHARED / "eval/dev/ruuk_gold.jsonl")
    }
    return [Labelled(i, gold.get(i.id), "ruuk") for i in map(to_item, _rows(SHARED / "eval/dev/ruuk.jsonl"))]


def train_items() -> list[Labelled]:
    """Return the further labelled items; the period is the year, halved for 2025 on."""
    return [Labelled(to_item(row), row, _period(row["published"])) for row in _rows(SHARED / "eval/train/items.jsonl")]


def _period(published: str) -> str:
    year, month = int(published[:4]), int(published[5:7])
    return f"train-{year}" if year < 2025 else f"train-{year}-{'a' if month < 9 else 'b'}"


def own_texts() -> list[Labelled]:
    """Return our own training texts (training/README.md): those of the tables and the cases.

    Texts of a table stand on one day, that of ``WRITTEN``, and belong to no thread.
    """
    tables = (TRAINING / f"{name}.tsv" for name in ("sentences", "english", "russian_ukrainian"))
    cases = (Labelled(to_item(row), row, "own") for row in _rows(TRAINING / "cases.jsonl"))
    return [*(text for table in tables for text in _table(table)), *cases]


def _table(path: Path) -> Iterator[Labelled]:
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE), start=1):
            yield _own(f"{path.stem}-{number}", row)


def _own(name: str, row: dict[str, str]) -> Labelled:
    item = {
        "id": name,
        "outlet": f"own {row['lang']}",
        "published": WRITTEN,
        **{key: row[key] for key in ("lang", "title", "summary")},
    }
    shift = dict(zip(("actor", "issue", "direction"), row["shift"].split("|"), strict=True)) if row["shift"] else None
    actors = row["actors"].split(", ") if row["actors"] else []
    return Labelled(to_item(item), {**row, "id": name, "actors": actors, "shift": shift}, "own")


def to_item(row: dict[str, Any]) -> Item:
    """Make an item of a row of the stream's format."""
    published = datetime.fromisoformat(row["published"]) if row.get("published") else None
    first_seen = datetime.fromisoformat(row.get("first_seen") or row["published"])
    return Item(
        id=row["id"],
        feed=row.get("feed", ""),
        source=row["outlet"],
        source_kind=SourceKind.INDEPENDENT,
        title=row["title"],
        summary=row.get("summary") or "",
        link=row.get("link", ""),
        published=published,
        first_seen=first_seen,
        language=row.get("lang"),
    )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return (json.loads(line) for line in text.split("\n") if line.strip())
