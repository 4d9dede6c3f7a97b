from __future__ import annotations

import pytest
from tests.extract.samples import item

from dipwatch.extract import Reader
from dipwatch.model import Role


def roles(reader: Reader, title: str, summary: str = "") -> dict[str, Role]:
    """The roles of those who take part in an item's leading act."""
    return {part.actor: part.role for part in reader.read(item(title, summary)).claims[0].parts}


@pytest.mark.parametrize(
    ("title", "host"),
    [
        ("Turkey hosts talks between Russia and Ukraine", "turkey"),
        ("Saudi Arabia to host Russia-Ukraine truce talks", "saudi-arabia"),
        ("Ukraine and Russia open a round hosted by the Swiss government", "switzerland"),
        ("Zelensky and Putin could meet in a summit hosted by Erdogan", "turkey"),
        ("In Riyadh, Saudi Arabia hosts delegations of Russia and Ukraine", "saudi-arabia"),
        ("Турция примет переговоры России и Украины", "turkey"),
        ("Саудовская Аравия готова принять саммит Путина и Зеленского", "saudi-arabia"),
        ("Туреччина приймає переговори України та Росії", "turkey"),
        ("Швейцарія прийме делегації України та Росії", "switzerland"),
    ],
)
def test_who_receives_the_others_is_the_host(reader: Reader, title: str, host: str) -> None:
    found = roles(reader, title)
    assert found[host] is Role.HOST
    assert {found["russia"], found["ukraine"]}.isdisjoint({Role.HOST, Role.MEDIATOR})


@pytest.mark.parametrize(
    ("title", "mediators"),
    [
        ("Russia and Ukraine swap prisoners in a deal mediated by the UAE", ["united-arab-emirates"]),
        ("Children go home to Ukraine from Russia through Qatar", ["qatar"]),
        ("Russia and Ukraine reach a truce brokered by Qatar and Turkey", ["qatar", "turkey"]),
        ("Vatican mediates between Moscow and Kyiv", ["holy-see"]),
        ("При посредничестве ОАЭ Россия и Украина обменялись пленными", ["united-arab-emirates"]),
        ("Катар выступил посредником между Россией и Украиной", ["qatar"]),
        ("За посередництва Катару Україна та Росія домовилися про обмін", ["qatar"]),
    ],
)
def test_who_goes_between_is_the_mediator(reader: Reader, title: str, mediators: list[str]) -> None:
    found = roles(reader, title)
    assert [actor for actor, role in found.items() if role is Role.MEDIATOR] == mediators


def test_the_summary_may_tell_the_mediator(reader: Reader) -> None:
    found = roles(reader, "Russia and Ukraine swap prisoners", "The exchange was mediated by the United Arab Emirates.")
    assert found.get("united-arab-emirates", Role.MEDIATOR) is Role.MEDIATOR


@pytest.mark.parametrize(
    "title",
    [
        "Russia ships gas through Ukraine despite Kyiv's protest",
        "EU sanctions firms that sell oil through Turkey to Russia",
        "Poland sends tanks via Romania to Ukraine",
    ],
)
def test_what_goods_pass_through_is_no_mediator(learned_reader: Reader, title: str) -> None:
    assert Role.MEDIATOR not in roles(learned_reader, title).values()


def test_those_who_act_are_counted_without_the_host(reader: Reader) -> None:
    found = roles(reader, "Turkey hosts talks between Russia and Ukraine")
    assert (found["russia"], found["ukraine"]) == (Role.SOURCE, Role.PARTY)
