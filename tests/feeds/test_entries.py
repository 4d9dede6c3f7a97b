from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.feeds.samples import NOW

from dipwatch.feeds.dates import Shift
from dipwatch.feeds.entries import Entry, to_entries
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parsed import ParsedFeed, RawEntry

URL = "https://paper.example/rss.xml"
RAW = RawEntry(
    guid="one", link="https://paper.example/a", title="Envoys meet", summary="They spoke.", language="en-GB",
    published=NOW, date_text="x",
)  # fmt: skip


def entries(*raws: RawEntry, language: str | None = None) -> tuple[Entry, ...]:
    parsed = ParsedFeed(Outcome.OK, entries=raws)
    return to_entries(parsed, url=URL, language=language, now=NOW, shift=Shift())


def one(raw: RawEntry, language: str | None = None) -> Entry:
    (entry,) = entries(raw, language=language)
    return entry


@pytest.mark.parametrize(
    "changed",
    [
        replace(RAW, title="Envoys meet again"),
        replace(RAW, link="https://paper.example/moved"),
        replace(RAW, published=None),
    ],
)
def test_a_guid_identifies_an_entry_through_every_edit(changed: RawEntry) -> None:
    assert one(changed).guid_hash == one(RAW).guid_hash


def test_a_guid_that_changes_each_poll_leaves_the_link_to_know_the_text_by() -> None:
    first, second = one(replace(RAW, guid="poll-1")), one(replace(RAW, guid="poll-2"))
    assert first.guid_hash != second.guid_hash
    assert first.link_key == second.link_key


@pytest.mark.parametrize(
    ("one_way", "other_way", "same"),
    [
        ({"guid": "https://paper.example/a?at_medium=1"}, {"guid": "https://paper.example/a?at_medium=2"}, True),
        ({"guid": "", "link": "/a?utm_source=1"}, {"guid": "", "link": "/a?utm_source=2"}, True),
        ({"guid": "", "link": "/a"}, {"guid": "", "link": "/b"}, False),
        ({"guid": "", "link": ""}, {"guid": "", "link": "", "published": None}, True),
        ({"guid": "", "link": ""}, {"guid": "", "link": "", "title": "Talks end"}, False),
        ({"guid": "a b"}, {"guid": "a c"}, False),
    ],
)
def test_identity_is_guid_else_link_else_wording(
    one_way: dict[str, str], other_way: dict[str, str], same: bool  # noqa: FBT001 (a column of the table)
) -> None:  # fmt: skip
    left, right = one(replace(RAW, **one_way)), one(replace(RAW, **other_way))  # type: ignore[arg-type] # text fields only
    assert (left.guid_hash == right.guid_hash) is same


def test_an_entry_that_stands_twice_is_one() -> None:
    assert len(entries(RAW, replace(RAW, title="Envoys meet, again"))) == 1


def test_a_guid_shared_by_different_texts_identifies_none() -> None:
    both = entries(RAW, replace(RAW, link="https://paper.example/b"))
    assert len({entry.guid_hash for entry in both}) == 2


def test_an_entry_without_words_is_left_out() -> None:
    assert entries(replace(RAW, title="", summary="")) == ()


@pytest.mark.parametrize(
    ("configured", "declared", "language"),
    [("uk", "ru", "uk"), (None, "en-GB", "en"), (None, "RU_ru", "ru"), (None, "<b>", None), (None, None, None)],
)
def test_the_configured_language_comes_before_the_declared(
    configured: str | None, declared: str | None, language: str | None
) -> None:
    assert one(replace(RAW, language=declared), configured).language == language


def test_links_of_other_schemes_are_dropped_and_relative_ones_resolved() -> None:
    dropped, relative = one(replace(RAW, link="javascript:x()")), one(replace(RAW, link="b?utm_source=x"))
    assert (dropped.link, dropped.link_key) == ("", "")
    assert relative.link == "https://paper.example/b?utm_source=x"
    assert relative.link_key == "https://paper.example/b"


def test_the_content_hash_changes_with_the_wording_only() -> None:
    first = one(RAW)
    assert one(replace(RAW, link="/b", published=None)).content_hash == first.content_hash
    assert one(replace(RAW, title="Envoys met")).content_hash != first.content_hash
    assert (
        one(replace(RAW, title="A", summary="B")).content_hash != one(replace(RAW, title="AB", summary="")).content_hash
    )


@given(st.lists(st.builds(RawEntry, st.text(max_size=5), st.text(max_size=5), st.text(max_size=5), st.text(max_size=5),
                          st.none(), st.none(), st.text(max_size=3)), max_size=8))  # fmt: skip
def test_identities_are_unique_within_a_poll_and_the_same_in_the_next(raws: list[RawEntry]) -> None:
    first = entries(*raws)
    assert len({entry.guid_hash for entry in first}) == len(first)
    assert entries(*raws) == first
