from __future__ import annotations

from datetime import date

from dipwatch.lexicon import Lexicon, Names, explain_name, lexicon_report, suggest

ON = date(2026, 1, 2)


def test_an_exact_name_is_explained_with_its_offices(straits: Lexicon, straits_names: Names) -> None:
    told = explain_name(straits, "Ivan Dorin", ON, straits_names)
    assert [(m.ref, m.via) for m in told.mentions] == [("ivan-dorin", "exact")]
    assert told.offices == {"ivan-dorin": ("president-arvenia",)}
    assert told.suggestions == ()


def test_a_look_alike_is_suggested_but_not_matched(straits: Lexicon) -> None:
    told = explain_name(straits, "Velskaya", ON)
    assert told.mentions == ()
    assert [s.actor for s in suggest(straits, "Marek Velski")] == ["marek-velsky"]
    assert suggest(straits, "Quixote") == ()


def test_suggestions_come_closest_first_and_once_an_actor(straits: Lexicon) -> None:
    ratios = [s.ratio for s in suggest(straits, "Ivan Dorina")]
    assert ratios == sorted(ratios, reverse=True)
    assert all(ratio >= 88 for ratio in ratios)
    assert len(ratios) == 1


def test_an_ambiguous_name_is_shown_as_open(straits: Lexicon, straits_names: Names) -> None:
    assert [name.refs for name in explain_name(straits, "Holm", ON, straits_names).open] == [("petra-holm",)]


def test_the_report_counts_what_was_loaded(straits: Lexicon) -> None:
    report = lexicon_report(straits)
    assert report[0].startswith("Talks over the Lunda straits (straits), version ")
    assert "10 actors: 1 body, 1 group, 4 person, 4 state" in report
    assert "2 issues with 3 stances" in report
