"""The tables.

They are plain tables: statements run on a ``Connection`` inside the two transactions (see ``store.ingest`` and
``store.ticks``), and nothing maps rows to objects. What a table's columns hold is said in the class of its columns.
"""

from __future__ import annotations

from dipwatch.store.schema.incoming import feed_event_table, feed_table, item_table, revision_table, sighting_table
from dipwatch.store.schema.log import (
    change_actor_table,
    change_table,
    claim_table,
    command_table,
    development_table,
    facet_table,
    position_table,
    reading_table,
    tick_table,
    version_table,
)
from dipwatch.store.schema.metadata import METADATA
from dipwatch.store.schema.operation import lease_table, trouble_table, watermark_table
from dipwatch.store.schema.outgoing import delivery_table, outbox_table, receiver_table, silence_table

__all__ = [
    "METADATA",
    "REVISION",
    "change_actor_table",
    "change_table",
    "claim_table",
    "command_table",
    "delivery_table",
    "development_table",
    "facet_table",
    "feed_event_table",
    "feed_table",
    "item_table",
    "lease_table",
    "outbox_table",
    "position_table",
    "reading_table",
    "receiver_table",
    "revision_table",
    "sighting_table",
    "silence_table",
    "tick_table",
    "trouble_table",
    "version_table",
    "watermark_table",
]

REVISION = "0004"
"""The revision of ``migrations/`` that makes these tables."""
