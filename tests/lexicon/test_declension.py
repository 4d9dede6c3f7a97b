from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipwatch.lexicon import declensions
from dipwatch.lexicon.declension import Gender, adjective_forms, compound_form

CASES: list[tuple[str, str, Gender, str]] = [
    ("Орлов", "ru", "m", "Орлов Орлова Орлову Орловым Орлове"),
    ("Орлова", "ru", "f", "Орлова Орловой Орлову"),
    ("Бельский", "ru", "m", "Бельского Бельскому Бельским Бельском"),
    ("Бельская", "ru", "f", "Бельской Бельскую"),
    ("Толстой", "ru", "m", "Толстого Толстому Толстым Толстом"),
    ("Юрий", "ru", "m", "Юрия Юрию Юрием Юрии"),
    ("Андрей", "ru", "m", "Андрея Андрею Андреем Андрее"),
    ("Игорь", "ru", "m", "Игоря Игорю Игорем Игоре"),
    ("Никита", "ru", "m", "Никиты Никите Никиту Никитой"),
    ("Мария", "ru", "f", "Марии Марию Марией"),
    ("Павел", "ru", "m", "Павла Павлу Павлом Павле"),
    ("Шольц", "ru", "m", "Шольца Шольцу Шольцем Шольце"),
    ("Киев", "ru", None, "Киева Киеву Киевом Киеве"),
    ("Москва", "ru", None, "Москвы Москве Москву Москвой"),
    ("Рига", "ru", None, "Риги Риге Ригу Ригой"),
    ("Казань", "ru", None, "Казани Казанью"),
    ("Кремль", "ru", None, "Кремля Кремлю Кремлём Кремле"),
    ("Сумы", "ru", None, "Сум Сумам Сумами Сумах"),
    ("Запорожье", "ru", None, "Запорожья Запорожью Запорожьем"),
    ("Косово", "ru", None, "Косова Косову Косовом Косове"),
    ("Донец", "ru", None, "Донца Донцу Донце"),
    ("Нью-Йорк", "ru", None, "Нью-Йорка Нью-Йорку Нью-Йорком Нью-Йорке"),
    ("Ростов-на-Дону", "ru", None, "Ростова-на-Дону Ростове-на-Дону"),
    ("Київ", "uk", None, "Києва Києву Києвом Києві"),
    ("Харків", "uk", None, "Харкова Харкову Харковом Харкові"),
    ("Тернопіль", "uk", None, "Тернополя Тернополю Тернополем Тернополі"),
    ("Донецьк", "uk", None, "Донецька Донецьку Донецьком"),
    ("Прага", "uk", None, "Праги Празі Прагу Прагою"),
    ("Америка", "uk", None, "Америки Америці Америку Америкою"),
    ("Білорусь", "uk", None, "Білорусі Білоруссю"),
    ("Запоріжжя", "uk", None, "Запоріжжю Запоріжжям Запоріжжі"),
    ("Суми", "uk", None, "Сум Сумам Сумами Сумах"),
    ("Крим", "uk", None, "Криму Кримом"),
    ("Бельський", "uk", "m", "Бельського Бельському Бельським"),
    ("Бельська", "uk", "f", "Бельської Бельській Бельську Бельською"),
    ("Орлов", "uk", "m", "Орлова Орлову Орловим Орлові"),
    ("Сергій", "uk", "m", "Сергія Сергію Сергієві Сергієм"),
    ("Дорошенко", "uk", "m", "Дорошенка Дорошенку Дорошенком Дорошенкові"),
    ("Кулеба", "uk", "m", "Кулеби Кулебі Кулебу Кулебою"),
    ("Сибіга", "uk", "m", "Сибіги Сибізі Сибігу Сибігою"),
    ("Ігор", "uk", "m", "Ігоря Ігорю Ігорем Ігорю"),
]


@pytest.mark.parametrize(("name", "language", "gender", "forms"), CASES)
def test_a_word_takes_its_case_forms(name: str, language: str, gender: Gender, forms: str) -> None:
    made = {form.replace("ё", "е") for form in declensions(name, language, gender)}
    missing = [form for form in forms.split() if form.replace("ё", "е") not in made]
    assert not missing


