"""A reader of streams leaves most of them unread and loses no claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dipwatch.daemon.streams import read_stream
from dipwatch.extract import Reader, StreamReader
from dipwatch.model import Item, SourceKind

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ITEM = Item("i1", "wire", "wire", SourceKind.WIRE, "", "", "", NOW, NOW, "en", 0)
EVERY = 25


def test_an_item_of_the_subject_is_read_as_ever(learned_reader: Reader) -> None:
    item = replace(ITEM, title="Lavrov and Sybiha to meet in Geneva on Friday, Kremlin says")
    assert StreamReader(learned_reader).read(item) == learned_reader.read(item)
    assert StreamReader(learned_reader).read(item).claims


def test_another_item_comes_back_unread(learned_reader: Reader) -> None:
    reading = StreamReader(learned_reader).read(replace(ITEM, title="Macron opens the harbour fair in Marseille"))
    assert (reading.mentions, reading.claims) == ((), ())


def test_what_only_the_summary_names_is_read(learned_reader: Reader) -> None:
    item = replace(ITEM, title="Morning briefing", summary="The Kremlin announced talks in Istanbul on Monday.")
    assert StreamReader(learned_reader).read(item) == learned_reader.read(item)


@pytest.mark.parametrize("name", ["stream.jsonl.gz", "ruuk.jsonl"])
def test_no_claim_of_a_labelled_stream_is_lost(learned_reader: Reader, shared: Path, name: str) -> None:
    items = read_stream(shared / "eval" / "dev" / name)[::EVERY]
    stream = StreamReader(learned_reader)
    assert [item.id for item in items if stream.read(item).claims != learned_reader.read(item).claims] == []
