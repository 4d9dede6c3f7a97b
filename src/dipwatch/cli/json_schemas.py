"""JSON Schemas (https://json-schema.org/draft/2020-12) of what commands write, made from the view models."""

from __future__ import annotations

import importlib
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

ROWS = {
    "history": "dipwatch.review.listed:DevelopmentView",
    "timeline": "dipwatch.review.entries:EntryView",
    "positions": "dipwatch.review.ledger:PositionView",
    "network": "dipwatch.review.network:EdgeView",
    "upcoming": "dipwatch.review.agenda:UpcomingView",
    "commitments": "dipwatch.review.agenda:CommitmentView",
    "scenarios": "dipwatch.review.outlook:ScenarioView",
    "stats": "dipwatch.review.numbers:NumberView",
    "feeds": "dipwatch.review.operation:FeedView",
    "alerts": "dipwatch.review.operation:MessageView",
    "silence-list": "dipwatch.cli.silence:SilenceView",
    "feeds-check": "dipwatch.cli.feeds:EntryView",
    "check": "dipwatch.cli.check:FindingView",
}
"""Listings: an array of these, or one of them a line in NDJSON."""
WHOLES = {
    "show": "dipwatch.review.views:DetailView",
    "explain": "dipwatch.review.explanation.gather:ExplanationView",
    "status": "dipwatch.review.operation:StatusView",
    "routes-test": "dipwatch.cli.routes:Tried",
}
"""What is one object."""

_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    NoneType: {"type": "null"},
}


def schema(name: str) -> dict[str, Any]:
    """Return the schema of what a command writes as JSON; ``name`` is a key of ``ROWS`` or ``WHOLES``.

    All fields are always there. A field that a later version adds doesn't make what it writes invalid.
    """
    module, _, view = (ROWS | WHOLES)[name].partition(":")
    definitions: dict[str, Any] = {}
    row = _schema(getattr(importlib.import_module(module), view), definitions)
    whole = {"type": "array", "items": row} if name in ROWS else row
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"dipwatch {name.replace('-', ' ')} --format json",
        **whole,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 (a type hint is of no one type)
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        return {"anyOf": [_schema(part, definitions) for part in get_args(hint)]}
    if origin is Literal or (isinstance(hint, type) and issubclass(hint, StrEnum)):
        return {"type": "string"}  # a code: later versions may know more of them
    if origin is tuple:
        inner, _ellipsis = get_args(hint)
        return {"type": "array", "items": _schema(inner, definitions)}
    if is_dataclass(hint) and isinstance(hint, type):
        return _reference(hint, definitions)
    raise TypeError(f"{hint} has no schema")


def _reference(cls: type[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if cls.__name__ not in definitions:
        definitions[cls.__name__] = {}  # it may hold itself
        hints = get_type_hints(cls)
        definitions[cls.__name__] = {
            "type": "object",
            "properties": {field.name: _schema(hints[field.name], definitions) for field in fields(cls)},
            "required": [field.name for field in fields(cls)],
        }
    return {"$ref": f"#/$defs/{cls.__name__}"}
