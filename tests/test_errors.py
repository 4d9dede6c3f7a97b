from __future__ import annotations

import pytest

from dipwatch import errors
from dipwatch.errors import ConfigError, DeliveryError, DipwatchError, FeedError, Problem, StoreError, UsageError


def test_every_error_is_of_the_one_family_and_has_an_exit_code() -> None:
    family = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    assert len(family) > 5
    assert all(issubclass(each, DipwatchError) and each.exit_code in {1, 2} for each in family)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError([]), 2),
        (UsageError("no such command"), 2),
        (StoreError("away"), 1),
        (DeliveryError("refused"), 1),
        (FeedError("timeout", "no answer within 30s"), 1),
    ],
)
def test_wrong_use_is_told_from_what_failed(error: DipwatchError, code: int) -> None:
    assert error.exit_code == code


def test_a_problem_says_where_what_and_how_to_mend_it() -> None:
    assert str(Problem("a.toml:3", "unknown key", "remove it")) == "a.toml:3: unknown key; remove it"
    assert str(Problem("a.toml:3", "unknown key")) == "a.toml:3: unknown key"


def test_problems_are_told_together_a_line_each() -> None:
    error = ConfigError([Problem("a", "one"), Problem("b", "two")])
    assert str(error) == "a: one\nb: two"
    assert [problem.where for problem in error.problems] == ["a", "b"]


def test_a_feed_error_keeps_its_named_outcome() -> None:
    error = FeedError("timeout", "no answer within 30s")
    assert (error.outcome, error.detail, str(error)) == (
        "timeout",
        "no answer within 30s",
        "timeout: no answer within 30s",
    )
