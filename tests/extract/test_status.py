"""What a sentence's words tell of how far an act is."""

from __future__ import annotations

import pytest
from tests.extract.samples import item

from dipwatch.extract import Reader
from dipwatch.extract.parsed import ParsedSentence
from dipwatch.extract.status import find_status, find_undoing, is_announced
from dipwatch.model import Status


def sentence(reader: Reader, title: str) -> ParsedSentence:
    """Return the title's first sentence."""
    parsed = reader.parse(item(title))
    assert parsed
    return parsed.sentences[0]


@pytest.mark.parametrize(
    "title",
    [
        "Kremlin denies that Geneva talks with Ukraine were called off",
        "Зеленский опроверг перенос встречи с Макроном",
        "Зеленський спростував скасування зустрічі з Макроном",
        "Kyiv talks with Moscow have not been cancelled, Umerov says",
        "Переговоры Москвы и Киева не отменены, заявил Ушаков",
    ],
)
def test_a_denial_of_what_undoes_an_act_is_a_denial(reader: Reader, title: str) -> None:
    assert find_undoing(sentence(reader, title)) is Status.DENIED


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Geneva talks with Ukraine called off, Kremlin denies a quarrel", Status.CANCELLED),
        ("Встреча Зеленского с Макроном перенесена, в Киеве опровергли ссору", Status.POSTPONED),
    ],
)
def test_a_denial_behind_it_leaves_it_undone(reader: Reader, title: str, status: Status) -> None:
    assert find_undoing(sentence(reader, title)) is status


@pytest.mark.parametrize(
    "title",
    [
        "EU cancels sanctions on Russian bank",
        "ЕС отменил санкции против российского банка",
        "ЄС скасував санкції проти російського банку",
    ],
)
def test_sanctions_lifted_are_an_act_that_is_done(reader: Reader, title: str) -> None:
    assert find_undoing(sentence(reader, title)) is None


@pytest.mark.parametrize("find", [find_undoing, lambda told: find_status([told])], ids=["undoing", "status"])
def test_what_the_backdrop_undoes_does_not_count(reader: Reader, find: object) -> None:
    told = sentence(reader, "Zelensky receives Macron in Kyiv after summit with Trump is cancelled")
    assert callable(find)
    assert find(told) in {None, Status.HAPPENED}


@pytest.mark.parametrize(
    ("title", "announced"),
    [
        ("Merz to visit Kyiv", True),
        ("Russia and Ukraine to hold talks in Doha", True),
        ("Путин встретится с Орбаном в Москве", True),
        ("Зеленський зустрінеться з Макроном", True),
        ("Merz urges Putin to visit Kyiv", False),
        ("Zelensky travelled to Oslo to meet Macron", False),
        ("Путин не встретится с Орбаном в Москве", False),
        ("Зеленський не зустрінеться з Макроном", False),
    ],
)
def test_a_subject_with_an_infinitive_or_a_future_announces(reader: Reader, title: str, *, announced: bool) -> None:
    assert is_announced(sentence(reader, title)) is announced


@pytest.mark.parametrize(
    ("title", "summary", "status"),
    [
        ("Local truce called off", "Ukraine's army said on Monday that repairs would have to wait.", Status.CANCELLED),
        ("Начало перемирия отложено", "Украина и Россия не согласовали карту, сказал Ушаков.", Status.POSTPONED),
    ],
)
def test_a_title_that_names_nobody_tells_the_status_of_its_item(
    reader: Reader, title: str, summary: str, status: Status
) -> None:
    assert reader.read(item(title, summary)).claims[0].status is status
