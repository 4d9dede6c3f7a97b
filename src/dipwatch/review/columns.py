"""The columns of the listings, one tuple for each."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from dipwatch.review.formats import Column

if TYPE_CHECKING:  # a listing doesn't wait for the modules of the others
    from dipwatch.review.agenda import CommitmentView, UpcomingView
    from dipwatch.review.entries import EntryView
    from dipwatch.review.ledger import PositionView
    from dipwatch.review.listed import DevelopmentView, Ref
    from dipwatch.review.network import EdgeView
    from dipwatch.review.numbers import NumberView
    from dipwatch.review.operation import FeedView, MessageView
    from dipwatch.review.outlook import ScenarioView


def _names(refs: tuple[Ref, ...]) -> tuple[str, ...]:
    return tuple(ref.name for ref in refs)


def _name(ref: Ref | None) -> str | None:
    return ref.name if ref else None


def _shift(view: EntryView) -> str | None:
    if view.shift is None:
        return None
    stance = f": {view.shift.stance.name}" if view.shift.stance else ""
    return f"{view.shift.actor.name} {view.shift.direction} on {view.shift.issue.name}{stance}"


def _through(view: EdgeView) -> tuple[str, ...]:
    return tuple(f"{each.actor.name} ({each.role}, {each.times})" for each in view.through)


def _indicators(view: ScenarioView) -> tuple[str, ...]:
    return tuple(f"{each.speaks} {each.times}: {each.what}" for each in view.indicators if each.times)


def _since(view: PositionView | CommitmentView) -> datetime | date:
    """Return what the baseline knows as a day: no zone makes another day of it."""
    return view.since.date() if view.origin == "baseline" else view.since


def _last_word(view: CommitmentView) -> datetime | date:
    return view.last_word_at if view.reports else _since(view)


def _latest(view: CommitmentView) -> str | None:
    return view.reports[-1].title if view.reports else None


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

ENTRIES: tuple[Column[EntryView], ...] = (
    Column("seq", "Entry", lambda view: view.seq, data=True),
    Column("at", "When", lambda view: view.at),
    Column("type", "Type", lambda view: view.type, least=100),
    Column("development", "ID", lambda view: view.development, style="cyan"),
    Column("subject", "Subject", lambda view: view.subject, data=True),
    Column("kind", "Kind", lambda view: view.kind, style="bold"),
    Column("status", "Status", lambda view: view.status),
    Column("severity", "Severity", lambda view: view.severity, data=True),
    Column("title", "What", lambda view: view.title, long=True, room=36),
    Column("english", "In English", lambda view: view.english, beneath=True, style="dim"),
    Column("actors", "Who", lambda view: _names(view.actors), least=140, long=True, folds=True, style="dim"),
    Column("venue", "Where", lambda view: _name(view.venue), least=160, folds=True, style="dim"),
    Column("issue", "Issue", lambda view: _name(view.issue), data=True),
    Column("reasons", "Why new", lambda view: view.reasons, data=True),
    Column("shift", "Position", _shift, beneath=True, style="yellow"),
    Column("source", "Source", lambda view: view.source, least=120, long=True, room=16),
    Column("link", "Link", lambda view: view.link, data=True),
    Column("alert", "Alerted", lambda view: view.alert, data=True),
    Column("verdict", "Verdict", lambda view: view.verdict, least=110),
)

POSITIONS: tuple[Column[PositionView], ...] = (
    Column("subject", "Subject", lambda view: view.subject, data=True),
    Column("actor", "Actor", lambda view: view.actor.name, style="bold"),
    Column("issue", "Issue", lambda view: view.issue.name),
    Column("stance", "Stance", lambda view: _name(view.stance), long=True),
    Column("direction", "Direction", lambda view: view.direction),
    Column("since", "Since", lambda view: view.since, told=_since),
    Column("was", "Was", lambda view: _name(view.was), long=True, least=120),
    Column("origin", "From", lambda view: view.origin, data=True),
    Column("steps", "Steps", lambda view: len(view.steps)),
    Column("quote", "Evidence", lambda view: view.steps[-1].quote, data=True),
    Column("source", "Source", lambda view: view.steps[-1].source, data=True),
    Column("development", "Development", lambda view: view.steps[-1].development, data=True),
    Column("entry", "Baseline entry", lambda view: view.steps[-1].entry, data=True),
)

EDGES: tuple[Column[EdgeView], ...] = (
    Column("subject", "Subject", lambda view: view.subject, data=True),
    Column("one", "Who", lambda view: view.one.name, style="bold", long=True, room=14),
    Column("other", "Met whom", lambda view: view.other.name, style="bold", long=True, room=14),
    Column("times", "Times", lambda view: view.times),
    Column("meetings", "Meetings", lambda view: view.meetings, least=100),
    Column("contacts", "Contacts", lambda view: view.contacts, least=110),
    Column("planned", "Planned", lambda view: view.planned or None, least=80),
    Column("last_at", "Last", lambda view: view.last_at, least=60),
    Column("through", "Through", _through, long=True, room=16, least=70),
    Column("venues", "Where", lambda view: _names(view.venues), long=True, room=12, least=120),
    Column("in_baseline", "In the baseline since", lambda view: view.in_baseline, data=True),
    Column("developments", "Developments", lambda view: view.developments, least=150, long=True),
)

UPCOMING: tuple[Column[UpcomingView], ...] = (
    Column("id", "ID", lambda view: view.id, style="cyan"),
    Column("subject", "Subject", lambda view: view.subject, data=True),
    Column("state", "State", lambda view: view.state, style="bold"),
    Column("first_day", "Day", lambda view: view.first_day),
    Column("last_day", "Until", lambda view: view.last_day, data=True),
    Column("days", "In days", lambda view: view.days, least=80),
    Column("kind", "Kind", lambda view: view.kind, least=100),
    Column("title", "What", lambda view: view.title, long=True, room=36),
    Column("english", "In English", lambda view: view.english, beneath=True, style="dim"),
    Column("actors", "Who", lambda view: _names(view.actors), least=140, long=True, folds=True, style="dim"),
    Column("venue", "Where", lambda view: _name(view.venue), least=120, folds=True, style="dim"),
    Column("issue", "Issue", lambda view: _name(view.issue), data=True),
    Column("sources", "Sources", lambda view: view.sources, least=90),
    Column("announced_at", "Announced", lambda view: view.announced_at, least=130),
    Column("changed_at", "Last change", lambda view: view.changed_at, data=True),
)

COMMITMENTS: tuple[Column[CommitmentView], ...] = (
    Column("subject", "Subject", lambda view: view.subject, data=True),
    Column("origin", "From", lambda view: view.origin, least=130),
    Column("kind", "Kind", lambda view: view.kind, style="bold"),
    Column("status", "Status", lambda view: view.status, least=100),
    Column("since", "Since", lambda view: view.since, least=60, told=_since),
    Column("actors", "Who", lambda view: _names(view.actors), data=True),
    Column("issue", "Issue", lambda view: _name(view.issue), least=150),
    Column("amount", "Amount", lambda view: view.amount, least=140),
    Column("text", "What", lambda view: view.text, long=True, room=30),
    Column("maker", "By", lambda view: _name(view.maker), long=True, room=12),
    Column("source", "Seed", lambda view: view.source, data=True),
    Column("development", "ID", lambda view: view.development, style="cyan"),
    Column("entry", "Entry", lambda view: view.entry, least=130, style="cyan"),
    Column("reports", "Reports", lambda view: len(view.reports)),
    Column("latest_report", "Latest report", _latest, beneath=True, style="dim"),
    Column("last_word_at", "Last word", lambda view: view.last_word_at, least=120, told=_last_word),
    Column("silent_days", "Silent days", lambda view: view.silent_days),
)

SCENARIOS: tuple[Column[ScenarioView], ...] = (
    Column("subject", "Subject", lambda view: view.subject, data=True),
    Column("id", "ID", lambda view: view.id, data=True),
    Column("name", "Scenario", lambda view: view.name, long=True, room=20, style="bold"),
    Column("likelihood", "Its seed says", lambda view: view.likelihood, long=True, room=14),
    Column("seed", "Seed", lambda view: view.seed, least=120),
    Column("known_from", "As of", lambda view: view.known_from, least=120),
    Column("quote", "Sentence", lambda view: view.quote, data=True),
    Column("speaks_for", "For", lambda view: view.speaks_for, style="green"),
    Column("speaks_against", "Against", lambda view: view.speaks_against, style="red"),
    Column("balance", "Balance", lambda view: view.balance, data=True),
    Column("last_at", "Latest", lambda view: view.last_at, least=100),
    Column("indicators", "Indicators met", _indicators, long=True, room=30, least=70),
)

NUMBERS: tuple[Column[NumberView], ...] = (
    Column("group", "Of", lambda view: view.group, data=True),
    Column("key", "Key", lambda view: view.key, data=True),
    Column("name", "What", lambda view: view.name, long=True),
    Column("count", "Count", lambda view: view.count, style="bold"),
)
