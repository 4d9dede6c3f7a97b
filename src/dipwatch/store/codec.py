"""Dataclasses to JSON and back: for ``claims.body``, ``changes.body`` and NDJSON output.

Driven by the dataclasses themselves, total over the types of ``dipwatch.model`` and strict: what is read back equals
what was written, and anything else is refused with the path of the value. Every field is written. A field that is
missing when read takes its default, so that a field added later can be read from older rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from dipwatch.errors import StoreError

T = TypeVar("T")
Decoder = Callable[[Any], Any]


class _Refused(ValueError):  # noqa: N818 (never leaves this module)
    """A value that does not fit; collects its path on the way out."""

    def __init__(self, what: str) -> None:
        self.path: list[str] = []
        super().__init__(what)


def encode(value: object) -> dict[str, Any]:
    """Return a dataclass as a dict of what JSON can hold; times as ISO 8601 in UTC.

    Raises ValueError for a value that would not come back equal: a naive time, NaN, a type not foreseen.
    """
    cls: Any = type(value)
    return {name: _encoded(getattr(value, name)) for name in _field_names(cls)}


def decode(cls: type[T], data: Mapping[str, Any]) -> T:
    """Return the dataclass that ``encode`` was given. Raises StoreError that names the field that does not fit."""
    hint: Any = cls
    try:
        value: T = _decoder(hint)(data)
    except _Refused as error:
        path = ".".join([cls.__name__, *reversed(error.path)])
        raise StoreError(f"a stored {cls.__name__} can't be read: {path} {error}") from error
    return value


@cache
def _field_names(cls: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


def _encoded(value: Any) -> Any:  # noqa: ANN401, PLR0911 (a value of any type, one return for each)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a JSON number")
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_encoded(part) for part in value]
    if is_dataclass(value):
        return encode(value)
    raise ValueError(f"{type(value).__name__} can't be written as JSON")


@cache
def _decoder(hint: Any) -> Decoder:  # noqa: ANN401 (a type hint is of no one type)
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        return _optional(hint)
    if origin is tuple:
        return _tuple(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return _dataclass(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _converted(hint, str)
    simple = {
        bool: _exact(bool),
        int: _exact(int),
        str: _exact(str),
        float: _float,
        datetime: _converted(_time, str),
        date: _converted(date.fromisoformat, str),
    }
    return simple[hint]


def _exact(kind: type[Any]) -> Decoder:
    def decoded(data: Any) -> Any:  # noqa: ANN401 (from JSON)
        if type(data) is not kind:
            raise _Refused(f"is not of type {kind.__name__}")
        return data

    return decoded


def _float(data: Any) -> float:  # noqa: ANN401 (from JSON)
    """Take an int as well: PostgreSQL's jsonb writes 1e300 with all its digits."""
    if type(data) not in {int, float}:
        raise _Refused("is not a number")
    return float(data)


def _time(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("no time zone")
    return value.astimezone(UTC)


def _converted(convert: Callable[[str], Any], kind: type[Any]) -> Decoder:
    exact = _exact(kind)

    def decoded(data: Any) -> Any:  # noqa: ANN401 (from JSON)
        text = exact(data)
        try:
            return convert(text)
        except ValueError as error:
            raise _Refused(f"can't be {text!r}") from error

    return decoded


def _optional(hint: Any) -> Decoder:  # noqa: ANN401 (a type hint)
    (inner_hint,) = (part for part in get_args(hint) if part is not NoneType)
    inner = _decoder(inner_hint)
    return lambda data: None if data is None else inner(data)


def _tuple(hint: Any) -> Decoder:  # noqa: ANN401 (a type hint)
    inner_hint, _ellipsis = get_args(hint)
    inner, exact = _decoder(inner_hint), _exact(list)
    return lambda data: tuple(_at(str(index), inner, part) for index, part in enumerate(exact(data)))


def _dataclass(cls: type[Any]) -> Decoder:
    hints = get_type_hints(cls)
    decoders = {field.name: _decoder(hints[field.name]) for field in fields(cls)}
    required = [field.name for field in fields(cls) if field.default is MISSING and field.default_factory is MISSING]

    def decoded(data: Any) -> Any:  # noqa: ANN401 (from JSON)
        if not isinstance(data, Mapping):
            raise _Refused("is not an object")
        if unknown := sorted(key for key in data if key not in decoders):
            raise _Refused(f"has unknown fields {', '.join(unknown)}")
        if missing := [name for name in required if name not in data]:
            raise _Refused(f"lacks {', '.join(missing)}")
        return cls(**{name: _at(name, decoders[name], value) for name, value in data.items()})

    return decoded


def _at(name: str, decoder: Decoder, data: Any) -> Any:  # noqa: ANN401 (from JSON)
    try:
        return decoder(data)
    except _Refused as error:
        error.path.append(name)
        raise
