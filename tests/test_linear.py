from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipwatch.linear import Choice, Linear

WEIGHTS = Linear(-1.0, {"talks": 2.0, "sport": -3.0, "small": 0.0004})
NAMES = st.sampled_from(["talks", "sport", "small", "unknown"])
FEATURES = st.dictionaries(NAMES, st.floats(-1e6, 1e6))


@pytest.mark.parametrize(
    ("features", "margin", "probability"),
    [
        ({}, -1.0, 0.269),
        ({"talks": 1}, 1.0, 0.731),
        ({"talks": 0.5}, 0.0, 0.5),
        ({"talks": 1, "sport": 1}, -2.0, 0.119),
        ({"unknown": 100}, -1.0, 0.269),
        ({"talks": 1e9}, 2e9 - 1, 1.0),
        ({"sport": 1e9}, -3e9 - 1, 0.0),
    ],
)
def test_a_margin_is_the_weighted_sum_and_its_probability_the_logistic(
    features: dict[str, float], margin: float, probability: float
) -> None:
    assert WEIGHTS.margin(features) == pytest.approx(margin)
    assert WEIGHTS.probability(features) == probability


@settings(deadline=None)
@given(FEATURES)
def test_a_probability_lies_between_0_and_1_to_three_places(features: dict[str, float]) -> None:
    probability = WEIGHTS.probability(features)
    assert 0 <= probability <= 1
    assert probability == round(probability, 3)
    assert math.isfinite(WEIGHTS.margin(features))


def test_the_reasons_are_what_weighed_most() -> None:
    features = {"talks": 1.0, "sport": 1.0, "unknown": 9.0, "small": 1.0}
    assert WEIGHTS.reasons(features) == (("sport", -3.0), ("talks", 2.0), ("small", 0.0))
    assert WEIGHTS.reasons(features, most=1) == (("sport", -3.0),)
    assert WEIGHTS.reasons({}) == ()


def test_reasons_of_one_weight_come_by_name() -> None:
    even = Linear(0.0, {"b": 1.0, "a": -1.0})
    assert even.reasons({"b": 1.0, "a": 1.0}) == (("a", -1.0), ("b", 1.0))


def test_the_highest_margin_is_chosen_and_the_first_of_equals() -> None:
    choice = Choice({"meeting": WEIGHTS, "contact": Linear(-1.0, {"call": 2.0}), "other": Linear(-1.0)})
    assert choice.best({"call": 1.0}) == "contact"
    assert choice.best({"talks": 1.0}) == "meeting"
    assert choice.best({"sport": 1.0}) == "contact"
    assert choice.best({}) == "meeting"


def test_there_is_no_choice_without_labels() -> None:
    assert Choice().best({"talks": 1.0}) is None
