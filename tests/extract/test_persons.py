from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.extract.samples import named

from dipwatch.extract.persons import find_unknown_persons


def names(text: str) -> list[str]:
    """The unknown persons of a text in which nobody is known."""
    return [mention.ref for mention in find_unknown_persons(text, "title", ())]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Foreign minister Jane Roe arrived in the capital", "Jane Roe"),
        ("The special envoy John Q. Smith met both sides", "John Q. Smith"),
        ("Slovakia sends negotiator Štefan Žúrik to the talks", "Štefan Žúrik"),
        ("the mediator, Sheikh Hamad al-Nasri, spoke of progress", "Sheikh Hamad al-Nasri"),
        ("Jane Roe, a former US ambassador, said so", "Jane Roe"),
        ("Jan van Dael, the new defence minister, was there", "Jan van Dael"),
        ("the ambassador to Kyiv Jane Roe left her post", "Jane Roe"),
        ("an adviser to Macron, Jean-Paul Dubreuil, is expected", "Jean-Paul Dubreuil"),
        ("спецпосланник Трампа Джон Роу приехал в Москву", "Джон Роу"),
        ("посол США Джон Роу покинул пост", "Джон Роу"),
        ("с президентом Чехии Яном Новаком", "Яном Новаком"),
        ("Ганна Роу, советник министра, подтвердила", "Ганна Роу"),
        ("радник президента Олена Коваль повідомила", "Олена Коваль"),
        ("прем’єр-міністр Ян Новак прибув", "Ян Новак"),
        ("речниця МЗС Ганна Роу заявила", "Ганна Роу"),
    ],
)
def test_a_name_beside_a_title(text: str, person: str) -> None:
    assert names(text) == [person]


@pytest.mark.parametrize(
    "text",
    [
        "Envoy Says Peace Deal Is Near",
        "Jane Roe bought a house",
        "the foreign minister said talks went on",
        "President Roe arrived",
        "a generally good Sunday Morning for everyone there",
        "последний Ян Новак",
        "министр прибыл",
        "",
    ],
)
def test_capitals_alone_or_titles_alone_make_no_person(text: str) -> None:
    assert names(text) == []


def test_known_people_are_left_out() -> None:
    text = "foreign minister Sergei Lavrov met negotiator Jane Roe there"
    found = find_unknown_persons(text, "title", named(text, ("Sergei Lavrov", "sergei-lavrov")))
    assert [mention.ref for mention in found] == ["Jane Roe"]


def test_each_person_is_found_once_in_the_order_of_the_text() -> None:
    text = "Jane Roe, the envoy, and foreign minister John Doe met; negotiator Ann Poe did not"
    assert names(text) == ["Jane Roe", "John Doe", "Ann Poe"]


WORDS = st.sampled_from(
    ["envoy", "Minister", "посол", "Ян", "Новак", "Jane", "Roe,", "the", "США", "a", "to", "-", "’", "\n"]
)


@settings(deadline=None)
@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_spans_hold_the_names_and_do_not_overlap(text: str) -> None:
    found = find_unknown_persons(text, "title", ())
    assert all(text[each.span.start : each.span.end] == each.text == each.ref for each in found)
    assert all(one.span.end <= other.span.start for one, other in pairwise(found))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_random_text_never_raises(text: str) -> None:
    find_unknown_persons(text, "title", ())


@pytest.mark.parametrize("text", ["a envoy " + "A" * 30_000, "Aa " * 10_000 + "envoy", "envoy " * 5_000, "-'" * 20_000])
def test_long_texts_are_read_in_time(text: str) -> None:
    find_unknown_persons(text, "title", ())
