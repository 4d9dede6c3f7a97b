from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dipwatch.baseline import Baseline, Seed, make_seed, verify, verify_stored
from dipwatch.lexicon import Lexicon


def changed(seeds: tuple[Seed, ...], name: str, old: str, new: str) -> tuple[Seed, ...]:
    return tuple(make_seed(seed.info, seed.text.replace(old, new)) if seed.info.id == name else seed for seed in seeds)


def test_an_unchanged_document_is_fine(shown: dict[str, Any], seeds: tuple[Seed, ...]) -> None:
    assert verify_stored(shown, seeds) == ()


def test_any_change_of_a_document_is_reported(shown: dict[str, Any], seeds: tuple[Seed, ...]) -> None:
    (finding,) = verify_stored(shown, changed(seeds, "002", "Watch Now", "Watch Later"))
    assert (finding.where, finding.fails) == ("seed 002", False)


@pytest.mark.parametrize("words", ["€90 billion", "ready to talk"])
def test_a_change_inside_a_quote_fails(shown: dict[str, Any], seeds: tuple[Seed, ...], words: str) -> None:
    assert any(finding.fails for finding in verify_stored(shown, changed(seeds, "004", words, "nothing")))


def test_a_quote_out_of_place_and_an_unknown_id_fail(baseline: Baseline, lexicon: Lexicon) -> None:
    entry = baseline.lists["positions"][0]
    moved = replace(entry.evidence[0], start=entry.evidence[0].start + 1)
    for wrong in (
        replace(entry, evidence=(moved,)),
        replace(entry, evidence=()),
        replace(entry, slots={**entry.slots, "actor": "nobody"}),
        replace(entry, slots={**entry.slots, "stance": "whatever"}),
    ):
        spoilt = replace(baseline, lists={**baseline.lists, "positions": (wrong,)})
        assert [finding.where for finding in verify(spoilt, lexicon) if finding.fails] == [wrong.id]


def test_a_document_that_is_not_as_it_was_entered_fails_unless_an_accepted_build_tells_what_it_said(
    baseline: Baseline, lexicon: Lexicon, seeds: tuple[Seed, ...], shown: dict[str, Any]
) -> None:
    spoilt = replace(baseline, seeds=changed(seeds, "002", "Watch Now", "Watch Own"))
    assert [(finding.where, finding.fails) for finding in verify(spoilt, lexicon)] == [("seed 002", True)]
    held = verify(spoilt, lexicon, shown)
    assert {(finding.where, finding.fails) for finding in held} == {("seed 002", False)}
