"""A subject's feeds, as ``feeds.toml`` in the subject's folder lists them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator

from dipwatch.errors import ConfigError, Problem
from dipwatch.faults import faults
from dipwatch.model import SourceKind
from dipwatch.settings import Section
from dipwatch.toml_file import TomlFile, read_toml

FILE_NAME = "feeds.toml"
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
_SECRET = re.compile(r"(env|file|credential):.+")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as configured. ``headers`` and ``password`` hold references to secrets, never secrets."""

    id: str
    url: str
    source: str
    source_kind: SourceKind
    language: str | None = None
    country: str | None = None
    enabled: bool = True
    note: str = ""
    """How far to trust it, or why it is off."""
    user_agent: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    username: str = ""
    password: str = ""
    subjects: tuple[str, ...] = ()


class FeedTable(Section):
    """A ``[[feed]]`` table."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    url: str
    source: Annotated[str, Field(min_length=1)]
    kind: SourceKind
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    enabled: bool = True
    note: str = ""
    user_agent: str = ""
    headers: Annotated[dict[str, str], Field(default_factory=dict)]
    username: str = ""
    password: str = ""

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        if fault := url_fault(value):
            raise ValueError(fault)
        return value

    @field_validator("headers")
    @classmethod
    def _headers(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if not _HEADER_NAME.fullmatch(name) or "\n" in text or "\r" in text:
                raise ValueError(f"{name!r} is not a header that can be sent")
        return value

    @field_validator("password")
    @classmethod
    def _password(cls, value: str) -> str:
        if value and not _SECRET.fullmatch(value):
            raise ValueError("must be a reference (env:NAME, file:PATH, credential:NAME), not the password itself")
        return value


def url_fault(url: str) -> str | None:
    """Return why ``url`` can't be polled, or None."""
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as error:
        return f"is not a URL ({error})"
    if parts.scheme not in {"http", "https"}:
        return "must begin with http:// or https://"
    if not parts.hostname or not port_is_fine or re.search(r"\s", url):
        return "is not a URL (a host name is needed, blanks are not allowed)"
    if parts.username or parts.password:
        return "must not hold a user name or password; use username and password = env:NAME"
    return None


def load_feeds(folder: Path, subject: str) -> tuple[Feed, ...]:
    """Return the feeds listed in ``feeds.toml`` of a subject's folder, in the file's order, disabled ones included.

    Raises ConfigError with file and line of every problem: values that can't be used, ids or addresses given twice.
    """
    return read_feeds(read_toml(folder / FILE_NAME), lambda table: feed_of(FeedTable.model_validate(table), (subject,)))


def read_feeds(source: TomlFile, feed: Callable[[dict[str, Any]], Feed]) -> tuple[Feed, ...]:
    """Return a feed for each ``[[feed]]`` table of a file; ``feed`` makes it, or raises pydantic's ValidationError.

    Raises ConfigError with file and line of every problem.
    """
    problems: list[Problem] = []
    feeds: list[tuple[int, Feed]] = []
    for index, table in enumerate(_tables(source, problems)):
        try:
            feeds.append((index, feed(table)))
        except ValidationError as error:
            problems.extend(_table_problems(error, source, index))
    problems.extend(_doubles(feeds, source))
    if problems:
        raise ConfigError(problems)
    return tuple(made for _, made in feeds)


def merged(feeds: Iterable[Feed]) -> tuple[Feed, ...]:
    """Join the feeds of several subjects: one that stands under two subjects is polled once for both.

    Raises ConfigError where one id has two addresses, or one address two ids.
    """
    by_id: dict[str, Feed] = {}
    by_url: dict[str, str] = {}
    problems = []
    for feed in feeds:
        known = by_id.setdefault(feed.id, feed)
        other_id = by_url.setdefault(feed.url, feed.id)
        if known.url != feed.url or other_id != feed.id:
            clash = f"{feed.url} of subject {', '.join(feed.subjects)} clashes with {other_id} at {known.url}"
            problems.append(Problem(f"feed {feed.id}", clash, "give one feed one id and one address in all subjects"))
        new = tuple(name for name in feed.subjects if name not in known.subjects)
        by_id[feed.id] = replace(known, subjects=known.subjects + new, enabled=known.enabled or feed.enabled)
    if problems:
        raise ConfigError(problems)
    return tuple(by_id.values())


def _tables(source: TomlFile, problems: list[Problem]) -> list[dict[str, Any]]:
    unknown = [key for key in source.data if key != "feed"]
    problems += [Problem(source.where(key), f"{key}: unknown key", "feeds are [[feed]] tables") for key in unknown]
    tables = source.data.get("feed", [])
    if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
        return tables
    problems.append(Problem(source.where("feed"), "feed: must be a list of tables", "write [[feed]] above each feed"))
    return []


def feed_of(table: FeedTable, subjects: tuple[str, ...]) -> Feed:
    """Return the feed that a table describes."""
    values = table.model_dump(include={item.name for item in fields(Feed)} - {"headers", "subjects"})
    return Feed(**values, source_kind=table.kind, headers=tuple(table.headers.items()), subjects=subjects)


def _table_problems(error: ValidationError, source: TomlFile, index: int) -> Iterator[Problem]:
    for fault in faults(error):
        dotted = ".".join(str(part) for part in fault.key)
        where = source.where("feed", index, *fault.key)
        yield Problem(where, f"feed {index + 1}: {dotted}: {fault.what}", fault.mend)


def _doubles(feeds: list[tuple[int, Feed]], source: TomlFile) -> Iterator[Problem]:
    for name in ("id", "url"):
        first: dict[str, int] = {}
        for index, feed in feeds:
            value = getattr(feed, name)
            if first.setdefault(value, index) != index:
                what = f"feed {index + 1}: {name}: {value} is feed {first[value] + 1} already"
                yield Problem(source.where("feed", index, name), what, "remove one of them")
