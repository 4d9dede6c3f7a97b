"""One development with all that is known of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from dipwatch.alerts.english import FOREIGN
from dipwatch.model import Change, ChangeType, Claim, Shift
from dipwatch.review.brief import Brief
from dipwatch.review.ids import merged_into, resolve_id
from dipwatch.review.listed import NameBook
from dipwatch.review.operation import latest_attempts
from dipwatch.review.queries import read_views
from dipwatch.review.said import said
from dipwatch.review.views import (
    ChangeView,
    ClaimView,
    DeliveryView,
    DetailView,
    MarkView,
    NovelView,
    PartView,
    ReportView,
    RevisionView,
    ShiftView,
    SourceView,
)
from dipwatch.store.codec import decode
from dipwatch.store.outgoing import read_bodies
from dipwatch.store.schema import (
    change_table,
    command_table,
    development_table,
    item_table,
    outbox_table,
    revision_table,
    tick_table,
)


def latest_news(connection: Connection, typed: str) -> tuple[str, Change]:
    """Return a development's subject and the latest change that told something new of it.

    Raises UsageError when there is no such development, or more than one.
    """
    news = change_table.c.type.in_((ChangeType.NEW.value, ChangeType.UPDATE.value))
    query = select(change_table.c.subject, change_table.c.body).where(
        change_table.c.development_id == resolve_id(connection, typed), news
    )
    row = connection.execute(query.order_by(change_table.c.seq.desc()).limit(1)).one()
    return row.subject, decode(Change, row.body)


def development(
    connection: Connection, typed: str, names: NameBook, brief_of: Callable[[str], Brief] = lambda _subject: Brief()
) -> DetailView:
    """Return a development by its id or the beginning of it, with its whole timeline.

    ``brief_of`` gives the baseline of a subject, which takes long the first time. Raises UsageError when there is none
    or more than one.
    """
    whole = resolve_id(connection, typed)
    (view,) = read_views(connection, select(development_table).where(development_table.c.id == whole), names)
    merged = merged_into(connection, whole)
    ids = (whole, *merged)
    changes = timeline(connection, change_table.c.development_id.in_(ids), names)
    return DetailView(
        development=view,
        merged=merged,
        sources=_sources(connection, ids),
        timeline=changes,
        revisions=_revisions(connection, ids),
        marks=_marks(connection, ids),
        baseline=said(view, changes, brief_of(view.subject), names),
    )


def _sources(connection: Connection, ids: Sequence[str]) -> tuple[SourceView, ...]:
    query = (
        select(
            item_table.c.source,
            item_table.c.source_kind,
            item_table.c.link,
            item_table.c.published_at,
            item_table.c.first_seen_at,
        )
        .join(change_table, change_table.c.item_id == item_table.c.id)
        .where(change_table.c.development_id.in_(ids))
        .group_by(item_table.c.id)
        .order_by(func.min(change_table.c.seq))
    )
    found: dict[str, SourceView] = {}
    for row in connection.execute(query):
        when = min(row.published_at, row.first_seen_at) if row.published_at else row.first_seen_at
        first = found.setdefault(row.source, SourceView(row.source, row.source_kind, when, 0, row.link))
        found[row.source] = replace(first, reports=first.reports + 1, first_at=min(first.first_at, when))
    return tuple(found.values())


def _revisions(connection: Connection, ids: Sequence[str]) -> tuple[RevisionView, ...]:
    """Return every wording of the items that were edited."""
    items = select(change_table.c.item_id).where(change_table.c.development_id.in_(ids))
    edited = select(item_table.c.id).where(item_table.c.id.in_(items), item_table.c.revision > 0)
    query = select(revision_table).where(revision_table.c.item_id.in_(edited))
    rows = connection.execute(query.order_by(revision_table.c.item_id, revision_table.c.number))
    return tuple(RevisionView(row.item_id, row.number, row.title, row.summary, row.seen_at) for row in rows)


def _marks(connection: Connection, ids: Sequence[str]) -> tuple[MarkView, ...]:
    query = select(command_table).where(command_table.c.target.in_(ids)).order_by(command_table.c.id)
    rows = connection.execute(query)
    return tuple(MarkView(row.id, row.at, row.author, row.verb, row.value, row.answer) for row in rows)


def timeline(connection: Connection, wanted: ColumnElement[bool], names: NameBook) -> tuple[ChangeView, ...]:
    """Return the entries of the change log that meet a condition on them, in their order."""
    query = (
        select(
            change_table.c.seq,
            change_table.c.subject,
            change_table.c.body,
            change_table.c.version_id,
            tick_table.c.number.label("tick"),
            item_table.c.source,
            item_table.c.source_kind,
            item_table.c.link,
            item_table.c.language,
            item_table.c.published_at,
            revision_table.c.title,
            revision_table.c.seen_at,
        )
        .join(tick_table, tick_table.c.id == change_table.c.tick_id)
        .outerjoin(item_table, item_table.c.id == change_table.c.item_id)
        .outerjoin(
            revision_table,
            (revision_table.c.item_id == change_table.c.item_id) & (revision_table.c.number == change_table.c.revision),
        )
        .where(wanted)
        .order_by(change_table.c.seq)
    )
    sent = _deliveries(connection, wanted)
    return tuple(_change(row, sent.get(row.seq, ()), names) for row in connection.execute(query))


def _deliveries(connection: Connection, wanted: ColumnElement[bool]) -> dict[int, tuple[DeliveryView, ...]]:
    """Return what was or is to be sent, by change, each message with its latest attempt."""
    listed = (
        outbox_table.c[name] for name in ("id", "change_seq", "receiver", "purpose", "state", "attempts", "message_key")
    )
    query = select(*listed).join(change_table, change_table.c.seq == outbox_table.c.change_seq)
    rows = connection.execute(query.where(wanted).order_by(outbox_table.c.id)).all()
    bodies = read_bodies(connection, [row.id for row in rows])
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
            detail=last.detail if last else str(bodies.get(row.id, {}).get("why", "")),
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