@pytest.mark.parametrize(
    ("name", "language", "gender", "forms"),
    [
        ("Марек Вельский", "ru", "m", ["Марека Вельского", "Мареком Вельским"]),
        ("Анна Дорина", "ru", "f", ["Анны Дориной", "Анну Дорину"]),
        ("Ли Чен Ын", "ru", "m", ["Ли Чен Ына", "Ли Чен Ыном"]),
        ("Урсула фон дер Ляйен", "ru", "f", ["Урсулы фон дер Ляйен", "Урсулой фон дер Ляйен"]),
        ("Жан-Ноэль Барро", "ru", "m", ["Жана-Ноэля Барро", "Жан-Ноэля Барро"]),
        ("Саудовская Аравия", "ru", None, ["Саудовской Аравии", "Саудовскую Аравию", "Саудовской Аравией"]),
        ("министр иностранных дел Арвении", "ru", None, ["министра иностранных дел Арвении"]),
        ("глава МИД России", "ru", None, ["главы МИД России", "главой МИД России"]),
        ("специальный посланник США", "ru", None, ["специального посланника США"]),
        ("Верховна Рада", "uk", None, ["Верховної Ради", "Верховній Раді", "Верховну Раду", "Верховною Радою"]),
        ("прем'єр-міністр Данії", "uk", None, ["прем'єр-міністра Данії", "прем'єр-міністром Данії"]),
        ("Сполучені Штати", "uk", None, ["Сполучених Штатів", "Сполученим Штатам"]),
    ],
)
def test_words_decline_in_agreement(name: str, language: str, gender: Gender, forms: list[str]) -> None:
    made = declensions(name, language, gender)
    assert made[0] == name
    assert not set(forms) - set(made)


def test_words_of_a_person_do_not_mix_cases() -> None:
    made = declensions("Марек Вельский", "ru", "m")
    assert "Мареком Вельского" not in made
    assert "Мареку Вельским" not in made


@pytest.mark.parametrize(
    ("name", "language", "gender"),
    [
        ("=НАТО", "ru", None),
        ("США", "ru", None),
        ("Меркель", "ru", "f"),
        ("Дорошенко", "ru", "m"),
        ("Moscow", "en", None),
    ],
)
def test_what_does_not_decline_stays(name: str, language: str, gender: Gender) -> None:
    assert declensions(name, language, gender) == (name.removeprefix("="),)


def test_a_man_and_a_woman_of_one_surname_share_no_oblique_form_but_the_known_ones() -> None:
    man, woman = set(declensions("Бельский", "ru", "m")), set(declensions("Бельская", "ru", "f"))
    assert not man & woman


@pytest.mark.parametrize(
    ("word", "language", "forms"),
    [
        ("арвенский", "ru", "арвенского арвенская арвенскую арвенские арвенскими"),
        ("россиянин", "ru", "россиянина россияне россиян россиянам"),
        ("украинец", "ru", "украинца украинцы украинцев украинцами"),
        ("російський", "uk", "російська російської російські російських"),
        ("українець", "uk", "українця українці українців"),
        ("росіянин", "uk", "росіянина росіяни росіян"),
    ],
)
def test_adjectives_and_people_take_all_genders_and_the_plural(word: str, language: str, forms: str) -> None:
    assert not set(forms.split()) - set(adjective_forms(word, language))


def test_an_adjective_begins_a_compound() -> None:
    assert "российско" in compound_form("российский", "ru")
    assert "американо" in compound_form("американский", "ru")
    assert "російсько" in compound_form("російський", "uk")
    assert compound_form("россиянин", "ru") == ()


@given(st.text(max_size=30), st.sampled_from(["en", "ru", "uk"]), st.sampled_from(["m", "f", None]))
def test_any_name_has_forms_without_repeats(name: str, language: str, gender: Gender) -> None:
    made = declensions(name, language, gender)
    assert len(made) == len(set(made)) > 0
