"""`dipwatch eval` on a log that is there, and on a recorded stream."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.cli.conftest import Run

from dipwatch.store.schema import item_table
from dipwatch.store.store import Store

STREAM = [
    {"id": "a", "outlet": "Wire", "title": "Lavrov met with Umerov in Istanbul", "first_seen": "2026-03-09T10:00:00Z"},
    {"id": "b", "outlet": "Wire", "title": "Weather is fine", "first_seen": "2026-03-10T10:00:00Z"},
]
LABEL = {
    "id": "a",
    "seen": "2026-03-09T10:00:00Z",
    "dev": "yes",
    "title": "Lavrov met with Umerov in Istanbul",
    "lang": "en",
    "kind": "meeting",
    "status": "happened",
    "actors": ["Sergei Lavrov", "Rustem Umerov"],
    "venue": "Istanbul",
}


def written(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_the_marks_in_the_log_give_the_precision_of_alerts(filled: Path, run: Run) -> None:
    done = run("eval", "--format", "json")
    assert done.exit_code == 0, done.output
    groups = {(row["by"], row["value"]): row for row in json.loads(done.stdout)["marks"]}
    whole = groups["all", ""]
    assert (whole["marked"], whole["confirmed"], whole["duplicate"], whole["precision"]) == (2, 1, 1, 0.5)
    assert groups["kind", "position"]["precision"] == 1
    assert "Precision" in run("eval").stdout
    assert filled.is_dir()


def test_where_nothing_is_marked_it_says_how_to(filled: Path, run: Run) -> None:
    done = run("eval", "--to", "2026-01-01")
    assert "dipwatch mark ID confirm" in done.stderr
    assert filled.is_dir()


def test_a_stream_is_scored_against_its_labels(home: Path, run: Run) -> None:
    stream, gold = written(home / "stream.jsonl", STREAM), written(home / "gold.jsonl", [LABEL])
    done = run("eval", "--gold", gold, "--stream", stream, "--format", "json")
    assert done.exit_code == 0, done.output
    whole = json.loads(done.stdout)
    assert list(whole) == ["figures", "intervals", "kinds", "statuses", "languages", "errors"]
    assert (whole["figures"]["item_precision"], whole["figures"]["item_recall"]) == (1, 1)
    assert whole["kinds"]["meeting"]["items"] == 1
    table = run("eval", "--gold", gold, "--stream", stream).stdout
    assert "item_recall" in table
    assert "meeting" in table


def test_what_was_missed_has_its_cause(home: Path, run: Run) -> None:
    missed = LABEL | {"id": "b", "seen": "2026-03-10T10:00:00Z", "title": "Weather is fine"}
    stream, gold = written(home / "stream.jsonl", STREAM), written(home / "gold.jsonl", [LABEL, missed])
    errors = json.loads(run("eval", "--gold", gold, "--stream", stream, "--format", "json").stdout)["errors"]
    assert {
        "sort": "missed item",
        "cause": "gated out: names nothing of the subject",
        "count": 1,
        "items": ["b"],
    } in errors


def test_the_log_is_scored_where_no_stream_is_given(filled: Path, run: Run) -> None:
    store = Store.open(f"sqlite:///{filled / 'dipwatch.db'}")
    with store.connect() as connection:
        query = select(item_table.c.id, item_table.c.first_seen_at).where(
            item_table.c.title == "Встреча в Стамбуле состоялась"
        )
        item = connection.execute(query).one()
    store.close()
    gold = written(filled / "gold.jsonl", [LABEL | {"id": item.id, "seen": item.first_seen_at.isoformat()}])
    done = run("eval", "--gold", gold, "--format", "json")
    assert done.exit_code == 0, done.output
    whole = json.loads(done.stdout)
    assert (whole["figures"]["item_recall"], whole["figures"]["kind_accuracy"]) == (1, 1)
    assert whole["figures"]["found_items"] > 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--stream", "s.jsonl"), "--stream needs --gold"),
        (("--gold", "nowhere.jsonl", "--stream", "s.jsonl"), "nowhere.jsonl can't be read"),
        (("--gold", "gold.jsonl", "--stream", "s.jsonl", "--to", "2020-01-01"), "there are no labels of these days"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(home: Path, run: Run, arguments: tuple[str, ...], says: str) -> None:
    written(home / "gold.jsonl", [LABEL])
    done = run("eval", *arguments)
    assert done.exit_code == 2, done.output
    assert says in done.stderr
