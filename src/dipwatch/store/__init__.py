"""What dipwatch remembers, in SQLite or PostgreSQL.

Two transactions carry the data: ``ingest`` stores what a feed brought as pending, ``write_tick`` stores what detection
made of it together with the messages that are due. Functions take the ``Connection`` of a transaction that the caller
opened on a ``Store``, so that a caller decides what is written together.
"""

from __future__ import annotations

from dipwatch.store import (
    commands,
    feeds,
    leases,
    maintenance,
    migrate,
    outbox,
    receivers,
    retention,
    set_back,
    silences,
    troubles,
)
from dipwatch.store.codec import decode, encode
from dipwatch.store.developments import Development, family, fold, read_developments
from dipwatch.store.engine import open_engine
from dipwatch.store.feed_events import FeedEvent
from dipwatch.store.feeds import FeedState, claim_due, feed_states, sync_feeds
from dipwatch.store.ingest import Entry, FeedUpdate, Ingested, ingest, ingest_all
from dipwatch.store.items import pending_readings, read_items
from dipwatch.store.leases import Lease, detection_lease
from dipwatch.store.log import RecordedTick, read_changes, read_ticks, recall
from dipwatch.store.outbox import (
    Delivery,
    OutboxEntry,
    OutboxRecord,
    claim_group,
    enqueue,
    record_failure,
    record_sent,
)
from dipwatch.store.outgoing import OutgoingMessage, OutgoingRow
from dipwatch.store.receivers import ReceiverState, receiver_states
from dipwatch.store.store import Store
from dipwatch.store.ticks import CommandInput, PendingBatch, TickInput, next_tick, refreshed, write_tick

__all__ = [
    "CommandInput",
    "Delivery",
    "Development",
    "Entry",
    "FeedEvent",
    "FeedState",
    "FeedUpdate",
    "Ingested",
    "Lease",
    "OutboxEntry",
    "OutboxRecord",
    "OutgoingMessage",
    "OutgoingRow",
    "PendingBatch",
    "ReceiverState",
    "RecordedTick",
    "Store",
    "TickInput",
    "claim_due",
    "claim_group",
    "commands",
    "decode",
    "detection_lease",
    "encode",
    "enqueue",
    "family",
    "feed_states",
    "feeds",
    "fold",
    "ingest",
    "ingest_all",
    "leases",
    "maintenance",
    "migrate",
    "next_tick",
    "open_engine",
    "outbox",
    "pending_readings",
    "read_changes",
    "read_developments",
    "read_items",
    "read_ticks",
    "recall",
    "receiver_states",
    "receivers",
    "record_failure",
    "record_sent",
    "refreshed",
    "retention",
    "set_back",
    "silences",
    "sync_feeds",
    "troubles",
    "write_tick",
]
