from __future__ import annotations

import pytest
from tests.extract.samples import item

from dipwatch.extract import Reader


def venue(reader: Reader, title: str, summary: str = "") -> str | None:
    """The venue of an item's leading claim."""
    return reader.read(item(title, summary)).claims[0].venue


@pytest.mark.parametrize(
    ("title", "city"),
    [
        ("Ukrainian and Russian teams gather in Montreux", "montreux"),
        ("The Muscat round on Ukraine is to open on Monday", "muscat"),
        ("Witkoff lands in Abu Dhabi to see Russia's negotiators", "abu-dhabi"),
        ("Українська та російська делегації зібралися у Відні", "vienna"),
        ("Умєров вирушив до Анкари на зустріч з росіянами", "ankara"),
        ("Наступний раунд переговорів з Росією пройде в Абу-Дабі", "abu-dhabi"),
        ("Лидеры коалиции желающих съедутся в Лион ради Украины", "lyon"),
        ("Лидеры коалиции желающих соберутся в Лионе ради Украины", "lyon"),
        ("Стамбульские переговоры России и Украины продолжатся", None),
    ],
)
def test_a_place_beside_words_for_gathering_is_the_venue(reader: Reader, title: str, city: str | None) -> None:
    assert venue(reader, title) == city


@pytest.mark.parametrize(
    ("title", "city"),
    [
        ("Ukraine and Portugal sign drone deal in Porto", "porto"),
        ("Poland shuts Russian consulate in Poznan", "poznan"),
        ("Чехия закрыла российское консульство в Брно", "brno"),
        ("Україна та Іспанія підписали угоду про дрони в Толедо", "toledo"),
        ("Франция и Украина подписали соглашение в Бордо", "bordeaux"),
    ],
)
def test_what_is_signed_or_closed_in_a_place_is_done_there(reader: Reader, title: str, city: str) -> None:
    assert venue(reader, title) == city


@pytest.mark.parametrize(
    ("title", "city"),
    [
        ("Oslo to host Ukraine's and Russia's negotiators", "oslo"),
        ("Анкара примет новый раунд переговоров России и Украины", "ankara"),
        ("Анкара готова прийняти новий раунд переговорів України та Росії", "ankara"),
        ("Turkey to host talks between Russia and Ukraine", None),
    ],
)
def test_a_capital_that_hosts_is_the_venue(reader: Reader, title: str, city: str | None) -> None:
    assert venue(reader, title) == city


@pytest.mark.parametrize(
    "title",
    [
        "Officials in Kyiv said that Russia's plan was no plan",
        "Talks with Ukraine are no secret, diplomats in Vienna said",
        "Russia strikes Lviv as envoys of Ukraine speak",
        "В Кремле отрицают подготовку звонка Трампа",
        "Подготовку саммита с Путиным отрицают в Кремле",
        "Запит на розмову з Путіним заперечують у Києві",
    ],
)
def test_who_speaks_and_what_is_struck_tell_no_venue(reader: Reader, title: str) -> None:
    assert venue(reader, title) is None


def test_talks_told_beside_a_call_are_not_where_it_takes_place(reader: Reader) -> None:
    text = "Trump speaks to Putin by phone", "The call came a day before Zelensky visits the White House."
    assert venue(reader, *text) is None


@pytest.mark.parametrize(
    ("title", "city"),
    [
        ("Россия и Украина проведут встречу в столице Катара", "doha"),
        ("Зустріч України та Росії відбудеться у столиці Туреччини", "ankara"),
        ("Russia and Ukraine to meet in the Omani capital", "muscat"),
    ],
)
def test_a_capital_may_be_told_by_its_state(reader: Reader, title: str, city: str) -> None:
    assert venue(reader, title) == city
