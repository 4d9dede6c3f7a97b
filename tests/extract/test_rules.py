"""What is a development where nothing was learned: each rule seen at work on the invented conflict."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dipwatch.extract import Model, Reader, Scored, load_model, score_by_rules
from dipwatch.extract.rules import MOST_POINTS
from dipwatch.lexicon import load_lexicon
from dipwatch.model import Item, Kind, SourceKind, Status
from dipwatch.shipped import shipped

FOLDER = shipped("config", "subjects", "corrin")
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load_lexicon(FOLDER), load_model(FOLDER))


def item(title: str, summary: str = "") -> Item:
    return Item("i", "f", "Quay Post", SourceKind.INDEPENDENT, title, summary, "", NOW, NOW, None, 0)


def scored(reader: Reader, title: str, summary: str = "") -> Scored:
    parsed = reader.parse(item(title, summary))
    assert parsed, "it opens the gate"
    return score_by_rules(parsed, reader.lexicon)


def points(reader: Reader, title: str, summary: str = "") -> list[tuple[str, int]]:
    return [(point.reason.split(":")[0], point.points) for point in scored(reader, title, summary).points]


@pytest.mark.parametrize(
    ("title", "told"),
    [
        (
            "Velmora and Brennoch to hold talks in Port Emmel",
            [("an act of weight 3", 5), ("parties named together", 3)],
        ),
        ("Tesk met with Vorrel", [("an act of weight 2", 4), ("parties named together", 3)]),
        (
            "Ostrick met with Edda Fenwright",
            [("an act of weight 2", 4), ("a party and who stands between the parties", 3)],
        ),
        ("Ostrick met with Tavish Orre", [("an act of weight 2", 4), ("a party, alone or with others", 1)]),
        ("Pellgard met with Sundrey on the Corrin", [("an act of weight 2", 4), ("an issue, but no party", 1)]),
        ("Ostrick says he is tired", [("a statement", 1), ("a party, alone or with others", 1)]),
        ("A train left Brennoch", [("tells no act, no statement and no stance", 0)]),
    ],
)
def test_the_strongest_act_and_who_is_named_with_it_count(
    reader: Reader, title: str, told: list[tuple[str, int]]
) -> None:
    assert points(reader, title) == told


@pytest.mark.parametrize(
    ("title", "against"),
    [
        ("Opinion: Tesk met with Vorrel and nobody noticed", ("the sort of text", -5)),
        ("Has Tesk met with Vorrel?", ("the title asks", -3)),
        ("Tesk met with Vorrel before the football final", ("another topic", -4)),
    ],
)
def test_sorts_of_text_questions_and_other_topics_speak_against(
    reader: Reader, title: str, against: tuple[str, int]
) -> None:
    assert against in points(reader, title)


def test_words_within_a_known_name_do_not_speak_against(reader: Reader) -> None:
    found = points(reader, "Long Coast League imposes sanctions on Brennoch")
    assert all(score > 0 for _, score in found), "«league» is a word of sport as well"


def test_what_undoes_an_act_adds_to_it(reader: Reader) -> None:
    assert ("the act is undone", 1) in points(reader, "Port Emmel talks between Velmora and Brennoch put off")


def test_a_backdrop_is_a_hint_at_most(reader: Reader) -> None:
    assert points(reader, "Velmora digs in after Tesk met with Vorrel")[0] == ("an act of weight 2", 2)


def test_what_only_the_summary_tells_counts_less(reader: Reader) -> None:
    assert ("told in the summary only", -1) in points(reader, "A day at the lake", "Tesk met with Vorrel there.")


def test_the_score_is_the_claims_and_stays_between_0_and_1(reader: Reader) -> None:
    most = "Brennoch rejects armed observers, gives Velmora five days to withdraw and calls off talks"
    least = "Opinion: has Ostrick said that football, crime and snow are all we have?"
    for title, score in ((most, 1.0), (least, 0.0)):
        ruled = scored(reader, title)
        assert reader.read(item(title)).claims[0].score == ruled.score == score
    assert sum(point.points for point in scored(reader, most).points) >= MOST_POINTS
    assert sum(point.points for point in scored(reader, least).points) < 0


def test_by_rules_a_position_is_stated_not_planned(reader: Reader) -> None:
    claim = reader.read(item("Vorrel says Brennoch is ready to accept unarmed observers")).claims[0]
    assert (claim.kind, claim.status, claim.states_position) == (Kind.POSITION, Status.HAPPENED, True)


def test_a_subject_without_a_model_brings_the_rules_thresholds() -> None:
    model = load_model(FOLDER)
    assert model.relevance is None
    assert model.thresholds == {"alert": 0.6, "record": 0.4, "told": 0.45}
    assert model.version == Model().version == "rules"
