"""The columns of the listings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group
from rich.text import Text

from dipwatch.review.formats import Column, Surface, local_time, one_line, render
from dipwatch.review.operation import FeedView, MessageView
from dipwatch.review.views import DevelopmentView, Ref


def _names(refs: tuple[Ref, ...]) -> tuple[str, ...]:
    return tuple(ref.name for ref in refs)


def _name(ref: Ref | None) -> str | None:
    return ref.name if ref else None


def _next_attempt(view: MessageView) -> datetime | None:
    """Return when it is tried next; one that was sent, given up or dropped waits for nothing."""
    return view.next_attempt_at if view.state in {"waiting", "sending"} else None


DEVELOPMENTS: tuple[Column[DevelopmentView], ...] = (
    Column("id", "ID", lambda view: view.id, style="cyan"),
    Column("subject", "Subject", lambda view: view.subject, data=True),
    Column("opened_at", "Opened", lambda view: view.opened_at, data=True),
    Column("changed_at", "When", lambda view: view.changed_at),
    Column("kind", "Kind", lambda view: view.kind, style="bold"),
    Column("status", "Status", lambda view: view.status),
    Column("severity", "Severity", lambda view: view.severity, data=True),
    Column("confidence", "Confidence", lambda view: view.confidence, data=True),
    Column("title", "What", lambda view: view.title, long=True, room=36),
    Column("actors", "Who", lambda view: _names(view.actors), least=140, long=True, folds=True, style="dim"),
    Column("venue", "Where", lambda view: _name(view.venue), least=140, folds=True, style="dim"),
    Column("issue", "Issue", lambda view: _name(view.issue), data=True),
    Column("reasons", "Why new", lambda view: view.reasons, data=True),
    Column("sources", "Sources", lambda view: view.sources, least=80),
    Column("reports", "Reports", lambda view: view.reports, data=True),
    Column("alerted", "Alerted", lambda view: view.alerted, data=True),
    Column("verdict", "Verdict", lambda view: view.verdict, data=True),
    Column("told", "Told", lambda view: view.told, data=True),
    Column("english", "In English", lambda view: view.english, beneath=True, style="dim"),
)
"""In the order of the view's fields; a table has the few that tell a development from others, `show` tells the rest."""

FEEDS: tuple[Column[FeedView], ...] = (
    Column("id", "ID", lambda view: view.id, style="cyan"),
    Column("health", "Health", lambda view: view.health, style="bold"),
    Column("source", "Source", lambda view: view.source, least=90, long=True, room=16),
    Column("source_kind", "Kind", lambda view: view.source_kind, least=120),
    Column("language", "Language", lambda view: view.language, least=150),
    Column("last_success_at", "Last good", lambda view: view.last_success_at, least=50),
    Column("last_new_item_at", "Last new item", lambda view: view.last_new_item_at, least=130),
    Column("next_poll_at", "Next poll", lambda view: view.next_poll_at, least=140),
    Column("failures", "Failures", lambda view: view.failures or None, least=80),
    Column("outcome", "Outcome", lambda view: view.outcome, least=60),
    Column("detail", "Detail", lambda view: view.detail, least=100, long=True),
    Column("items", "Items", lambda view: view.items, least=120),
    Column("share", "Share", lambda view: view.share, least=110),
    Column("http_status", "Status", lambda view: view.http_status, data=True),
    Column("rhythm_seconds", "Rhythm", lambda view: view.rhythm_seconds, data=True),
    Column("failing_since", "Failing since", lambda view: view.failing_since, data=True),
    Column("silent_since", "Silent since", lambda view: view.silent_since, data=True),
    Column("hole_at", "Hole", lambda view: view.hole_at, data=True),
    Column("developments", "Developments", lambda view: view.developments, data=True),
    Column("subjects", "Subjects", lambda view: view.subjects, data=True),
    Column("url", "URL", lambda view: view.url, least=160, long=True, room=40),
)

MESSAGES: tuple[Column[MessageView], ...] = (
    Column("id", "ID", lambda view: view.id, style="cyan"),
    Column("state", "State", lambda view: view.state, style="bold"),
    Column("receiver", "Receiver", lambda view: view.receiver),
    Column("purpose", "Purpose", lambda view: view.purpose, least=100),
    Column("attempts", "Attempts", lambda view: view.attempts, least=120),
    Column("created_at", "Since", lambda view: view.created_at, least=130),
    Column("next_attempt_at", "Next attempt", _next_attempt),
    Column("sent_at", "Sent", lambda view: view.sent_at),
    Column("development", "Development", lambda view: view.development),
    Column("title", "What", lambda view: view.title, long=True, room=30),
    Column("detail", "Last attempt", lambda view: view.detail, least=110, long=True),
)


def single_lines(views: Sequence[DevelopmentView], surface: Surface) -> str:
    """Return developments as one line each, for a list that is followed as it grows."""
    lines = [
        Text(" ", overflow="fold").join(
            [
                Text(local_time(view.changed_at, surface.zone)),
                Text(view.id, style="cyan"),
                Text(view.kind, style="bold"),
                Text(view.status),
                Text(one_line(view.english or view.title)),
            ]
        )
        for view in views
    ]
    return render(Group(*lines), surface, wraps=surface.wraps) if lines else ""
