"""What a command wrote, held against the schema that docs/schemas has of it."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from dipwatch.cli.json_schemas import schema


def validated(name: str, text: str) -> Any:  # noqa: ANN401 (JSON)
    """Return what JSON of a command says. Raises ValidationError where it is not what the schema ``name`` says."""
    told = json.loads(text)
    Draft202012Validator(schema(name), format_checker=FormatChecker()).validate(told)
    return told
