"""What may stand in each section of dipwatch.toml; ``dipwatch.config`` puts the sections together and loads them."""

from dipwatch.settings.alerts import Alerts, Matchers, Receiver, Route
from dipwatch.settings.detection import Detection
from dipwatch.settings.operation import Health, Logging
from dipwatch.settings.polling import Polling
from dipwatch.settings.types import Duration, Section, format_duration, parse_duration

__all__ = [
    "Alerts",
    "Detection",
    "Duration",
    "Health",
    "Logging",
    "Matchers",
    "Polling",
    "Receiver",
    "Route",
    "Section",
    "format_duration",
    "parse_duration",
]
