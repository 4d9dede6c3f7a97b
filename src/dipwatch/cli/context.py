"""What commands share: the configuration, names, lexicons, the store, each loaded when it is first asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from functools import cached_property, update_wrapper
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import click

from dipwatch.cli import logs
from dipwatch.cli.options import Options
from dipwatch.cli.outline_cache import kept_outline
from dipwatch.cli.output import show_times_in
from dipwatch.errors import ConfigError, Problem, UsageError
from dipwatch.outline import FILE_NAME, Outline
from dipwatch.review.cache import Cache, cache_folder
from dipwatch.review.directory import Directory
from dipwatch.review.listed import NameBook
from dipwatch.secret_reference import resolve_secret
from dipwatch.store.store import Store

if TYPE_CHECKING:  # loaded where a command needs it, for each takes as long as all else that one does which only looks
    from dipwatch.config import Config, LoadedConfig
    from dipwatch.lexicon import Lexicon
    from dipwatch.review.brief import Brief

_UNCONFIGURED = (
    f"here is neither a configuration ({FILE_NAME}) nor a database: "
    "`dipwatch init` makes one, `dipwatch --config FILE ...` takes one that lies elsewhere"
)
P = ParamSpec("P")
R = TypeVar("R")


class App:
    """The program as configured for one command."""

    def __init__(self, options: Options) -> None:
        self.options = options

    @cached_property
    def loaded(self) -> LoadedConfig:
        """The configuration with its file; loading it sets up the log and the zone of times. Raises ConfigError."""
        from dipwatch.config import load_config  # noqa: PLC0415 (see the top)

        loaded = load_config(self.options.file, overrides=self.options.overrides)
        _set_up(loaded.outline)
        return loaded

    @cached_property
    def outline(self) -> Outline:
        """What of the configuration a command needs that only looks at the log; sets up as ``loaded`` does.

        It is kept from one command to the next, as long as the configuration stays as it is. Raises ConfigError.
        """
        if "loaded" in vars(self):
            return self.loaded.outline
        outline = kept_outline(self.cache, self.options, os.environ, lambda: self.loaded.outline)
        _set_up(outline)
        return outline

    @property
    def config(self) -> Config:
        """The configuration. Raises ConfigError."""
        return self.loaded.config

    @property
    def zone(self) -> tzinfo:
        """The zone in which times are typed and shown. Raises ConfigError."""
        return self.outline.zone

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
        return {name: Directory(self.outline.subject_folder(name), self.cache) for name in self.outline.subjects}

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
        return {name: self.brief(name) for name in self.outline.subjects}

    def brief(self, subject: str) -> Brief:
        """Return the baseline of a subject, an empty one where it is not configured. Raises ConfigError."""
        from dipwatch.review.brief import Brief, load_brief  # noqa: PLC0415 (see the top)

        if subject not in self.outline.subjects:
            return Brief()
        return load_brief(self.outline.subject_folder(subject), self.outline.seeds_folder(subject), self.cache)

    @property
    def has_database(self) -> bool:
        """Whether there is a database to ask: before the first run an SQLite file is missing."""
        url = resolve_secret(self.outline.database)
        scheme, _, path = url.partition(":///")
        return scheme != "sqlite" or (self.outline.base / path).exists()

    @contextmanager
    def store(self, *, upgrade: bool = False, create: bool = False) -> Iterator[Store]:
        """Open the database and close it in the end; see ``Store.open``. Raises StoreError, ConfigError."""
        url = resolve_secret(self.outline.database)
        if not (create or upgrade or self.outline.file or self.has_database):
            raise UsageError(_UNCONFIGURED)
        store = Store.open(url, self.outline.base, upgrade=upgrade, create=create or upgrade)
        try:
            yield store
        finally:
            store.close()


def _set_up(outline: Outline) -> None:
    logs.set_up(outline.log_level, outline.log_format)
    show_times_in(outline.zone)


def with_app(command: Callable[Concatenate[App, P], R]) -> Callable[P, R]:
    """Give a command the program as its first argument."""

    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        options = click.get_current_context().find_object(Options) or Options()
        return command(App(options), *args, **kwargs)

    return update_wrapper(called, command)
