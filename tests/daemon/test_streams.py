"""Reading JSON lines."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.daemon.fakes import NOW, feed

from dipwatch.daemon.streams import read_records, read_stream, text_item
from dipwatch.errors import UsageError
from dipwatch.model import SourceKind

RECORD = {"id": "a", "outlet": "Wire", "title": "One", "first_seen": "2026-03-02T12:00:00+00:00", "lang": "en"}


def written(path: Path, *records: dict[str, Any] | str) -> Path:
    lines = "\n".join(record if isinstance(record, str) else json.dumps(record) for record in records)
    path.write_bytes(gzip.compress(lines.encode()) if path.suffix == ".gz" else lines.encode())
    return path


@pytest.mark.parametrize("name", ["stream.jsonl", "stream.jsonl.gz"])
def test_items_come_in_the_order_of_their_first_sight(tmp_path: Path, name: str) -> None:
    later = {**RECORD, "id": "b", "first_seen": "2026-03-02T13:00:00"}
    items = read_stream(written(tmp_path / name, later, "", RECORD), (feed("wire", "WIRE"),))
    assert [item.id for item in items] == ["a", "b"]
    assert items[0].first_seen == NOW
    assert items[1].first_seen == datetime(2026, 3, 2, 13, tzinfo=UTC), "without a zone it is UTC"
    assert items[0].source_kind is SourceKind.WIRE
    assert items[0].published is None


def test_an_id_that_comes_again_is_a_revision(tmp_path: Path) -> None:
    items = read_stream(written(tmp_path / "s", RECORD, {**RECORD, "title": "Two"}))
    assert [(item.id, item.revision, item.title) for item in items] == [("a", 0, "One"), ("a", 1, "Two")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"s:2: is not JSON"),
        ("[]", r"s:2: is not an object"),
        ({**RECORD, "first_seen": None}, r"s:2: first_seen is missing"),
        ({**RECORD, "first_seen": "noon"}, r"s:2: first_seen is not an ISO 8601 time"),
        ({**RECORD, "id": ""}, r"s:2: id is missing"),
        ({**RECORD, "title": 7}, r"s:2: title is not a text"),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, line: dict[str, Any] | str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_stream(written(tmp_path / "s", RECORD, line))


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "bad.gz").write_bytes(b"not gzip")
    for name in ("nowhere.jsonl", "bad.gz"):
        with pytest.raises(UsageError, match=name):
            list(read_records(tmp_path / name))


def test_a_text_to_examine_may_be_one_or_two_fields() -> None:
    assert text_item("t:1", {"id": "x", "text": "All of it"}, NOW).title == "All of it"
    both = text_item("t:1", {"id": "x", "title": "Head", "summary": "Body", "published": "2026-01-01"}, NOW)
    assert (both.title, both.summary, both.published) == ("Head", "Body", datetime(2026, 1, 1, tzinfo=UTC))
