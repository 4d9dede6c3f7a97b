"""Why an item did or did not become news: what was read in it, what it was held against, what decided. Read only.

This is apart from the other views because it loads lexicon and model; the names of this module are not those of the
package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from dipwatch.alerts.english import FOREIGN
from dipwatch.detect import Policy
from dipwatch.errors import UsageError
from dipwatch.model import ChangeType, Claim, Item, Versions
from dipwatch.review.detail import claim_view, timeline
from dipwatch.review.explanation.text import Lens, TextView, look
from dipwatch.review.ids import merged_into, resolve_id
from dipwatch.review.listed import DevelopmentView, NameBook, Ref
from dipwatch.review.queries import read_views
from dipwatch.review.views import ChangeView, ClaimView
from dipwatch.store.codec import decode, encode
from dipwatch.store.items import item_of, worded_items
from dipwatch.store.schema import (
    change_table,
    claim_table,
    development_table,
    item_table,
    reading_table,
    revision_table,
    tick_table,
    version_table,
)

_MOST_CANDIDATES = 5
_HOUR = timedelta(hours=1)
_NEWS = (ChangeType.NEW.value, ChangeType.UPDATE.value)

Lenses = Callable[[str], Lens | None]
"""What a subject is looked at with, by its name; None for one that is not configured any more."""


@dataclass(frozen=True, slots=True)
class ThresholdsView:
    """The bounds of detection in force now; see ``detect.Policy``."""

    alert: float
    record: float
    same: float
    update: float
    max_age_hours: float


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What a tick made of an item: its outcome in a word, the claims it was given, and the changes it led to.

    ``versions`` are those that decided, ``differing`` names those that are others now.
    """

    tick: int
    at: datetime
    outcome: str
    claims: tuple[ClaimView, ...]
    changes: tuple[ChangeView, ...]
    versions: Versions
    differing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExplainedView:
    """An item in one of its wordings, for one subject.

    ``text`` is None where the item was pruned or the subject is no longer configured, ``decision`` where detection has
    not come to it or where it is in no log. ``compared`` names the developments it was held against.
    """

    subject: str
    item: str
    revision: int
    source: str
    source_kind: str
    link: str
    published_at: datetime | None
    seen_at: datetime
    history: bool
    text: TextView | None
    decision: DecisionView | None
    compared: tuple[Ref, ...]
    thresholds: ThresholdsView | None


@dataclass(frozen=True, slots=True)
class SupportView:
    """A report that only supported a development."""

    item: str
    source: str
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ExplanationView:
    """An item, or a development (None for an item) with the items that made news of it, and those that supported it."""

    development: DevelopmentView | None
    items: tuple[ExplainedView, ...]
    supported_by: tuple[SupportView, ...]


def explain(connection: Connection, typed: str, names: NameBook, lenses: Lenses) -> ExplanationView:
    """Explain an item or a development by its id or the beginning of it.

    Raises UsageError when there is none or more than one.
    """
    sort, whole = _resolved(connection, typed)
    if sort == "item":
        return ExplanationView(None, _items(connection, [whole], names, lenses), ())
    (development,) = read_views(connection, select(development_table).where(development_table.c.id == whole), names)
    entries = timeline(connection, change_table.c.development_id.in_((whole, *merged_into(connection, whole))), names)
    news = [change.report.item for change in entries if change.report and change.type in _NEWS]
    supports = [
        SupportView(change.report.item, change.report.source, change.report.title, change.at)
        for change in entries
        if change.report and change.report.item not in news
    ]
    return ExplanationView(development, _items(connection, dict.fromkeys(news), names, lenses), tuple(supports))


def explain_text(item: Item, subject: str, names: NameBook, lens: Lens) -> ExplanationView:
    """Explain a text that is in no log."""
    text = look(lens.reader, item, subject, names)
    return ExplanationView(None, (_view(item, subject, text, lens),), ())


def _resolved(connection: Connection, typed: str) -> tuple[str, str]:
    """Return what an id or its beginning stands for: ``item`` or ``development``, and the whole id."""
    wanted = typed.strip().lower()
    found: list[tuple[str, str]] = []
    for sort, column in (("development", development_table.c.id), ("item", item_table.c.id)):
        query = select(column).where(column.startswith(wanted, autoescape=True)).order_by(column)
        found += [(sort, key) for key in connection.execute(query.limit(_MOST_CANDIDATES)).scalars()]
    if not wanted or not found:
        where = "`dipwatch history` and `dipwatch show --format json` tell their ids"
        raise UsageError(f"there is no item or development {typed!r}; {where}")
    exact = [each for each in found if each[1] == wanted]
    if len(exact or found) > 1:
        told = ", ".join(f"{sort} {key}" for sort, key in found[:_MOST_CANDIDATES])
        raise UsageError(f"several ids begin with {typed!r}: {told}; type more of it")
    ((sort, key),) = exact or found
    return sort, resolve_id(connection, key) if sort == "development" else key


