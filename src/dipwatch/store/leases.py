"""Who leads a subject: a lease row with a fencing token.

The token grows with every new reign. What a leader writes checks the token in the same transaction and holds the row
until it commits, so that a leader that was frozen past its lease can't write after another has taken over.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from dipwatch.errors import LeaseLostError
from dipwatch.store.engine import is_sqlite
from dipwatch.store.schema import lease_table
from dipwatch.store.sql import insert_unless_there

LONGEST_PAUSE = "5s"
"""How long a leader may stand still between the check and its commit. PostgreSQL ends its transaction then, so that a
leader that froze with the lease row in its hands does not keep another from taking over."""

HOST = "host:"
"""What the names of the leases begin with by which processes show that they live."""
_LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Lease:
    """A reign: ``token`` is its number; ``expires_at`` is in the database's time."""

    name: str
    holder: str
    token: int
    expires_at: datetime


def detection_lease(subject: str) -> str:
    """Return the name of the lease that the detection of a subject is led under."""
    return f"detection:{subject}"


def host_lease(holder: str) -> str:
    """Return the name of the lease by which a process shows that it lives."""
    return f"{HOST}{holder}"


def take(connection: Connection, name: str, holder: str, now: datetime, ttl: timedelta) -> Lease | None:
    """Take a lease that is free or expired, or renew one's own. Returns None while another holds it.

    One's own is renewed also after it has run out, where nobody took it meanwhile: a disk that was full for a minute
    begins no new reign. ``holder`` must be unique to a process. On PostgreSQL the server's time counts and ``now`` is
    not used, so that the clocks of several hosts need not agree.
    """
    now = _database_time(connection, now)
    first = Lease(name=name, holder=holder, token=1, expires_at=now + ttl)
    if insert_unless_there(connection, lease_table, [asdict(first)]):
        return first
    row = connection.execute(select(lease_table).where(lease_table.c.name == name).with_for_update()).one()
    if row.holder != holder and row.expires_at > now:
        return None
    token = row.token if row.holder == holder else row.token + 1
    values = {"holder": holder, "token": token, "expires_at": now + ttl}
    connection.execute(update(lease_table).where(lease_table.c.name == name).values(values))
    return Lease(name=name, holder=holder, token=token, expires_at=now + ttl)


def check(connection: Connection, lease: Lease) -> None:
    """Make sure that no other reign has begun, and that none can until this transaction ends.

    Raises LeaseLostError. A lease that has expired but was not taken by another is still good to write under.
    """
    if not is_sqlite(connection):
        connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = '{LONGEST_PAUSE}'")
    query = select(lease_table.c.token).where(lease_table.c.name == lease.name).with_for_update()
    if connection.execute(query).scalar_one_or_none() != lease.token:
        raise LeaseLostError(f"{lease.name}: another process leads now; nothing was written")


def release(connection: Connection, lease: Lease) -> None:
    """Give a lease up, so that another can take it at once; one that is lost already is left alone."""
    ours = (lease_table.c.name == lease.name) & (lease_table.c.token == lease.token)
    connection.execute(update(lease_table).where(ours).values(expires_at=_LONG_AGO))


def held(connection: Connection, now: datetime) -> list[Lease]:
    """Return the leases that have not run out, by name; ``now`` is used as in ``take``."""
    query = select(lease_table).where(lease_table.c.expires_at > _database_time(connection, now))
    return [Lease(**row) for row in connection.execute(query.order_by(lease_table.c.name)).mappings()]


def bury_hosts(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Delete the leases of processes that no longer renew them, and return their holders; ``now`` as in ``take``."""
    lapsed = lease_table.c.name.startswith(HOST) & (lease_table.c.expires_at <= _database_time(connection, now))
    gone = delete(lease_table).where(lapsed).returning(lease_table.c.holder)
    return tuple(sorted(connection.execute(gone).scalars()))


def leave(connection: Connection, holder: str) -> None:
    """Delete the lease by which a process shows that it lives: it ends."""
    connection.execute(delete(lease_table).where(lease_table.c.name == host_lease(holder)))


def _database_time(connection: Connection, now: datetime) -> datetime:
    return now if is_sqlite(connection) else connection.execute(select(func.clock_timestamp())).scalar_one()
