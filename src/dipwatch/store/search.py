"""What makes the change log quick to search: facets of developments, and a full-text index of their words.

Both follow from the changes and are written with them. The words are folded here, so that SQLite's FTS5
(https://www.sqlite.org/fts5.html) and PostgreSQL's text search
(https://www.postgresql.org/docs/current/textsearch.html) hold and find the same ones in every script and locale.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, column, func, literal_column, select, table, text

from dipwatch.model import Change
from dipwatch.store.engine import is_sqlite
from dipwatch.store.schema import facet_table, item_table
from dipwatch.store.sql import insert_unless_there

_INDEX = table("change_words", column("development_id"), column("words"))
_WORD = re.compile(r"[^\W_]+")
_SQLITE_INSERT = text("INSERT INTO change_words (rowid, words, development_id) VALUES (:seq, :words, :development)")
_POSTGRES_INSERT = text(
    "INSERT INTO change_words (change_seq, words, development_id) "
    "VALUES (:seq, to_tsvector('simple', :words), :development)"
)


def folded_words(words: str) -> tuple[str, ...]:
    """Return the words of a text as the index holds them: without case, the letter ё as е."""
    return tuple(_WORD.findall(unicodedata.normalize("NFC", words).casefold().replace("ё", "е")))


def index_changes(connection: Connection, changes: Sequence[tuple[int, Change]]) -> None:
    """Make changes findable, each given with its number in the log."""
    if not changes:
        return
    sources = _sources(connection, [change.item for _, change in changes if change.item])
    rows = {facet: None for _, change in changes for facet in _facets(change, sources.get(change.item or "", ""))}
    insert_unless_there(
        connection,
        facet_table,
        [{"sort": sort, "value": value, "development_id": development} for sort, value, development in rows],
    )
    words = [
        {"seq": seq, "words": " ".join(_words(change)), "development": change.development} for seq, change in changes
    ]
    connection.execute(_SQLITE_INSERT if is_sqlite(connection) else _POSTGRES_INSERT, words)


def developments_with(connection: Connection, phrases: Iterable[tuple[Sequence[str], bool]]) -> Select[Any]:
    """Return the statement that selects the ids of developments of which one change holds all these phrases.

    A phrase is its folded words in their order, and whether the last of them is only a beginning.
    """
    query: Select[Any] = select(_INDEX.c.development_id)
    if is_sqlite(connection):
        asked = " AND ".join(f'"{" ".join(words)}"{"*" if open_ else ""}' for words, open_ in phrases)
        return query.where(literal_column("change_words").op("MATCH")(asked))
    asked = " & ".join(_postgres_phrase(words, open_=open_) for words, open_ in phrases)
    return query.where(_INDEX.c.words.op("@@")(func.to_tsquery("simple", asked)))


def _postgres_phrase(words: Sequence[str], *, open_: bool) -> str:
    quoted = [f"'{word}'" for word in words]
    return f"({' <-> '.join(quoted)}{':*' if open_ else ''})"


def _sources(connection: Connection, items: Iterable[str]) -> dict[str, str]:
    query = select(item_table.c.id, item_table.c.source).where(item_table.c.id.in_(sorted(set(items))))
    return {row.id: row.source for row in connection.execute(query)}


def _facets(change: Change, source: str) -> Iterable[tuple[str, str, str]]:
    parts = change.claim.parts if change.claim else ()
    yield from (("actor", part.actor, change.development) for part in parts)
    yield from (("reason", str(reason), change.development) for reason in change.reasons)
    yield from (("kept_back", str(reason), change.development) for reason in change.kept_back)
    if source:
        yield "source", source, change.development


def _words(change: Change) -> tuple[str, ...]:
    return folded_words(f"{change.title} {change.claim.evidence if change.claim else ''}")
