"""What pydantic finds, in a user's words."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dipwatch.faults import Fault, faults


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = "x"


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=3, pattern="^[a-z]+$")] = "abc"
    number: Annotated[int, Field(ge=1, le=9)] = 1
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    on: bool = True
    day: date = date(2026, 3, 31)
    path: Path = Path()
    names: Annotated[tuple[str, ...], Field(min_length=1)] = ("x",)
    more: list[Inner] = Field(default_factory=list)
    inner: Inner = Inner()
    level: Literal["low", "high"] = "low"
    colour: Colour = Colour.RED


class Needy(BaseModel):
    needed: str


def found(model: type[BaseModel], values: dict[str, Any]) -> list[Fault]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(values)
    return list(faults(caught.value))


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"text": 5}, 'must be a text in quotes, e.g. "x"'),
        ({"text": "ab"}, "must have at least 3 characters"),
        ({"text": "ABC"}, "doesn't match the pattern ^[a-z]+$"),
        ({"number": "many"}, "must be a whole number"),
        ({"number": 1.5}, "must be a whole number"),
        ({"number": [1]}, "must be a whole number"),
        ({"number": 0}, "must be at least 1"),
        ({"number": 10}, "must be at most 9"),
        ({"share": "half"}, "must be a number"),
        ({"share": []}, "must be a number"),
        ({"share": 0}, "must be more than 0.0"),
        ({"share": 1}, "must be less than 1.0"),
        ({"on": "perhaps"}, "must be true or false"),
        ({"on": []}, "must be true or false"),
        ({"day": []}, "must be a date, e.g. 2026-03-31"),
        ({"path": 5}, 'must be a path in quotes, e.g. "x"'),
        ({"names": "x"}, 'must be a list, e.g. ["x", "y"]'),
        ({"names": []}, "must hold at least 1"),
        ({"more": "x"}, 'must be a list, e.g. ["x", "y"]'),
        ({"inner": 3}, "must be a table of keys and values"),
        ({"level": "mid"}, "must be 'low' or 'high'"),
        ({"colour": "green"}, "must be 'red' or 'blue'"),
    ],
)
def test_each_sort_of_fault_is_told_plainly(values: dict[str, Any], what: str) -> None:
    assert found(Table, values) == [Fault((*values,), what)]


def test_a_key_that_is_missing_or_unknown_says_how_to_mend_it() -> None:
    assert found(Needy, {}) == [Fault(("needed",), "is missing")]
    (unknown,) = found(Table, {"more": [{}, {"nme": "x"}]})
    assert unknown == Fault(("more", 1, "nme"), "unknown key", "remove it or correct its spelling")


def test_all_are_told_and_none_holds_the_value() -> None:
    told = found(Table, {"text": ["s3cret"], "number": "s3cret", "inner": "s3cret", "level": "s3cret"})
    assert len(told) == 4
    assert "s3cret" not in str(told)
