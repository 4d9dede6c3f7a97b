"""How alembic runs the revisions: on the connection that ``dipwatch.store.migrate`` hands over, in its transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from dipwatch.store.migrate import VERSION_TABLE
from dipwatch.store.schema import METADATA

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=connection.dialect.name == "sqlite",  # it can't alter a table, only rebuild it
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
