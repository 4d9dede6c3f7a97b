"""The configuration: what may stand in dipwatch.toml, where values come from, and what is wrong with them.

Precedence: command line, environment (``DIPWATCH_DATABASE``, ``DIPWATCH_POLLING__INTERVAL``, two underscores between
levels), file, default. Secrets are references (``env:NAME``, ``file:PATH``, ``credential:NAME``) that are looked up
when they are used, so that no dump of the configuration holds one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from dipwatch.errors import ConfigError, Problem
from dipwatch.faults import faults
from dipwatch.outline import ENVIRONMENT_PREFIX, Outline, configuration_file
from dipwatch.secret_reference import REFERENCE
from dipwatch.settings import Alerts, Detection, Health, Heartbeat, Logging, Polling, Report, Retention, Section
from dipwatch.settings.types import Secret
from dipwatch.toml_file import TomlFile, read_toml

_LISTS = frozenset(
    {
        "subjects",
        "polling.allow_networks",
        "alerts.operator",
        "alerts.group_by",
        "alerts.break_through",
        "alerts.assurance.receivers",
        "report.receivers",
    }
)
"""Keys that hold lists, which the environment separates by commas."""


class Config(Section):
    """The whole configuration."""

    database: Secret = "sqlite:///dipwatch.db"
    subjects: Annotated[tuple[str, ...], Field(min_length=1)] = ("ukraine",)
    subjects_dir: Path | None = None
    seeds_dir: Path | None = None
    polling: Polling = Polling()
    detection: Detection = Detection()
    alerts: Alerts = Alerts()
    retention: Retention = Retention()
    logging: Logging = Logging()
    health: Health = Health()
    heartbeat: Heartbeat = Heartbeat()
    report: Report = Report()

    @field_validator("database")
    @classmethod
    def _database(cls, value: str) -> str:
        if value.startswith(("sqlite:///", "postgresql+psycopg://")) or REFERENCE.match(value):
            return value
        raise ValueError(
            "must be sqlite:///PATH, postgresql+psycopg://... or a reference (env:NAME, file:PATH, credential:NAME)"
        )

    @field_validator("report")
    @classmethod
    def _report(cls, value: Report, info: ValidationInfo) -> Report:
        alerts: Alerts | None = info.data.get("alerts")  # missing where it has a fault of its own
        known = {receiver.name for receiver in alerts.receivers} if alerts else set(value.receivers)
        if unknown := sorted(set(value.receivers) - known):
            raise ValueError(f"names receivers that don't exist: {', '.join(unknown)} (there are: {', '.join(known)})")
        return value


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A configuration with the file it came from (None: defaults and environment only)."""

    config: Config
    file: Path | None

    @property
    def outline(self) -> Outline:
        """What of it is needed for looking at the log."""
        return Outline(
            self.file,
            database=self.config.database,
            subjects=self.config.subjects,
            subjects_dir=self.config.subjects_dir,
            seeds_dir=self.config.seeds_dir,
            zone=self.config.alerts.zone,
            log_level=self.config.logging.level,
            log_format=self.config.logging.format,
        )

    @property
    def base(self) -> Path:
        """The folder that relative paths of the configuration are relative to."""
        return self.outline.base

    def under_base(self, path: Path | None) -> Path | None:
        """Return a path of the configuration as it is found from here."""
        return self.outline.under_base(path)

    def seeds_folder(self, name: str) -> Path | None:
        """Return where the documents of a subject lie; see ``Outline.seeds_folder``."""
        return self.outline.seeds_folder(name)

    def subject_folder(self, name: str) -> Path:
        """Return where a subject's files lie; see ``Outline.subject_folder``."""
        return self.outline.subject_folder(name)


