from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipwatch.lexicon import Lexicon, Names
from dipwatch.model import MentionSort

ON = date(2026, 1, 2)


def found(names: Names, text: str, *, on: date = ON, context: str = "") -> list[str]:
    """Return the mentions as ``text:ref:via``."""
    mentions = names.find(text, field="title", on=on, context=context)
    return [f"{mention.text}:{mention.ref}:{mention.via}" for mention in mentions]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Arvenia and Kestria", ["Arvenia:arvenia:exact", "Kestria:kestria:exact"]),
        ("KESTRIA REJECTS IT", ["KESTRIA:kestria:exact"]),
        ("Ivan Dorin met Dorin's aide", ["Ivan Dorin:ivan-dorin:exact", "Dorin:ivan-dorin:exact"]),
        ("Velsky’s offer", ["Velsky:marek-velsky:exact"]),
        ("the Arvenian side", ["Arvenian:arvenia:adjective"]),
        ("A.R. and AR and ar", ["A.R.:arvenia:exact", "AR:arvenia:exact"]),
        ("Straits Council meets", ["Straits Council:straits-council:exact"]),
        ("Arvenia-Kestria talks", ["Arvenia:arvenia:exact", "Kestria:kestria:exact"]),
        ("a Kestria-backed plan", ["Kestria:kestria:exact"]),
        ("pro-Arvenian and non-Kestrian", []),
        ("Arvenian-speaking Kestrians", []),
        ("Kestriana, Dorinov, Velskygrad", []),
        ("calls to St. Orlan", ["St. Orlan:st-orlan:exact"]),
        ("He left Lunda. Council votes", ["Lunda:lunda:exact"]),
        ("слова Дорина о Кестрии", ["Дорина:ivan-dorin:exact", "Кестрии:kestria:exact"]),
        ("встретил Марека Вельского", ["Марека Вельского:marek-velsky:exact"]),
        ("Іваном Доріним", ["Іваном Доріним:ivan-dorin:exact"]),
        ("арвенско-кестрийские переговоры", ["арвенско:arvenia:adjective", "кестрийские:kestria:adjective"]),
        ("арвенцев ждут", ["арвенцев:arvenia:adjective"]),
        ("Народного собрания Арвении", ["Народного собрания Арвении:arvenian-assembly:exact"]),
        ("a deal on free passage", ["free passage:passage:exact"]),
        ("A ship, a dorin and a holm", []),
        ("dorin calls kestria", ["dorin:ivan-dorin:exact", "kestria:kestria:exact"]),
    ],
)
def test_names_are_found_in_all_their_forms(straits_names: Names, text: str, mentions: list[str]) -> None:
    assert found(straits_names, text) == mentions


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("Tolmin says Vorst must wait", ["arvenia", "kestria"]),
        ("Tolmin and Vorst agree", ["arvenia", "kestria"]),
        ("Tolmin's demand", ["arvenia"]),
        ("pressure on Tolmin", ["arvenia"]),
        ("a message to Tolmin", ["arvenia"]),
        ("Tolmin-Vorst channel reopened", ["arvenia", "kestria"]),
        ("talks in Tolmin", ["tolmin"]),
        ("talks in Tolmin and Vorst", ["tolmin", "vorst"]),
        ("Tolmin talks end", ["tolmin"]),
        ("Tolmin-Vorst talks end", ["arvenia", "kestria"]),
        ("Dorin arrived in Vorst", ["ivan-dorin", "vorst"]),
        ("Dorin flies to Vorst", ["ivan-dorin", "vorst"]),
        ("Dorin visits Vorst", ["ivan-dorin", "vorst"]),
        ("a Vorst-based group", ["vorst"]),
        ("drones over Vorst", ["vorst"]),
        ("TOLMIN (Agency) Talks resumed", ["tolmin"]),
        ("guests at the Amber Palace", ["amber-palace"]),
        ("Amber Palace denies it", ["arvenia"]),
        ("В Толмине прошли переговоры", ["tolmin"]),
        ("В Толмине заявили, что ждут ответа", ["arvenia"]),
        ("Толмин заявил о готовности", ["arvenia"]),
        ("вылетел в Ворст", ["vorst"]),
        ("переговоры с Ворстом", ["kestria"]),
        ("удар по Толмину", ["tolmin"]),
        ("требования к Толмину", ["arvenia"]),
        ("зустріч у Толміні", ["tolmin"]),
        ("розмова з Толміном", ["arvenia"]),
        ("повернувся з Толміна", ["tolmin"]),
    ],
)
def test_a_city_is_told_from_the_power_it_stands_for(straits_names: Names, text: str, refs: list[str]) -> None:
    assert [m.ref for m in straits_names.find(text, field="title", on=ON) if m.sort is not MentionSort.ISSUE] == refs


