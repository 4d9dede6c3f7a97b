"""One development with all that is known of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from dipwatch.alerts.english import FOREIGN
from dipwatch.errors import UsageError
from dipwatch.model import Change, ChangeType, Claim, Shift
from dipwatch.review.brief import Brief
from dipwatch.review.operation import latest_attempts
from dipwatch.review.queries import read_views
from dipwatch.review.said import said
from dipwatch.review.views import (
    ChangeView,
    ClaimView,
    DeliveryView,
    DetailView,
    MarkView,
    NameBook,
    NovelView,
    PartView,
    ReportView,
    RevisionView,
    ShiftView,
    SourceView,
)
from dipwatch.store.codec import decode
from dipwatch.store.schema import ChangeRow, CommandRow, DevelopmentRow, ItemRow, OutboxRow, RevisionRow, TickRow

_MOST_CANDIDATES = 5


def resolve_id(connection: Connection, typed: str) -> str:
    """Return the whole id of a development from its beginning; one that was merged leads to where it went.

    Raises UsageError when there is none or more than one.
    """
    wanted = typed.strip().lower()
    query = select(DevelopmentRow.id).where(DevelopmentRow.id.startswith(wanted, autoescape=True))
    found = connection.execute(query.order_by(DevelopmentRow.id).limit(_MOST_CANDIDATES)).scalars().all()
    if not wanted or not found:
        raise UsageError(f"there is no development {typed!r}; `dipwatch history` lists their ids")
    if len(found) > 1 and found[0] != wanted:
        raise UsageError(f"several developments begin with {typed!r}: {', '.join(found)}; type more of it")
    return _target(connection, found[0])


def latest_news(connection: Connection, typed: str) -> tuple[str, Change]:
    """Return a development's subject and the latest change that told something new of it.

    Raises UsageError when there is no such development, or more than one.
    """
    news = ChangeRow.type.in_((ChangeType.NEW.value, ChangeType.UPDATE.value))
    query = select(ChangeRow.subject, ChangeRow.body).where(
        ChangeRow.development_id == resolve_id(connection, typed), news
    )
    row = connection.execute(query.order_by(ChangeRow.seq.desc()).limit(1)).one()
    return row.subject, decode(Change, row.body)


def development(
    connection: Connection, typed: str, names: NameBook, brief_of: Callable[[str], Brief] = lambda _subject: Brief()
) -> DetailView:
    """Return a development by its id or the beginning of it, with its whole timeline.

    ``brief_of`` gives the baseline of a subject, which takes long the first time. Raises UsageError when there is none
    or more than one.
    """
    whole = resolve_id(connection, typed)
    (view,) = read_views(connection, select(DevelopmentRow.__table__).where(DevelopmentRow.id == whole), names)
    merged = merged_into(connection, whole)
    ids = (whole, *merged)
    changes = timeline(connection, ChangeRow.development_id.in_(ids), names)
    return DetailView(
        development=view,
        merged=merged,
        sources=_sources(connection, ids),
        timeline=changes,
        revisions=_revisions(connection, ids),
        marks=_marks(connection, ids),
        baseline=said(view, changes, brief_of(view.subject), names),
    )


def _target(connection: Connection, whole: str) -> str:
    """Follow the redirects of merges; a ring, which the log should never hold, ends where it closes."""
    seen: set[str] = set()
    while whole not in seen:
        seen.add(whole)
        query = select(DevelopmentRow.redirect_to).where(DevelopmentRow.id == whole)
        whole = connection.execute(query).scalar_one() or whole
    return whole


def merged_into(connection: Connection, whole: str) -> tuple[str, ...]:
    """Return the ids that lead to a development, directly or over others."""
    found: list[str] = []
    level = [whole]
    while level:
        query = select(DevelopmentRow.id).where(DevelopmentRow.redirect_to.in_(level))
        query = query.where(DevelopmentRow.id.not_in([whole, *found])).order_by(DevelopmentRow.id)
        level = list(connection.execute(query).scalars())
        found += level
    return tuple(found)


def _sources(connection: Connection, ids: Sequence[str]) -> tuple[SourceView, ...]:
    query = (
        select(ItemRow.source, ItemRow.source_kind, ItemRow.link, ItemRow.published_at, ItemRow.first_seen_at)
        .join(ChangeRow, ChangeRow.item_id == ItemRow.id)
        .where(ChangeRow.development_id.in_(ids))
        .group_by(ItemRow.id)
        .order_by(func.min(ChangeRow.seq))
    )
    found: dict[str, SourceView] = {}
    for row in connection.execute(query):
        when = min(row.published_at, row.first_seen_at) if row.published_at else row.first_seen_at
        first = found.setdefault(row.source, SourceView(row.source, row.source_kind, when, 0, row.link))
        found[row.source] = replace(first, reports=first.reports + 1, first_at=min(first.first_at, when))
    return tuple(found.values())


def _revisions(connection: Connection, ids: Sequence[str]) -> tuple[RevisionView, ...]:
    """Return every wording of the items that were edited."""
    items = select(ChangeRow.item_id).where(ChangeRow.development_id.in_(ids))
    edited = select(ItemRow.id).where(ItemRow.id.in_(items), ItemRow.revision > 0)
    query = select(RevisionRow.__table__).where(RevisionRow.item_id.in_(edited))
    rows = connection.execute(query.order_by(RevisionRow.item_id, RevisionRow.number))
    return tuple(RevisionView(row.item_id, row.number, row.title, row.summary, row.seen_at) for row in rows)


def _marks(connection: Connection, ids: Sequence[str]) -> tuple[MarkView, ...]:
    query = select(CommandRow.__table__).where(CommandRow.target.in_(ids)).order_by(CommandRow.id)
    rows = connection.execute(query)
    return tuple(MarkView(row.id, row.at, row.author, row.verb, row.value, row.answer) for row in rows)


def timeline(connection: Connection, wanted: ColumnElement[bool], names: NameBook) -> tuple[ChangeView, ...]:
    """Return the entries of the change log that meet a condition on them, in their order."""
    query = (
        select(
            ChangeRow.seq,
            ChangeRow.subject,
            ChangeRow.body,
            ChangeRow.version_id,
            TickRow.number.label("tick"),
            ItemRow.source,
            ItemRow.source_kind,
            ItemRow.link,
            ItemRow.language,
            ItemRow.published_at,
            RevisionRow.title,
            RevisionRow.seen_at,
        )
        .join(TickRow, TickRow.id == ChangeRow.tick_id)
        .outerjoin(ItemRow, ItemRow.id == ChangeRow.item_id)
        .outerjoin(RevisionRow, (RevisionRow.item_id == ChangeRow.item_id) & (RevisionRow.number == ChangeRow.revision))
        .where(wanted)
        .order_by(ChangeRow.seq)
    )
    sent = _deliveries(connection, wanted)
    return tuple(_change(row, sent.get(row.seq, ()), names) for row in connection.execute(query))


def _deliveries(connection: Connection, wanted: ColumnElement[bool]) -> dict[int, tuple[DeliveryView, ...]]:
    """Return what was or is to be sent, by change, each message with its latest attempt."""
    query = select(OutboxRow.__table__).join(ChangeRow, ChangeRow.seq == OutboxRow.change_seq)
    rows = connection.execute(query.where(wanted).order_by(OutboxRow.id)).all()
    attempts = latest_attempts(connection, [row.message_key for row in rows])
    found: defaultdict[int, list[DeliveryView]] = defaultdict(list)
    for row in rows:
        last = attempts.get(row.message_key)
        view = DeliveryView(
            receiver=row.receiver,
            purpose=row.purpose,
            state=row.state,
            attempts=row.attempts,
            at=last.at if last else None,
            outcome=last.outcome if last else None,
            detail=last.detail if last else str(row.body.get("why", "")),
        )
        found[row.change_seq].append(view)
    return {seq: tuple(views) for seq, views in found.items()}


def _change(row: Any, deliveries: tuple[DeliveryView, ...], names: NameBook) -> ChangeView:  # noqa: ANN401 (a row of the timeline)
    change = decode(Change, row.body)
    return ChangeView(
        seq=row.seq,
        at=change.at,
        type=change.type,
        development=change.development,
        alert=change.alert,
        kind=change.kind,
        status=change.status,
        status_was=change.status_was,
        severity=change.severity,
        confidence=change.confidence,
        title=change.title,
        reasons=change.reasons,
        kept_back=change.kept_back,
        novel=tuple(_novel(row.subject, item, names) for item in change.novel),
        shift=shift_view(row.subject, change.shift, names),
        sources=change.sources,
        note=change.note,
        report=_report(row, change),
        claim=_claim(row.subject, change, names),
        deliveries=deliveries,
        tick=row.tick,
        version=row.version_id,
        compared=change.compared,
    )


def _report(row: Any, change: Change) -> ReportView | None:  # noqa: ANN401 (a row of the timeline)
    if change.item is None or row.seen_at is None:
        return None
    return ReportView(
        item=change.item,
        revision=change.revision,
        source=row.source,
        source_kind=row.source_kind,
        title=row.title,
        link=row.link,
        language=row.language,
        published_at=row.published_at,
        seen_at=row.seen_at,
    )


def _novel(subject: str, item: str, names: NameBook) -> NovelView:
    """Take ``pair:russia+united-states`` apart."""
    sort, _, refs = item.partition(":")
    return NovelView(sort, tuple(names.ref(subject, ref) for ref in refs.split("+")))


def shift_view(subject: str, shift: Shift | None, names: NameBook) -> ShiftView | None:
    """Return what is shown of a shift, None where there is none."""
    if shift is None:
        return None
    return ShiftView(
        actor=names.ref(subject, shift.actor),
        issue=names.ref(subject, shift.issue),
        direction=shift.direction,
        stance=names.stance(subject, shift.issue, shift.stance),
        was=names.stance(subject, shift.issue, shift.was),
    )


def _claim(subject: str, change: Change, names: NameBook) -> ClaimView | None:
    if change.claim is None:
        return None
    return claim_view(subject, change.claim, names, foreign=change.language in FOREIGN)


def claim_view(subject: str, claim: Claim, names: NameBook, *, foreign: bool) -> ClaimView:
    """Return what is shown of a claim; one from a ``foreign`` text has an English line."""
    return ClaimView(
        event=claim.event,
        parts=tuple(PartView(names.ref(subject, part.actor), part.role, part.named) for part in claim.parts),
        evidence=claim.evidence,
        venue=names.optional(subject, claim.venue),
        issue=names.optional(subject, claim.issue),
        stance=names.stance(subject, claim.issue, claim.stance),
        conditions=claim.conditions,
        first_day=claim.when.first if claim.when else None,
        last_day=claim.when.last if claim.when else None,
        quote=claim.quote.text if claim.quote else "",
        speaker=names.optional(subject, claim.quote.speaker) if claim.quote else None,
        hedged=claim.hedged,
        unnamed_source=claim.unnamed_source,
        score=claim.score,
        cues=claim.cues,
        english=names.english(subject, claim) if foreign else None,
        kind=claim.kind,
        status=claim.status,
        span=claim.span,
        ordinal=claim.ordinal,
        quantities=claim.quantities,
        negated=claim.negated,
        states_position=claim.states_position,
    )