def _items(connection: Connection, wanted: Iterable[str], names: NameBook, lenses: Lenses) -> tuple[ExplainedView, ...]:
    """Explain items in the order wanted, each in all of its wordings and for all of its subjects."""
    return tuple(
        _explained(connection, row, names, lenses(row.subject))
        for item in wanted
        for row in connection.execute(_readings().where(item_table.c.id == item))
    )


def _readings() -> Any:  # noqa: ANN401 (a query with columns added)
    return (
        worded_items(reading_table.c.history)
        .add_columns(
            reading_table.c.subject,
            reading_table.c.outcome,
            reading_table.c.tick_id,
            tick_table.c.number.label("tick"),
            tick_table.c.at,
            version_table.c.parts,
        )
        .join(
            reading_table,
            (reading_table.c.item_id == item_table.c.id) & (reading_table.c.revision == revision_table.c.number),
        )
        .outerjoin(tick_table, tick_table.c.id == reading_table.c.tick_id)
        .outerjoin(version_table, version_table.c.id == tick_table.c.version_id)
        .order_by(reading_table.c.subject, reading_table.c.revision)
    )


def _explained(connection: Connection, row: Row[Any], names: NameBook, lens: Lens | None) -> ExplainedView:
    item = item_of(row)
    text = look(lens.reader, item, row.subject, names) if lens and item.title else None
    language = text.language if text else row.language
    decision = _decision(connection, row, names, lens, language) if row.tick_id is not None else None
    compared = [held.development for change in decision.changes for held in change.compared] if decision else []
    titles = _titles(connection, list(dict.fromkeys(compared)))
    view = _view(item, row.subject, text, lens)
    return replace(view, decision=decision, compared=titles)


def _view(item: Item, subject: str, text: TextView | None, lens: Lens | None) -> ExplainedView:
    """Return the view of an item that nothing has been decided of."""
    return ExplainedView(
        subject=subject,
        item=item.id,
        revision=item.revision,
        source=item.source,
        source_kind=item.source_kind,
        link=item.link,
        published_at=item.published,
        seen_at=item.first_seen,
        history=item.history,
        text=text,
        decision=None,
        compared=(),
        thresholds=_thresholds(lens.policy) if lens else None,
    )


def _thresholds(policy: Policy) -> ThresholdsView:
    return ThresholdsView(
        alert=policy.alert_threshold,
        record=policy.record_threshold,
        same=policy.same_threshold,
        update=policy.update_threshold,
        max_age_hours=policy.max_age / _HOUR,
    )


def _decision(
    connection: Connection, row: Row[Any], names: NameBook, lens: Lens | None, language: str | None
) -> DecisionView:
    of_it = (
        (change_table.c.item_id == row.id)
        & (change_table.c.revision == row.number)
        & (change_table.c.subject == row.subject)
    )
    changes = timeline(connection, of_it, names)
    claims = select(claim_table.c.body).where(
        claim_table.c.item_id == row.id, claim_table.c.revision == row.number, claim_table.c.tick_id == row.tick_id
    )
    bodies = connection.execute(claims.order_by(claim_table.c.position)).scalars()
    versions = decode(Versions, row.parts)
    foreign = language in FOREIGN
    return DecisionView(
        tick=row.tick,
        at=row.at,
        outcome=row.outcome,
        claims=tuple(claim_view(row.subject, decode(Claim, body), names, foreign=foreign) for body in bodies),
        changes=changes,
        versions=versions,
        differing=_differing(versions, lens.versions) if lens else (),
    )


def _differing(then: Versions, now: Versions) -> tuple[str, ...]:
    before, after = encode(then), encode(now)
    return tuple(name for name in before if before[name] != after[name])


def _titles(connection: Connection, ids: Sequence[str]) -> tuple[Ref, ...]:
    """Return the titles of developments, in the order of the ids."""
    query = select(development_table.c.id, development_table.c.title).where(development_table.c.id.in_(ids))
    titles = {row.id: row.title for row in connection.execute(query)}
    return tuple(Ref(key, titles.get(key, key)) for key in ids)
