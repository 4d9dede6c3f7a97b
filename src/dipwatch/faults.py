"""What pydantic finds wrong with a value, in the words of somebody who edits the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

_WHAT = {
    "missing": "is missing",
    "extra_forbidden": "unknown key",
    "string_type": 'must be a text in quotes, e.g. "x"',
    "string_too_short": "must have at least {min_length} characters",
    "string_pattern_mismatch": "doesn't match the pattern {pattern}",
    "tuple_type": 'must be a list, e.g. ["x", "y"]',
    "list_type": 'must be a list, e.g. ["x", "y"]',
    "too_short": "must hold at least {min_length}",
    "dict_type": "must be a table of keys and values",
    "model_type": "must be a table of keys and values",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "date_type": "must be a date, e.g. 2026-03-31",
    "path_type": 'must be a path in quotes, e.g. "x"',
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
}
"""By pydantic's types of errors (https://docs.pydantic.dev/latest/errors/validation_errors/); others keep its words."""
_MEND = {"extra_forbidden": "remove it or correct its spelling"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the key it is about, counted from 0 in lists, what is wrong, how to mend it."""

    key: tuple[str | int, ...]
    what: str
    mend: str = ""


def faults(error: ValidationError) -> Iterator[Fault]:
    """Yield what a validation found. A value that was given is never part of it: it may be a secret."""
    for detail in error.errors(include_url=False, include_input=False):
        sort = detail["type"]
        words = _WHAT.get(sort)
        what = words.format_map(detail.get("ctx", {})) if words else detail["msg"].removeprefix("Value error, ")
        yield Fault(detail["loc"], what, _MEND.get(sort, ""))
