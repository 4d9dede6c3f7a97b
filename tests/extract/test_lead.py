"""What kind of act a sentence tells, by its cues alone, on the invented conflict."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dipwatch.extract import Reader
from dipwatch.extract.lead import decisive_kind, kind_by_cues, leading_sentence
from dipwatch.extract.parsed import ParsedSentence
from dipwatch.lexicon import load_lexicon
from dipwatch.model import Item, Kind, SourceKind
from dipwatch.shipped import shipped

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load_lexicon(shipped("config", "subjects", "corrin")))


def lead(reader: Reader, title: str) -> ParsedSentence:
    parsed = reader.parse(Item("i", "f", "Quay Post", SourceKind.INDEPENDENT, title, "", "", NOW, NOW, None, 0))
    assert parsed, "it opens the gate"
    sentence = leading_sentence(parsed)
    assert sentence, "it names an actor"
    return sentence


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Velmora denies agreeing truce with Brennoch", Kind.CEASEFIRE),
        ("Velmora denies sending soldiers to Brennoch", Kind.COMMITMENT),
        ("Brennoch denies secret channel to Velmora", Kind.CONTACT),
        ("Brennoch denies closing its embassy in Velmora", Kind.RUPTURE),
        ("Brennoch denies attack on Velmora", Kind.POSITION),
    ],
)
def test_a_denied_act_is_of_the_kind_of_the_act(reader: Reader, title: str, kind: Kind) -> None:
    assert kind_by_cues([lead(reader, title)]) is kind


@pytest.mark.parametrize(
    "title",
    [
        "Velmora demands return of children from Brennoch",
        "Velmora rejected prisoner swap with Brennoch",
        "Velmora insists that Brennoch signed a treaty",
    ],
)
def test_what_is_demanded_or_rejected_decides_nothing(reader: Reader, title: str) -> None:
    assert decisive_kind(lead(reader, title)) is None


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Velmora demands answer: Brennoch given ultimatum", Kind.ULTIMATUM),
        ("Velmora and Brennoch swapped prisoners", Kind.HUMANITARIAN),
        ("Velmora expelled two Brennoch diplomats", Kind.RUPTURE),
        ("Velmora denies truce with Brennoch", Kind.CEASEFIRE),
    ],
)
def test_one_decisive_kind_is_kept(reader: Reader, title: str, kind: Kind) -> None:
    assert decisive_kind(lead(reader, title)) is kind


def test_two_decisive_kinds_decide_nothing(reader: Reader) -> None:
    assert decisive_kind(lead(reader, "Velmora expelled diplomats and swapped prisoners with Brennoch")) is None


def test_readiness_for_a_meeting_is_a_position(reader: Reader) -> None:
    assert kind_by_cues([lead(reader, "Ostrick says ready to meet Tesk")]) is Kind.POSITION
