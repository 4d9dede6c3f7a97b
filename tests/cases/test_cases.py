"""The cases are what their README says they are, so that figures on them mean what they seem to mean."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dipwatch.model import Kind, Status
from dipwatch.review.evaluation.labels import read_labels

HERE = Path(__file__).parent
CASES = HERE / "cases.jsonl"
FEEDS = sorted((HERE / "feeds").glob("*.jsonl"))


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("path", [CASES, *FEEDS], ids=lambda path: path.stem)
def test_labels_can_be_read_and_items_stand_once_in_their_order(path: Path) -> None:
    items = rows(path)
    labels = read_labels((f"{path.name}:{number}", row) for number, row in enumerate(items, start=1))
    assert len({label.id for label in labels}) == len(items)
    assert [row["first_seen"] for row in items] == sorted(row["first_seen"] for row in items)
    assert all(row["published"] <= row["first_seen"] for row in items)


@pytest.mark.parametrize("path", [CASES, *FEEDS], ids=lambda path: path.stem)
def test_items_of_a_thread_tell_of_one_act(path: Path) -> None:
    acts: dict[str, set[tuple[str, str]]] = {}
    for row in rows(path):
        if row["dev"] == "yes":
            acts.setdefault(row["thread"], set()).add((row["kind"], row["status"]))
            assert 0 < len(row["actors"]) <= 6, row["id"]
    assert not {thread: act for thread, act in acts.items() if len(act) > 1}


def test_every_kind_status_and_language_is_well_represented() -> None:
    told = [row for row in rows(CASES) if row["dev"] == "yes"]
    kinds, statuses = (Counter(row[key] for row in told) for key in ("kind", "status"))
    assert {kind: kinds[kind] for kind in Kind if kinds[kind] < 20} == {}
    assert {status: statuses[status] for status in Status if statuses[status] < 40} == {}
    for part in (told, [row for row in rows(CASES) if row["dev"] != "yes"]):
        languages = Counter(row["lang"] for row in part)
        assert min(languages[name] for name in ("en", "ru", "uk")) >= len(part) / 4


def test_there_are_near_misses_of_every_sort() -> None:
    missed = [row for row in rows(CASES) if row["dev"] != "yes"]
    assert len(missed) >= 120
    causes = {row["cause"] for row in missed}
    assert causes >= {"other_matter", "military", "domestic", "opinion", "explainer", "recap", "live", "anniversary"}


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.stem)
def test_the_feeds_are_mostly_noise(path: Path) -> None:
    items = rows(path)
    assert len({row["first_seen"][:10] for row in items}) == 14
    assert len({row["thread"] for row in items if row["dev"] == "yes"}) >= 25
    assert sum(row["dev"] == "yes" for row in items) < len(items) / 10
