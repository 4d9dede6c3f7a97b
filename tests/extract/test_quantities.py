from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipwatch.extract.quantities import find_ordinal, find_quantities
from dipwatch.extract.words import WORDS


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("a €90bn loan", 90e9, "EUR"),
        ("a loan of 90 billion euros", 90e9, "EUR"),
        ("a 90-billion-euro loan", 90e9, "EUR"),
        ("кредит на 90 млрд евро", 90e9, "EUR"),
        ("кредит на 90 миллиардов евро", 90e9, "EUR"),
        ("позика на 90 мільярдів євро", 90e9, "EUR"),
        ("$61 billion in aid", 61e9, "USD"),
        ("US$1.5bn", 1.5e9, "USD"),
        ("5 million U.S. dollars", 5e6, "USD"),
        ("50 тыс. долларов", 50e3, "USD"),
        ("1,5 млн доларів", 1.5e6, "USD"),
        ("£250m for drones", 250e6, "GBP"),
        ("$1,250,000", 1.25e6, "USD"),
        ("$40 barrels of talk", 40, "USD"),
        ("$60 mark", 60, "USD"),
        ("3 трлн рублей", 3e12, "RUB"),
        ("100 000 гривень", 100e3, "UAH"),
        ("157 prisoners", 157, "prisoners"),
        ("157 Ukrainian POWs", 157, "prisoners"),
        ("175 военнопленных", 175, "prisoners"),
        ("вернули 84 пленных", 84, "prisoners"),
        ("205 військовополонених", 205, "prisoners"),
        ("1,000 bodies", 1000, "bodies"),
        ("1 212 тел", 1212, "bodies"),
        ("1000 тел военных", 1000, "bodies"),
        ("6000 тіл", 6000, "bodies"),
        ("a 30-day truce", 30, "days"),
        ("30-дневное перемирие", 30, "days"),
        ("30-денне перемир'я", 30, "days"),
        ("a 28-point plan", 28, "points"),
        ("план из 20 пунктов", 20, "points"),
        ("план із 20 пунктів", 20, "points"),
        ("26 countries", 26, "countries"),
        ("26 стран", 26, "countries"),
        ("11 дітей", 11, "children"),
        ("10,000 troops", 10_000, "troops"),
        ("500 военных", 500, "troops"),
    ],
)
def test_a_number_with_its_unit(text: str, value: float, unit: str) -> None:
    assert [(each.value, each.unit) for each in find_quantities(text)] == [(value, unit)]


@pytest.mark.parametrize(
    "text", ["28 страниц", "F-16 countries", "in 2025", "v1.5 points", "A day in Kyiv", "100 странных дел", ""]
)
def test_what_is_no_quantity(text: str) -> None:
    assert find_quantities(text) == ()


def test_several_come_in_the_order_of_the_text() -> None:
    found = find_quantities("150 prisoners, 1,000 bodies and €5m for 12 children")
    assert [each.unit for each in found] == ["prisoners", "bodies", "EUR", "children"]


@pytest.mark.parametrize(
    ("text", "ordinal"),
    [
        ("third round of talks", 3),
        ("the 20th sanctions package", 20),
        ("2nd Geneva meeting", 2),
        ("the first Russian-Ukrainian meeting", 1),
        ("третий раунд переговоров", 3),
        ("второго раунда", 2),
        ("20-й пакет санкций", 20),
        ("19-го пакета", 19),
        ("двадцатый пакет санкций", 20),
        ("пятая встреча", 5),
        ("четвёртый раунд", 4),
        ("другий раунд переговорів", 2),
        ("після другого раунду", 2),
        ("третьої зустрічі", 3),
        ("двадцятий пакет санкцій", 20),
        ("20-го пакету", 20),
        ("п’ятий саміт", 5),
    ],
)
def test_the_number_of_a_round(text: str, ordinal: int) -> None:
    assert find_ordinal(text) == ordinal


@pytest.mark.parametrize(
    "text",
    [
        "rounds of talks",
        "two meetings",
        "другие встречи",
        "другой раунд",
        "в пятницу состоится встреча",
        "пятна на встрече",
        "first of all, they will think long about a meeting",
        "5 раундов",
        "",
    ],
)
def test_what_is_no_ordinal(text: str) -> None:
    assert find_ordinal(text) is None


def test_each_ordinal_is_told_in_each_language() -> None:
    for language, words in WORDS.ordinals.items():
        noun = WORDS.rounds[language][0]
        for number, forms in enumerate(words, start=1):
            for form in forms:
                assert find_ordinal(f"{form.replace('*', '')} {noun}") == number, (form, noun)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_random_text_never_raises(text: str) -> None:
    find_quantities(text)
    find_ordinal(text)


@settings(deadline=None)
@given(st.text(alphabet="0123456789., $€bnmtl-", max_size=120))
def test_figures_of_any_length_make_finite_numbers(text: str) -> None:
    for each in find_quantities(text):
        assert math.isfinite(each.value)
        assert json.loads(json.dumps(each.value)) == each.value


@pytest.mark.parametrize("text", ["$" + "9" * 50_000, "1," * 20_000, "1 000" * 10_000 + " days"])
def test_long_runs_of_figures_are_read_in_time(text: str) -> None:
    find_quantities(text)
    find_ordinal(text)
