"""A title whose word is an outlet's, or that of unnamed sources, is a report."""

from __future__ import annotations

import pytest
from tests.extract.samples import item

from dipwatch.extract import Reader
from dipwatch.extract.attributed import is_attributed
from dipwatch.model import Status


def attributed(reader: Reader, title: str) -> bool:
    """Tell whether the title's first sentence is attributed."""
    parsed = reader.parse(item(title))
    assert parsed
    return is_attributed(parsed.sentences[0], reader.lexicon)


@pytest.mark.parametrize(
    "title",
    [
        "Reuters: Berlin offers Ukraine an air-defence loan",
        "Ukraine to get an air-defence loan — Reuters",
        "Ukraine to get an air-defence loan – sources",
        "СМИ: Россия и США готовят переговоры в Осло",
        "Bloomberg: Россия и США готовят переговоры в Осло",
        "Росія і США готують переговори в Осло — джерела",
        "«Politico: Росія і США готують переговори в Осло»",
    ],
)
def test_a_source_with_a_colon_or_a_dash_has_the_word(reader: Reader, title: str) -> None:
    assert attributed(reader, title)
    assert reader.read(item(title)).claims[0].status is Status.REPORTED


@pytest.mark.parametrize(
    "title",
    [
        "Ukraine to get an air-defence loan - Reuters",
        "Zelensky: Ukraine to get an air-defence loan",
        "Russia and Ukraine meet, sources say more talks follow",
        "Зеленський — Bloomberg готує нове видання про Україну",
        "Песков: переговоры в Осло готовятся",
    ],
)
def test_an_outlets_own_name_or_a_speaker_is_no_such_source(reader: Reader, title: str) -> None:
    assert not attributed(reader, title)


def test_what_a_report_says_is_undone_stays_undone(reader: Reader) -> None:
    claim = reader.read(item("Axios: Witkoff's meeting with Putin cancelled")).claims[0]
    assert claim.status is Status.CANCELLED
