"""Kept outputs of every listing in every format, and of its table at several widths, with and without colours."""

from __future__ import annotations

import re
from datetime import UTC

import pytest
from rich.cells import cell_len
from sqlalchemy import Connection
from tests.review.logged import MEETING
from tests.review.talks import BRIEF
from tests.review.test_formats import golden
from tests.review.test_schemas import Listing, database_url, listings  # noqa: F401 (fixtures)

from dipwatch.review.detail import development
from dipwatch.review.formats import Format, Surface, write
from dipwatch.review.listed import NameBook
from dipwatch.review.matrix import matrix
from dipwatch.review.story import tell

WIDTHS = (60, 80, 200)


def test_each_listing_is_as_it_was_in_every_format(listings: dict[str, Listing]) -> None:  # noqa: F811 (the fixture)
    for name, (rows, columns) in listings.items():
        if name != "history":  # kept by test_formats
            for form in Format:
                golden(f"{name}.{form}", write(rows, columns, form, Surface(zone=UTC)))


@pytest.mark.parametrize("width", WIDTHS)
def test_no_table_is_wider_than_its_surface(listings: dict[str, Listing], width: int) -> None:  # noqa: F811 (the fixture)
    for name, (rows, columns) in listings.items():
        text = write(rows, columns, Format.TABLE, Surface(width=width, zone=UTC))
        assert max(map(cell_len, text.splitlines())) <= width, name
        assert "\x1b" not in text, name
        if name != "history":  # kept by test_formats
            golden(f"{name}.{width}.txt", text)


def test_colours_are_for_terminals_and_change_no_word(listings: dict[str, Listing]) -> None:  # noqa: F811 (the fixture)
    for name, (rows, columns) in listings.items():
        plain = write(rows, columns, Format.TABLE, Surface(width=100, zone=UTC))
        coloured = write(rows, columns, Format.TABLE, Surface(width=100, zone=UTC, color=True))
        assert "\x1b[" in coloured, name
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == plain.split(), name


def test_the_matrix_is_as_it_was(listings: dict[str, Listing]) -> None:  # noqa: F811 (the fixture)
    for width in WIDTHS:
        golden(f"matrix.{width}.txt", matrix(listings["positions"][0], Surface(width=width, zone=UTC)))


def test_a_table_has_a_heading_for_each_group_and_its_columns_once(listings: dict[str, Listing]) -> None:  # noqa: F811 (the fixture)
    rows, columns = listings["timeline"]
    text = write(rows, columns, Format.TABLE, Surface(zone=UTC), group=lambda view: f"on {view.at:%d}")
    assert text.startswith("on 08\n")
    assert text.count("\non 09\n") == 1
    assert text.count("Status") == 1


def test_what_the_baseline_says_stands_in_the_story(talks: Connection, book: NameBook) -> None:
    golden("said.txt", tell(development(talks, MEETING, book, lambda _subject: BRIEF), Surface(zone=UTC)))
