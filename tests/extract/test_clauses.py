from __future__ import annotations

import pytest
from tests.extract.samples import item

from dipwatch.extract import Reader
from dipwatch.extract.clauses import clause_of, main_end
from dipwatch.model import Status


@pytest.mark.parametrize(
    ("title", "main"),
    [
        ("Trump sanctions Russia's oil firms after summit is cancelled", "Trump sanctions Russia's oil firms "),
        ("Путин примет посланника накануне переговоров в Женеве", "Путин примет посланника "),
        ("Зеленський їде до Парижа на тлі тиску США", "Зеленський їде до Парижа на "),
        (
            "After the strikes on Kyiv Ukraine calls for a meeting",
            "After the strikes on Kyiv Ukraine calls for a meeting",
        ),
        ("Putin meets Witkoff in Moscow", "Putin meets Witkoff in Moscow"),
    ],
)
def test_a_main_clause_ends_where_its_backdrop_begins(reader: Reader, title: str, main: str) -> None:
    parsed = reader.parse(item(title))
    assert parsed is not None
    assert title[: main_end(parsed.sentences[0])] == main


def test_a_clause_lies_between_the_words_that_begin_the_next_ones(reader: Reader) -> None:
    title = "Ukraine seeks arms after talks in Geneva as Russia advances"
    parsed = reader.parse(item(title))
    assert parsed is not None
    first, last = clause_of(parsed.sentences[0], title.index("Geneva"), title.index("Geneva") + 6)
    assert title[first:last] == "after talks in Geneva "


@pytest.mark.parametrize(
    "title",
    [
        "US imposes sanctions on Russia's banks after summit with Putin is cancelled",
        "Russia and Ukraine exchange prisoners after talks in Istanbul were postponed",
        "США ввели санкции против банков России после того как встреча с Путиным отменена",
    ],
)
def test_what_is_undone_in_the_backdrop_is_not_the_act(learned_reader: Reader, title: str) -> None:
    assert learned_reader.read(item(title)).claims[0].status is Status.HAPPENED


@pytest.mark.parametrize(
    ("title", "venue"),
    [
        ("Ukraine and US hold talks in Geneva ahead of envoy's trip to Moscow", "geneva"),
        ("Zelensky and Macron discuss guarantees ahead of Witkoff's talks in Moscow", "moscow"),
        ("Macron receives Zelensky in Paris after talks in Berlin", "paris"),
    ],
)
def test_the_main_clause_tells_the_place_where_it_names_one(reader: Reader, title: str, venue: str) -> None:
    assert reader.read(item(title)).claims[0].venue == venue
