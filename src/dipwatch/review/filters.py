"""Which developments are asked for, as conditions on the table that holds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import CTE, Column, ColumnElement, Connection, Select, and_, or_, select, true, union

from dipwatch.errors import UsageError
from dipwatch.model import ChangeType, Reason
from dipwatch.store.schema import change_table, development_table, facet_table
from dipwatch.store.search import developments_with, folded_words
from dipwatch.toml_file import read_toml

NEWS = change_table.c.type.in_((ChangeType.NEW.value, ChangeType.UPDATE.value))
"""Changes that tell something new, as against further reports and corrections."""

_LEAST_STEM = 4
"""Letters that must be left when an ending is taken off: any fewer, and a beginning fits too much."""


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which developments are asked for; what is left empty does not restrict.

    ``since`` and ``until`` (exclusive) bound a piece of news about it: neither a further report nor a correction.
    Each group of ``actors`` must take part with one of its members, so that two groups ask for a pair. ``venues``,
    ``kinds``, ``issues``, ``statuses`` and ``severities`` are compared with the development as it stands, ``reasons``,
    ``sources`` and ``text`` (see ``phrases``; in headline or evidence of one change) with any change of it.
    Developments that only ever stayed below the alert threshold are left out unless ``below_threshold`` is set.
    ``after`` is the id of a development that those asked for come after in the list, ``after_entry`` the number of an
    entry of the log after which there must be news; ``limit`` None gives all.
    """

    subjects: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    actors: tuple[tuple[str, ...], ...] = ()
    venues: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    text: str = ""
    below_threshold: bool = False
    after: str | None = None
    after_entry: int | None = None
    limit: int | None = None


def conditions(connection: Connection, asked: HistoryFilter) -> list[ColumnElement[bool]]:
    """Return what a row of developments must meet. Raises UsageError for a text that can't be searched for."""
    found: list[ColumnElement[bool]] = [development_table.c.redirect_to.is_(None)]
    found += [column.in_(wanted) for column, wanted in _columns(asked) if wanted]
    merged = _merged()
    found += [_is_or_was_merged_from(query, merged) for query in _questions(connection, asked)]
    if not asked.below_threshold:
        found.append(told_enough())
    if asked.after is not None:
        found.append(_later_in_the_list(connection, asked.after))
    return found


def told_enough() -> ColumnElement[bool]:
    """Whether a development ever rose above the alert threshold, or was never held against it."""
    below = _by_facet("kept_back", (Reason.BELOW_THRESHOLD.value,))
    return development_table.c.alerted | development_table.c.id.not_in(below)


def phrases(typed: str) -> list[tuple[tuple[str, ...], bool]]:
    """Take apart what is searched for: each phrase as its words, and whether the last is only a beginning.

    What stands in quotation marks is found as it stands. Any other word is found in its other forms too: without an
    ending of its script (``search.toml``), as a beginning.
    """
    found: list[tuple[tuple[str, ...], bool]] = []
    for place, piece in enumerate(typed.split('"')):
        words = folded_words(piece)
        if place % 2:
            found += [(words, False)] if words else []
        else:
            found += [((stem(word),), True) for word in words]
    return found


def stem(word: str) -> str:
    """Return a folded word without its ending."""
    for ending in _endings()["latin" if word.isascii() else "cyrillic"]:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word.removesuffix(ending)
    return word


@cache
def _endings() -> dict[str, list[str]]:
    """Return the endings of each script, the longest first."""
    told = read_toml(Path(__file__).with_name("search.toml")).data["endings"]
    return {script: sorted(text.split(), key=lambda ending: (-len(ending), ending)) for script, text in told.items()}


def _columns(asked: HistoryFilter) -> Iterator[tuple[Column[Any], Sequence[str]]]:
    yield development_table.c.subject, asked.subjects
    yield development_table.c.venue, asked.venues
    yield development_table.c.kind, asked.kinds
    yield development_table.c.issue, asked.issues
    yield development_table.c.status, asked.statuses
    yield development_table.c.severity, asked.severities


def _questions(connection: Connection, asked: HistoryFilter) -> Iterator[Select[Any]]:
    """Yield statements that select the ids of developments with a change that meets what is asked."""
    for group in asked.actors:
        yield _by_facet("actor", group)
    if asked.since or asked.until:
        since = true() if asked.since is None else change_table.c.at >= asked.since
        until = true() if asked.until is None else change_table.c.at < asked.until
        yield select(change_table.c.development_id).where(and_(NEWS, since, until))
    if asked.after_entry is not None:
        yield select(change_table.c.development_id).where(NEWS, change_table.c.seq > asked.after_entry)
    if asked.reasons:
        yield _by_facet("reason", asked.reasons)
    if asked.sources:
        yield _by_facet("source", asked.sources)
    if asked.text:
        if not (wanted := phrases(asked.text)):
            raise UsageError(f"there is no word in {asked.text!r} to search for")
        yield developments_with(connection, wanted)


def _by_facet(sort: str, values: Sequence[str]) -> Select[Any]:
    return select(facet_table.c.development_id).where(facet_table.c.sort == sort, facet_table.c.value.in_(values))


def _is_or_was_merged_from(query: Select[Any], merged: CTE) -> ColumnElement[bool]:
    """Whether a development is among those that a statement selects, or one of them was merged into it."""
    leading = select(merged.c.target).where(merged.c.id.in_(query))
    return development_table.c.id.in_(union(query, leading))


def _merged() -> CTE:
    """Return the merged developments, each with all that it leads to; a ring ends where it closes."""
    direct = select(development_table.c.id, development_table.c.redirect_to.label("target"))
    merged = direct.where(development_table.c.redirect_to.is_not(None)).cte("merged", recursive=True)
    onward = select(merged.c.id, development_table.c.redirect_to).where(
        development_table.c.id == merged.c.target, development_table.c.redirect_to.is_not(None)
    )
    return merged.union(onward)


def _later_in_the_list(connection: Connection, after: str) -> ColumnElement[bool]:
    """Whether a development stands after another one in the order of the list."""
    query = select(development_table.c.last_change_at).where(development_table.c.id == after)
    at = connection.execute(query).scalar_one_or_none()
    if at is None:
        raise UsageError(f"there is no development {after!r} to go on after; give the last id of the page before")
    same = and_(development_table.c.last_change_at == at, development_table.c.id > after)
    return or_(development_table.c.last_change_at < at, same)
