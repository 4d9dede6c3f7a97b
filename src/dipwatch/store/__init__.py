"""What dipwatch remembers, in SQLite or PostgreSQL.

Two transactions carry the data: ``ingest`` stores what a feed brought as pending, ``write_tick`` stores what detection
made of it together with the messages that are due. Functions take the ``Connection`` of a transaction that the caller
opened on a ``Store``, so that a caller decides what is written together.
"""

from __future__ import annotations

from dipwatch.store import commands, feeds, leases, maintenance, migrate, outbox, silences
from dipwatch.store.codec import decode, encode
from dipwatch.store.developments import Development, fold, read_developments
from dipwatch.store.engine import open_engine
from dipwatch.store.feeds import FeedEvent, FeedState, claim_due, feed_states, sync_feeds
from dipwatch.store.ingest import Entry, FeedUpdate, Ingested, ingest
from dipwatch.store.items import read_items
from dipwatch.store.leases import Lease, detection_lease
from dipwatch.store.log import RecordedTick, read_changes, read_ticks
from dipwatch.store.outbox import (
    Delivery,
    OutboxEntry,
    OutboxRecord,
    OutgoingMessage,
    OutgoingRow,
    claim_group,
    enqueue,
    record_failure,
    record_sent,
)
from dipwatch.store.store import Store
from dipwatch.store.ticks import CommandInput, PendingBatch, TickInput, next_tick, write_tick

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
    "feed_states",
    "feeds",
    "fold",
    "ingest",
    "leases",
    "maintenance",
    "migrate",
    "next_tick",
    "open_engine",
    "outbox",
    "read_changes",
    "read_developments",
    "read_items",
    "read_ticks",
    "record_failure",
    "record_sent",
    "silences",
    "sync_feeds",
    "write_tick",
]
