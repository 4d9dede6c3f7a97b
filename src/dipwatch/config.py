"""The configuration: what may stand in dipwatch.toml, where values come from, and what is wrong with them.

Precedence: command line, environment (``DIPWATCH_DATABASE``, ``DIPWATCH_POLLING__INTERVAL``, two underscores between
levels), file, default. Secrets are references (``env:NAME``, ``file:PATH``, ``credential:NAME``) that are looked up
when they are used, so that no dump of the configuration holds one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
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
from dipwatch.settings import Alerts, Detection, Health, Heartbeat, Logging, Polling, Report, Retention, Section
from dipwatch.settings.types import REFERENCE
from dipwatch.shipped import find_seeds, shipped
from dipwatch.toml_file import TomlFile, read_toml

FILE_NAME = "dipwatch.toml"
SYSTEM_FILE = Path("/etc/dipwatch") / FILE_NAME
"""The configuration of the machine's own service, for whoever names none and has none in the current folder."""
ENVIRONMENT_PREFIX = "DIPWATCH_"
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

    database: str = "sqlite:///dipwatch.db"
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
    def base(self) -> Path:
        """The folder that relative paths of the configuration are relative to."""
        return self.file.parent if self.file else Path.cwd()

    def under_base(self, path: Path | None) -> Path | None:
        """Return a path of the configuration as it is found from here."""
        return None if path is None else self.base / path

    def seeds_folder(self, name: str) -> Path | None:
        """Return where the documents of a subject lie, None where it has none.

        Of several subjects each has a folder of its name in ``seeds_dir``, or none there. Raises ConfigError where the
        documents there belong to nobody, and as below.
        """
        place = self.under_base(self.config.seeds_dir)
        if place is not None and len(self.config.subjects) > 1:
            place = self._seeds_of(place, name)
        return find_seeds(self.subject_folder(name), place)

    def _seeds_of(self, place: Path, name: str) -> Path | None:
        if (place / name).is_dir():
            return place / name
        if any(place.glob("*.toml")):
            mend = f"move those of {name} into {place / name}"
            raise ConfigError([Problem(str(place), "seeds_dir holds documents, but there are several subjects", mend)])
        return None

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
    if file is None:
        file = next((place for place in (Path(FILE_NAME), SYSTEM_FILE) if place.is_file()), None)
    source = read_toml(file) if file else TomlFile(Path("(defaults)"), {})
    variables, overrides = _from_environment(environ), overrides or {}
    data = _merged(source.data, _nested({key: value for key, (_, value) in variables.items()}), _nested(overrides))
    origins = {key: name for key, (name, _) in variables.items()} | dict.fromkeys(overrides, "command line")
    resolved = file.resolve() if file else None
    try:
        return LoadedConfig(Config.model_validate(data), resolved), []
    except ValidationError as error:
        return LoadedConfig(_sound(data, error), resolved), _problems(error, source, origins)


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
            found[key] = name, value.split(",") if key in _LISTS else value
    return found


def _sound(data: Mapping[str, Any], error: ValidationError) -> Config:
    """Return what is left of a configuration without what an error is about."""
    keys = [detail["loc"] for detail in error.errors() if detail["loc"]]
    mended = deepcopy(dict(data))
    for key in sorted(keys, key=str, reverse=True):  # of a list, the last one first
        _remove(mended, key)
    try:
        return Config.model_validate(mended)
    except ValidationError:
        broken = {key[0] for key in keys}
        return Config.model_validate({name: value for name, value in data.items() if name not in broken})


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
