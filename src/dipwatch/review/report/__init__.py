"""A period of the log as one HTML file that needs nothing beside itself.

``gather`` reads a ``Report``, a view made of those that the terminal shows; ``render`` writes it. Whoever serves pages
later can use either. ``schedule`` says for which period one is due, ``files`` writes pages whole or not at all.
"""

from dipwatch.review.report.files import write_whole
from dipwatch.review.report.gather import Scope, gather
from dipwatch.review.report.page import render
from dipwatch.review.report.schedule import due_period
from dipwatch.review.report.view import Card, PublisherView, Report, Told, VenueView

__all__ = [
    "Card",
    "PublisherView",
    "Report",
    "Scope",
    "Told",
    "VenueView",
    "due_period",
    "gather",
    "render",
    "write_whole",
]
