"""Which development an id means: from its beginning to where it was merged into."""

from __future__ import annotations

from sqlalchemy import Connection, select

from dipwatch.errors import UsageError
from dipwatch.store.schema import development_table

_MOST_CANDIDATES = 5


def resolve_id(connection: Connection, typed: str) -> str:
    """Return the whole id of a development from its beginning; one that was merged leads to where it went.

    Raises UsageError when there is none or more than one.
    """
    wanted = typed.strip().lower()
    query = select(development_table.c.id).where(development_table.c.id.startswith(wanted, autoescape=True))
    found = connection.execute(query.order_by(development_table.c.id).limit(_MOST_CANDIDATES)).scalars().all()
    if not wanted or not found:
        raise UsageError(f"there is no development {typed!r}; `dipwatch history` lists their ids")
    if len(found) > 1 and found[0] != wanted:
        raise UsageError(f"several developments begin with {typed!r}: {', '.join(found)}; type more of it")
    return _target(connection, found[0])


def _target(connection: Connection, whole: str) -> str:
    """Follow the redirects of merges; a ring, which the log should never hold, ends where it closes."""
    seen: set[str] = set()
    while whole not in seen:
        seen.add(whole)
        query = select(development_table.c.redirect_to).where(development_table.c.id == whole)
        whole = connection.execute(query).scalar_one() or whole
    return whole


def merged_into(connection: Connection, whole: str) -> tuple[str, ...]:
    """Return the ids that lead to a development, directly or over others."""
    found: list[str] = []
    level = [whole]
    while level:
        query = select(development_table.c.id).where(development_table.c.redirect_to.in_(level))
        query = query.where(development_table.c.id.not_in([whole, *found])).order_by(development_table.c.id)
        level = list(connection.execute(query).scalars())
        found += level
    return tuple(found)
