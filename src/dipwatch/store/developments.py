"""Developments as the change log leaves them: a view that each change carries on.

``fold`` is the whole rule; the table holds its result, so that it need not be computed for every list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, insert, or_, select, update

from dipwatch.errors import StoreError
from dipwatch.model import Change, ChangeType
from dipwatch.store.schema import change_table, development_table


@dataclass(frozen=True, slots=True)
class Development:
    """A row of the view; see ``schema.development_table``."""

    id: str
    subject: str
    opened_at: datetime
    last_change_at: datetime
    kind: str
    status: str
    severity: str
    confidence: float
    venue: str | None
    issue: str | None
    title: str
    sources: int
    reports: int
    alerted: bool
    redirect_to: str | None = None
    verdict: str | None = None


ENTITLES = or_(
    change_table.c.type == ChangeType.NEW.value,
    and_(
        change_table.c.type == ChangeType.UPDATE.value,
        or_(change_table.c.alert, change_table.c.body["status_was"].as_string().is_not(None)),
    ),
)
"""Whether a report gives its development the title, as ``fold`` has it: the latest that does so has given it."""


def fold(before: Development | None, change: Change, subject: str) -> Development:
    """Return a development after one more change of the log.

    A report that only supports what is known leaves status and severity as they are. Kind, title and place stay those
    of the first report, by which a user knows it, unless an update was sent or a correction says otherwise; an update
    that moves the status brings its title with it, which would not fit it otherwise (``ENTITLES`` says so in SQL).
    """
    if before is None:
        return _opened(change, subject)
    after = replace(
        before,
        last_change_at=change.at,
        confidence=change.confidence,
        sources=change.sources,
        reports=before.reports + _reports(change),
        alerted=before.alerted or change.alert,
    )
    if change.type is ChangeType.SUPPORT:
        return after
    corrected = change.type is ChangeType.CORRECTION
    renamed = _verb(change) == "split" if corrected else change.alert or change.status_was is not None
    return replace(
        _marked(after, change) if corrected else after,
        kind=str(change.kind) if corrected else before.kind,
        status=str(change.status),
        severity=str(change.severity),
        title=change.title if renamed else before.title,
        venue=_kept(before.venue, change.claim.venue if change.claim else None, change),
        issue=_kept(before.issue, change.claim.issue if change.claim else None, change),
    )


def _kept(before: str | None, now: str | None, change: Change) -> str | None:
    return now or before if change.alert else before or now


def carry_on(connection: Connection, subject: str, changes: Sequence[Change]) -> None:
    """Carry the view on by new changes, in their order.

    Raises StoreError when a change is of another subject's development.
    """
    known = {row.id: row for row in read_developments(connection, [change.development for change in changes])}
    after: dict[str, Development] = {}
    for change in changes:
        before = after.get(change.development) or known.get(change.development)
        if before is not None and before.subject != subject:
            raise StoreError(f"development {before.id} belongs to subject {before.subject}, not to {subject}")
        after[change.development] = fold(before, change, subject)
    if opened := [asdict(row) for row in after.values() if row.id not in known]:
        connection.execute(insert(development_table), opened)
    if moved := [_values(row) for row in after.values() if row.id in known]:
        connection.execute(update(development_table).where(development_table.c.id == bindparam("key")), moved)


def read_developments(connection: Connection, ids: Iterable[str]) -> list[Development]:
    """Return developments by id, in no other order; unknown ids are left out."""
    query = (
        select(development_table).where(development_table.c.id.in_(sorted(set(ids)))).order_by(development_table.c.id)
    )
    return [Development(**row) for row in connection.execute(query).mappings()]


def family(connection: Connection, name: str) -> tuple[str, ...]:
    """Return a development's id and those of all that were merged with it, over others too; it first."""
    found = [name]
    for member in found:
        leads_to = select(development_table.c.redirect_to).where(development_table.c.id == member)
        led_to = (
            select(development_table.c.id)
            .where(development_table.c.redirect_to == member)
            .order_by(development_table.c.id)
        )
        near = [*connection.execute(leads_to).scalars(), *connection.execute(led_to).scalars()]
        found += [other for other in dict.fromkeys(near) if other and other not in found]
    return tuple(found)


def _opened(change: Change, subject: str) -> Development:
    return Development(
        id=change.development,
        subject=subject,
        opened_at=change.at,
        last_change_at=change.at,
        kind=str(change.kind),
        status=str(change.status),
        severity=str(change.severity),
        confidence=change.confidence,
        venue=change.claim.venue if change.claim else None,
        issue=change.claim.issue if change.claim else None,
        title=change.title,
        sources=change.sources,
        reports=_reports(change),
        alerted=change.alert,
    )


def _marked(before: Development, change: Change) -> Development:
    """Apply a user's mark; a correction's note is its verb and value (see ``detect.corrections``)."""
    verb, _, value = change.note.partition(" ")
    if verb == "duplicate-of":
        return replace(before, redirect_to=value)
    return replace(before, verdict=verb) if verb in {"confirm", "false"} else before


def _reports(change: Change) -> int:
    """Return by how many a change makes a development's reports more; a split takes one away with each change."""
    if change.item is None:
        return 0
    return -1 if change.type is ChangeType.CORRECTION and _verb(change) == "split" else 1


def _verb(change: Change) -> str:
    return change.note.partition(" ")[0]


def _values(row: Development) -> dict[str, object]:
    values: dict[str, object] = {**asdict(row), "key": row.id}
    del values["id"]
    return values
