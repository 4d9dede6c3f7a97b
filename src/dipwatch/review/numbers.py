"""The log of a period in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, func, select

from dipwatch.review.filters import NEWS, HistoryFilter, conditions
from dipwatch.review.listed import NameBook
from dipwatch.store.schema import change_actor_table, change_table, development_table, item_table, outbox_table

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
    for column in (
        development_table.c.kind,
        development_table.c.status,
        development_table.c.severity,
        development_table.c.verdict,
    ):
        found += _grouped(connection, column, held)
    found += _sources(connection, asked)
    found += _actors(connection, asked, names)
    return [*found, *_by_day(connection, asked)]


def _total(key: str, name: str, count: int) -> NumberView:
    return NumberView("total", key, name, count)


def _items(connection: Connection, asked: HistoryFilter) -> int:
    query = select(func.count()).select_from(item_table).where(*_between(item_table.c.first_seen_at, asked))
    return connection.execute(query).scalar_one()


def _developments(connection: Connection, held: Sequence[ColumnElement[bool]]) -> int:
    return connection.execute(select(func.count()).select_from(development_table).where(*held)).scalar_one()


def _news(connection: Connection, asked: HistoryFilter) -> int:
    query = select(func.count()).select_from(change_table).where(NEWS, *_of_log(asked))
    return connection.execute(query).scalar_one()


def _told(connection: Connection, asked: HistoryFilter) -> int:
    query = select(func.count(func.distinct(outbox_table.c.message_key)))
    query = query.where(outbox_table.c.state == "sent", *_between(outbox_table.c.created_at, asked))
    if asked.subjects:
        query = query.where(outbox_table.c.subject.in_(asked.subjects))
    return connection.execute(query).scalar_one()


def _grouped(connection: Connection, column: Column[Any], held: Sequence[ColumnElement[bool]]) -> list[NumberView]:
    query = select(column, func.count().label("count")).where(*held, column.is_not(None)).group_by(column)
    rows = connection.execute(query.order_by(func.count().desc(), column))
    return [NumberView(column.key, value, value, count) for value, count in rows]


def _sources(connection: Connection, asked: HistoryFilter) -> list[NumberView]:
    query = (
        select(item_table.c.source, func.count())
        .join(change_table, change_table.c.item_id == item_table.c.id)
        .where(NEWS, *_of_log(asked))
        .group_by(item_table.c.source)
        .order_by(func.count().desc(), item_table.c.source)
        .limit(_MOST)
    )
    return [NumberView("source", source, source, count) for source, count in connection.execute(query)]


def _actors(connection: Connection, asked: HistoryFilter, names: NameBook) -> list[NumberView]:
    query = (
        select(
            change_table.c.subject, change_actor_table.c.actor, func.count(func.distinct(change_table.c.development_id))
        )
        .join(change_actor_table, change_actor_table.c.change_seq == change_table.c.seq)
        .where(NEWS, *_of_log(asked))
        .group_by(change_table.c.subject, change_actor_table.c.actor)
        .order_by(func.count(func.distinct(change_table.c.development_id)).desc(), change_actor_table.c.actor)
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
    day = func.substr(change_table.c.body["at"].as_string(), 1, len("2026-01-01"))
    query = select(day, func.count()).where(NEWS, *_of_log(asked)).group_by(day).order_by(day)
    return [NumberView("day", value, value, count) for value, count in connection.execute(query)]


def _of_log(asked: HistoryFilter) -> list[ColumnElement[bool]]:
    found = _between(change_table.c.at, asked)
    return [*found, change_table.c.subject.in_(asked.subjects)] if asked.subjects else found


def _between(column: Column[datetime], asked: HistoryFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.since:
        found.append(column >= asked.since)
    if asked.until:
        found.append(column < asked.until)
    return found
