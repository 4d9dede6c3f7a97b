"""Linear models as data: a bias and a weight for each named feature, read from JSON and readable by people.

scikit-learn trains them (benchmarks/train.py); at run time a dictionary and a sum are enough (0.05 ms a text).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

Features = Mapping[str, float]

_STEEPEST = 30.0  # beyond it the logistic function is 0 or 1 to machine precision


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic model; features it has no weight for count nothing."""

    bias: float = 0.0
    weights: Mapping[str, float] = field(default_factory=dict)

    def margin(self, features: Features) -> float:
        """Return the weighted sum."""
        weights = self.weights
        return self.bias + sum([weights[name] * value for name, value in features.items() if name in weights])

    def probability(self, features: Features) -> float:
        """Return 0 to 1, rounded to 3 places, since decisions rest on it."""
        return round(1 / (1 + math.exp(-max(-_STEEPEST, min(_STEEPEST, self.margin(features))))), 3)

    def reasons(self, features: Features, most: int = 8) -> tuple[tuple[str, float], ...]:
        """Return the features that weighed most, strongest first: what `dipwatch explain` shows."""
        parts = [
            (name, round(self.weights[name] * value, 3)) for name, value in features.items() if name in self.weights
        ]
        return tuple(sorted(parts, key=lambda part: (-abs(part[1]), part[0]))[:most])


@dataclass(frozen=True, slots=True)
class Choice:
    """One linear model for each label; the highest margin wins, ties by the order of the labels."""

    labels: Mapping[str, Linear] = field(default_factory=dict)

    def best(self, features: Features) -> str | None:
        """Return the label that fits best, or None where there is no label."""
        return max(self.labels, key=lambda label: round(self.labels[label].margin(features), 6), default=None)
