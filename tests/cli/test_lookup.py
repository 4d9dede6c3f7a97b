from __future__ import annotations

import pytest
from tests.review.logged import SUBJECT, SUBJECTS

from dipwatch.cli.lookup import actor_ids, issue_ids, venue_ids
from dipwatch.errors import UsageError
from dipwatch.review.directory import Directory


@pytest.fixture(scope="module")
def known() -> list[Directory]:
    return [Directory(SUBJECTS / SUBJECT)]


@pytest.mark.parametrize(
    "typed", ["sergei-lavrov", "Sergei Lavrov", "lavrov", "ЛАВРОВ", "Сергій Лавров", " Sergei  lavrov"]
)
def test_an_actor_is_found_by_id_or_name_in_any_language(typed: str, known: list[Directory]) -> None:
    assert actor_ids(typed, known) == ("sergei-lavrov",)


@pytest.mark.parametrize("typed", ["Russia", "росія", "Россия"])
def test_a_state_stands_for_those_who_act_for_it(typed: str, known: list[Directory]) -> None:
    assert actor_ids(typed, known) == ("russia", "sergei-lavrov")


def test_a_city_stands_for_its_sites_and_a_site_for_itself(known: list[Directory]) -> None:
    assert venue_ids("Стамбул", known) == ("dolmabahce-palace", "istanbul")
    assert venue_ids("dolmabahce palace", known) == ("dolmabahce-palace",)


def test_an_issue_is_found_by_id_or_by_what_it_is_reported_as(known: list[Directory]) -> None:
    assert issue_ids("Territory", known) == ("territory",)


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [("Lavrof", "sergei-lavrov"), ("Rustem Umarov", "rustem-umerov"), ("Лавровв", "sergei-lavrov")],
)
def test_an_unknown_name_is_refused_with_what_may_be_meant(typed: str, suggested: str, known: list[Directory]) -> None:
    with pytest.raises(UsageError, match=f"did you mean.*{suggested}"):
        actor_ids(typed, known)


def test_a_name_like_none_is_refused_with_where_to_look(known: list[Directory]) -> None:
    with pytest.raises(UsageError, match="lexicon find"):
        venue_ids("qqqq", known)
