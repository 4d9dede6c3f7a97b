"""The columns of the listings."""

from __future__ import annotations

from dipwatch.review.formats import Column
from dipwatch.review.operation import FeedView, MessageView
from dipwatch.review.views import DevelopmentView, Ref


def _names(refs: tuple[Ref, ...]) -> tuple[str, ...]:
    return tuple(ref.name for ref in refs)


def _name(ref: Ref | None) -> str | None:
    return ref.name if ref else None


DEVELOPMENTS: tuple[Column[DevelopmentView], ...] = (
    Column("id", "ID", lambda view: view.id, style="cyan"),
    Column("changed_at", "Changed", lambda view: view.changed_at),
    Column("opened_at", "Opened", lambda view: view.opened_at, least=220),
    Column("kind", "Kind", lambda view: view.kind, style="bold"),
    Column("status", "Status", lambda view: view.status),
    Column("severity", "Severity", lambda view: view.severity, least=150),
    Column("actors", "Who", lambda view: _names(view.actors), least=110, long=True),
    Column("venue", "Where", lambda view: _name(view.venue), least=150),
    Column("issue", "Issue", lambda view: _name(view.issue), least=200),
    Column("title", "What", lambda view: view.title, long=True),
    Column("reasons", "Why new", lambda view: view.reasons, least=170, long=True),
    Column("sources", "Sources", lambda view: view.sources, least=95),
    Column("reports", "Reports", lambda view: view.reports, least=220),
    Column("confidence", "Confidence", lambda view: view.confidence, least=220),
    Column("alerted", "Alerted", lambda view: view.alerted, least=180),
    Column("verdict", "Verdict", lambda view: view.verdict, least=180),
    Column("subject", "Subject", lambda view: view.subject, least=220),
)

FEEDS: tuple[Column[FeedView], ...] = (
    Column("id", "ID", lambda view: view.id, style="cyan"),
    Column("health", "Health", lambda view: view.health, style="bold"),
    Column("source", "Source", lambda view: view.source, least=100),
    Column("source_kind", "Kind", lambda view: view.source_kind, least=120),
    Column("language", "Language", lambda view: view.language, least=150),
    Column("last_success_at", "Last good", lambda view: view.last_success_at),
    Column("last_new_item_at", "Last new item", lambda view: view.last_new_item_at, least=120),
    Column("next_poll_at", "Next poll", lambda view: view.next_poll_at, least=150),
    Column("failures", "Failures", lambda view: view.failures or None, least=100),
    Column("outcome", "Outcome", lambda view: view.outcome, least=100),
    Column("detail", "Detail", lambda view: view.detail, least=170, long=True),
    Column("subjects", "Subjects", lambda view: view.subjects, least=220),
    Column("url", "URL", lambda view: view.url, least=200, long=True),
)

MESSAGES: tuple[Column[MessageView], ...] = (
    Column("id", "ID", lambda view: view.id, style="cyan"),
    Column("state", "State", lambda view: view.state, style="bold"),
    Column("receiver", "Receiver", lambda view: view.receiver),
    Column("purpose", "Purpose", lambda view: view.purpose, least=100),
    Column("attempts", "Attempts", lambda view: view.attempts, least=100),
    Column("created_at", "Since", lambda view: view.created_at, least=130),
    Column("next_attempt_at", "Next attempt", lambda view: view.next_attempt_at),
    Column("development", "Development", lambda view: view.development),
    Column("title", "What", lambda view: view.title, long=True),
    Column("detail", "Last attempt", lambda view: view.detail, least=120, long=True),
)
