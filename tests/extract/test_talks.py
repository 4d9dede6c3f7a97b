from __future__ import annotations

import pytest
from tests.extract.samples import item

from dipwatch.extract import Reader
from dipwatch.model import Claim, EventType, Kind, Status


def lead(reader: Reader, title: str) -> Claim:
    return reader.read(item(title)).claims[0]


@pytest.mark.parametrize(
    "title",
    [
        "Russia and Ukraine hold talks on prisoner exchange in Istanbul",
        "Zelensky and Erdogan discuss prisoner swap in Ankara",
        "Россия и Украина провели переговоры об обмене пленными",
        "Делегації України та Росії провели переговори про обмін полоненими",
    ],
)
def test_what_is_talked_about_is_not_the_act(reader: Reader, title: str) -> None:
    claim = lead(reader, title)
    assert (claim.kind, claim.event) == (Kind.MEETING, EventType.CONSULT)
    assert claim.issue == "prisoners-humanitarian"


@pytest.mark.parametrize(
    "title",
    [
        "Russia and Ukraine to hold prisoner talks next week",
        "Umerov holds talks on captured soldiers with Russia",
        "Россия и Украина проведут переговоры о военнопленных",
    ],
)
def test_talks_about_prisoners_turn_on_prisoners(reader: Reader, title: str) -> None:
    assert lead(reader, title).issue == "prisoners-humanitarian"


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Istanbul talks postponed", Status.POSTPONED),
        ("Witkoff postpones visit to Kyiv", Status.POSTPONED),
        ("Kushner cancels trip to Moscow", Status.CANCELLED),
        ("Переговоры в Стамбуле отложены", Status.POSTPONED),
        ("Уиткофф отложил визит в Москву", Status.POSTPONED),
        ("Віткофф відклав візит до Києва", Status.POSTPONED),
    ],
)
def test_a_capital_of_a_party_or_the_place_of_talks_opens_the_gate(reader: Reader, title: str, status: Status) -> None:
    claim = lead(reader, title)
    assert claim.kind is Kind.MEETING
    assert claim.status is status
