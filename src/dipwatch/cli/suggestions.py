"""What a shell offers after a tab: ids and names of the log and of the subjects, by the beginning that is typed.

A shell asks while somebody waits: whatever goes wrong here offers nothing and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import click
from click.shell_completion import CompletionItem

from dipwatch.cli.options import Options
from dipwatch.errors import DipwatchError

_MOST = 40
_LABEL = 60


def developments(context: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """Offer ids of developments with their titles, the latest first."""
    from dipwatch.review.queries import titles  # noqa: PLC0415 (a shell that asks for something else doesn't wait for it)

    with suppress(DipwatchError):
        app = _app(context)
        if app.has_database:
            with app.store() as store, store.connect() as connection:
                return [
                    CompletionItem(key, help=_label(title)) for key, title in titles(connection, typed.lower(), _MOST)
                ]
    return []


def sources(context: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """Offer publishers."""
    from dipwatch.review.queries import known_sources  # noqa: PLC0415 (as above)

    with suppress(DipwatchError):
        app = _app(context)
        if app.has_database:
            with app.store() as store, store.connect() as connection:
                begins = [name for name in known_sources(connection) if name.casefold().startswith(typed.casefold())]
                return [CompletionItem(name) for name in begins[:_MOST]]
    return []


def actors(context: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """Offer actors by id or name."""
    return _entries(context, "actors", typed)


def venues(context: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """Offer venues by id or name."""
    return _entries(context, "venues", typed)


def issues(context: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """Offer issues by id or name."""
    return _entries(context, "issues", typed)


def subjects(context: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """Offer the configured subjects."""
    with suppress(DipwatchError):
        return [CompletionItem(name) for name in _app(context).outline.subjects if name.startswith(typed)]
    return []


def _entries(context: click.Context, sort: str, typed: str) -> list[CompletionItem]:
    with suppress(DipwatchError):
        found = {
            key: str(entry.get("name", key))
            for directory in _app(context).directories.values()
            for key, entry in getattr(directory, sort).items()
            if _begins(key, entry, typed.casefold())
        }
        return [CompletionItem(key, help=_label(name)) for key, name in sorted(found.items())[:_MOST]]
    return []


def _begins(key: str, entry: Mapping[str, Any], typed: str) -> bool:
    return any(word.startswith(typed) for word in _words(key, entry))


def _words(key: str, entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an entry may be begun by: its id, its name, and each word of them."""
    name = str(entry.get("name", key)).casefold()
    yield from (key, name, *key.split("-"), *name.split())


def _label(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"


def _app(context: click.Context) -> Any:  # noqa: ANN401 (App, which is imported late)
    """Return the program as the options before the command configure it: the group itself was not run."""
    from dipwatch.cli.context import App  # noqa: PLC0415 (as above)

    given = context.find_root().params
    overrides = {"database": given["database"]} if given.get("database") else {}
    return App(Options(given.get("file"), overrides))