@pytest.mark.parametrize(
    ("text", "via"),
    [
        ("talks in Lunda", "place"),
        ("Dorin travels to Lunda", "place"),
        ("Dorin to visit Lunda", "place"),
        ("Lunda offers to host", "exact"),
        ("a letter to Lunda", "exact"),
        ("progress in Lunda talks", "exact"),
        ("переговоры в Лунде", "place"),
        ("в Лунде считают это ошибкой", "exact"),
    ],
)
def test_a_state_named_as_a_place_stays_an_actor(straits_names: Names, text: str, via: str) -> None:
    (mention,) = [m for m in straits_names.find(text, field="title", on=ON) if m.ref == "lunda"]
    assert (mention.sort, mention.via) == (MentionSort.ACTOR, via)


@pytest.mark.parametrize(
    ("text", "on", "mentions"),
    [
        ("Arvenian president speaks", ON, ["Arvenian president:ivan-dorin:office"]),
        ("Arvenian president speaks", date(2021, 1, 1), ["Arvenian president:yegor-zhukhov:office"]),
        ("Arvenian president speaks", date(2010, 1, 1), ["Arvenian president:arvenia:office"]),
        ("former Arvenian president speaks", ON, ["Arvenian president:arvenia:office"]),
        ("Arvenia’s president speaks", ON, ["Arvenia’s president:ivan-dorin:office"]),
        ("Kestrian envoy speaks", ON, ["Kestrian envoy:kestria:office"]),
        ("Kestrian deputy minister speaks", ON, ["Kestrian deputy minister:kestria:office"]),
        ("с президентом Арвении", ON, ["президентом Арвении:ivan-dorin:office"]),
        (
            "Arvenian president Ivan Dorin",
            ON,
            ["Arvenian president:ivan-dorin:office", "Ivan Dorin:ivan-dorin:exact"],
        ),
        (
            "Arvenian president Yegor Zhukhov",
            ON,
            ["Arvenian president:arvenia:office", "Yegor Zhukhov:yegor-zhukhov:exact"],
        ),
    ],
)
def test_an_office_is_its_holder_of_the_day(straits_names: Names, text: str, on: date, mentions: list[str]) -> None:
    assert found(straits_names, text, on=on) == mentions


@pytest.mark.parametrize(
    ("text", "context", "refs"),
    [
        ("Holm speaks", "", []),
        ("Holm speaks in Vorst", "", ["petra-holm"]),
        ("envoy Holm speaks", "", ["petra-holm"]),
        ("Holm speaks", "The Kestrian side agreed", []),
        ("Holm speaks", "The envoy left", ["petra-holm"]),
        ("Petra Holm arrived. Holm spoke", "", ["petra-holm", "petra-holm"]),
        ("Calder wins", "", []),
        ("Calder wins the islands", "", ["calder"]),
        ("Calder wins", "в бухте острова", ["calder"]),
    ],
)
def test_an_ambiguous_name_needs_support(straits_names: Names, text: str, context: str, refs: list[str]) -> None:
    mentions = straits_names.find(text, field="title", on=ON, context=context)
    assert [m.ref for m in mentions if m.ref in {"petra-holm", "calder"}] == refs