def load_config(
    file: Path | None, *, environ: Mapping[str, str] = os.environ, overrides: Mapping[str, Any] | None = None
) -> LoadedConfig:
    """Load the configuration.

    ``file`` None takes ``dipwatch.toml`` of the current folder, else that of the machine's service, else none;
    ``overrides`` are dotted keys from the
    command line. Raises ConfigError with every problem found: file and line, key, how to mend it.
    """
    loaded, problems = examine_config(file, environ=environ, overrides=overrides)
    if problems:
        raise ConfigError(problems)
    return loaded


def examine_config(
    file: Path | None, *, environ: Mapping[str, str] = os.environ, overrides: Mapping[str, Any] | None = None
) -> tuple[LoadedConfig, list[Problem]]:
    """Load what is sound of a configuration and say what is not.

    A value with a problem takes its default; where that is no way out, all of its top-level key does.

    Raises ConfigError when there is no reading the file at all.
    """
    file = file or configuration_file()
    source = read_toml(file) if file else TomlFile(Path("(defaults)"), {})
    variables, overrides = _from_environment(environ), overrides or {}
    data = _merged(source.data, _nested({key: value for key, (_, value) in variables.items()}), _nested(overrides))
    origins = {key: name for key, (name, _) in variables.items()} | dict.fromkeys(overrides, "command line")
    loaded = LoadedConfig(Config(), file.resolve() if file else None)
    try:
        return replace(loaded, config=Config.model_validate(data, context=loaded.base)), []
    except ValidationError as error:
        return replace(loaded, config=_sound(data, error, loaded.base)), _problems(error, source, origins)


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[str, Any]]:
    """Turn DIPWATCH_POLLING__INTERVAL=5m into {"polling.interval": (its name, "5m")}; lists are separated by commas."""
    known = set(Config.model_fields)
    found: dict[str, tuple[str, Any]] = {}
    for name, value in environ.items():
        key = name.removeprefix(ENVIRONMENT_PREFIX).lower().replace("__", ".")
        if name.startswith(ENVIRONMENT_PREFIX) and key.split(".")[0] in known:
            found[key] = name, value.split(",") if key in _LISTS else value
    return found


def _sound(data: Mapping[str, Any], error: ValidationError, base: Path) -> Config:
    """Return what is left of a configuration without what an error is about; ``base`` is its folder."""
    keys = [detail["loc"] for detail in error.errors() if detail["loc"]]
    mended = deepcopy(dict(data))
    for key in sorted(keys, key=str, reverse=True):  # of a list, the last one first
        _remove(mended, key)
    try:
        return Config.model_validate(mended, context=base)
    except ValidationError:
        broken = {key[0] for key in keys}
        rest = {name: value for name, value in data.items() if name not in broken}
        return Config.model_validate(rest, context=base)


def _remove(table: Any, key: tuple[Any, ...]) -> None:  # noqa: ANN401 (a table or a list, of anything)
    """Remove a value; one that is missing, or lies in a text, is what is wrong and stays."""
    for part in key[:-1]:
        if not isinstance(table, (dict, list)):
            return
        table = table[part]
    if isinstance(table, list) or (isinstance(table, dict) and key[-1] in table):
        del table[key[-1]]


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for dotted, value in flat.items():
        *path, last = dotted.split(".")
        table = nested
        for name in path:
            if not isinstance(table.get(name), dict):
                table[name] = {}
            table = table[name]
        table[last] = value
    return nested


def _merged(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Merge tables; later layers win."""
    result: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            old = result.get(key)
            result[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def _problems(error: ValidationError, source: TomlFile, origins: Mapping[str, str]) -> list[Problem]:
    """Return a problem for each fault; ``origins`` says which dotted keys come from elsewhere than the file."""
    problems = []
    for fault in faults(error):
        dotted = ".".join(str(part + 1) if isinstance(part, int) else part for part in fault.key)
        elsewhere = (name for origin, name in origins.items() if f"{dotted}.".startswith(f"{origin}."))
        where = next(elsewhere, None) or source.where(*fault.key)
        problems.append(Problem(where, f"{dotted}: {fault.what}" if dotted else fault.what, fault.mend))
    return problems
