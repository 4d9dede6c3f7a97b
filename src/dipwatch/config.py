"""The configuration: what may stand in dipwatch.toml, where values come from, and what is wrong with them.

Precedence: command line, environment (``DIPWATCH_DATABASE``, ``DIPWATCH_POLLING__INTERVAL``, two underscores between
levels), file, default. Secrets are references (``env:NAME``, ``file:PATH``, ``credential:NAME``) that are looked up
when they are used, so that no dump of the configuration holds one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    field_validator,
    model_validator,
)

from dipwatch.errors import ConfigError, Problem
from dipwatch.faults import faults
from dipwatch.shipped import shipped
from dipwatch.toml_file import TomlFile, read_toml

FILE_NAME = "dipwatch.toml"
ENVIRONMENT_PREFIX = "DIPWATCH_"
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_NO_DURATION = "is not a duration; write for example 30s, 15m, 1h30m or 2d"
_REFERENCE = re.compile(r"^(env|file|credential):(.+)$")


def parse_duration(value: object) -> object:
    """Turn ``90s``, ``15m``, ``1h30m``, ``2d`` into a timedelta.

    A number alone is refused: whoever writes 15 may mean minutes, and pydantic would take seconds.
    """
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError(_NO_DURATION)  # noqa: TRY004 (pydantic passes a TypeError on as a defect)
    text = value.strip()
    parts = list(_DURATION.finditer(text))
    if not parts or "".join(part[0] for part in parts) != text:
        raise ValueError(_NO_DURATION)
    return timedelta(seconds=sum(float(part[1]) * _UNITS[part[2]] for part in parts))


def format_duration(value: timedelta) -> str:
    """Write a timedelta as it would be written in the file."""
    seconds = value.total_seconds()
    for unit in ("w", "d", "h", "m", "s"):
        if seconds >= _UNITS[unit] and seconds % _UNITS[unit] == 0:
            return f"{int(seconds // _UNITS[unit])}{unit}"
    return f"{seconds:g}s"


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    Field(ge=timedelta(0)),
]


def _of_form(pattern: str, form: str) -> AfterValidator:
    """Return a check that a text matches a pattern as a whole; ``form`` says in words what it must be."""
    wanted = re.compile(pattern)

    def check(value: str) -> str:
        if not wanted.fullmatch(value):
            raise ValueError(f"must be {form}")
        return value

    return AfterValidator(check)


class Section(BaseModel):
    """A table of the file: unknown keys are errors, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Polling(Section):
    """How feeds are polled."""

    interval: Duration = timedelta(minutes=15)
    fastest: Duration = timedelta(minutes=2)
    slowest: Duration = timedelta(hours=6)
    host_spacing: Duration = timedelta(seconds=2)
    concurrency: Annotated[int, Field(ge=1, le=256)] = 16
    deadline: Duration = timedelta(seconds=30)
    connect_timeout: Duration = timedelta(seconds=10)
    read_timeout: Duration = timedelta(seconds=15)
    max_bytes: Annotated[int, Field(ge=1024)] = 5_000_000
    max_items: Annotated[int, Field(ge=1)] = 500
    look_back: Duration = timedelta(hours=48)
    contact: str = ""
    user_agent: str = ""
    allow_networks: tuple[str, ...] = ()

    @field_validator("allow_networks")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ip_network(network)
        return value

    @model_validator(mode="after")
    def _bounds(self) -> Polling:
        if not self.fastest <= self.interval <= self.slowest:
            bounds = (f"{name} ({format_duration(getattr(self, name))})" for name in ("fastest", "interval", "slowest"))
            raise ValueError(f"{', '.join(bounds)} must not decrease in this order")
        return self


class Detection(Section):
    """What becomes an alert."""

    alert_threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    """From which score a claim alerts; unset, the threshold that the subject's model was validated with."""
    max_age: Duration = timedelta(days=4)
    batch: Annotated[int, Field(ge=1)] = 500
    interval: Duration = timedelta(seconds=1)
    warm_up: Duration = timedelta(days=30)


class Receiver(Section):
    """Where messages go: ``console:`` or an apprise URL, usually by reference (``env:SLACK_URL``)."""

    name: Annotated[str, _of_form(r"[a-z0-9][a-z0-9-]*", "of small letters, digits and hyphens, e.g. team-chat")]
    url: Annotated[str, Field(min_length=1)]

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        if value == "console:" or _REFERENCE.match(value) or "://" in value:
            return value
        raise ValueError('is neither "console:", an apprise URL nor a reference (env:NAME, file:PATH, credential:NAME)')


class Matchers(Section):
    """What a route asks of a change; every list given must contain the change's value."""

    kind: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    venue: tuple[str, ...] = ()
    issue: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    source_kind: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()


class Route(Section):
    """A node of the tree of routes; what it leaves out it takes from its parent."""

    receiver: str | None = None
    match: Matchers = Matchers()
    continue_: Annotated[bool, Field(alias="continue")] = False
    group_wait: Duration | None = None
    group_interval: Duration | None = None
    routes: tuple[Route, ...] = ()


class Alerts(Section):
    """Receivers, routes and how hard delivery tries."""

    receivers: tuple[Receiver, ...] = (Receiver(name="console", url="console:"),)
    route: Route = Route(receiver="console")
    group_wait: Duration = timedelta(seconds=0)
    group_interval: Duration = timedelta(minutes=5)
    first_contact_wait: Duration = timedelta(minutes=2)
    timeout: Duration = timedelta(seconds=20)
    retry_first: Duration = timedelta(seconds=30)
    retry_longest: Duration = timedelta(hours=1)
    retry_until: Duration = timedelta(days=1)

    @model_validator(mode="after")
    def _receivers_exist(self) -> Alerts:
        names = [receiver.name for receiver in self.receivers]
        if doubles := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"receivers of the same name: {', '.join(doubles)}")
        if self.route.receiver is None:
            raise ValueError("the root route needs a receiver")
        if unknown := sorted({name for name in _named_receivers(self.route) if name not in names}):
            raise ValueError(
                f"routes name receivers that don't exist: {', '.join(unknown)} (there are: {', '.join(names)})"
            )
        return self


def _named_receivers(route: Route) -> set[str]:
    own = {route.receiver} if route.receiver else set()
    return own.union(*(_named_receivers(child) for child in route.routes))


class Logging(Section):
    """What the log says and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "human", "json"] = "auto"


class Health(Section):
    """The health endpoint; ``off`` or ``host:port``."""

    listen: Annotated[
        str,
        _of_form(r"off|[^:\s]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5}", "off or HOST:PORT, e.g. 127.0.0.1:8976"),
    ] = "127.0.0.1:8976"


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
        if value.startswith(("sqlite:///", "postgresql+psycopg://")) or _REFERENCE.match(value):
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
    reference = _REFERENCE.match(value)
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