def test_what_is_left_open_can_be_asked_for(straits_names: Names) -> None:
    (name,) = straits_names.open_names("Holm speaks", field="title")
    assert (name.text, name.refs, name.span.start) == ("Holm", ("petra-holm",), 0)
    assert straits_names.open_names("Petra Holm speaks", field="title") == ()


@pytest.mark.parametrize(
    "text",
    [
        "she saw Anna Dorin there",
        "Marek Dorin arrived",
        "Tolmin Hilton opens in spring",
        "the Vorst Declaration was signed",
    ],
)
def test_a_name_that_belongs_to_another_is_left_open(straits_names: Names, text: str) -> None:
    assert found(straits_names, text) == []
    assert straits_names.open_names(text, field="title")


@pytest.mark.parametrize(
    "text",
    ["President Dorin arrived", "On Monday Dorin arrived", "Angry Dorin Leaves The Round", "the EU, Dorin said"],
)
def test_a_title_or_day_before_a_surname_is_no_given_name(straits_names: Names, text: str) -> None:
    assert "Dorin:ivan-dorin:exact" in found(straits_names, text)


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("Yegor Zhuhov", "yegor-zhukhov"),
        ("Jegor Zhukhow", "yegor-zhukhov"),
        ("Yegor Jukhov", "yegor-zhukhov"),
        ("Yegor Zhukov", None),
        ("Velskiy", "marek-velsky"),
        ("Velskij", "marek-velsky"),
        ("Velskaya", None),
        ("Velska", None),
        ("Volsky", None),
        ("velskiy", None),
        ("Dorrin", "ivan-dorin"),
        ("Dorina", None),
        ("Kestriya", "kestria"),
    ],
)
def test_spellings_that_differ_by_transliteration_meet(straits_names: Names, text: str, ref: str | None) -> None:
    mentions = straits_names.find(f"and so {text} spoke at length", field="title", on=ON)
    assert [m.ref for m in mentions] == ([ref] if ref else [])


def test_a_short_skeleton_counts_only_where_the_capital_tells_a_name(straits_names: Names) -> None:
    assert found(straits_names, "Dorrin spoke at length") == []
    assert found(straits_names, "Old Bridge By Dorrin Falls Apart") == []


WORDS = st.sampled_from(
    [
        "Arvenia", "Tolmin", "in", "and", "-", "’s", "'s", ". ", "Dorin", "Ivan", "Holm", "envoy", "в", "Толмине",
        "Дорина", "заявили", "A.R.", "AR", "Arvenian", "president", "passage", "free", "St.", "Orlan", "\n", "İ", "ß",
    ]
)  # fmt: skip


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(max_size=120), st.lists(WORDS, max_size=14).map(" ".join), st.lists(WORDS, max_size=9).map("".join)
    )
)
def test_mentions_are_verbatim_ordered_and_apart(straits_names: Names, text: str) -> None:
    mentions = straits_names.find(text, field="summary", on=ON)
    place = 0
    for mention in mentions:
        assert place <= mention.span.start < mention.span.end <= len(text)
        assert text[mention.span.start : mention.span.end] == mention.text
        place = mention.span.end
    for name in straits_names.open_names(text, field="summary"):
        assert text[name.span.start : name.span.end] == name.text
        assert not any(
            m.span.start < name.span.end and name.span.start < m.span.end for m in mentions if m.sort != "issue"
        )


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_the_same_text_is_read_the_same_by_a_fresh_dictionary(
    straits: Lexicon, straits_names: Names, text: str
) -> None:
    again = straits_names.find(text, field="title", on=ON)
    assert straits_names.find(text, field="title", on=ON) == again
    assert all(m.ref in straits.actors or m.ref in straits.venues or m.ref in straits.issues for m in again)
