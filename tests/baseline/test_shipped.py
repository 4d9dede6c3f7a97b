"""What the shipped seeds must give, looked up in the JSON of `dipwatch baseline show`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dipwatch.baseline import Baseline, Seed, knowledge
from dipwatch.baseline.verify import verify
from dipwatch.lexicon import Lexicon

Shown = dict[str, Any]


def found(shown: Shown, name: str, told: str = "", **slots: object) -> list[dict[str, Any]]:
    """Return the entries of a list that have these slots and words in a sentence or slot."""
    return [entry for entry in shown[name] if _has(entry, slots) and (not told or told in str(entry))]


def _has(entry: dict[str, Any], slots: dict[str, object]) -> bool:
    return all(
        set(value) <= set(entry.get(name, ())) if isinstance(value, list) else entry.get(name, "") == value
        for name, value in slots.items()
    )


ACTORS: list[dict[str, Any]] = [
    {"actor": "russia", "roles": ["party"]},
    {"actor": "ukraine", "roles": ["party"]},
    {"actor": "united-states", "roles": ["host", "mediator"]},
    {"actor": "european-union", "roles": ["host"]},
    {"actor": "europe", "roles": ["guarantor"], "named": ["20+ European governments"]},
    {"actor": "united-kingdom"},
    {"actor": "france"},
    {"actor": "germany"},
    {"actor": "poland"},
    {"actor": "turkey", "roles": ["host", "mediator"]},
    {"actor": "saudi-arabia", "roles": ["host"]},
    {"actor": "belarus", "roles": ["conduit"]},
    {"actor": "kazakhstan", "roles": ["conduit"]},
    {"actor": "united-nations", "roles": ["monitor", "drafter"]},
    {"actor": "osce", "roles": ["monitor", "drafter"]},
    {"actor": "nato", "roles": ["reluctant"]},
    {"actor": "civil-society", "named": ["NGOs", "think tanks", "diaspora groups"]},
    {"actor": "track-two", "named": ["former senior officials"], "roles": ["back-channel participant"]},
    {"actor": "global-south", "roles": ["mediator"]},
    {"actor": "regional-powers", "roles": ["mediator"]},
    {"actor": "volodymyr-zelensky"},
    {"actor": "vladimir-putin"},
    {"actor": "donald-trump"},
    {"actor": "joe-biden", "roles": ["former leadership"]},
    {"actor": "keith-kellogg", "named": ["US Special Envoy"]},
    {"actor": "kirill-dmitriev", "named": ["special Russian presidential envoy"]},
    {"actor": "emmanuel-macron"},
    {"actor": "dmitry-peskov", "named": ["Vladimir Putin’s spokesman"]},
    {"actor": "", "unnamed": "A senior international humanitarian official", "roles": ["unnamed official"]},
    {"actor": "ukraine", "unnamed": "A senior Ukrainian official involved in international consultations"},
    {"actor": "", "unnamed": "Another international diplomatic source involved in consultations"},
    {"actor": "united-states", "unnamed": "one American official"},
    {"actor": "verkhovna-rada"},
]
SOURCES = [
    "isw",
    "csis",
    "iiss",
    "chatham-house",
    "carnegie",
    "parliament-news",
    "state-department-briefings",
    "presidential-office-ukraine",
    "eeas",
    "reuters",
    "bbc",
    "france-24",
    "rt",
    "al-jazeera",
    "abc-news",
    "new-york-post",
]
AT_ISSUE = ["crimea", "donetsk", "luhansk", "zaporizhzhia", "kherson", "pokrovsk", "kharkiv"]
TALKS = ["geneva", "istanbul", "vienna", "saudi-arabia", "paris", "miami", "berlin"]

ROUNDS: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"venue": "geneva", "when": "winter", "form": "summit", "issues": ["prisoners-humanitarian"]},
        ["provisional agreement", "implementation remains uneven", "prisoner exchanges", "medical and food aid"],
    ),
    (
        {"venue": "istanbul", "when": "spring", "issues": ["food-and-grain"]},
        ["joint declaration", "grain export guarantees"],
    ),
    ({"venue": "vienna", "when": "summer", "issues": ["security-guarantees"]}, ["no final treaty emerged"]),
    (
        {
            "venue": "saudi-arabia",
            "when": "january 2026",
            "actors": ["united-states", "ukraine", "europe"],
            "absent": ["russia"],
        },
        ["without Russia"],
    ),
    (
        {"venue": "paris", "when": "february 2026", "actors": ["europe"], "issues": ["security-guarantees"]},
        ["statement of intent", "contingent on agreement"],
    ),
    (
        {"venue": "miami", "actors": ["united-states", "russia", "kirill-dmitriev"]},
        ["“constructive” by the Russian side", "there is still a way to go"],
    ),
    ({"venue": "berlin", "when": "earlier", "actors": ["ukraine"]}, ["involving Ukrainian officials"]),
]

CHANNELS: list[tuple[dict[str, Any], str]] = [
    ({"level": "track I"}, "none of these Track I channels has produced framework agreement"),
    ({"level": "track II"}, "more active than at any point"),
    ({"level": "back channel", "through": ["belarus", "kazakhstan"]}, "away from public scrutiny"),
    ({"level": "back channel", "through": ["turkey"], "about": ["prisoners-humanitarian"]}, "technical contacts"),
    ({"through": ["keith-kellogg"], "between": ["russia", "ukraine"]}, "both Kyiv and Moscow"),
    ({"through": ["keith-kellogg"], "between": ["europe", "ukraine"]}, "both Kyiv and European capitals"),
    ({"level": "bilateral", "between": ["france", "russia"], "ready": True}, "both Moscow and Paris"),
    ({"level": "bilateral", "between": ["russia", "united-states"]}, "in Miami"),
    ({"level": "bilateral", "between": ["russia", "united-states"]}, "bilateral direct contacts with Moscow"),
]

POSITIONS: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("ukraine", "territory", "no-legal-cession", {"minimum": True}, "temporary de facto loss of control"),
    ("ukraine", "territory", "no-legal-cession", {}, "timelines and processes for reasserting sovereignty"),
    ("ukraine", "territory", "rejects-any-cession", {}, "territorial integrity"),
    ("ukraine", "ceasefire", "along-current-lines", {"flexible": ["willingness to discuss"]}, "as a first step"),
    ("ukraine", "ceasefire", "truce-with-guarantees", {}, "must be accompanied by ironclad security guarantees"),
    ("ukraine", "security-guarantees", "binding-with-forces", {"minimum": True}, "Budapest Memorandum"),
    ("ukraine", "security-guarantees", "article-5-like", {}, "Article 5-equivalent"),
    ("ukraine", "peacekeepers", "demands-deployment", {}, "deployed forces"),
    ("ukraine", "nato-membership", "keeps-the-door-open", {"attribution": ["official"]}, "aspiration"),
    ("ukraine", "nato-membership", "deferred", {}, "effectively deferred"),
    (
        "ukraine",
        "security-guarantees",
        "contingent-bilateral",
        {},
        "bilateral treaties with individual European states",
    ),
    ("ukraine", "war-crimes", "tribunal", {"minimum": True}, "war crimes accountability"),
    ("ukraine", "peace-framework", "own-formula", {"minimum": True}, "three minimum requirements"),
    ("ukraine", "peace-framework", "seat-and-changes", {}, "insufficiently protective"),
    ("russia", "territory", "demands-whole-regions", {"attribution": ["official"]}, "in their entirety"),
    ("russia", "nato-membership", "demands-ban", {}, "constitutional prohibition on future Ukrainian NATO accession"),
    ("russia", "nato-membership", "demands-ban", {}, "Ukrainian abandonment of NATO membership aspirations"),
    ("russia", "armed-forces-limits", "demands-caps", {}, "limits on Ukrainian armed forces size"),
    ("russia", "peacekeepers", "rejects-foreign-troops", {}, "foreign troop presence"),
    ("russia", "security-guarantees", "guarantees-for-russia", {"single_source": True}, "strategic assurances"),
    (
        "russia",
        "ceasefire",
        "along-current-lines",
        {"attribution": ["back channel", "track II", "reported"], "flexible": ["greater flexibility"]},
        "provided Ukraine makes formal commitments on NATO",
    ),
    (
        "russia",
        "territory",
        "freeze-and-defer",
        {"attribution": ["reported"]},
        "without the full territorial recognition demands",
    ),
    ("russia", "peace-framework", "maximal-terms", {}, "strategic patience"),
    ("russia", "peace-framework", "maximal-terms", {}, "insufficiently conclusive"),
    ("russia", "peace-framework", "ready-to-talk", {"speakers": ["vladimir-putin"]}, "Emmanuel Macron"),
    ("united-states", "peace-framework", "dealmaking", {}, "dealmaking framework"),
    ("united-states", "peace-framework", "dealmaking", {}, "declined to endorse"),
    ("united-states", "peace-framework", "dealmaking", {}, "leverage over Ukraine"),
    ("united-states", "ceasefire", "along-current-lines", {}, "UN-monitored frontline"),
    ("united-states", "territory", "freeze-and-defer", {}, "postponement of territorial status questions"),
    ("united-states", "nato-membership", "opposes-entry", {}, "Trump administration's opposition"),
    ("nato", "nato-membership", "opposes-entry", {}, "reluctance"),
    (
        "europe",
        "security-guarantees",
        "contingent-bilateral",
        {"conditions": ["contingent on agreement"]},
        "Paris summit",
    ),
    (
        "united-kingdom",
        "peacekeepers",
        "open-to-troops",
        {"conditions": ["contingent on political agreement"]},
        "willingness",
    ),
    ("france", "peacekeepers", "open-to-troops", {"conditions": ["contingent on political agreement"]}, "willingness"),
    (
        "europe",
        "sanctions",
        "enforces",
        {"attribution": ["under discussion"]},
        "whether to tighten sanctions enforcement",
    ),
    ("europe", "peace-framework", "own-formula", {}, "formal European support"),
    ("european-union", "financial-aid", "gives-money", {}, "€90 billion loan"),
]
SCENARIOS = {
    "fragile-ceasefire": "possible",
    "prolonged-stalemate": "most probable 2026",
    "collapsed-negotiations": "unlikely in 2026",
    "russian-breakthrough": "remains a risk",
}
RULES = [
    "public-statement-is-not-the-full-position",
    "back-channel-is-marked",
    "single-source-is-marked",
    "agreements-are-followed-to-implementation",
    "joint-monitoring-body",
]
GLOSSARY = ("cease-fire", "back-channel", "mediator", "security guarantees", "peace treaty")


@pytest.mark.parametrize("slots", ACTORS, ids=lambda each: each.get("unnamed") or each["actor"])
def test_actors_are_known_with_their_roles(shown: Shown, slots: dict[str, Any]) -> None:
    assert found(shown, "actors", **slots)


@pytest.mark.parametrize("source", SOURCES)
def test_sources_are_known(shown: Shown, source: str) -> None:
    assert found(shown, "sources", source=source)
    assert found(shown, "actors", actor=source)


@pytest.mark.parametrize(
    ("venue", "use"),
    [
        *((v, "at issue") for v in AT_ISSUE),
        *((v, "talks") for v in TALKS),
        *((v, "seat of a government") for v in ("kyiv", "moscow")),
    ],
)
def test_places_are_known_by_what_they_stand_for(shown: Shown, venue: str, use: str) -> None:
    assert found(shown, "venues", venue=venue, uses=[use])


def test_a_treaty_named_after_a_city_makes_no_venue(shown: Shown) -> None:
    assert not found(shown, "venues", venue="budapest")


@pytest.mark.parametrize(("slots", "told"), ROUNDS, ids=[slots["venue"] for slots, _ in ROUNDS])
def test_rounds_are_known_with_their_results(shown: Shown, slots: dict[str, Any], told: list[str]) -> None:
    (entry,) = found(shown, "rounds", **slots)
    assert [words for words in told if words not in str(entry["evidence"])] == []


@pytest.mark.parametrize("venue", ["istanbul", "vienna"])
def test_rounds_that_one_thin_document_tells_are_marked_and_never_suppress(
    shown: Shown, baseline: Baseline, venue: str
) -> None:
    (entry,) = found(shown, "rounds", venue=venue)
    assert (entry["reliability"], entry["single_source"], entry["suppresses"]) == ("low", True, False)
    assert not knowledge(baseline).knows_venue(venue, date(2030, 1, 1))


@pytest.mark.parametrize(("slots", "told"), CHANNELS, ids=[told for _, told in CHANNELS])
def test_channels_are_known_with_who_and_through_whom(shown: Shown, slots: dict[str, Any], told: str) -> None:
    assert found(shown, "channels", told, **slots)


def test_what_the_documents_contradict_each_other_in_is_kept_side_by_side(shown: Shown) -> None:
    (one,) = found(shown, "channels", "both Kyiv and Moscow", through=["keith-kellogg"])
    (other,) = found(shown, "channels", "both Kyiv and European capitals", through=["keith-kellogg"])
    assert one["conflicts"] == [other["id"]]
    assert other["conflicts"] == [one["id"]]


@pytest.mark.parametrize("position", POSITIONS, ids=lambda each: "-".join(each[:3]))
def test_positions_are_known_with_conditions_and_flexibility(
    shown: Shown, position: tuple[str, str, str, dict[str, Any], str]
) -> None:
    actor, issue, stance, slots, told = position
    assert found(shown, "positions", told, actor=actor, issue=issue, stance=stance, **slots)


def test_the_formula_is_known_with_the_six_points_that_are_named(shown: Shown) -> None:
    (formula,) = found(shown, "proposals", proposal="Zelensky Peace Formula")
    assert formula["by"] == ["ukraine"]
    assert len(formula["points"]) == 6


@pytest.mark.parametrize(
    ("proposal", "told"),
    [
        ("a series of principles", "UN-monitored frontline"),
        ("joint monitoring body", "neutral observers"),
        ("phased approach to security guarantees", "limited, verifiable measures"),
        ("peacekeeping mission", "contingent on political agreement"),
    ],
)
def test_proposals_are_known(shown: Shown, proposal: str, told: str) -> None:
    assert found(shown, "proposals", told, proposal=proposal)


def test_both_sides_objections_to_the_principles_are_known(shown: Shown) -> None:
    (principles,) = found(shown, "proposals", proposal="a series of principles")
    assert [view.partition(":")[0] for view in principles["views"]] == ["ukraine", "russia"]


@pytest.mark.parametrize(
    "slots",
    [
        {
            "actor": "european-union",
            "amount": "€90 billion",
            "period": "over the next two years",
            "toward": ["ukraine"],
        },
        {"actor": "europe", "issue": "security-guarantees", "conditions": ["contingent on agreement"]},
        {"actor": "united-kingdom", "issue": "peacekeepers"},
        {"actor": "france", "issue": "peacekeepers"},
        {"actor": "russia", "issue": "food-and-grain", "single_source": True},
    ],
)
def test_commitments_are_known(shown: Shown, slots: dict[str, Any]) -> None:
    assert found(shown, "commitments", **slots)


@pytest.mark.parametrize(("scenario", "likelihood"), SCENARIOS.items())
def test_scenarios_are_known_with_likelihood_and_indicators(shown: Shown, scenario: str, likelihood: str) -> None:
    (entry,) = found(shown, "scenarios", scenario=scenario)
    assert entry["likelihood"][0].startswith(likelihood)
    assert entry["speaks_for"]
    assert entry["speaks_against"]


@pytest.mark.parametrize(
    ("sort", "term"), [*(("rule", rule) for rule in RULES), *(("glossary", term) for term in GLOSSARY)]
)
def test_terms_and_the_seeds_own_warnings_are_known(shown: Shown, sort: str, term: str) -> None:
    assert found(shown, "terms", sort=sort, term=term)


def test_the_shipped_baseline_verifies(baseline: Baseline, lexicon: Lexicon) -> None:
    assert verify(baseline, lexicon) == ()


def test_every_quote_is_a_verbatim_piece_of_its_document(shown: Shown, seeds: tuple[Seed, ...]) -> None:
    texts = {seed.info.id: seed.text for seed in seeds}
    entries = [entry for value in shown.values() if isinstance(value, list) for entry in value]
    told = [each for entry in entries for each in entry.get("evidence", ())]
    assert len(told) > 200
    assert all(texts[each["seed"]][each["start"] : each["end"]] == each["quote"] for each in told)


def test_what_the_pages_put_around_the_texts_is_no_evidence(shown: Shown) -> None:
    entries = [entry for value in shown.values() if isinstance(value, list) for entry in value]
    quotes = str([entry["evidence"] for entry in entries if "evidence" in entry])
    for furniture in ("TL;DR", "Watch Now", "Leave a", "Skip to main", "yesstreaming", "Andrew Arrest", "min read"):
        assert furniture not in quotes


@pytest.mark.parametrize(("name", "least"), [("positions", 0.7), ("actors", 0.9), ("venues", 0.9)])
def test_most_is_derived_without_correction(baseline: Baseline, name: str, least: float) -> None:
    (share,) = (share for share in baseline.shares if share.list == name)
    assert share.share >= least


def test_an_undated_document_does_not_mute_its_own_first_reports(baseline: Baseline) -> None:
    known, then = knowledge(baseline), date(2025, 12, 20)
    assert known.position("european-union", "financial-aid", then) is None
    assert not known.knows_venue("miami", then)
    assert not known.knows_actor("kirill-dmitriev", then)
    assert not known.knows_pair("russia", "kirill-dmitriev", then)
    added = date(2026, 11, 24)
    assert known.knows_venue("miami", added)
    assert known.position("european-union", "financial-aid", added) is not None


def test_detection_hears_of_the_best_attested_stance(baseline: Baseline) -> None:
    known, on = knowledge(baseline), date(2026, 12, 1)
    told = {
        (actor, issue): position.stance
        for actor, issue in [("russia", "territory"), ("ukraine", "ceasefire"), ("russia", "nato-membership")]
        if (position := known.position(actor, issue, on))
    }
    assert told == {
        ("russia", "territory"): "demands-whole-regions",
        ("ukraine", "ceasefire"): "along-current-lines",
        ("russia", "nato-membership"): "demands-ban",
    }
