from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from sqlalchemy import Connection

from dipwatch.review.columns import DEVELOPMENTS
from dipwatch.review.detail import development
from dipwatch.review.filters import HistoryFilter
from dipwatch.review.formats import Column, Format, Surface, write
from dipwatch.review.listed import DevelopmentView, NameBook
from dipwatch.review.queries import history
from dipwatch.review.story import tell, tell_markdown

GOLDEN = Path(__file__).parent / "golden"
PIPE = Surface(zone=UTC)


def golden(name: str, text: str) -> None:
    """Compare with a kept output; DIPWATCH_WRITE_GOLDEN=1 keeps the present one instead."""
    path = GOLDEN / name
    if os.environ.get("DIPWATCH_WRITE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8", newline="")
    assert text == path.read_bytes().decode("utf-8")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One sort of database is enough for what is done with the rows."""
    return sqlite_url


@pytest.fixture
def views(log: Connection, book: NameBook) -> list[DevelopmentView]:
    return history(log, HistoryFilter(below_threshold=True), book)


def test_each_format_is_as_it_was(views: list[DevelopmentView]) -> None:
    for form in Format:
        golden(f"history.{form}", write(views, DEVELOPMENTS, form, PIPE))


def test_a_table_is_as_it_was_at_each_width_and_never_wider(views: list[DevelopmentView]) -> None:
    for width in (60, 80, 100, 120, 200):
        text = write(views, DEVELOPMENTS, Format.TABLE, replace(PIPE, width=width))
        assert max(map(len, text.splitlines())) <= width
        golden(f"history.{width}.txt", text)


def test_a_development_told_in_full_is_as_it_was(log: Connection, book: NameBook) -> None:
    detail = development(log, "meet", book)
    golden("show.txt", tell(detail, PIPE))
    golden("show.60.txt", tell(detail, replace(PIPE, width=60, wraps=True)))
    golden("show.md", tell_markdown(detail, PIPE))


def test_colours_come_only_where_they_are_asked_for(views: list[DevelopmentView]) -> None:
    plain = write(views, DEVELOPMENTS, Format.TABLE, replace(PIPE, width=100))
    coloured = write(views, DEVELOPMENTS, Format.TABLE, replace(PIPE, width=100, color=True))
    assert "\x1b[" not in plain
    assert "\x1b[" in coloured


def test_times_are_those_of_the_users_zone_in_tables_and_utc_in_data(views: list[DevelopmentView]) -> None:
    surface = Surface(zone=ZoneInfo("Asia/Vladivostok"))
    assert "2026-03-10 21:00" in write(views, DEVELOPMENTS, Format.TABLE, surface)
    assert "2026-03-10T11:00:00+00:00" in write(views, DEVELOPMENTS, Format.CSV, surface)


def test_json_ndjson_and_csv_tell_the_same(views: list[DevelopmentView]) -> None:
    array = json.loads(write(views, DEVELOPMENTS, Format.JSON, PIPE))
    lines = [json.loads(line) for line in write(views, DEVELOPMENTS, Format.NDJSON, PIPE).splitlines()]
    rows = list(csv.DictReader(io.StringIO(write(views, DEVELOPMENTS, Format.CSV, PIPE))))
    assert array == lines
    assert [row["id"] for row in rows] == [record["id"] for record in array]
    assert [row["title"] for row in rows] == [record["title"] for record in array]


def test_nothing_found_is_an_empty_listing_in_every_format() -> None:
    assert write([], DEVELOPMENTS, Format.TABLE, PIPE) == ""
    assert json.loads(write([], DEVELOPMENTS, Format.JSON, PIPE)) == []
    assert write([], DEVELOPMENTS, Format.NDJSON, PIPE) == ""
    assert len(write([], DEVELOPMENTS, Format.CSV, PIPE).splitlines()) == 1


Pair = tuple[str, str]
LONG = "a headline of many words that goes on and on and on until it no longer fits"
COLUMNS: tuple[Column[Pair], ...] = (
    Column("id", "ID", lambda pair: pair[0]),
    Column("count", "Count", lambda pair: len(pair[0]), least=10),
    Column("empty", "Empty", lambda _: None),
    Column("title", "Title", lambda pair: pair[1], long=True),
    Column("place", "Place", lambda _: "Istanbul", least=60, folds=True),
    Column("internal", "Internal", lambda pair: pair[1], data=True),
)


@given(st.lists(st.tuples(st.text("xyz界", min_size=1, max_size=90), st.text(" xyz界", max_size=300)), max_size=4))
def test_no_table_is_wider_than_its_surface_and_no_letter_is_cut_off(rows: list[Pair]) -> None:
    for width in (20, 40, 60, 120):
        text = write(rows, COLUMNS, Format.TABLE, replace(PIPE, width=width))
        assert all(cell_len(line) <= width for line in text.splitlines())
        assert "…" not in text
        assert Counter(filter("xyz界".__contains__, text)) == Counter(filter("xyz界".__contains__, str(rows)))


def test_a_table_leaves_out_what_is_empty_or_only_data_and_what_has_no_room() -> None:
    def titles(width: int, key: str = "k") -> list[str]:
        return write([(key, LONG)], COLUMNS, Format.TABLE, replace(PIPE, width=width)).splitlines()[0].split()

    assert titles(120) == ["ID", "Count", "Title", "Place"]
    assert titles(50) == ["ID", "Count", "Title"]
    assert titles(50, "key of twenty letters") == ["ID", "Title"]
    assert titles(50, "a key of more than twenty-six letters")[0] == "a", "a block"


def test_what_has_no_column_of_its_own_stands_below_the_headline() -> None:
    lines = write([("k", LONG)], COLUMNS, Format.TABLE, replace(PIPE, width=50)).splitlines()
    assert lines[-1].split() == ["Istanbul"]
    assert lines[-1].index("Istanbul") == lines[2].index("a headline")


def test_running_text_is_wrapped_on_a_terminal_only(log: Connection, book: NameBook) -> None:
    detail = development(log, "meet", book)
    assert max(map(len, tell(detail, replace(PIPE, width=60)).splitlines())) > 60
    assert max(map(len, tell(detail, replace(PIPE, width=60, wraps=True)).splitlines())) <= 60


TEXT: tuple[Column[str], ...] = (Column("text", "Text", lambda view: view, long=True),)


@pytest.mark.parametrize("hostile", ["\x1b[31mred\x1b]0;title\x07", "one\r\ntwo", "\u202eabc", "\x9b2J"])
def test_a_hostile_headline_controls_no_terminal(hostile: str) -> None:
    for width in (60, 120):
        lines = write([hostile], TEXT, Format.TABLE, replace(PIPE, width=width)).splitlines()
        assert not [char for line in lines for char in line if not char.isprintable()]


@pytest.mark.parametrize("hostile", ["=1+1", "@SUM(A1)", "+1", "-1", "\t=1"])
def test_a_hostile_headline_is_no_formula_in_csv(hostile: str) -> None:
    text = write([hostile], TEXT, Format.CSV, PIPE)
    assert next(csv.DictReader(io.StringIO(text)))["text"] == f"'{hostile}"


def test_a_hostile_headline_is_no_markup_in_markdown() -> None:
    text = write(["[a](http://x.example) | <b> *c*"], TEXT, Format.MARKDOWN, PIPE)
    assert text.splitlines()[2] == r"| \[a\](http://x.example) \| ‹b› \*c\* |"
