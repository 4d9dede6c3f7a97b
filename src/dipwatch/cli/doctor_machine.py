"""What surrounds the program: libraries, permissions, files left over, knowledge that ages."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from sqlalchemy import make_url

from dipwatch.cli.findings import Finding
from dipwatch.config import LoadedConfig
from dipwatch.errors import ConfigError, Problem
from dipwatch.feeds.feed import Feed
from dipwatch.feeds.own_list import configured_feeds, own_list
from dipwatch.lexicon import Lexicon
from dipwatch.lexicon.lexicon import STALE_AFTER
from dipwatch.secret_reference import REFERENCE, resolve_secret

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*((?:[<>=!~]=?\s*[0-9.]+\s*,?\s*)*)(?:;\s*(.*))?$")
_BOUND = re.compile(r"([<>=!~]=?)\s*([0-9.]+)")
_LEFT_OVER = timedelta(hours=1)
"""What is unfinished for longer, nobody works at any more."""
_MOST = 5
_AGED = 0.1
"""The part of an office table beyond which it is to be mended; a few change all the time."""


def examine_versions() -> Finding:
    """Compare the installed libraries with the versions that dipwatch was tested with."""
    about = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    try:
        requirements = requires("dipwatch") or []
    except PackageNotFoundError:
        return Finding(
            "versions", f"{about}; dipwatch itself is not installed, so that its libraries can't be looked at"
        )
    found = [problem for requirement in requirements for problem in _library(requirement)]
    return Finding("versions", f"{about}, dipwatch {version('dipwatch')}", tuple(found), of_machine=True)


def _library(requirement: str) -> Iterator[Problem]:
    parts = _REQUIREMENT.match(requirement)
    if parts is None or "extra" in (parts[3] or ""):
        return
    name, bounds = parts[1], _BOUND.findall(parts[2])
    mend = f"pip install {requirement!r}"
    try:
        installed = version(name)
    except PackageNotFoundError:
        yield Problem(name, "is not installed", mend)
        return
    if not all(_within(installed, sign, bound) for sign, bound in bounds):
        yield Problem(name, f"version {installed} is not one that dipwatch works with ({parts[2].strip()})", mend)


def _within(installed: str, sign: str, bound: str) -> bool:
    """Tell whether a version keeps to a bound; signs other than < and > families are not used by dipwatch."""
    ours, theirs = _numbers(installed), _numbers(bound)
    return {">=": ours >= theirs, ">": ours > theirs, "<": ours < theirs, "<=": ours <= theirs}.get(sign, True)


def _numbers(text: str) -> tuple[int, ...]:
    found = re.match(r"\d+(?:\.\d+)*", text)
    numbers = [int(part) for part in found[0].split(".")] if found else []
    while numbers and numbers[-1] == 0:  # 3.0 is 3
        numbers.pop()
    return tuple(numbers)


def examine_offices(lexicons: Mapping[str, Lexicon], today: date) -> Finding:
    """Say how many holders of offices nobody has verified for long; a table with many of them has aged."""
    tenures = [tenure for name in sorted(lexicons) for tenure in lexicons[name].tenures if tenure.covers(today)]
    old = [tenure for tenure in tenures if today - tenure.verified_on > STALE_AFTER]
    about = f"{len(old)} of {len(tenures)} holders not verified for {STALE_AFTER.days} days"
    if len(old) <= _AGED * len(tenures):
        return Finding("offices", about)
    problem = Problem("offices", about, "take a newer dipwatch, or verify those that `dipwatch lexicon check` lists")
    return Finding("offices", about, (problem,))


def examine_permissions(loaded: LoadedConfig) -> Finding:
    """Look at who may write the database and the configuration, and who may read secrets."""
    problems = [*_of_database(loaded), *_of_config(loaded), *_of_secrets(loaded)]
    fine = "nobody else may write database or configuration, or read secrets"
    verdict = f"{len(problems)} to mend" if problems else fine
    return Finding("permissions", verdict, tuple(problems), of_machine=True)


def _of_database(loaded: LoadedConfig) -> Iterator[Problem]:
    path = database_path(loaded)
    if path is None or not path.exists():
        return
    owner = path.stat().st_uid
    for file in (path, *(path.with_name(f"{path.name}{suffix}") for suffix in ("-wal", "-shm"))):
        if not file.exists():
            continue
        if file.stat().st_uid != owner and os.geteuid() == 0:
            yield Problem(str(file), "does not belong to who owns the database", f"chown --reference {path} {file}")
        if not os.access(file, os.R_OK | os.W_OK):
            yield Problem(str(file), "can't be read and written by you", "become a member of its group")
    for place in (path, path.parent):
        if _open_to_all(place, stat.S_IWOTH) and not place.stat().st_mode & stat.S_ISVTX:
            yield Problem(str(place), "can be written by everybody", f"chmod o-w {place}")


def _of_config(loaded: LoadedConfig) -> Iterator[Problem]:
    for file in (loaded.file, own_list(loaded)):
        if file is None or not file.exists():
            continue
        if _open_to_all(file, stat.S_IWOTH):
            yield Problem(str(file), "can be written by everybody", f"chmod o-w {file}")
        secrets = sorted(_plain_secrets(loaded, feeds_only=file != loaded.file))
        if secrets and _open_to_all(file, stat.S_IROTH):
            what = f"holds a secret ({', '.join(secrets)}) and can be read by everybody"
            yield Problem(str(file), what, f"chmod o-r {file}, or write a reference (env:, file:, credential:)")


def _of_secrets(loaded: LoadedConfig) -> Iterator[Problem]:
    for name, value in _values(loaded):
        reference = REFERENCE.match(value)
        if reference is None or reference[1] != "file":
            continue
        with suppress(OSError):  # one that can't be found is named where it is used
            if _open_to_all(Path(reference[2]), stat.S_IROTH | stat.S_IWOTH):
                yield Problem(reference[2], f"{name}: everybody may read this secret", f"chmod o-rwx {reference[2]}")


def _plain_secrets(loaded: LoadedConfig, *, feeds_only: bool) -> Iterator[str]:
    """Yield the names of values that are secrets and stand there as such."""
    for name, value in _values(loaded):
        plain = value and value != "console:" and not REFERENCE.match(value)
        if plain and name.startswith("feed ") is feeds_only and (name != "database" or make_url(value).password):
            yield name


def _values(loaded: LoadedConfig) -> Iterator[tuple[str, str]]:
    config = loaded.config
    yield "database", config.database
    yield "heartbeat.url", config.heartbeat.url
    yield from ((f"receiver {receiver.name}", receiver.url) for receiver in config.alerts.receivers)
    with suppress(ConfigError):
        for feed in configured_feeds(loaded):
            yield from ((f"feed {feed.id}", value) for value in _of_feed(feed))


def _of_feed(feed: Feed) -> Iterable[str]:
    return (value for value in (feed.password, *(value for _, value in feed.headers)) if value)


def _open_to_all(path: Path, bits: int) -> bool:
    return bool(path.stat().st_mode & bits)


def examine_leftovers(loaded: LoadedConfig, now: datetime) -> Finding:
    """Name files that a backup, an export or a restore has left behind when it was cut off."""
    path = database_path(loaded)
    folders = [path.parent, path.parent / "backups"] if path else []
    files = sorted(file for folder in folders if folder.is_dir() for file in folder.glob("*.unfinished*"))
    old = [file for file in files if now.timestamp() - file.stat().st_mtime > _LEFT_OVER.total_seconds()]
    problems = [Problem(str(file), "was left unfinished", f"rm {file}") for file in old[:_MOST]]
    return Finding("leftovers", f"{len(old)} unfinished files" if old else "none", tuple(problems), of_machine=True)


def database_path(loaded: LoadedConfig) -> Path | None:
    """Return the file of an SQLite database; None where there is a server, or a reference that leads nowhere."""
    try:
        url = make_url(resolve_secret(loaded.config.database))
    except ConfigError:
        return None
    return loaded.base / str(url.database) if url.get_backend_name() == "sqlite" else None
