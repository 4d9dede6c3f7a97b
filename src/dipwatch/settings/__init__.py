"""What may stand in each section of dipwatch.toml; ``dipwatch.config`` puts the sections together and loads them."""

from dipwatch.settings.alerts import LANGUAGES, Alerts, Assurance, Matchers, Receiver, Route, Times, walk_routes
from dipwatch.settings.detection import Detection
from dipwatch.settings.operation import Health, Heartbeat, Logging
from dipwatch.settings.polling import Polling
from dipwatch.settings.report import Report
from dipwatch.settings.retention import Retention
from dipwatch.settings.times import ClockSpan, Rate, Schedule, clock_text
from dipwatch.settings.types import Duration, Section

__all__ = [
    "LANGUAGES",
    "Alerts",
    "Assurance",
    "ClockSpan",
    "Detection",
    "Duration",
    "Health",
    "Heartbeat",
    "Logging",
    "Matchers",
    "Polling",
    "Rate",
    "Receiver",
    "Report",
    "Retention",
    "Route",
    "Schedule",
    "Section",
    "Times",
    "clock_text",
    "walk_routes",
]
