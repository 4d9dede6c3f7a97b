"""Decides what an item changes in what is known: state in, changes out. No I/O, no clock but the tick's."""

from dipwatch.detect.corrections import ITEM_SEPARATOR, History, Recall
from dipwatch.detect.decide import Frame, Outcome, TickResult, decide, run_tick
from dipwatch.detect.known import Development, Known
from dipwatch.detect.policy import Policy

__all__ = [
    "ITEM_SEPARATOR",
    "Development",
    "Frame",
    "History",
    "Known",
    "Outcome",
    "Policy",
    "Recall",
    "TickResult",
    "decide",
    "run_tick",
]
