"""The memory of the feeds: which are due, who polls them, how they fare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from sqlalchemy import Connection, RowMapping, insert, or_, select, update

from dipwatch.store.schema import feed_table

SPREAD = timedelta(milliseconds=100)
"""Between the first polls of new feeds, so that they don't all start in one instant."""


class ConfiguredFeed(Protocol):
    """What the store asks of a feed's configuration."""

    @property
    def id(self) -> str: ...  # noqa: D102 (see the Feed of dipwatch.feeds)
    @property
    def url(self) -> str: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def source_kind(self) -> str: ...  # noqa: D102
    @property
    def language(self) -> str | None: ...  # noqa: D102
    @property
    def country(self) -> str | None: ...  # noqa: D102
    @property
    def subjects(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def enabled(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed as the database knows it; see ``schema.feed_table`` for what each field means."""

    id: str
    url: str
    configured_url: str
    source: str
    source_kind: str
    language: str | None
    country: str | None
    subjects: tuple[str, ...]
    enabled: bool
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    moved_to: str | None
    moved_polls: int
    gone_at: datetime | None
    next_poll_at: datetime
    first_contact_at: datetime | None
    last_polled_at: datetime | None
    last_success_at: datetime | None
    last_new_item_at: datetime | None
    error_streak: int
    last_outcome: str | None
    last_detail: str | None
    last_status: int | None
    rhythm_seconds: float | None
    hints: dict[str, Any]
    claimed_by: str | None
    claimed_until: datetime | None
    failing_since: datetime | None
    broken_at: datetime | None
    silent_at: datetime | None
    hole_at: datetime | None
    window: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Synced:
    """What ``sync_feeds`` changed, as feed ids."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    disabled: tuple[str, ...]


def sync_feeds(connection: Connection, feeds: Iterable[ConfiguredFeed], now: datetime) -> Synced:
    """Bring the table in line with the configuration.

    New feeds are due at once. Feeds that are no longer configured are disabled and keep their history. A feed whose
    configured address has changed starts anew there: what the old address had taught is forgotten, and its first
    contact is another one, so that a wholly different content can't flood anybody.
    """
    configured = {feed.id: feed for feed in feeds}
    known = {state.id: state for state in feed_states(connection)}
    added = [feed for feed in configured.values() if feed.id not in known]
    if added:
        rows = [_new_row(feed, now + index * SPREAD) for index, feed in enumerate(added)]
        connection.execute(insert(feed_table), rows)
    kept = [feed for feed in configured.values() if feed.id in known]
    changed = [feed.id for feed in kept if _update(connection, feed, known[feed.id], now)]
    disabled = [state.id for state in known.values() if state.id not in configured and state.enabled]
    connection.execute(update(feed_table).where(feed_table.c.id.in_(disabled)).values(enabled=False))
    return Synced(tuple(feed.id for feed in added), tuple(changed), tuple(disabled))


def claim_due(connection: Connection, now: datetime, limit: int, holder: str, until: datetime) -> list[FeedState]:
    """Take up to ``limit`` feeds that are due and that nobody polls, the longest due first.

    They belong to ``holder`` until ``until``, or until ``ingest`` or ``release`` gives them back.
    """
    free = or_(feed_table.c.claimed_until.is_(None), feed_table.c.claimed_until <= now)
    due = (
        select(feed_table.c.id)
        .where(feed_table.c.enabled, feed_table.c.gone_at.is_(None), feed_table.c.next_poll_at <= now, free)
        .order_by(feed_table.c.next_poll_at, feed_table.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = connection.execute(due).scalars().all()
    connection.execute(
        update(feed_table).where(feed_table.c.id.in_(ids)).values(claimed_by=holder, claimed_until=until)
    )
    claimed = {state.id: state for state in feed_states(connection, ids)}
    return [claimed[feed] for feed in ids]


def make_due(connection: Connection, now: datetime, *, only_new: bool = False) -> None:
    """Make every feed that is still polled (or only those that never were) due at once."""
    meant = feed_table.c.enabled & feed_table.c.gone_at.is_(None)
    if only_new:
        meant &= feed_table.c.last_polled_at.is_(None)
    connection.execute(update(feed_table).where(meant).values(next_poll_at=now))


def hold_host(connection: Connection, host: str, until: datetime) -> None:
    """Let no feed at a host be due before a time: it asked us all, after a restart and on other machines too."""
    early = select(feed_table.c.id, feed_table.c.url).where(feed_table.c.next_poll_at < until)
    ids = [row.id for row in connection.execute(early) if urlsplit(row.url).hostname == host]
    connection.execute(update(feed_table).where(feed_table.c.id.in_(ids)).values(next_poll_at=until))


def release(connection: Connection, feed: str, holder: str) -> None:
    """Give a claimed feed back without having polled it; it stays due."""
    ours = (feed_table.c.id == feed) & (feed_table.c.claimed_by == holder)
    connection.execute(update(feed_table).where(ours).values(claimed_by=None, claimed_until=None))


def release_of(connection: Connection, holders: Sequence[str]) -> None:
    """Give back what processes had claimed that are gone."""
    theirs = feed_table.c.claimed_by.in_(holders)
    connection.execute(update(feed_table).where(theirs).values(claimed_by=None, claimed_until=None))


def release_all(connection: Connection) -> None:
    """Give every claimed feed back: for the start of the only process on a database, after its predecessor's end."""
    claimed = feed_table.c.claimed_by.is_not(None)
    connection.execute(update(feed_table).where(claimed).values(claimed_by=None, claimed_until=None))


def feed_states(connection: Connection, ids: Sequence[str] | None = None) -> list[FeedState]:
    """Return the feeds, all or the named ones, by id; disabled ones are among them."""
    query = select(feed_table).order_by(feed_table.c.id)
    if ids is not None:
        query = query.where(feed_table.c.id.in_(ids))
    rows = connection.execute(query).mappings()
    return [_state(row) for row in rows]


def _state(row: RowMapping) -> FeedState:
    lists = {"subjects": tuple(row["subjects"]), "window": tuple(row["window"]) if row["window"] is not None else None}
    return FeedState(**{**row, **lists})


def revive(connection: Connection, feed: str, now: datetime) -> bool:
    """Poll a feed again that has ended (410); tell whether there is such a feed."""
    ended = (feed_table.c.id == feed) & feed_table.c.gone_at.is_not(None)
    values = {"gone_at": None, "next_poll_at": now, "error_streak": 0}
    return connection.execute(update(feed_table).where(ended).values(values)).rowcount > 0


def any_unpolled(connection: Connection) -> bool:
    """Tell whether a feed that is to be polled never was."""
    waiting = feed_table.c.enabled & feed_table.c.gone_at.is_(None) & feed_table.c.last_polled_at.is_(None)
    return connection.execute(select(feed_table.c.id).where(waiting).limit(1)).first() is not None


_CONFIGURED = ("source", "source_kind", "language", "country", "enabled")
_START: dict[str, Any] = {
    "etag": None,
    "last_modified": None,
    "body_hash": None,
    "moved_to": None,
    "moved_polls": 0,
    "gone_at": None,
    "first_contact_at": None,
    "error_streak": 0,
    "failing_since": None,
    "broken_at": None,
    "silent_at": None,
    "hole_at": None,
    "window": None,
    "hints": {},
}


def _configured(feed: ConfiguredFeed) -> dict[str, Any]:
    values = {name: getattr(feed, name) for name in _CONFIGURED}
    return values | {"source_kind": str(feed.source_kind), "subjects": list(feed.subjects)}


def _new_row(feed: ConfiguredFeed, due: datetime) -> dict[str, Any]:
    address = {"id": feed.id, "url": feed.url, "configured_url": feed.url, "next_poll_at": due}
    return _configured(feed) | _START | address


def _update(connection: Connection, feed: ConfiguredFeed, state: FeedState, now: datetime) -> bool:
    values = _configured(feed)
    same = all(getattr(state, name) == values[name] for name in _CONFIGURED) and state.subjects == feed.subjects
    moved = state.configured_url != feed.url
    if same and not moved:
        return False
    if moved:
        values |= _START | {"url": feed.url, "configured_url": feed.url, "next_poll_at": now}
    connection.execute(update(feed_table).where(feed_table.c.id == feed.id).values(values))
    return True
