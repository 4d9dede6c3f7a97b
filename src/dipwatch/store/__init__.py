"""What dipwatch remembers, in SQLite or PostgreSQL.

Two transactions carry the data: ``ingest`` stores what a feed brought as pending, ``ticks.write_tick`` stores what
detection made of it together with the messages that are due. Functions take the ``Connection`` of a transaction that
the caller opened on a ``store.Store``, so that a caller decides what is written together.

Names are imported from their modules, so that who looks at the log doesn't wait for what writes it.
"""
