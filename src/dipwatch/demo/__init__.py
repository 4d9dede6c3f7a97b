"""The demonstration: feeds of our own on loopback, the real daemon before them, and what a user would get to see.

It is an acceptance test as well: the tests use its feed server.
"""

from dipwatch.demo.news import DemoFeed, DemoItem, Newsroom, load_news, shown_subjects
from dipwatch.demo.server import FeedServer
from dipwatch.demo.show import Show

__all__ = ["DemoFeed", "DemoItem", "FeedServer", "Newsroom", "Show", "load_news", "shown_subjects"]
