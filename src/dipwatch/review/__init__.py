"""Looking back: the change log as view models, and the formats they are written in. Read only.

Modules that look at the log from a side of their own are imported by who shows it, so that a search doesn't wait for
them: ``ledger`` (positions), ``matrix``, ``network``, ``agenda`` (what was announced, what was promised), ``outlook``
(scenarios), ``numbers``, ``entries`` (timelines), ``brief`` (the baseline), ``columns`` (of all these), ``explain``
and ``explained``, which load lexicon and model.
"""

from dipwatch.review.detail import development, latest_news, resolve_id
from dipwatch.review.directory import Directory, names_of
from dipwatch.review.filters import HistoryFilter
from dipwatch.review.formats import PIPE_WIDTH, Column, Format, Surface, local_time, one_line, write
from dipwatch.review.listings import DEVELOPMENTS, FEEDS, MESSAGES, single_lines
from dipwatch.review.operation import (
    FeedHealth,
    FeedView,
    MessageView,
    StatusView,
    feed_views,
    messages,
    outbox_record,
    status,
)
from dipwatch.review.periods import Period, parse_period
from dipwatch.review.queries import count, history, known_sources, last_entry, logged_subjects, titles
from dipwatch.review.story import as_markdown, as_text, tell, tell_markdown
from dipwatch.review.views import DetailView, DevelopmentView, NameBook, Ref

__all__ = [
    "DEVELOPMENTS",
    "FEEDS",
    "MESSAGES",
    "PIPE_WIDTH",
    "Column",
    "DetailView",
    "DevelopmentView",
    "Directory",
    "FeedHealth",
    "FeedView",
    "Format",
    "HistoryFilter",
    "MessageView",
    "NameBook",
    "Period",
    "Ref",
    "StatusView",
    "Surface",
    "as_markdown",
    "as_text",
    "count",
    "development",
    "feed_views",
    "history",
    "known_sources",
    "last_entry",
    "latest_news",
    "local_time",
    "logged_subjects",
    "messages",
    "names_of",
    "one_line",
    "outbox_record",
    "parse_period",
    "resolve_id",
    "single_lines",
    "status",
    "tell",
    "tell_markdown",
    "titles",
    "write",
]
