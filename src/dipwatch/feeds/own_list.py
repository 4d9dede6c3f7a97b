"""The user's own list of feeds: ``feeds.toml`` beside ``dipwatch.toml``, laid over the lists of the subjects.

A table with an id that a subject lists changes what it names of that feed (``enabled``, ``user_agent``, ...); any other
table is one more feed, of the subjects it names or else of all. So the shipped lists stay as they came and can be
renewed with the program, while the user's choices last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationInfo, field_validator

from dipwatch.config import LoadedConfig
from dipwatch.feeds.feed import FILE_NAME, Feed, FeedTable, feed_of, load_feeds, merged, read_feeds
from dipwatch.secret_reference import anchored
from dipwatch.toml_file import TomlFile, read_toml


class _OwnTable(FeedTable):
    """A ``[[feed]]`` table of the own list."""

    subjects: tuple[str, ...] = ()

    @field_validator("subjects")
    @classmethod
    def _subjects(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        configured: tuple[str, ...] = info.context or ()
        if unknown := [name for name in value if name not in configured]:
            raise ValueError(f"there is no subject {unknown[0]!r}; configured are {', '.join(configured)}")
        return value


def own_list(loaded: LoadedConfig) -> Path:
    """Return where the own list of a configuration lies; it need not exist."""
    return loaded.base / FILE_NAME


def configured_feeds(loaded: LoadedConfig) -> tuple[Feed, ...]:
    """Return the feeds of all subjects with the own list laid over them. Raises ConfigError."""
    return with_own_list(loaded, listed_feeds(loaded))


def listed_feeds(loaded: LoadedConfig) -> tuple[Feed, ...]:
    """Return the feeds that the subjects list, without the own list. Raises ConfigError."""
    return merged(feed for name in loaded.config.subjects for feed in load_feeds(loaded.subject_folder(name), name))


def with_own_list(loaded: LoadedConfig, feeds: Iterable[Feed]) -> tuple[Feed, ...]:
    """Return ``feeds`` with the own list, if there is one, laid over them. Raises ConfigError."""
    path, known = own_list(loaded), tuple(feeds)
    whole = laid_over(read_toml(path), known, loaded.config.subjects) if path.exists() else known
    return tuple(_anchored(feed, loaded.base) for feed in whole)


def _anchored(feed: Feed, base: Path) -> Feed:
    """Return a feed whose secrets are found from anywhere."""
    headers = tuple((name, anchored(value, base)) for name, value in feed.headers)
    return replace(
        feed, headers=headers, username=anchored(feed.username, base), password=anchored(feed.password, base)
    )


def laid_over(own: TomlFile, feeds: Sequence[Feed], subjects: tuple[str, ...]) -> tuple[Feed, ...]:
    """Return ``feeds`` as the own list changes them, then those it adds.

    Raises ConfigError with file and line of every problem: what can't be used, an address that two feeds have.
    """
    listed = {feed.id: feed for feed in feeds}

    def made(table: dict[str, Any]) -> Feed:
        known = listed.get(str(table.get("id")))
        whole = _OwnTable.model_validate((_table(known) if known else {}) | table, context=subjects)
        return feed_of(whole, whole.subjects or (known.subjects if known else subjects))

    own_feeds = {feed.id: feed for feed in read_feeds(own, made)}
    changed = [own_feeds.pop(feed.id, feed) for feed in feeds]
    return merged([*changed, *own_feeds.values()])


def _table(feed: Feed) -> dict[str, Any]:
    """Return the table that describes a feed, without its subjects."""
    values = asdict(replace(feed, subjects=())) | {"kind": feed.source_kind, "headers": dict(feed.headers)}
    return {name: value for name, value in values.items() if name in FeedTable.model_fields and value is not None}
