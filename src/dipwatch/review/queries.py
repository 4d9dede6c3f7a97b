"""Questions to the change log, answered with a few statements for each page of results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from dipwatch.alerts.english import FOREIGN
from dipwatch.model import Change, Role
from dipwatch.review.filters import NEWS, HistoryFilter, conditions
from dipwatch.review.listed import DevelopmentView, NameBook
from dipwatch.store.codec import decode
from dipwatch.store.developments import ENTITLES
from dipwatch.store.schema import (
    change_actor_table,
    change_table,
    development_table,
    facet_table,
    feed_table,
    outbox_table,
)

_PAGE = 1000
"""Developments whose actors and reasons are looked up together."""


def history(connection: Connection, asked: HistoryFilter, names: NameBook) -> list[DevelopmentView]:
    """Return the developments asked for, the latest change first."""
    query = select(development_table).where(*conditions(connection, asked))
    query = query.order_by(development_table.c.last_change_at.desc(), development_table.c.id).limit(asked.limit)
    return read_views(connection, query, names)


def count(connection: Connection, asked: HistoryFilter) -> int:
    """Return how many developments are asked for, the limit aside."""
    query = select(func.count()).select_from(development_table).where(*conditions(connection, asked))
    return connection.execute(query).scalar_one()


def logged_subjects(connection: Connection) -> tuple[str, ...]:
    """Return the subjects that have developments, those that are no longer configured included."""
    query = select(development_table.c.subject).distinct().order_by(development_table.c.subject)
    return tuple(connection.execute(query).scalars())


def last_entry(connection: Connection) -> int:
    """Return the number of the latest entry of the log, 0 where it is empty."""
    return connection.execute(select(func.max(change_table.c.seq))).scalar_one() or 0


def known_sources(connection: Connection) -> tuple[str, ...]:
    """Return the publishers of the feeds and of the log."""
    logged = select(facet_table.c.value).where(facet_table.c.sort == "source").distinct()
    return tuple(
        sorted({*connection.execute(select(feed_table.c.source)).scalars(), *connection.execute(logged).scalars()})
    )


def titles(connection: Connection, beginning: str, limit: int) -> list[tuple[str, str]]:
    """Return the ids that begin so, with the titles of the developments; the latest first."""
    query = select(development_table.c.id, development_table.c.title).where(development_table.c.redirect_to.is_(None))
    query = query.where(development_table.c.id.startswith(beginning, autoescape=True))
    rows = connection.execute(query.order_by(development_table.c.last_change_at.desc()).limit(limit))
    return [(row.id, row.title) for row in rows]


def read_views(connection: Connection, query: Select[Any], names: NameBook) -> list[DevelopmentView]:
    """Return the views of the rows of a query on developments, in its order."""
    rows = connection.execute(query).all()
    views: list[DevelopmentView] = []
    for start in range(0, len(rows), _PAGE):
        page = rows[start : start + _PAGE]
        ids = [row.id for row in page]
        actors, reasons, told = _actors(connection, ids), _reasons(connection, ids), _told(connection, ids)
        english = _english(connection, ids, names)
        views += [
            _view(
                row,
                names,
                actors=actors.get(row.id, ()),
                reasons=reasons.get(row.id, ()),
                told=told.get(row.id),
                english=english.get(row.id),
            )
            for row in page
        ]
    return views


def _actors(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the actors of each development: in the order of the log, and within a change by their part."""
    place = case(
        {role.value: number for number, role in enumerate(Role)}, value=change_actor_table.c.role, else_=len(Role)
    )
    query = (
        select(change_table.c.development_id, change_actor_table.c.actor)
        .join(change_actor_table, change_actor_table.c.change_seq == change_table.c.seq)
        .where(change_table.c.development_id.in_(ids))
        .group_by(change_table.c.development_id, change_actor_table.c.actor)
        .order_by(func.min(change_table.c.seq), func.min(place), change_actor_table.c.actor)
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for development, actor in connection.execute(query):
        found[development].append(actor)
    return {development: tuple(actors) for development, actors in found.items()}


def _reasons(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the reasons of the latest news of each development."""
    latest = select(func.max(change_table.c.seq)).where(change_table.c.development_id.in_(ids), NEWS)
    latest = latest.group_by(change_table.c.development_id)
    query = select(change_table.c.development_id, change_table.c.reasons).where(change_table.c.seq.in_(latest))
    return {row.development_id: tuple(row.reasons) for row in connection.execute(query)}


def _told(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return how each development was told: by an ``alert``, or in a ``digest`` only; by what a receiver has taken."""
    query = (
        select(change_table.c.development_id, outbox_table.c.purpose)
        .join(outbox_table, outbox_table.c.change_seq == change_table.c.seq)
        .where(
            change_table.c.development_id.in_(ids),
            outbox_table.c.state == "sent",
            outbox_table.c.purpose.in_(("alert", "digest")),
        )
        .group_by(change_table.c.development_id, outbox_table.c.purpose)
        .order_by(outbox_table.c.purpose.desc())  # the digest first, so that the alert stands in the end
    )
    return {row.development_id: row.purpose for row in connection.execute(query)}


def _english(connection: Connection, ids: Sequence[str], names: NameBook) -> dict[str, str | None]:
    """Return the English lines of the developments whose title is in Russian or Ukrainian.

    It is built from the report that gave the title.
    """
    latest = select(func.max(change_table.c.seq)).where(change_table.c.development_id.in_(ids), ENTITLES)
    latest = latest.group_by(change_table.c.development_id)
    foreign = change_table.c.body["language"].as_string().in_(FOREIGN)
    query = select(change_table.c.subject, change_table.c.body).where(change_table.c.seq.in_(latest), foreign)
    changes = [(row.subject, decode(Change, row.body)) for row in connection.execute(query)]
    return {change.development: names.english(subject, change.claim) for subject, change in changes if change.claim}


def _view(
    row: Any,  # noqa: ANN401 (a row of the query)
    names: NameBook,
    *,
    actors: Sequence[str],
    reasons: tuple[str, ...],
    told: str | None,
    english: str | None,
) -> DevelopmentView:
    return DevelopmentView(
        id=row.id,
        subject=row.subject,
        opened_at=row.opened_at,
        changed_at=row.last_change_at,
        kind=row.kind,
        status=row.status,
        severity=row.severity,
        confidence=row.confidence,
        title=row.title,
        actors=tuple(names.ref(row.subject, actor) for actor in actors),
        venue=names.optional(row.subject, row.venue),
        issue=names.optional(row.subject, row.issue),
        reasons=reasons,
        sources=row.sources,
        reports=row.reports,
        alerted=told is not None,
        verdict=row.verdict,
        told=told,
        english=english,
    )
