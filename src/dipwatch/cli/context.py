"""What commands share: the configuration, names, lexicons, the store, each loaded when it is first asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, update_wrapper
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import click

from dipwatch.cli import logs
from dipwatch.cli.options import Options
from dipwatch.config import Config, LoadedConfig, load_config, resolve_secret
from dipwatch.errors import ConfigError, Problem
from dipwatch.review import Directory, NameBook
from dipwatch.review.cache import Cache, cache_folder
from dipwatch.store import Store

if TYPE_CHECKING:  # loaded where a command needs it, for it takes half of the time of one that doesn't
    from dipwatch.lexicon import Lexicon
    from dipwatch.review.brief import Brief

P = ParamSpec("P")
R = TypeVar("R")


class App:
    """The program as configured for one command."""

    def __init__(self, options: Options) -> None:
        self.options = options

    @cached_property
    def loaded(self) -> LoadedConfig:
        """The configuration with its file; loading it sets up the log. Raises ConfigError."""
        loaded = load_config(self.options.file, overrides=self.options.overrides)
        logs.set_up(loaded.config.logging)
        return loaded

    @property
    def config(self) -> Config:
        """The configuration. Raises ConfigError."""
        return self.loaded.config

    @cached_property
    def lexicons(self) -> dict[str, Lexicon]:
        """The lexicons of the configured subjects, by name. Raises ConfigError with the problems of all of them."""
        from dipwatch.lexicon import load_lexicon  # noqa: PLC0415 (see the top)

        problems: list[Problem] = []
        found: dict[str, Lexicon] = {}
        for name in self.config.subjects:
            try:
                found[name] = load_lexicon(self.loaded.subject_folder(name))
            except ConfigError as error:
                problems += error.problems
        if problems:
            raise ConfigError(problems)
        return found

    @cached_property
    def directories(self) -> dict[str, Directory]:
        """The names of the configured subjects. Raises ConfigError where a subject has no folder."""
        return {name: Directory(self.loaded.subject_folder(name), self.cache) for name in self.config.subjects}

    @cached_property
    def names(self) -> NameBook:
        """The names shown for ids. Raises ConfigError."""
        return NameBook(self.directories)

    @cached_property
    def cache(self) -> Cache:
        """Where what is derived from a subject's files is kept between commands: see ``cache_folder``."""
        return Cache(cache_folder(os.environ))

    @cached_property
    def briefs(self) -> dict[str, Brief]:
        """The baselines of the configured subjects, by name. Raises ConfigError."""
        return {name: self.brief(name) for name in self.config.subjects}

    def brief(self, subject: str) -> Brief:
        """Return the baseline of a subject, an empty one where it is not configured. Raises ConfigError."""
        from dipwatch.review.brief import Brief, load_brief  # noqa: PLC0415 (see the top)

        if subject not in self.config.subjects:
            return Brief()
        return load_brief(self.loaded.subject_folder(subject), self.loaded.seeds_folder(subject), self.cache)

    @property
    def has_database(self) -> bool:
        """Whether there is a database to ask: before the first run an SQLite file is missing."""
        url = resolve_secret(self.config.database)
        scheme, _, path = url.partition(":///")
        return scheme != "sqlite" or (self.loaded.base / path).exists()

    @contextmanager
    def store(self, *, upgrade: bool = False, create: bool = False) -> Iterator[Store]:
        """Open the database and close it in the end; see ``Store.open``. Raises StoreError, ConfigError."""
        url = resolve_secret(self.config.database)
        store = Store.open(url, self.loaded.base, upgrade=upgrade, create=create or upgrade)
        try:
            yield store
        finally:
            store.close()


def with_app(command: Callable[Concatenate[App, P], R]) -> Callable[P, R]:
    """Give a command the program as its first argument."""

    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        options = click.get_current_context().find_object(Options) or Options()
        return command(App(options), *args, **kwargs)

    return update_wrapper(called, command)
