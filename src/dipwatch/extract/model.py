"""The learned part of reading, as data: which items are developments, of which kind and status, and who takes part.

A subject may bring a ``model.json`` (see docs/detection.md); without one, reading rests on the cues alone, and the
points of ``rules`` tell what is a development.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dipwatch.errors import ConfigError, Problem
from dipwatch.extract.rules import THRESHOLDS
from dipwatch.linear import Choice, Linear

FILE_NAME = "model.json"
FORMAT = 1
_VERSION_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Model:
    """Linear models of a subject. Whatever is left out is decided by rules."""

    relevance: Linear | None = None
    kinds: Choice = field(default_factory=Choice)
    statuses: Choice = field(default_factory=Choice)
    actors: Linear | None = None
    pairs: Linear | None = None
    positions: Linear | None = None
    holders: Linear | None = None
    issues: Linear | None = None
    directions: Choice = field(default_factory=Choice)
    thresholds: Mapping[str, float] | None = None
    version: str = "rules"


def load_model(folder: Path) -> Model:
    """Load the model of a subject's folder, or the rules where it brings none.

    Raises ConfigError when the file can't be read as a model of this format.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return Model(thresholds=THRESHOLDS)
    try:
        raw = path.read_bytes()
        data = json.loads(raw)
        return _model(data, hashlib.sha256(raw).hexdigest()[:_VERSION_LENGTH])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        mend = "train it again (benchmarks/train.py) or remove it to go by rules"
        raise ConfigError([Problem(str(path), f"can't be used as a model: {error}", mend)]) from error


def _model(data: Mapping[str, Any], version: str) -> Model:
    if data["format"] != FORMAT:
        raise ValueError(f"is of format {data['format']}, this dipwatch reads {FORMAT}")
    return Model(
        relevance=_linear(data["relevance"]),
        kinds=_choice(data["kinds"]),
        statuses=_choice(data["statuses"]),
        actors=_optional(data.get("actors")),
        pairs=_optional(data.get("pairs")),
        positions=_optional(data.get("positions")),
        holders=_optional(data.get("holders")),
        issues=_optional(data.get("issues")),
        directions=_choice(data.get("directions") or {}),
        thresholds={name: float(value) for name, value in data.get("thresholds", {}).items()},
        version=version,
    )


def _linear(data: Mapping[str, Any]) -> Linear:
    return Linear(float(data["bias"]), {str(name): float(weight) for name, weight in data["weights"].items()})


def _optional(data: Mapping[str, Any] | None) -> Linear | None:
    return _linear(data) if data else None


def _choice(data: Mapping[str, Any]) -> Choice:
    return Choice({str(label): _linear(model) for label, model in data.items()})
