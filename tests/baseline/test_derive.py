"""What sentences of our own come to: who holds a position, who mediates, who met where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from dipwatch.baseline import Baseline, Entry, Seed, build, knowledge
from dipwatch.extract import Reader

Make = Callable[..., Seed]


@pytest.fixture
def derived(document: Make, reader: Reader) -> Callable[..., Baseline]:
    return lambda text, **keys: build([document(text, **keys)], None, reader)


def held(baseline: Baseline) -> set[tuple[str, str]]:
    return {(entry.text("actor"), entry.text("stance")) for entry in baseline.lists["positions"]}


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("Ukraine cannot formally cede sovereignty over any land.", ("ukraine", "no-legal-cession")),
        ("Russia demands that Kyiv abandon NATO; Ukraine cannot formally cede land.", ("ukraine", "no-legal-cession")),
        ("Ukrainian officials say that they cannot formally cede land.", ("ukraine", "no-legal-cession")),
        ("The formula enjoys European support.", ("europe", "own-formula")),
        ("France and the UK have signalled willingness to contribute forces.", ("france", "open-to-troops")),
        ("France and the UK have signalled willingness to contribute forces.", ("united-kingdom", "open-to-troops")),
        ("President Zelensky said that he cannot formally cede land.", ("ukraine", "no-legal-cession")),
    ],
)
def test_a_stance_is_its_subjects(derived: Callable[..., Baseline], text: str, position: tuple[str, str]) -> None:
    assert position in held(derived(text))


def test_a_sections_heading_gives_the_holder_where_a_sentence_names_none(derived: Callable[..., Baseline]) -> None:
    text = (
        "Russia's Demands\n\nLimits on Ukrainian armed forces come first, then a constitutional ban on NATO membership."
    )
    assert ("russia", "demands-ban") in held(derived(text))


@pytest.mark.parametrize(
    "text",
    [
        "Moscow claims that Kyiv is ready to talk about a ceasefire along current lines of contact.",
        "Scenarios\n\nUkraine agrees to a ceasefire along current lines of contact.",
        "A plan rather than recognition of Russian sovereignty over Crimea is sought by Ukraine.",
    ],
)
def test_what_a_rival_says_of_it_what_may_come_and_what_is_said_away_are_no_positions(
    derived: Callable[..., Baseline], text: str
) -> None:
    assert (
        held(derived(text))
        & {
            ("ukraine", "along-current-lines"),
            ("russia", "along-current-lines"),
            ("ukraine", "demands-whole-regions"),
        }
        == set()
    )


def test_conditions_flexibility_and_back_channels_are_kept_with_a_position(derived: Callable[..., Baseline]) -> None:
    text = (
        "In back-channel contacts, Russian negotiators have reportedly shown greater flexibility and might accept a "
        "ceasefire along current lines of contact, provided Ukraine stays out of NATO."
    )
    (entry,) = (e for e in derived(text).lists["positions"] if e.text("stance") == "along-current-lines")
    assert entry.words("conditions") == ("provided Ukraine stays out of NATO.",)
    assert entry.words("flexible") == ("greater flexibility",)
    assert entry.words("attribution") == ("back channel", "reported")


@pytest.mark.parametrize(
    ("text", "actor", "role"),
    [
        ("Qatar and Turkey mediate between Russia and Ukraine.", "qatar", "mediator"),
        ("The talks between Russia and Ukraine were mediated by Qatar and Turkey.", "turkey", "mediator"),
        ("Belarus, among others, has passed messages between Russia and Ukraine.", "belarus", "conduit"),
        ("The OSCE monitors the line in Ukraine.", "osce", "monitor"),
        ("Switzerland hosted the talks between Russia and Ukraine.", "switzerland", "host"),
    ],
)
def test_roles_are_told_by_general_words(derived: Callable[..., Baseline], text: str, actor: str, role: str) -> None:
    roles = {entry.text("actor"): entry.words("roles") for entry in derived(text).lists["actors"]}
    assert role in roles[actor]


def test_a_round_has_its_place_time_those_present_and_those_absent(derived: Callable[..., Baseline]) -> None:
    (entry,) = derived(
        "The March 2026 talks in Ankara brought together US and Ukrainian envoys, without Russia."
    ).lists["rounds"]
    assert entry.key == ("ankara", "march 2026")
    assert set(entry.words("actors")) >= {"united-states", "ukraine"}
    assert entry.words("absent") == ("russia",)


def test_an_office_is_whom_the_document_names_as_its_holder(derived: Callable[..., Baseline]) -> None:
    text = "US Special Envoy Keith Kellogg went to Kyiv. The US Special Envoy met Ukrainian officials."
    actors = {entry.text("actor") for entry in derived(text).lists["actors"]}
    assert "keith-kellogg" in actors
    assert "steve-witkoff" not in actors


def test_thin_documents_suppress_nothing_alone_but_two_of_them_do(document: Make, reader: Reader) -> None:
    text = "Talks between Russia and Ukraine were held in Vienna."
    one = document(text, id="1", reliability="low", as_of=date(2026, 3, 1))
    other = document(f"They met again. {text}", id="2", reliability="low", as_of=date(2026, 4, 1))
    alone, both = (knowledge(build(seeds, None, reader)) for seeds in ([one], [one, other]))
    assert not alone.knows_venue("vienna", date(2030, 1, 1))
    assert not both.knows_venue("vienna", date(2026, 3, 31))
    assert both.knows_venue("vienna", date(2026, 4, 1))


def test_building_twice_gives_the_same_ids_and_version(document: Make, reader: Reader) -> None:
    seed = document("Qatar mediates between Russia and Ukraine, who met in Vienna.")
    one, other = (build([seed], None, reader) for _ in range(2))
    assert one.version == other.version
    assert [entry.id for entry in one.entries()] == [entry.id for entry in other.entries()]


def test_an_id_depends_on_what_an_entry_is_not_on_what_is_told_of_it() -> None:
    one = Entry("positions", {"actor": "a", "issue": "i", "stance": "s"}, ())
    other = Entry("positions", {"actor": "a", "issue": "i", "stance": "s", "minimum": True}, ())
    third = Entry("positions", {"actor": "a", "issue": "i", "stance": "t"}, ())
    assert one.id == other.id != third.id
