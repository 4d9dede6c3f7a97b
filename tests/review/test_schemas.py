"""What is written validates against the schemas in docs, and those are the ones that the program makes."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy import Connection
from tests.review.logged import MEETING, NOW, SUBJECT, SUBJECTS
from tests.review.talks import BRIEF, BRIEFS, TODAY

from dipwatch.cli.json_schemas import ROWS, WHOLES, schema
from dipwatch.review.agenda import commitments, upcoming
from dipwatch.review.columns import COMMITMENTS, DEVELOPMENTS, EDGES, ENTRIES, NUMBERS, POSITIONS, SCENARIOS, UPCOMING
from dipwatch.review.detail import development
from dipwatch.review.directory import Directory
from dipwatch.review.entries import TimelineFilter, timeline_entries
from dipwatch.review.filters import HistoryFilter
from dipwatch.review.formats import Column, Format, Surface, write
from dipwatch.review.ledger import LedgerFilter, positions
from dipwatch.review.listed import NameBook
from dipwatch.review.network import network
from dipwatch.review.numbers import numbers
from dipwatch.review.outlook import scenarios
from dipwatch.review.queries import history
from dipwatch.store.codec import encode

DOCS = Path(__file__).parents[2] / "docs" / "schemas"
ALL = HistoryFilter(subjects=(SUBJECT,))
Listing = tuple[Sequence[Any], Sequence[Column[Any]]]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One sort of database is enough for what is done with the rows."""
    return sqlite_url


@pytest.fixture
def listings(talks: Connection, book: NameBook) -> dict[str, Listing]:
    """Every listing of the log, with its columns."""
    directories = {SUBJECT: Directory(SUBJECTS / SUBJECT)}
    return {
        "history": (history(talks, ALL, book), DEVELOPMENTS),
        "timeline": (timeline_entries(talks, TimelineFilter(), book), ENTRIES),
        "positions": (positions(talks, LedgerFilter((SUBJECT,)), book, BRIEFS), POSITIONS),
        "network": (network(talks, ALL, book, BRIEFS).edges, EDGES),
        "upcoming": (upcoming(talks, ALL, book, TODAY), UPCOMING),
        "commitments": (commitments(talks, ALL, book, BRIEFS, NOW), COMMITMENTS),
        "scenarios": (scenarios(talks, ALL, directories, book, BRIEFS), SCENARIOS),
        "stats": (numbers(talks, ALL, book), NUMBERS),
    }


@pytest.mark.parametrize("name", [*ROWS, *WHOLES])
def test_the_schema_in_docs_is_the_one_that_the_program_makes(name: str) -> None:
    path, made = DOCS / f"{name}.json", json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("DIPWATCH_WRITE_GOLDEN") == "1":
        path.write_text(made, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == made, f"write it anew: dipwatch schema {name} > docs/schemas/{name}.json"
    Draft202012Validator.check_schema(schema(name))


def test_every_listing_validates(listings: dict[str, Listing]) -> None:
    for name, (rows, columns) in listings.items():
        assert rows, name
        for form in (Format.JSON, Format.NDJSON):
            text = write(rows, columns, form, Surface())
            told = json.loads(text) if form is Format.JSON else [json.loads(line) for line in text.splitlines()]
            Draft202012Validator(schema(name), format_checker=FormatChecker()).validate(told)


def test_a_development_in_full_validates(talks: Connection, book: NameBook) -> None:
    detail = development(talks, MEETING, book, lambda _subject: BRIEF)
    assert detail.baseline
    Draft202012Validator(schema("show"), format_checker=FormatChecker()).validate(encode(detail))


def test_a_field_that_is_missing_or_of_another_type_is_found(listings: dict[str, Listing]) -> None:
    validator = Draft202012Validator(schema("history"))
    (row, *_) = json.loads(write(*listings["history"], Format.JSON, Surface()))
    assert validator.is_valid([row | {"added_later": 1}])
    assert not validator.is_valid([row | {"sources": "two"}])
    del row["id"]
    assert not validator.is_valid([row])


def test_the_columns_of_each_listing_begin_with_those_of_its_view(listings: dict[str, Listing]) -> None:
    for name, (rows, columns) in listings.items():
        keys = [column.key for column in columns]
        assert len(set(keys)) == len(keys), name
        fields = set(encode(rows[0]))
        assert fields - set(keys) <= {"steps", "indicators", "reports"}, name
