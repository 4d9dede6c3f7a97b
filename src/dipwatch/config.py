"""The configuration: what may stand in dipwatch.toml, where values come from, and what is wrong with them.

Precedence: command line, environment (``DIPWATCH_DATABASE``, ``DIPWATCH_POLLING__INTERVAL``, two underscores between
levels), file, default. Secrets are references (``env:NAME``, ``file:PATH``, ``credential:NAME``) that are looked up
when they are used, so that no dump of the configuration holds one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    Field,
    ValidationError,
    field_validator,
)

from dipwatch.errors import ConfigError, Problem
from dipwatch.faults import faults
from dipwatch.settings import Alerts, Detection, Health, Logging, Polling, Section
from dipwatch.settings.types import REFERENCE
from dipwatch.shipped import shipped
from dipwatch.toml_file import TomlFile, read_toml

FILE_NAME = "dipwatch.toml"
ENVIRONMENT_PREFIX = "DIPWATCH_"


class Config(Section):
    """The whole configuration."""

    database: str = "sqlite:///dipwatch.db"
    subjects: Annotated[tuple[str, ...], Field(min_length=1)] = ("ukraine",)
    subjects_dir: Path | None = None
    seeds_dir: Path | None = None
    polling: Polling = Polling()
    detection: Detection = Detection()
    alerts: Alerts = Alerts()
    logging: Logging = Logging()
    health: Health = Health()

    @field_validator("database")
    @classmethod
    def _database(cls, value: str) -> str:
        if value.startswith(("sqlite:///", "postgresql+psycopg://")) or REFERENCE.match(value):
            return value
        raise ValueError(
            "must be sqlite:///PATH, postgresql+psycopg://... or a reference (env:NAME, file:PATH, credential:NAME)"
        )


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A configuration with the file it came from (None: defaults and environment only)."""

    config: Config
    file: Path | None

    @property
    def base(self) -> Path:
        """The folder that relative paths of the configuration are relative to."""
        return self.file.parent if self.file else Path.cwd()

    def subject_folder(self, name: str) -> Path:
        """Return where a subject's files lie: in ``subjects_dir`` if it is there, else among what dipwatch ships.

        Raises ConfigError when there is no such subject.
        """
        own = self.config.subjects_dir
        places = [self.base / own / name] if own else []
        places.append(shipped("config", "subjects", name))
        if found := next((place for place in places if place.is_dir()), None):
            return found
        looked = " and ".join(str(place) for place in places)
        what = f"subject {name} has no folder (looked at {looked})"
        raise ConfigError([Problem(str(self.file or "subjects"), what, "correct subjects or subjects_dir")])


def load_config(
    file: Path | None, *, environ: Mapping[str, str] = os.environ, overrides: Mapping[str, Any] | None = None
) -> LoadedConfig:
    """Load the configuration.

    ``file`` None takes ``dipwatch.toml`` of the current folder if there is one; ``overrides`` are dotted keys from the
    command line. Raises ConfigError with every problem found: file and line, key, how to mend it.
    """
    loaded, problems = examine_config(file, environ=environ, overrides=overrides)
    if problems:
        raise ConfigError(problems)
    return loaded


def examine_config(
    file: Path | None, *, environ: Mapping[str, str] = os.environ, overrides: Mapping[str, Any] | None = None
) -> tuple[LoadedConfig, list[Problem]]:
    """Load what is sound of a configuration and say what is not; a top-level key with a problem takes its default.

    Raises ConfigError when there is no reading the file at all.
    """
    if file is None and Path(FILE_NAME).is_file():
        file = Path(FILE_NAME)
    source = read_toml(file) if file else TomlFile(Path("(defaults)"), {})
    variables, overrides = _from_environment(environ), overrides or {}
    data = _merged(source.data, _nested({key: value for key, (_, value) in variables.items()}), _nested(overrides))
    origins = {key: name for key, (name, _) in variables.items()} | dict.fromkeys(overrides, "command line")
    resolved = file.resolve() if file else None
    try:
        return LoadedConfig(Config.model_validate(data), resolved), []
    except ValidationError as error:
        broken = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
        sound = {key: value for key, value in data.items() if key not in broken}
        return LoadedConfig(Config.model_validate(sound), resolved), _problems(error, source, origins)


def resolve_secret(value: str, *, environ: Mapping[str, str] = os.environ) -> str:
    """Return what a reference stands for, or the value itself where it is none.

    Raises ConfigError, naming the reference but never a secret, when it leads nowhere.
    """
    reference = REFERENCE.match(value)
    if reference is None:
        return value
    sort, name = reference[1], reference[2]
    if sort == "env":
        if name not in environ:
            raise ConfigError(
                [Problem(value, "this environment variable is not set", f"set {name} or change the reference")]
            )
        return environ[name].strip()
    path = Path(name) if sort == "file" else Path(environ.get("CREDENTIALS_DIRECTORY", "/run/credentials")) / name
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            [Problem(value, f"can't read {path} ({type(error).__name__})", "create it or change the reference")]
        ) from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[str, Any]]:
    """Turn DIPWATCH_POLLING__INTERVAL=5m into {"polling.interval": (its name, "5m")}; lists are separated by commas."""
    known = set(Config.model_fields)
    found: dict[str, tuple[str, Any]] = {}
    for name, value in environ.items():
        key = name.removeprefix(ENVIRONMENT_PREFIX).lower().replace("__", ".")
        if name.startswith(ENVIRONMENT_PREFIX) and key.split(".")[0] in known:
            found[key] = name, value.split(",") if key in {"subjects", "polling.allow_networks"} else value
    return found


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
