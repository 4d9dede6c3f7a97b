from __future__ import annotations

from pathlib import Path

import pytest

from dipwatch.baseline import build, knowledge, load_seeds
from dipwatch.extract import Reader, load_model
from dipwatch.lexicon import load_lexicon
from dipwatch.review.brief import Brief, evidence, load_brief
from dipwatch.review.cache import Cache
from dipwatch.shipped import shipped

FOLDER, SEEDS = shipped("config", "subjects", "ukraine"), shipped("seeds")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def brief(cache: Cache) -> Brief:
    return load_brief(FOLDER, SEEDS, cache)


def test_it_tells_the_positions_that_detection_goes_by(brief: Brief) -> None:
    lexicon = load_lexicon(FOLDER)
    built = build(load_seeds(SEEDS), FOLDER, Reader(lexicon, load_model(FOLDER)))
    known = [(each.actor, each.issue, each.stance, each.known_from) for each in knowledge(built).positions]
    told = [(e.actor, e.issue, e.stance, e.known_from) for e in brief.positions() if not e.thin]
    assert told == known
    assert brief.version == built.version


def test_every_position_has_its_sentences(brief: Brief) -> None:
    for position in brief.positions():
        assert position.evidence
        assert all(each.quote and each.seed for each in position.evidence)
    assert all(evidence(entry) for entry in brief.entries("commitments"))


def test_it_is_built_once(brief: Brief, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def built(*_arguments: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr("dipwatch.review.brief._derived", built)
    assert load_brief(FOLDER, SEEDS, cache) == brief


def test_a_subject_without_seeds_says_nothing(tmp_path: Path) -> None:
    empty = load_brief(tmp_path, None, Cache(None))
    assert list(empty.positions()) == []
    assert empty.entries("rounds") == ()


def test_what_is_shown_of_a_garbled_document_is_mended_and_documents_have_names(brief: Brief) -> None:
    garbled = {seed.info.id: seed.info.garbled for seed in load_seeds(SEEDS) if seed.info.garbled}
    told = [each for name in brief.lists for entry in brief.entries(name) for each in evidence(entry)]
    of_them = [each for each in told if each.seed in garbled]
    assert any("-" in each.quote for each in of_them)
    assert not [each.quote for each in of_them if garbled[each.seed] in each.quote]
    kept = [each["quote"] for name in brief.lists for entry in brief.entries(name) for each in entry["evidence"]]
    assert any(garbled[each.seed] in quote for each in of_them for quote in kept), "what is kept stays verbatim"
    for entry in brief.entries("commitments"):
        assert not any(letter in str(entry["words"]) for letter in garbled.values())
    assert {brief.document(each.seed) for each in told} >= {
        "“Ukraine Peace Talks Status 2026: Where Negotiations Stand”, 31 Mar 2026",
        "“Recent diplomatic activity surrounding the Russia-Ukraine conflict”, undated",
    }
    assert brief.document("999") == "seed 999"
