"""Reading a report from the log, with a few statements whatever its size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import Connection, func, select

from dipwatch.review.agenda import upcoming
from dipwatch.review.brief import Brief
from dipwatch.review.entries import EntryView, TimelineFilter, timeline_entries
from dipwatch.review.filters import NEWS, HistoryFilter
from dipwatch.review.ledger import LedgerFilter, positions
from dipwatch.review.listed import DevelopmentView, NameBook, Ref
from dipwatch.review.network import network
from dipwatch.review.numbers import numbers
from dipwatch.review.queries import count, history
from dipwatch.review.report.view import Card, PublisherView, Report, Told, VenueView
from dipwatch.review.views import SourceView
from dipwatch.store.schema import change_table, development_table, item_table

ANNOUNCED_WITHIN = timedelta(days=365)
"""How far back a meeting may have been announced, or changed, that is still listed as upcoming."""
LATEST_STEPS = 3
"""Steps told of each position: where it stands and how it came there; `dipwatch positions --detail` tells all."""
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is of: subjects and a period, and in which zone its days are counted (None: the machine's)."""

    subjects: tuple[str, ...]
    since: datetime
    until: datetime
    zone: tzinfo | None = None

    @property
    def asked(self) -> HistoryFilter:
        """The developments that had news in it."""
        return HistoryFilter(subjects=self.subjects, since=self.since, until=self.until)


def gather(connection: Connection, scope: Scope, names: NameBook, briefs: Mapping[str, Brief], now: datetime) -> Report:
    """Return the report of a period; ``now`` is when it is written. What a user has marked false is left out."""
    asked = scope.asked
    found = cards(connection, scope, names)
    today = now.astimezone(scope.zone).date()
    announced = replace(asked, since=now - ANNOUNCED_WITHIN, until=None)
    ledger = LedgerFilter(scope.subjects, at=scope.until, latest=LATEST_STEPS)
    return Report(
        subjects=scope.subjects,
        since=scope.since,
        until=scope.until,
        at=now,
        zone=scope.zone,
        numbers=tuple(numbers(connection, asked, names)),
        held_back=count(connection, replace(asked, below_threshold=True)) - count(connection, asked),
        cards=tuple(found),
        positions=tuple(positions(connection, ledger, names, briefs)),
        network=network(connection, asked, names, briefs),
        venues=_venues([card.development for card in found]),
        publishers=_publishers(found),
        upcoming=tuple(upcoming(connection, announced, names, today)),
    )


def cards(connection: Connection, scope: Scope, names: NameBook) -> list[Card]:
    """Return the developments of a period with their evidence, in the order of their first news; no false ones."""
    views = [view for view in history(connection, scope.asked, names) if view.verdict != "false"]
    wanted = TimelineFilter(subjects=scope.subjects, since=scope.since, until=scope.until)
    news: defaultdict[str, list[EntryView]] = defaultdict(list)
    for entry in timeline_entries(connection, wanted, names):
        news[entry.development].append(entry)
    evidence = _evidence(connection, scope)
    carried = _carried(connection, scope, [view.id for view in views])
    earlier = _earlier(connection, scope, [view.id for view in views])
    found = [
        Card(
            development=view,
            told=tuple(Told(entry, *evidence.get(entry.seq, ("", ""))) for entry in news[view.id]),
            sources=tuple(carried[view.id].values()),
            before=earlier.get(view.id, 0),
        )
        for view in views
    ]
    return sorted(found, key=lambda card: (card.since, card.development.id))


def _evidence(connection: Connection, scope: Scope) -> dict[int, tuple[str, str]]:
    """Return the sentence that each piece of news rests on, and the kind of its source, by the number in the log."""
    query = (
        select(
            change_table.c.seq,
            change_table.c.body["claim", "evidence"].as_string().label("evidence"),
            item_table.c.source_kind,
        )
        .outerjoin(item_table, item_table.c.id == change_table.c.item_id)
        .where(NEWS, change_table.c.at >= scope.since, change_table.c.at < scope.until)
    )
    return {row.seq: (row.evidence or "", row.source_kind or "") for row in connection.execute(query)}


def _carried(connection: Connection, scope: Scope, ids: Sequence[str]) -> dict[str, dict[str, SourceView]]:
    """Return the publishers of each development, what was merged into it included, the first to bring it first."""
    found: dict[str, dict[str, SourceView]] = {key: {} for key in ids}
    merged = _merged_into(connection, ids)
    for page in _pages([*ids, *merged]):
        query = (
            select(
                change_table.c.development_id,
                item_table.c.source,
                item_table.c.source_kind,
                item_table.c.link,
                item_table.c.first_seen_at,
            )
            .join(item_table, item_table.c.id == change_table.c.item_id)
            .where(change_table.c.development_id.in_(page), change_table.c.at < scope.until)
            .group_by(change_table.c.development_id, item_table.c.id)
            .order_by(func.min(change_table.c.seq))
        )
        for row in connection.execute(query):
            sources = found[merged.get(row.development_id, row.development_id)]
            first = sources.setdefault(
                row.source, SourceView(row.source, row.source_kind, row.first_seen_at, 0, row.link)
            )
            sources[row.source] = replace(first, reports=first.reports + 1)
    return found


def _earlier(connection: Connection, scope: Scope, ids: Sequence[str]) -> dict[str, int]:
    """Return how many pieces of news each development had before the period."""
    found: dict[str, int] = {}
    for page in _pages(ids):
        query = select(change_table.c.development_id, func.count()).where(
            NEWS, change_table.c.development_id.in_(page), change_table.c.at < scope.since
        )
        found.update((key, times) for key, times in connection.execute(query.group_by(change_table.c.development_id)))
    return found


def _merged_into(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the developments that were merged, directly or over others, each with where it went."""
    query = select(development_table.c.id, development_table.c.redirect_to).where(
        development_table.c.redirect_to.is_not(None)
    )
    direct: dict[str, str] = {row.id: row.redirect_to for row in connection.execute(query)}
    wanted, found = set(ids), dict[str, str]()
    for key in sorted(direct):
        target, passed = direct[key], {key}
        while target in direct and target not in passed:
            passed.add(target)
            target = direct[target]
        if target in wanted:
            found[key] = target
    return found


def _pages(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _PAGE] for start in range(0, len(ids), _PAGE))


def _venues(views: Sequence[DevelopmentView]) -> tuple[VenueView, ...]:
    found: defaultdict[Ref, list[DevelopmentView]] = defaultdict(list)
    for view in views:
        if view.venue:
            found[view.venue].append(view)
    ranked = sorted(found.items(), key=lambda each: (-len(each[1]), each[0].name))
    return tuple(VenueView(venue, tuple(held)) for venue, held in ranked)


def _publishers(told: Sequence[Card]) -> tuple[PublisherView, ...]:
    found: dict[str, PublisherView] = {}
    for card in told:
        for place, source in enumerate(card.sources):
            known = found.get(source.source) or PublisherView(source.source, source.source_kind, 0, 0, 0)
            found[source.source] = replace(
                known,
                developments=known.developments + 1,
                first=known.first + (place == 0),
                alone=known.alone + (len(card.sources) == 1),
            )
    return tuple(sorted(found.values(), key=lambda each: (-each.developments, each.source)))
