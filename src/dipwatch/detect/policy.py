"""What decides beside the knowledge: thresholds and ages. Part of the configuration's version on each change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """The bounds of detection.

    ``alert_threshold`` is the score a claim needs to alert, ``record_threshold`` the one it needs to stand in the log
    at all; ``same_threshold`` the pair score above which a claim belongs to a known development.
    """

    alert_threshold: float = 0.5
    record_threshold: float = 0.3
    same_threshold: float = 0.45
    told_threshold: float = 0.35
    """The pair score above which a claim is too like a development that was told to be told by itself."""
    update_threshold: float = 0.8
    max_age: timedelta = timedelta(days=4)
    window: timedelta = timedelta(days=14)
    """How long a development without news stays open for further reports."""
    warm_up: timedelta = timedelta(days=30)
    """How long the log must have run before absence from it means that something is new to the record."""
    gap: timedelta = timedelta(days=90)
    """How long a pair, venue or channel must have been silent to be "resumed"."""
    second_hand_alerts: bool = False
    """Whether a text that its feed only passes on, by its script, may be the first to alert."""
    update_rest: timedelta = timedelta(hours=12)
    """How long after an alert another one about the same development must matter more to be sent."""
    look_back: timedelta = timedelta(hours=48)
