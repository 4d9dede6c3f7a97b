"""The log of a period in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.orm import InstrumentedAttribute

from dipwatch.review.filters import NEWS, HistoryFilter, conditions
from dipwatch.review.views import NameBook
from dipwatch.store.schema import ChangeActorRow, ChangeRow, DevelopmentRow, ItemRow, OutboxRow

_MOST = 10


@dataclass(frozen=True, slots=True)
class NumberView:
    """How many of something there are: ``group`` names the count, ``key`` the value counted, ``name`` its name."""

    group: str
    key: str
    name: str
    count: int


def numbers(connection: Connection, asked: HistoryFilter, names: NameBook) -> list[NumberView]:
    """Return the numbers of a period (``since``, ``until``; else of the whole log).

    ``total``: items that came, developments with news, pieces of news, messages taken by a receiver, marks. Then the
    developments by kind, status, severity, verdict; the news by the source that brought it and by day; the actors, the
    ten most frequent each.
    """
    held = conditions(connection, asked)
    found = [
        _total("items", "items that came", _items(connection, asked)),
        _total("developments", "developments with news", _developments(connection, held)),
        _total("news", "pieces of news", _news(connection, asked)),
        _total("told", "messages that a receiver has taken", _told(connection, asked)),
    ]
    for column in (DevelopmentRow.kind, DevelopmentRow.status, DevelopmentRow.severity, DevelopmentRow.verdict):
        found += _grouped(connection, column, held)
    found += _sources(connection, asked)
    found += _actors(connection, asked, names)
    return [*found, *_by_day(connection, asked)]


def _total(key: str, name: str, count: int) -> NumberView:
    return NumberView("total", key, name, count)


def _items(connection: Connection, asked: HistoryFilter) -> int:
    query = select(func.count()).select_from(ItemRow).where(*_between(ItemRow.first_seen_at, asked))
    return connection.execute(query).scalar_one()


def _developments(connection: Connection, held: Sequence[ColumnElement[bool]]) -> int:
    return connection.execute(select(func.count()).select_from(DevelopmentRow).where(*held)).scalar_one()


def _news(connection: Connection, asked: HistoryFilter) -> int:
    query = select(func.count()).select_from(ChangeRow).where(NEWS, *_of_log(asked))
    return connection.execute(query).scalar_one()


def _told(connection: Connection, asked: HistoryFilter) -> int:
    query = select(func.count(func.distinct(OutboxRow.message_key)))
    query = query.where(OutboxRow.state == "sent", *_between(OutboxRow.created_at, asked))
    if asked.subjects:
        query = query.where(OutboxRow.subject.in_(asked.subjects))
    return connection.execute(query).scalar_one()


def _grouped(
    connection: Connection, column: InstrumentedAttribute[Any], held: Sequence[ColumnElement[bool]]
) -> list[NumberView]:
    query = select(column, func.count().label("count")).where(*held, column.is_not(None)).group_by(column)
    rows = connection.execute(query.order_by(func.count().desc(), column))
    return [NumberView(column.key, value, value, count) for value, count in rows]


def _sources(connection: Connection, asked: HistoryFilter) -> list[NumberView]:
    query = (
        select(ItemRow.source, func.count())
        .join(ChangeRow, ChangeRow.item_id == ItemRow.id)
        .where(NEWS, *_of_log(asked))
        .group_by(ItemRow.source)
        .order_by(func.count().desc(), ItemRow.source)
        .limit(_MOST)
    )
    return [NumberView("source", source, source, count) for source, count in connection.execute(query)]


def _actors(connection: Connection, asked: HistoryFilter, names: NameBook) -> list[NumberView]:
    query = (
        select(ChangeRow.subject, ChangeActorRow.actor, func.count(func.distinct(ChangeRow.development_id)))
        .join(ChangeActorRow, ChangeActorRow.change_seq == ChangeRow.seq)
        .where(NEWS, *_of_log(asked))
        .group_by(ChangeRow.subject, ChangeActorRow.actor)
        .order_by(func.count(func.distinct(ChangeRow.development_id)).desc(), ChangeActorRow.actor)
        .limit(_MOST)
    )
    return [
        NumberView("actor", actor, names.ref(subject, actor).name, count)
        for subject, actor, count in connection.execute(query)
    ]


def _by_day(connection: Connection, asked: HistoryFilter) -> list[NumberView]:
    """Return the news of each day (UTC) that had any; of the whole log that would be too many."""
    if asked.since is None:
        return []
    day = func.substr(ChangeRow.body["at"].as_string(), 1, len("2026-01-01"))
    query = select(day, func.count()).where(NEWS, *_of_log(asked)).group_by(day).order_by(day)
    return [NumberView("day", value, value, count) for value, count in connection.execute(query)]


def _of_log(asked: HistoryFilter) -> list[ColumnElement[bool]]:
    found = _between(ChangeRow.at, asked)
    return [*found, ChangeRow.subject.in_(asked.subjects)] if asked.subjects else found


def _between(column: InstrumentedAttribute[datetime], asked: HistoryFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.since:
        found.append(column >= asked.since)
    if asked.until:
        found.append(column < asked.until)
    return found
